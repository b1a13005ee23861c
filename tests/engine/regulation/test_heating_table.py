"""The table of the shedding thermostat, row by row (SEMANTICS, section 3).

Rows 9, 13 and 14 are the regulator's: an overload, a silent meter's budget, observing.
"""

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import pytest

from custom_components.linky_pilote.engine.regulation.heating import (
    HeatingRule,
    heating_rule,
)
from custom_components.linky_pilote.engine.regulation.hours import Hours
from custom_components.linky_pilote.engine.regulation.model import (
    EcowattSpan,
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
    Signals,
    Status,
    Thermostat,
    Window,
    Wishes,
)
from custom_components.linky_pilote.engine.regulation.thermostats import (
    of_home,
    of_room,
)

NOW = 1_797_325_200.0
"""2026-12-15 10:00 in Paris, a Tuesday."""
END = NOW + 12 * 3600
COMFORT, ECO, FROST = 19.0, 15.5, 7.0

OFF_PEAK = Hours(off_peak=True)
BLUE = Hours(off_peak=False, off_peak_at=END)
NO_TEMPO = Hours()
WHITE = Hours(off_peak=False, peak=PeakKind.WHITE, until=END, dear_day=True)
RED = replace(WHITE, peak=PeakKind.RED)
EJP = replace(WHITE, peak=PeakKind.EJP)
SUPPLIER = replace(WHITE, peak=PeakKind.SUPPLIER)

ECOWATT_RED = Signals(
    ecowatt=(
        EcowattSpan(start=NOW - 7200, end=NOW, level=3),
        EcowattSpan(start=NOW, end=NOW + 3600, level=3),
    )
)
ECOWATT_ORANGE = Signals(ecowatt=(EcowattSpan(start=NOW, end=NOW + 3600, level=2),))

SETTINGS = Settings(ranks=(("heater",),), off_is_absence=True)
TO_ECO = replace(SETTINGS, white_level=Level.ECO)
NO_WHITE = replace(SETTINGS, shed_in_white=False)
LIMITS = replace(SETTINGS, carbon_limit=50.0, price_limit=0.2)

HEATER = Load(key="heater", heating=Heating())
NAMED = replace(HEATER, ecowatt=True)
SUNNY = replace(HEATER, heating=Heating(on_sun_in_red=True))
FLOOR = replace(HEATER, heating=Heating(floor=14.0))
SUNNY_FLOOR = replace(HEATER, heating=Heating(floor=14.0, on_sun_in_red=True))
GREEN = replace(HEATER, green=True)
COLD, NOT_COLD, ICY = (Status(temperature=value) for value in (13.9, 14.0, 0.0))

AUTO = Wishes()
HEAT = Wishes(heating=HeatingMode.HEAT, heat_since=NOW - 60, heat_until=END)
OFF = Wishes(heating=HeatingMode.OFF)
ABSENT = Wishes(house=HouseMode.ABSENT)
EMERGENCY = Wishes(emergency_until=NOW + 3600)
AT_ECO = Wishes(preset=Level.ECO)
AT_FROST = Wishes(preset=Level.FROST)


def wishing(mode: LoadMode, **wishes: Any) -> Wishes:
    """Return wishes of which one is for the heater, until the end of the peak."""
    return Wishes(loads={"heater": LoadWish(mode=mode, until=END)}, **wishes)


class Case(NamedTuple):
    """What is given in a row, and what is expected."""

    row: str
    wishes: Wishes
    hours: Hours
    level: Level
    target: float
    reason: Reason
    cancellable: bool = False
    blocked_by: Reason | None = None
    until: float | None = None
    load: Load = HEATER
    status: Status = Status()
    settings: Settings = SETTINGS
    signals: Signals = Signals()
    on_sun: bool = False
    cancelled: bool = False


L, R = Level, Reason
TABLE = [
    # 1: nothing sheds
    Case("1 off-peak", AUTO, OFF_PEAK, L.COMFORT, COMFORT, R.ASKED),
    Case("1 blue", AUTO, BLUE, L.COMFORT, COMFORT, R.ASKED),
    Case("1 no Tempo", AUTO, NO_TEMPO, L.COMFORT, COMFORT, R.ASKED),
    Case("1 preset", AT_ECO, BLUE, L.ECO, ECO, R.ASKED),
    Case("1 floor", AUTO, BLUE, L.COMFORT, COMFORT, R.ASKED, load=FLOOR, status=COLD),
    Case("1 opted in", AUTO, BLUE, L.COMFORT, COMFORT, R.ASKED, load=SUNNY),
    # 2: white peak
    Case("2 frost", AUTO, WHITE, L.FROST, FROST, R.WHITE_PEAK, True, R.WHITE_PEAK, END),
    Case(
        "2 eco", AUTO, WHITE, L.ECO, ECO, R.WHITE_PEAK, True, R.WHITE_PEAK, END,
        settings=TO_ECO,
    ),
    Case("2 not chosen", AUTO, WHITE, L.COMFORT, COMFORT, R.ASKED, settings=NO_WHITE),
    Case("2 preset", AT_ECO, WHITE, L.ECO, ECO, R.ASKED, settings=TO_ECO),
    Case("2 no sun", AUTO, WHITE, L.FROST, FROST, R.WHITE_PEAK, True, R.WHITE_PEAK, END, load=SUNNY),
    # 3: red peak and its like
    Case("3 red", AUTO, RED, L.FROST, FROST, R.RED_PEAK, False, R.RED_PEAK, END),
    Case("3 EJP", AUTO, EJP, L.FROST, FROST, R.EJP_PEAK, False, R.EJP_PEAK, END),
    Case(
        "3 supplier", AUTO, SUPPLIER, L.FROST, FROST, R.SUPPLIER_PEAK, False,
        R.SUPPLIER_PEAK, END,
    ),
    Case("3 preset", AT_FROST, RED, L.FROST, FROST, R.ASKED),
    Case(
        "3 forced", wishing(LoadMode.FORCED), RED, L.FROST, FROST, R.RED_PEAK, False,
        R.RED_PEAK, END,
    ),
    Case(
        "3 EcoWatt", AUTO, RED, L.FROST, FROST, R.RED_PEAK, False, R.RED_PEAK, END,
        load=NAMED, signals=ECOWATT_RED,
    ),
    # 4: EcoWatt
    Case(
        "4 named", AUTO, BLUE, L.ECO, ECO, R.ECOWATT, True, R.ECOWATT, NOW + 3600,
        load=NAMED, signals=ECOWATT_RED,
    ),
    Case("4 not named", AUTO, BLUE, L.COMFORT, COMFORT, R.ASKED, signals=ECOWATT_RED),
    Case(
        "4 orange", AUTO, BLUE, L.COMFORT, COMFORT, R.ASKED, load=NAMED,
        signals=ECOWATT_ORANGE,
    ),
    Case(
        "4 white", AUTO, WHITE, L.FROST, FROST, R.WHITE_PEAK, True, R.WHITE_PEAK, END,
        load=NAMED, signals=ECOWATT_RED,
    ),
    Case(
        "4 carbon", AUTO, BLUE, L.ECO, ECO, R.CARBON, True, R.CARBON, load=GREEN,
        settings=LIMITS, signals=Signals(carbon=51.0),
    ),
    Case(
        "4 price", AUTO, BLUE, L.ECO, ECO, R.PRICE, True, R.PRICE, load=GREEN,
        settings=LIMITS, signals=Signals(carbon=50.0, price=0.21),
    ),
    Case(
        "4 schedule", AUTO, BLUE, L.ECO, ECO, R.SCHEDULE, True, R.SCHEDULE, NOW + 7200,
        load=replace(HEATER, windows=(Window(start=720, end=1320),)),
    ),
    # 5: HEAT cancels
    Case("5 white", HEAT, WHITE, L.COMFORT, COMFORT, R.HEAT, until=END, cancelled=True),
    Case(
        "5 EcoWatt", HEAT, BLUE, L.COMFORT, COMFORT, R.HEAT, until=END, load=NAMED,
        signals=ECOWATT_RED, cancelled=True,
    ),
    Case(
        "5 preset", replace(HEAT, preset=Level.ECO), WHITE, L.COMFORT, COMFORT, R.HEAT,
        until=END, cancelled=True,
    ),
    Case(
        "5 forced", wishing(LoadMode.FORCED), WHITE, L.COMFORT, COMFORT, R.FORCED,
        until=END,
    ),
    # 6 and 8: HEAT in a red peak, whether it was asked there or not ended yet
    Case("6, 8", HEAT, RED, L.FROST, FROST, R.RED_PEAK, False, R.RED_PEAK, END),
    # 7: HEAT with nothing to cancel
    Case("7 off-peak", HEAT, OFF_PEAK, L.COMFORT, COMFORT, R.HEAT, until=END),
    Case("7 blue", HEAT, BLUE, L.COMFORT, COMFORT, R.HEAT, until=END),
    # 10: its own sun
    Case(
        "10", AUTO, RED, L.FROST, FROST, R.RED_PEAK, False, R.RED_PEAK, END, load=SUNNY,
        on_sun=True,
    ),
    # 11: the room's floor
    Case(
        "11 red", AUTO, RED, L.ECO, ECO, R.FLOOR, False, R.RED_PEAK, END, load=FLOOR,
        status=COLD,
    ),
    Case(
        "11 white", AUTO, WHITE, L.ECO, ECO, R.FLOOR, False, R.WHITE_PEAK, END,
        load=FLOOR, status=COLD,
    ),
    Case(
        "11 freezing", AUTO, RED, L.ECO, ECO, R.FLOOR, False, R.RED_PEAK, END,
        load=FLOOR, status=ICY,
    ),
    Case(
        "11 not below", AUTO, RED, L.FROST, FROST, R.RED_PEAK, False, R.RED_PEAK, END,
        load=FLOOR, status=NOT_COLD,
    ),
    Case(
        "11 no sensor", AUTO, RED, L.FROST, FROST, R.RED_PEAK, False, R.RED_PEAK, END,
        load=FLOOR,
    ),
    Case(
        "11 before the sun", AUTO, RED, L.ECO, ECO, R.FLOOR, False, R.RED_PEAK, END,
        load=SUNNY_FLOOR, status=COLD,
    ),
    Case("11 preset", AT_FROST, RED, L.FROST, FROST, R.ASKED, load=FLOOR, status=COLD),
    Case(
        "11 HEAT", HEAT, WHITE, L.COMFORT, COMFORT, R.HEAT, until=END, load=FLOOR,
        status=COLD, cancelled=True,
    ),
    # 12: off, or absence
    Case("12", OFF, BLUE, L.FROST, FROST, R.ABSENT),
    Case("12 absent", ABSENT, BLUE, L.FROST, FROST, R.ABSENT),
    Case(
        "12 back soon", replace(ABSENT, absent_until=END), RED, L.FROST, FROST,
        R.ABSENT, until=END,
    ),
    Case("12 floor", OFF, RED, L.FROST, FROST, R.ABSENT, load=FLOOR, status=COLD),
    Case(
        "12 HEAT", replace(HEAT, house=HouseMode.ABSENT), WHITE, L.FROST, FROST,
        R.ABSENT,
    ),
    Case(
        "12 forced", wishing(LoadMode.FORCED, house=HouseMode.ABSENT), BLUE, L.FROST,
        FROST, R.ABSENT,
    ),
    Case(
        "switched off", wishing(LoadMode.OFF), BLUE, L.FROST, FROST, R.SWITCHED_OFF,
        until=END,
    ),
    # 14: what would be is as it is
    Case(
        "14", Wishes(house=HouseMode.OBSERVE), RED, L.FROST, FROST, R.RED_PEAK, False,
        R.RED_PEAK, END,
    ),
    # the one way round a red peak
    Case(
        "emergency", EMERGENCY, RED, L.COMFORT, COMFORT, R.EMERGENCY, until=NOW + 3600,
        load=SUNNY,
    ),
    Case("emergency, not red", EMERGENCY, BLUE, L.COMFORT, COMFORT, R.ASKED),
    Case(
        "emergency over", Wishes(emergency_until=NOW), RED, L.FROST, FROST, R.RED_PEAK,
        False, R.RED_PEAK, END,
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", TABLE, ids=[case.row for case in TABLE])
def test_row(case: Case) -> None:
    assert heating_rule(
        NOW,
        case.load,
        case.status,
        settings=case.settings,
        signals=case.signals,
        wishes=case.wishes,
        hours=case.hours,
    ) == HeatingRule(
        level=case.level,
        target=case.target,
        reason=case.reason,
        blocked_by=case.blocked_by,
        cancellable=case.cancellable,
        until=case.until,
        on_sun=case.on_sun,
        cancelled=case.cancelled,
    )


def rule_of(
    heating: Heating, wishes: Wishes, hours: Hours, **given: Any
) -> HeatingRule:
    return heating_rule(
        NOW,
        replace(HEATER, heating=heating),
        given.get("status", Status()),
        settings=given.get("settings", SETTINGS),
        signals=Signals(),
        wishes=wishes,
        hours=hours,
    )


SIX = frozenset(Level)
SWITCH = frozenset({Level.OFF, Level.COMFORT})
TWO = frozenset({Level.ECO, Level.COMFORT})


@pytest.mark.parametrize(
    ("levels", "preset", "level", "target"),
    [
        (SIX, Level.COMFORT_1, Level.COMFORT_1, COMFORT - 1),
        (SIX, Level.COMFORT_2, Level.COMFORT_2, COMFORT - 2),
        (Heating().levels, Level.COMFORT_1, Level.ECO, ECO),
        (Heating().levels, Level.COMFORT_2, Level.ECO, ECO),
        (SWITCH, Level.ECO, Level.OFF, FROST),
        (SWITCH, Level.FROST, Level.OFF, FROST),
        (TWO, Level.FROST, Level.ECO, ECO),
    ],
)
def test_a_level_that_it_does_not_have_is_the_next_colder_one(
    levels: frozenset[Level], preset: Level, level: Level, target: float
) -> None:
    rule = rule_of(Heating(levels=levels), Wishes(preset=preset), BLUE)
    assert (rule.level, rule.target) == (level, target)


def test_a_floor_takes_the_next_warmer_level() -> None:
    heating = Heating(levels=SWITCH, floor=14.0)
    rule = rule_of(heating, AUTO, RED, status=COLD)
    assert (rule.level, rule.reason) == (Level.COMFORT, Reason.FLOOR)


@pytest.mark.parametrize(
    ("floor", "levels", "level"),
    [
        (14.0, SIX, Level.ECO),
        (16.5, SIX, Level.COMFORT_2),
        (18.0, SIX, Level.COMFORT_1),
        (18.0, Heating().levels, Level.COMFORT),
        (25.0, SIX, Level.COMFORT),
    ],
)
def test_a_floor_is_kept_by_a_level_that_reaches_it(
    floor: float, levels: frozenset[Level], level: Level
) -> None:
    """18 °C of a child's room are more than eco."""
    heating = Heating(levels=levels, floor=floor)
    rule = rule_of(heating, AUTO, RED, status=COLD)
    assert (rule.level, rule.reason) == (level, Reason.FLOOR)
    assert rule_of(heating, AT_ECO, RED, status=COLD).level is Level.ECO, "as asked"


def test_a_heater_that_is_switched_off_is_off_where_it_can_be() -> None:
    rule = rule_of(Heating(levels=SIX), wishing(LoadMode.OFF), BLUE)
    assert (rule.level, rule.reason) == (Level.OFF, Reason.SWITCHED_OFF)


@pytest.mark.parametrize(
    ("wishes", "hours", "ahead", "target", "reason"),
    [
        (AUTO, OFF_PEAK, 3600, COMFORT + 1, Reason.PREHEATING),
        (AUTO, OFF_PEAK, 3601, COMFORT, Reason.ASKED),
        (HEAT, OFF_PEAK, 3600, COMFORT + 1, Reason.PREHEATING),
        (AT_ECO, OFF_PEAK, 3600, ECO + 1, Reason.PREHEATING),
        (AT_FROST, OFF_PEAK, 3600, FROST, Reason.ASKED),
        (ABSENT, OFF_PEAK, 3600, FROST, Reason.ABSENT),
        (AUTO, WHITE, 3600, FROST, Reason.WHITE_PEAK),
    ],
)
def test_preheating(
    wishes: Wishes, hours: Hours, ahead: float, target: float, reason: Reason
) -> None:
    near = replace(hours, red_ahead=NOW + ahead)
    preheating = replace(SETTINGS, preheat=3600.0)
    rule = rule_of(Heating(), wishes, near, settings=preheating)
    assert (rule.target, rule.reason) == (target, reason)
    if reason is Reason.PREHEATING:
        assert rule.until == NOW + ahead
    assert rule_of(Heating(), wishes, near).reason is not Reason.PREHEATING


# --- what the thermostat of all heaters shows -----------------------------------------


def room(
    target: float, reason: Reason, shed_by: Reason | None, **more: Any
) -> Thermostat:
    rule = HeatingRule(
        level=Level.ECO,
        target=target,
        reason=reason,
        blocked_by=shed_by,
        cancellable=shed_by is reason,
        until=more.get("until", END),
    )
    return of_room(rule, AUTO, drawing=more.get("drawing", False), observed=False)


def of_all(*rooms: Thermostat, mode: HeatingMode = HeatingMode.AUTO) -> Thermostat:
    return of_home(rooms, HeatingWish(heating=mode), observed=False)


@pytest.mark.parametrize("drawing", [True, False])
@pytest.mark.parametrize("mode", HeatingMode)
def test_the_thermostat_of_one_heater_shows_its_rule(
    mode: HeatingMode, drawing: bool
) -> None:
    one = room(ECO, Reason.ECOWATT, Reason.ECOWATT, drawing=drawing)
    assert of_all(one, mode=mode) == Thermostat(
        mode=mode,
        heating=drawing,
        target=ECO,
        shed_by=Reason.ECOWATT,
        shed_until=END,
        reason=Reason.ECOWATT,
        cancellable=True,
        until=END,
    )


def test_the_thermostat_shows_what_most_heaters_have() -> None:
    state = of_all(
        room(ECO, Reason.FLOOR, Reason.WHITE_PEAK),
        room(FROST, Reason.WHITE_PEAK, Reason.WHITE_PEAK, drawing=True),
        room(FROST + 1, Reason.WHITE_PEAK, Reason.WHITE_PEAK),
    )
    assert (state.target, state.reason) == (FROST + 1, Reason.WHITE_PEAK)
    assert state.cancellable
    assert state.heating, "one of them draws"


def test_of_equals_the_thermostat_shows_the_warmest() -> None:
    state = of_all(
        room(ECO, Reason.ECOWATT, Reason.ECOWATT), room(COMFORT, Reason.ASKED, None)
    )
    assert (state.target, state.reason) == (COMFORT, Reason.ASKED)
    assert (state.shed, state.shed_by) == (True, Reason.ECOWATT), "the other one is"


def test_the_thermostat_knows_when_what_is_shed_is_so_no_more() -> None:
    heated = room(COMFORT, Reason.HEAT, None, until=END + 3600)
    state = of_all(room(ECO, Reason.ECOWATT, Reason.ECOWATT), heated)
    assert (state.reason, state.until) == (Reason.HEAT, END + 3600)
    assert (state.shed_by, state.shed_until) == (Reason.ECOWATT, END)
    alone = of_all(heated)
    assert (alone.shed, alone.shed_by, alone.shed_until) == (False, None, None)


# --- one room beside the others -------------------------------------------------------


def in_room(**asked: Any) -> Wishes:
    """Return wishes of which one is asked for in the heater's room."""
    return Wishes(rooms={"heater": HeatingWish(**asked)})


ROOM_HEAT = in_room(heating=HeatingMode.HEAT, heat_since=NOW - 60, heat_until=END)


@pytest.mark.parametrize(
    ("wishes", "hours", "level", "reason"),
    [
        (ROOM_HEAT, WHITE, Level.COMFORT, Reason.HEAT),
        (ROOM_HEAT, BLUE, Level.COMFORT, Reason.HEAT),
        (ROOM_HEAT, RED, Level.FROST, Reason.RED_PEAK),
        (ROOM_HEAT, EJP, Level.FROST, Reason.EJP_PEAK),
        (replace(ROOM_HEAT, house=HouseMode.ABSENT), WHITE, Level.FROST, Reason.ABSENT),
        (replace(HEAT, rooms=in_room().rooms), WHITE, Level.FROST, Reason.WHITE_PEAK),
        (in_room(preset=Level.ECO), BLUE, Level.ECO, Reason.ASKED),
        (replace(AT_ECO, rooms=in_room().rooms), BLUE, Level.COMFORT, Reason.ASKED),
        (in_room(heating=HeatingMode.OFF), BLUE, Level.FROST, Reason.SWITCHED_OFF),
        (replace(OFF, rooms=in_room().rooms), BLUE, Level.COMFORT, Reason.ASKED),
    ],
)
def test_what_a_room_was_asked_for_counts_there_alone(
    wishes: Wishes, hours: Hours, level: Level, reason: Reason
) -> None:
    rule = rule_of(Heating(), wishes, hours)
    assert (rule.level, rule.reason) == (level, reason)
    other = replace(HEATER, key="another")
    of_another = partial(
        heating_rule,
        NOW,
        other,
        Status(),
        settings=SETTINGS,
        signals=Signals(),
        hours=hours,
    )
    assert of_another(wishes=wishes) == of_another(wishes=replace(wishes, rooms={}))
