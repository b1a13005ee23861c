"""What is asked for in one room, decided beside the others."""

from dataclasses import replace
from typing import Any, Final

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.hours import Hours
from custom_components.linky_pilote.engine.regulation.model import (
    Heating,
    HeatingMode,
    HouseMode,
    Level,
    Load,
    Reason,
    Thermostat,
)
from custom_components.linky_pilote.engine.regulation.wishes import (
    RefusedError,
    ask_heating,
    set_preset,
    set_target,
)

from .homes import Bench

HEAT = HeatingMode.HEAT
PERIODS = TariffPeriod
A, B = (Load(key=key, power=1500.0, heating=Heating()) for key in "ab")


def home(*, cutoff: float = 12_000.0, **more: Any) -> Bench:
    """Return a home with two heaters that are on, and room for more."""
    return Bench(A, B, on="ab", cutoff=cutoff, off_is_absence=True, **more)


def ask(bench: Bench, what: HeatingMode | Level | float, room: str | None) -> None:
    """Ask a thermostat for a mode, a preset or some °C, unless it refuses."""
    wishes, hours = bench.state.wishes, bench.state.hours or Hours()
    try:
        if isinstance(what, HeatingMode):
            wishes = ask_heating(
                what, bench.now, hours, wishes, bench.settings, room=room
            )
        elif isinstance(what, Level):
            wishes = set_preset(what, wishes, room=room)
        else:
            wishes = set_target(what, Heating(), wishes, degrees=True, room=room)
    except RefusedError:
        return
    bench.state = bench.state.with_wishes(wishes)


def levels(bench: Bench) -> tuple[Level | None, Level | None]:
    """Return what both heaters have."""
    return bench.has["a"].level, bench.has["b"].level


def test_heat_in_one_room_of_a_white_day() -> None:
    bench = home(period=PERIODS.WHITE_PEAK)
    bench.run(30)
    ask(bench, HEAT, "a")
    bench.run(60)
    assert levels(bench) == (Level.COMFORT, Level.FROST)
    rooms, all_of_them = bench.last.rooms, bench.last.thermostat
    assert [rooms[key].shed_by for key in "ab"] == [None, Reason.WHITE_PEAK]
    assert [rooms[key].mode for key in "ab"] == [HEAT, HeatingMode.AUTO]
    assert [rooms[key].cancelled for key in "ab"] == [True, False]
    assert all_of_them is not None
    assert all_of_them.mode is HeatingMode.AUTO
    assert (all_of_them.shed_by, all_of_them.cancelled) == (Reason.WHITE_PEAK, True)


def test_a_room_of_its_own_degrees() -> None:
    bench = home(period=PERIODS.BLUE_PEAK)
    bench.run(30)
    ask(bench, 21.0, "a")
    bench.run(60)
    assert (bench.has["a"].target, bench.has["b"].target) == (21.0, None), (
        "and nobody asked for any in the other room"
    )
    ask(bench, 20.0, None)
    bench.run(60)
    assert (bench.has["a"].target, bench.has["b"].target) == (20.0, 20.0)


def test_overload_comes_before_heat_in_a_room() -> None:
    bench = home(period=PERIODS.BLUE_PEAK, cutoff=6000.0)
    bench.run(30)
    ask(bench, HEAT, "b")
    bench.base = [5500.0]
    bench.until_told()
    bench.run(4)
    shown = bench.last.rooms["b"]
    assert (shown.mode, shown.shed_by) == (HEAT, Reason.OVERLOAD)
    assert (shown.target, shown.heating, shown.cancellable) == (7, False, False)


@pytest.mark.parametrize("armed", ["ab", "a"])
def test_what_is_not_commanded_is_observed_in_its_room(armed: str) -> None:
    bench = home(period=PERIODS.WHITE_PEAK)
    bench.wish(armed=frozenset(armed))
    bench.run(30)
    assert [bench.last.rooms[key].observed for key in "ab"] == [False, "b" not in armed]
    bench.wish(house=HouseMode.OFF)
    bench.run(10)
    assert all(one.observed for one in bench.last.rooms.values())


# --- whatever is asked for ------------------------------------------------------------

FEW: Final = settings(max_examples=20, derandomize=True)

_ASKED = st.one_of(
    st.sampled_from(HeatingMode),
    st.sampled_from([Level.COMFORT, Level.ECO, Level.FROST]),
    st.sampled_from([7.0, 15.5, 17.0, 21.0]),
)
_DAYS = st.lists(
    st.tuples(
        st.sampled_from(
            [PERIODS.BLUE_PEAK, PERIODS.WHITE_PEAK, PERIODS.RED_PEAK, PERIODS.OFF_PEAK]
        ),
        st.lists(
            st.tuples(_ASKED, st.sampled_from(["a", "b", None])), min_size=1, max_size=3
        ),
    ),
    min_size=1,
    max_size=5,
)
type Days = list[
    tuple[TariffPeriod, list[tuple[HeatingMode | Level | float, str | None]]]
]


@FEW
@given(_DAYS)
def test_no_room_has_more_than_frost_protection_in_a_red_peak(days: Days) -> None:
    bench = home(every=5.0)
    for period, asked in days:
        bench.period = period
        for what, room in asked:
            ask(bench, what, room)
            bench.run(40)
            if period is PERIODS.RED_PEAK:
                assert levels(bench) == (Level.FROST, Level.FROST)
                assert not any(one.mode is HEAT for one in bench.last.rooms.values())


@FEW
@given(_DAYS)
def test_what_one_room_is_asked_for_changes_no_other(days: Days) -> None:
    bench, without = home(every=5.0), home(every=5.0)
    for period, asked in days:
        bench.period = without.period = period
        for what, room in asked:
            ask(bench, what, room)
            if room != "a":
                ask(without, what, room)
            bench.run(60)
            without.run(60)
            assert _but_heating(bench) == _but_heating(without)
            assert levels(bench)[1] is levels(without)[1]


def _but_heating(bench: Bench) -> Thermostat:
    """Return what the thermostat of the other room shows; who draws first may differ."""
    return replace(bench.last.rooms["b"], heating=False)
