"""Wishes: what is granted, what is refused and why, and what ends by itself."""

from collections.abc import Callable
from dataclasses import replace
import json
from math import inf

import pytest

from custom_components.linky_pilote.engine.regulation import State
from custom_components.linky_pilote.engine.regulation.hours import METER_LATE, Hours
from custom_components.linky_pilote.engine.regulation.model import (
    Heating,
    HeatingMode,
    HeatingWish,
    HouseMode,
    Level,
    Load,
    LoadMode,
    LoadWish,
    PeakKind,
    Reason,
    Settings,
    Wishes,
)
from custom_components.linky_pilote.engine.regulation.wishes import (
    EMERGENCY,
    LONGEST_HEAT,
    RefusedError,
    arm,
    ask_emergency,
    ask_heating,
    disarm,
    force,
    pause,
    release,
    set_house,
    set_preset,
    set_target,
    settle,
    switch_off,
)

from .homes import Bench

NOW = 1_797_325_200.0
"""2026-12-15 10:00 in Paris."""
END = NOW + 12 * 3600
NEXT_RED = NOW + 20 * 3600

AUTO, HEAT, OFF = HeatingMode.AUTO, HeatingMode.HEAT, HeatingMode.OFF
PEAK = Hours(off_peak=False, off_peak_at=END)
OFF_PEAK = Hours(off_peak=True, off_peak_at=END + 86_400)
WHITE = replace(PEAK, peak=PeakKind.WHITE, until=END)
RED = replace(PEAK, peak=PeakKind.RED, until=END)
EJP = replace(PEAK, peak=PeakKind.EJP, until=END)
UNKNOWN = Hours()

SETTINGS = Settings(ranks=())
WITH_OFF = replace(SETTINGS, off_is_absence=True)
HEATER = Load(key="heater", heating=Heating())
TANK = Load(key="tank")
ABSENT = Wishes(house=HouseMode.ABSENT, absent_until=END)
HEATING = Wishes(heating=HEAT, heat_since=NOW, heat_until=END)


NONE = Wishes()


def asked(mode: HeatingMode, hours: Hours, wishes: Wishes = NONE) -> Wishes:
    return ask_heating(mode, NOW, hours, wishes, WITH_OFF)


# --- heating --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "until"),
    [
        (WHITE, END),
        (PEAK, END),
        (UNKNOWN, NOW + LONGEST_HEAT),
        (OFF_PEAK, NOW + LONGEST_HEAT),
        (replace(OFF_PEAK, red_ahead=NEXT_RED), NEXT_RED),
    ],
)
def test_heat_says_when_it_ends(hours: Hours, until: float) -> None:
    wishes = asked(HEAT, hours)
    assert wishes == Wishes(heating=HEAT, heat_since=NOW, heat_until=until)
    assert asked(AUTO, hours, wishes) == Wishes()


@pytest.mark.parametrize(
    ("hours", "wishes", "reason", "until"),
    [
        (RED, Wishes(), Reason.RED_PEAK, END),
        (EJP, Wishes(), Reason.EJP_PEAK, END),
        (RED, Wishes(emergency_until=END), Reason.RED_PEAK, END),
        (PEAK, ABSENT, Reason.ABSENT, END),
        (PEAK, replace(ABSENT, absent_until=inf), Reason.ABSENT, None),
        (PEAK, Wishes(house=HouseMode.OFF), Reason.HOUSE_OFF, None),
    ],
)
def test_heat_is_refused(
    hours: Hours, wishes: Wishes, reason: Reason, until: float | None
) -> None:
    with pytest.raises(RefusedError) as refused:
        asked(HEAT, hours, wishes)
    assert (refused.value.reason, refused.value.until) == (reason, until)


def test_heat_is_noted_while_the_house_is_observed() -> None:
    assert asked(HEAT, WHITE, Wishes(house=HouseMode.OBSERVE)).heating is HEAT


def test_off_has_to_be_enabled() -> None:
    with pytest.raises(RefusedError) as refused:
        ask_heating(OFF, NOW, PEAK, Wishes(), SETTINGS)
    assert refused.value.reason is Reason.NOT_ENABLED
    assert asked(OFF, RED, HEATING) == Wishes(heating=OFF)


def test_heat_and_auto_leave_off() -> None:
    assert asked(AUTO, RED, Wishes(heating=OFF)) == Wishes()
    assert asked(HEAT, WHITE, Wishes(heating=OFF)).heating is HEAT
    with pytest.raises(RefusedError):
        asked(HEAT, RED, Wishes(heating=OFF))


def test_a_preset_cancels_nothing() -> None:
    assert set_preset(Level.ECO, HEATING) == replace(HEATING, preset=Level.ECO)
    with pytest.raises(RefusedError) as refused:
        set_preset(Level.OFF, Wishes())
    assert refused.value.reason is Reason.NOT_ENABLED


@pytest.mark.parametrize(
    ("target", "degrees", "preset", "shift"),
    [
        (19.0, True, Level.COMFORT, 0.0),
        (21.5, True, Level.COMFORT, 2.5),
        (16.0, True, Level.COMFORT, -3.0),
        (15.5, True, Level.ECO, None),
        (12.0, True, Level.ECO, None),
        (5.0, True, Level.FROST, None),
        (21.5, False, Level.COMFORT, None),
        (16.0, False, Level.ECO, None),
        (8.0, False, Level.FROST, None),
    ],
)
def test_a_temperature_is_the_nearest_of_what_there_is(
    target: float, degrees: bool, preset: Level, shift: float | None
) -> None:
    wishes = set_target(target, Heating(), NONE, degrees=degrees)
    assert (wishes.preset, wishes.comfort_shift) == (preset, shift)
    assert wishes.heating is NONE.heating


def test_comfort_stays_as_warm_as_it_was_asked() -> None:
    warmer = set_target(21.0, Heating(), NONE, degrees=True)
    assert set_preset(Level.ECO, warmer).comfort_shift == 2.0


def test_an_emergency_lasts_an_hour() -> None:
    wishes = ask_emergency(NOW, Wishes())
    assert wishes.emergency_until == NOW + EMERGENCY
    assert settle(NOW + EMERGENCY - 1, RED, RED, wishes) == (wishes, ())
    assert settle(NOW + EMERGENCY, RED, RED, wishes) == (
        Wishes(),
        (Reason.EMERGENCY,),
    )


@pytest.mark.parametrize(
    ("wishes", "until"), [(ABSENT, END), (Wishes(heating=OFF), None)]
)
def test_there_is_no_emergency_where_nobody_is(
    wishes: Wishes, until: float | None
) -> None:
    with pytest.raises(RefusedError) as refused:
        ask_emergency(NOW, wishes)
    assert (refused.value.reason, refused.value.until) == (Reason.ABSENT, until)


# --- loads ----------------------------------------------------------------------------

DOORS: dict[str, Callable[[Load, Hours], Wishes]] = {
    "force": lambda load, hours: force(load, None, END, hours, Wishes()),
    "pause": lambda load, hours: pause(load, END, hours, Wishes()),
    "release": lambda load, hours: release(load, hours, Wishes()),
}
every_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


@every_door
@pytest.mark.parametrize("hours", [RED, EJP])
def test_every_door_is_shut_to_a_heater_in_a_red_peak(
    door: Callable[[Load, Hours], Wishes], hours: Hours
) -> None:
    with pytest.raises(RefusedError) as refused:
        door(HEATER, hours)
    assert (refused.value.reason, refused.value.until) == (hours.red, END)


@every_door
def test_every_door_is_open_otherwise(door: Callable[[Load, Hours], Wishes]) -> None:
    door(HEATER, WHITE)
    door(TANK, RED)


def test_what_is_wished_for_a_load() -> None:
    wishes = force(TANK, 800.0, END, PEAK, Wishes())
    wishes = switch_off(HEATER, END, wishes)
    assert wishes.loads == {
        "tank": LoadWish(mode=LoadMode.FORCED, until=END, power=800.0),
        "heater": LoadWish(mode=LoadMode.OFF, until=END),
    }
    wishes = pause(TANK, inf, PEAK, wishes)
    assert wishes.loads["tank"] == LoadWish(mode=LoadMode.PAUSED)
    assert set(release(TANK, PEAK, wishes).loads) == {"heater"}


def test_a_heater_is_not_forced_where_nobody_is() -> None:
    for wishes in (ABSENT, Wishes(heating=OFF)):
        with pytest.raises(RefusedError) as refused:
            force(HEATER, None, END, PEAK, wishes)
        assert refused.value.reason is Reason.ABSENT
        assert "tank" in force(TANK, None, END, PEAK, wishes).loads


def test_consent_is_given_and_taken_back() -> None:
    wishes = arm("tank", arm("heater", Wishes()))
    assert wishes.armed == {"heater", "tank"}
    assert disarm("tank", disarm("tank", wishes)).armed == {"heater"}


# --- one room beside the others -------------------------------------------------------

ROOM, OTHER = "heater", "another"
ROOM_HEAT = HeatingWish(heating=HEAT, heat_since=NOW, heat_until=END)


def asked_in(
    room: str | None, mode: HeatingMode, wishes: Wishes = NONE, hours: Hours = WHITE
) -> Wishes:
    return ask_heating(mode, NOW, hours, wishes, WITH_OFF, room=room)


def test_heat_in_one_room() -> None:
    wishes = asked_in(ROOM, HEAT)
    assert wishes == Wishes(rooms={ROOM: ROOM_HEAT})
    assert wishes.of(ROOM) == ROOM_HEAT
    assert wishes.of(OTHER).heating is wishes.of(None).heating is AUTO
    assert asked_in(ROOM, AUTO, wishes) == NONE, "it follows the home again"


@pytest.mark.parametrize("mode", HeatingMode)
def test_what_the_home_is_asked_for_holds_in_every_room(mode: HeatingMode) -> None:
    wishes = asked_in(ROOM, AUTO if mode is HEAT else HEAT, HEATING)
    wishes = asked_in(None, mode, set_preset(Level.ECO, wishes, room=ROOM))
    assert wishes.of(ROOM).heating is wishes.of(OTHER).heating is mode
    assert wishes.of(ROOM).preset is Level.ECO, "that was not asked for"
    wishes = set_preset(Level.FROST, wishes)
    assert wishes.rooms == {}


@pytest.mark.parametrize("mode", [AUTO, OFF])
def test_one_room_may_be_shed_while_the_home_is_not(mode: HeatingMode) -> None:
    wishes = asked_in(ROOM, mode, HEATING)
    assert (wishes.of(ROOM).heating, wishes.of(OTHER).heating) == (mode, HEAT)


def test_one_room_leaves_off_alone() -> None:
    off = Wishes(heating=OFF)
    for mode in (AUTO, HEAT):
        wishes = asked_in(ROOM, mode, off)
        assert (wishes.of(ROOM).heating, wishes.of(OTHER).heating) == (mode, OFF)
    force(HEATER, None, END, PEAK, asked_in(ROOM, AUTO, off))
    with pytest.raises(RefusedError) as refused:
        force(HEATER, None, END, PEAK, asked_in(ROOM, OFF))
    assert refused.value.reason is Reason.SWITCHED_OFF


@pytest.mark.parametrize(
    ("hours", "wishes", "reason"),
    [
        (RED, Wishes(), Reason.RED_PEAK),
        (EJP, Wishes(), Reason.EJP_PEAK),
        (PEAK, ABSENT, Reason.ABSENT),
        (PEAK, Wishes(house=HouseMode.OFF), Reason.HOUSE_OFF),
        (PEAK, switch_off(HEATER, inf, Wishes()), Reason.SWITCHED_OFF),
    ],
)
def test_heat_in_one_room_is_refused(
    hours: Hours, wishes: Wishes, reason: Reason
) -> None:
    with pytest.raises(RefusedError) as refused:
        asked_in(ROOM, HEAT, wishes, hours)
    assert refused.value.reason is reason
    asked_in(ROOM, AUTO, wishes, hours)


def test_off_in_one_room_has_to_be_enabled() -> None:
    with pytest.raises(RefusedError) as refused:
        ask_heating(OFF, NOW, PEAK, NONE, SETTINGS, room=ROOM)
    assert refused.value.reason is Reason.NOT_ENABLED


def test_a_temperature_for_one_room() -> None:
    wishes = set_target(21.0, Heating(), NONE, degrees=True, room=ROOM)
    assert wishes.of(ROOM) == HeatingWish(comfort_shift=2.0)
    assert wishes.of(OTHER).comfort_shift is None
    colder = set_target(15.0, Heating(), wishes, degrees=False, room=ROOM)
    assert colder.of(ROOM) == HeatingWish(preset=Level.ECO, comfort_shift=2.0)
    home = set_target(20.0, Heating(), colder, degrees=True)
    assert home.rooms == {}, "the home's choice is the last one"
    for home in (
        set_target(20.0, Heating(), colder, degrees=False),
        set_preset(Level.COMFORT, set_preset(Level.ECO, colder)),
    ):
        assert home.of(ROOM) == HeatingWish(comfort_shift=2.0), "it said no temperature"


def test_the_home_asks_for_no_less_than_eco_and_floor_of_a_room() -> None:
    """Its degrees are those of the warmest heater."""
    living = Load(key="living", power=1000.0, heating=Heating(comfort=21.0))
    child = replace(
        living, key="child", heating=Heating(comfort=17.5, eco=15.5, floor=16.0)
    )
    bench = Bench(living, child, on=["living", "child"])
    assert living.heating
    bench.state = bench.state.with_wishes(
        set_target(18.0, living.heating, bench.state.wishes, degrees=True)
    )
    bench.run(20)
    assert bench.has["living"].target == 18
    assert bench.has["child"].target == 16


def test_who_leaves_wants_no_heat_in_any_room() -> None:
    wishes = asked_in(OTHER, OFF, asked_in(ROOM, HEAT))
    left = set_house(HouseMode.ABSENT, END, wishes)
    assert (left.of(ROOM).heating, left.of(OTHER).heating) == (AUTO, OFF)


@pytest.mark.parametrize(
    ("now", "hours", "before", "reason"),
    [
        (END, WHITE, WHITE, None),
        (END + 600, OFF_PEAK, WHITE, Reason.OFF_PEAK),
        (NOW + 60, RED, OFF_PEAK, Reason.RED_PEAK),
        (END + METER_LATE, OFF_PEAK, None, Reason.OFF_PEAK),
        (NOW + LONGEST_HEAT, PEAK, PEAK, Reason.HEAT),
    ],
)
@pytest.mark.parametrize("home", [NONE, HEATING])
def test_the_end_of_heat_in_a_room_is_that_of_the_home(
    now: float,
    hours: Hours,
    before: Hours | None,
    reason: Reason | None,
    home: Wishes,
) -> None:
    rooms = {ROOM: ROOM_HEAT, OTHER: replace(ROOM_HEAT, preset=Level.ECO)}
    wishes = replace(home, rooms=rooms)
    left, notices = settle(now, hours, before, wishes)
    if reason is None:
        assert (left, notices) == (wishes, ())
        return
    assert notices == (reason,), "told once"
    assert left == Wishes(rooms={OTHER: HeatingWish(preset=Level.ECO)})


def test_heat_in_a_room_ends_when_it_is_time_and_that_of_the_home_later() -> None:
    late = replace(HEATING, heat_since=NOW + 3600, heat_until=NOW + 90_000)
    wishes = replace(late, rooms={ROOM: replace(ROOM_HEAT, heat_until=inf)})
    left, notices = settle(NOW + LONGEST_HEAT, UNKNOWN, UNKNOWN, wishes)
    assert notices == (Reason.HEAT,)
    assert (left.of(ROOM).heating, left.of(OTHER).heating) == (AUTO, HEAT)


def test_what_is_saved_of_rooms_is_read_again() -> None:
    wishes = replace(asked_in(ROOM, HEAT), armed=frozenset({ROOM}))
    wishes = set_target(21.0, Heating(), wishes, degrees=True, room=OTHER)
    state = State(wishes=wishes)
    saved = json.loads(json.dumps(state.to_dict(), allow_nan=False))
    assert State.from_dict(saved).wishes == wishes
    assert state.without(ROOM).wishes.rooms.keys() == {OTHER}
    assert state.released(ROOM).wishes == replace(
        wishes, rooms={OTHER: wishes.of(OTHER)}
    )
    del saved["wishes"]["rooms"]  # as it was saved before there were any
    assert State.from_dict(saved).wishes == replace(wishes, rooms={})


# --- the house ------------------------------------------------------------------------


def test_who_leaves_wants_no_more_heat() -> None:
    wishes = set_house(HouseMode.ABSENT, END, HEATING)
    assert wishes == ABSENT
    assert set_house(HouseMode.AUTOMATIC, inf, wishes) == Wishes()
    off = Wishes(heating=OFF)
    assert set_house(HouseMode.ABSENT, END, off) == replace(ABSENT, heating=OFF)


@pytest.mark.parametrize("before", [HouseMode.OBSERVE, HouseMode.OFF])
def test_after_an_absence_it_is_as_it_was_before(before: HouseMode) -> None:
    wishes = set_house(HouseMode.ABSENT, END, Wishes(house=before))
    wishes = set_house(HouseMode.ABSENT, END + 60, wishes)  # it takes longer
    back, _ = settle(END + 60, PEAK, PEAK, wishes)
    assert back.house is before
    # what is chosen since counts
    wishes = set_house(HouseMode.AUTOMATIC, inf, wishes)
    back, _ = settle(END, PEAK, PEAK, set_house(HouseMode.ABSENT, END, wishes))
    assert back.house is HouseMode.AUTOMATIC


def test_only_an_absence_has_an_end() -> None:
    assert set_house(HouseMode.OBSERVE, END, Wishes()).absent_until == inf


# --- their end ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "hours", "before", "reason"),
    [
        # the meter's switch, not the clock's, nor one to peak hours
        (END, WHITE, WHITE, None),
        (END + 600, OFF_PEAK, WHITE, Reason.OFF_PEAK),
        (END - 600, OFF_PEAK, PEAK, Reason.OFF_PEAK),
        (END - 600, PEAK, OFF_PEAK, None),
        (END - 600, OFF_PEAK, OFF_PEAK, None),
        (END + 2 * METER_LATE, WHITE, WHITE, None),
        # a red peak
        (NOW + 60, RED, OFF_PEAK, Reason.RED_PEAK),
        (NOW + 60, EJP, None, Reason.EJP_PEAK),
        # nobody watched, after a restart
        (END - 600, OFF_PEAK, None, None),
        (END + METER_LATE - 1, OFF_PEAK, None, None),
        (END + METER_LATE, OFF_PEAK, None, Reason.OFF_PEAK),
        (END + METER_LATE, PEAK, None, Reason.OFF_PEAK),
        (END + METER_LATE, OFF_PEAK, UNKNOWN, Reason.OFF_PEAK),
        # after a day
        (NOW + LONGEST_HEAT - 1, PEAK, PEAK, None),
        (NOW + LONGEST_HEAT, PEAK, PEAK, Reason.HEAT),
    ],
)
def test_the_end_of_heat(
    now: float, hours: Hours, before: Hours | None, reason: Reason | None
) -> None:
    expected = (Wishes(), (reason,)) if reason else (HEATING, ())
    assert settle(now, hours, before, HEATING) == expected


def test_without_off_peak_hours_heat_lasts_a_day() -> None:
    wishes = asked(HEAT, UNKNOWN)
    assert settle(NOW + LONGEST_HEAT - 1, UNKNOWN, UNKNOWN, wishes) == (wishes, ())
    assert settle(NOW + LONGEST_HEAT, UNKNOWN, UNKNOWN, wishes) == (
        Wishes(),
        (Reason.HEAT,),
    )


def test_heat_asked_in_off_peak_hours_lasts_to_the_end_of_the_next_peak() -> None:
    wishes = asked(HEAT, replace(OFF_PEAK, off_peak_at=END))
    before = OFF_PEAK
    for now, hours in ((NOW + 60, OFF_PEAK), (NOW + 120, PEAK), (END - 1, WHITE)):
        assert settle(now, hours, before, wishes) == (wishes, ())
        before = hours
    assert settle(END, OFF_PEAK, before, wishes) == (Wishes(), (Reason.OFF_PEAK,))


def test_an_absence_ends() -> None:
    assert settle(END - 1, PEAK, PEAK, ABSENT) == (ABSENT, ())
    assert settle(END, PEAK, PEAK, ABSENT) == (Wishes(), (Reason.ABSENT,))


def test_wishes_for_loads_end_and_each_kind_is_told_once() -> None:
    ending = {
        "tank": LoadWish(mode=LoadMode.FORCED, until=END),
        "car": LoadWish(mode=LoadMode.FORCED, until=END - 60),
        "pump": LoadWish(mode=LoadMode.PAUSED, until=END),
    }
    staying = {"heater": LoadWish(mode=LoadMode.OFF)}
    wishes = Wishes(loads=ending | staying)
    assert settle(END - 61, PEAK, PEAK, wishes) == (wishes, ())
    assert settle(END, PEAK, PEAK, wishes) == (
        Wishes(loads=staying),
        (Reason.FORCED, Reason.PAUSED),
    )


def test_several_things_end_at_once() -> None:
    tank = LoadWish(mode=LoadMode.OFF, until=NOW)
    wishes = replace(HEATING, emergency_until=NOW, loads={"tank": tank})
    assert settle(NOW + 60, RED, WHITE, wishes) == (
        Wishes(),
        (Reason.RED_PEAK, Reason.EMERGENCY, Reason.SWITCHED_OFF),
    )
