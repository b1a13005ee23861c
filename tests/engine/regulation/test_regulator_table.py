"""The table of the shedding thermostat, decided (SEMANTICS, section 3)."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.linky_pilote.engine.reading import TariffPeriod, TempoColor
from custom_components.linky_pilote.engine.regulation.hours import Hours
from custom_components.linky_pilote.engine.regulation.model import (
    EcowattSpan,
    Heating,
    HeatingMode,
    House,
    HouseMode,
    Level,
    Load,
    PeakKind,
    PeakSpan,
    Reason,
    Signals,
    Thermostat,
    Wishes,
)
from custom_components.linky_pilote.engine.regulation.wishes import (
    RefusedError,
    ask_heating,
)

from .homes import WINTER, Bench, at

HEATER = Load(key="heater", power=1500.0, heating=Heating())
END = at("2026-12-15 22:00")
ECOWATT = (EcowattSpan(start=WINTER - 60, end=WINTER + 7200, level=3),)
AUTO, HEAT, OFF = HeatingMode.AUTO, HeatingMode.HEAT, HeatingMode.OFF
PERIODS = TariffPeriod


def home(load: Load = HEATER, *, on: bool = True, **more: Any) -> Bench:
    """Return a home with one heater, which is on."""
    bench = Bench(load, on=["heater"] if on else [], **more)
    bench.more["heater"] = {"temperature": 18.0}
    return bench


def shown(bench: Bench) -> Thermostat:
    """Return what the thermostat shows."""
    assert bench.last.thermostat is not None
    return bench.last.thermostat


def hours(bench: Bench) -> Hours:
    """Return the hours that run."""
    assert bench.state.hours is not None
    return bench.state.hours


def has(bench: Bench) -> Level | None:
    """Return the level that the heater has been told."""
    return bench.has["heater"].level


@pytest.mark.parametrize(
    "period", [PERIODS.OFF_PEAK, PERIODS.BLUE_PEAK, PERIODS.RED_OFF_PEAK, None]
)
@pytest.mark.parametrize("preset", [Level.COMFORT, Level.ECO, Level.FROST])
def test_1_nothing_sheds(period: TariffPeriod | None, preset: Level) -> None:
    night = period is PERIODS.RED_OFF_PEAK
    bench = home(period=period, now=at("2026-12-15 23:00") if night else WINTER)
    bench.wish(preset=preset)
    bench.run(30)
    assert has(bench) is preset
    view = shown(bench)
    assert (view.mode, view.reason, view.shed) == (AUTO, Reason.ASKED, False)
    assert view.target == {"comfort": 19, "eco": 15.5, "frost": 7}[preset]
    assert view.heating is (preset is not Level.FROST)
    bench.idle.add("heater")
    bench.run(30)
    assert not shown(bench).heating


@pytest.mark.parametrize(
    ("level", "target", "heats"), [(Level.FROST, 7, False), (Level.ECO, 15.5, True)]
)
def test_2_white_peak(level: Level, target: float, heats: bool) -> None:
    bench = home(period=PERIODS.WHITE_PEAK, white_level=level)
    bench.run(30)
    assert has(bench) is level
    assert bench.sent[0].order.reason is Reason.WHITE_PEAK
    view = shown(bench)
    assert (view.mode, view.target, view.heating) == (AUTO, target, heats)
    assert (view.shed, view.cancellable, view.until) == (True, True, END)
    assert bench.verdict("heater").blocked_by is Reason.WHITE_PEAK


@pytest.mark.parametrize("period", [PERIODS.WHITE_PEAK, PERIODS.RED_PEAK])
def test_2_and_3_a_heater_is_said_to_be_shed(period: TariffPeriod) -> None:
    """The same for the heater as for the thermostat."""
    bench = home(period=period)
    bench.run(30)
    assert shown(bench).shed
    assert bench.verdict("heater").shed


@pytest.mark.parametrize(
    ("period", "signals", "reason"),
    [
        (PERIODS.RED_PEAK, Signals(), Reason.RED_PEAK),
        (None, Signals(tempo=True, color=TempoColor.RED), Reason.RED_PEAK),
        (PERIODS.MOVING_PEAK, Signals(), Reason.EJP_PEAK),
        (
            None,
            Signals(
                peaks=(PeakSpan(start=WINTER - 1, end=END, kind=PeakKind.SUPPLIER),)
            ),
            Reason.SUPPLIER_PEAK,
        ),
    ],
)
def test_3_red_peak(
    period: TariffPeriod | None, signals: Signals, reason: Reason
) -> None:
    bench = home(period=period)
    bench.signals = signals
    bench.run(30)
    assert has(bench) is Level.FROST
    assert bench.sent[0].order.setting.target == 7
    assert bench.sent[0].order.reason is reason
    view = shown(bench)
    assert (view.mode, view.target, view.heating) == (AUTO, 7, False)
    assert (view.shed, view.cancellable, view.reason) == (True, False, reason)
    assert bench.verdict("heater").blocked_by is reason


def test_4_ecowatt() -> None:
    named = home(replace(HEATER, ecowatt=True))
    other = home()
    named.signals = other.signals = Signals(ecowatt=ECOWATT)
    named.run(30)
    other.run(30)
    assert (has(named), has(other)) == (Level.ECO, Level.COMFORT)
    view = shown(named)
    assert (view.target, view.heating, view.cancellable) == (15.5, True, True)
    assert (view.reason, view.shed) == (Reason.ECOWATT, True)
    assert view.until == WINTER + 7200


@pytest.mark.parametrize("what", ["white", "ecowatt"])
def test_5_heat_cancels_what_is_soft(what: str) -> None:
    period = PERIODS.WHITE_PEAK if what == "white" else PERIODS.BLUE_PEAK
    bench = home(replace(HEATER, ecowatt=True), period=period)
    if what == "ecowatt":
        bench.signals = Signals(ecowatt=ECOWATT)
    bench.run(30)
    assert shown(bench).shed
    wishes = bench.state.wishes
    asked = ask_heating(HEAT, bench.now, hours(bench), wishes, bench.settings)
    bench.state = bench.state.with_wishes(asked)
    bench.run(400)
    assert has(bench) is Level.COMFORT
    view = shown(bench)
    assert (view.mode, view.target, view.heating, view.shed) == (HEAT, 19, True, False)
    assert view.until == END


def test_6_heat_is_refused_in_a_red_peak() -> None:
    bench = home(period=PERIODS.RED_PEAK)
    bench.run(30)
    with pytest.raises(RefusedError) as refused:
        ask_heating(HEAT, bench.now, hours(bench), bench.state.wishes, bench.settings)
    assert refused.value.reason is Reason.RED_PEAK
    assert refused.value.until == END
    bench.run(30)
    assert (shown(bench).mode, has(bench)) == (AUTO, Level.FROST)


def test_7_heat_with_nothing_to_cancel() -> None:
    bench = home(period=PERIODS.BLUE_PEAK)
    bench.wish(preset=Level.ECO)
    bench.run(30)
    asked = ask_heating(
        HEAT, bench.now, hours(bench), bench.state.wishes, bench.settings
    )
    bench.state = bench.state.with_wishes(asked)
    bench.run(30)
    assert has(bench) is Level.COMFORT
    assert (shown(bench).mode, shown(bench).target) == (HEAT, 19)


def test_8_a_red_peak_ends_heat() -> None:
    start = at("2026-12-15 05:58")
    bench = home(period=PERIODS.BLUE_OFF_PEAK, now=start)
    bench.signals = Signals(tempo=True, color_tomorrow=TempoColor.RED)
    bench.wish(heating=HEAT, heat_since=start, heat_until=start + 86_400)
    bench.run(60)
    assert shown(bench).mode is HEAT
    bench.signals = Signals(tempo=True, color=TempoColor.RED)
    bench.period = None
    bench.run(90)
    assert has(bench) is Level.FROST
    assert (shown(bench).mode, shown(bench).target) == (AUTO, 7)
    notices = [reason for one in bench.decisions for reason in one.notices]
    assert notices == [Reason.RED_PEAK]


@pytest.mark.parametrize("mode", [AUTO, HEAT])
def test_9_overload(mode: HeatingMode) -> None:
    bench = home(period=PERIODS.BLUE_PEAK)
    if mode is HEAT:
        bench.wish(heating=HEAT, heat_since=WINTER, heat_until=WINTER + 86_400)
    bench.run(30)
    bench.base = [6000.0]
    (sent,) = bench.until_told()
    assert (sent.order.setting.level, sent.order.protective) == (Level.FROST, True)
    bench.run(4)
    assert shown(bench).mode is mode
    assert not shown(bench).heating
    assert shown(bench).shed
    assert not shown(bench).cancellable
    assert bench.verdict("heater").blocked_by is Reason.OVERLOAD
    bench.base = [500.0]
    bench.run(400)
    assert has(bench) is Level.COMFORT
    assert not shown(bench).shed


def test_9_overload_shows_what_the_heater_has() -> None:
    bench = home(period=PERIODS.BLUE_PEAK)
    bench.run(30)
    bench.base = [6000.0]
    bench.until_told()
    bench.run(4)
    assert (shown(bench).target, shown(bench).reason) == (7, Reason.OVERLOAD)


def test_10_its_own_sun_in_a_red_peak() -> None:
    load = replace(HEATER, heating=Heating(on_sun_in_red=True))
    bench = home(load, period=PERIODS.RED_PEAK)
    bench.run(300)
    assert has(bench) is Level.FROST
    bench.base = [-2000.0]
    bench.run(600)
    assert has(bench) is Level.COMFORT
    assert bench.verdict("heater").reason is Reason.SURPLUS
    assert shown(bench).heating
    bench.base = [500.0]
    bench.run(400)
    assert has(bench) is Level.FROST


def test_10_its_own_sun_is_shown() -> None:
    load = replace(HEATER, heating=Heating(on_sun_in_red=True))
    bench = home(load, period=PERIODS.RED_PEAK, base=-2000)
    bench.run(600)
    assert has(bench) is Level.COMFORT
    assert (shown(bench).target, shown(bench).shed) == (19, False)


def test_10_only_where_it_was_allowed() -> None:
    bench = home(period=PERIODS.RED_PEAK, base=-3000)
    bench.run(600)
    assert has(bench) is Level.FROST


@pytest.mark.parametrize("period", [PERIODS.RED_PEAK, PERIODS.WHITE_PEAK])
def test_11_the_rooms_floor(period: TariffPeriod) -> None:
    bench = home(replace(HEATER, heating=Heating(floor=14.0)), period=period)
    bench.run(30)
    assert has(bench) is Level.FROST
    bench.more["heater"] = {"temperature": 13.5}
    bench.run(60)
    assert has(bench) is Level.ECO
    view = shown(bench)
    assert (view.target, view.heating, view.reason) == (15.5, True, Reason.FLOOR)


def test_12_off() -> None:
    bench = home(period=PERIODS.RED_PEAK, off_is_absence=True)
    bench.run(10)
    asked = ask_heating(
        OFF, bench.now, hours(bench), bench.state.wishes, bench.settings
    )
    bench.state = bench.state.with_wishes(asked)
    bench.period = PERIODS.BLUE_PEAK
    bench.run(30)
    assert has(bench) is Level.FROST
    assert (shown(bench).mode, shown(bench).target) == (OFF, 7)
    assert shown(bench).reason is Reason.ABSENT


def test_13_a_silent_meter_sheds_by_the_clock() -> None:
    bench = home(period=PERIODS.BLUE_OFF_PEAK, now=at("2026-12-15 05:50"))
    bench.run(30)
    bench.silent, bench.reading = True, None
    bench.signals = Signals(tempo=True, color=TempoColor.RED)
    bench.every = 10.0
    bench.run(900)
    assert bench.last.house is House.DEGRADED
    assert has(bench) is Level.FROST
    assert shown(bench).reason is Reason.RED_PEAK


@pytest.mark.parametrize("last_word", [True, False])
def test_13_a_silent_meter_gives_back_one_by_one_what_is_due(last_word: bool) -> None:
    """Peak hours end by the clock; heating comes back within what is known to fit.

    What the meter said last is still there, or not.
    """
    rooms = [replace(HEATER, key=f"room{n}") for n in range(5)]
    bench = Bench(*rooms, period=PERIODS.RED_PEAK, now=at("2026-12-15 21:50"))
    bench.signals = Signals(tempo=True, color=TempoColor.RED)
    bench.run(60)
    assert bench.on() == set()
    bench.silent, bench.every = True, 10.0
    bench.reading = bench.reading if last_word else None
    bench.run(1800)
    assert bench.last.house is House.DEGRADED
    back = [one for one in bench.sent if one.order.setting.power > 0]
    assert [one.order.key for one in back] == ["room0", "room1", "room2"]
    assert len({one.at for one in back}) == 3
    assert all(one.at >= END for one in back)


def test_13_a_silent_meter_starts_nothing_new() -> None:
    tank = Load(key="tank", power=1000.0)
    bench = Bench(HEATER, tank, on=["heater"], base=4000)
    bench.run(30)
    assert bench.on() == {"heater"}
    bench.silent, bench.base = True, [300.0]
    bench.run(1800)
    assert bench.on() == {"heater"}


def test_14_observing() -> None:
    bench = home(period=PERIODS.RED_PEAK)
    bench.wish(house=HouseMode.OBSERVE)
    bench.run(60)
    assert bench.sent == []
    assert bench.last.house is House.OBSERVE
    verdict = bench.verdict("heater")
    assert verdict.observed
    assert verdict.setting is not None
    assert verdict.setting.level is Level.FROST
    assert verdict.blocked_by is Reason.RED_PEAK
    assert (shown(bench).mode, shown(bench).heating) == (AUTO, True)


def test_14_what_is_not_armed_is_observed() -> None:
    bench = home(period=PERIODS.RED_PEAK, wishes=Wishes())
    bench.run(60)
    assert bench.sent == []
    assert bench.verdict("heater").observed
