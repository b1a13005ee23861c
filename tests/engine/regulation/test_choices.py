"""What the grid and persons choose: the frequency, forced and paused, the house."""

from dataclasses import replace

import pytest

from custom_components.linky_pilote.engine.reading import TariffPeriod, TempoColor
from custom_components.linky_pilote.engine.regulation.constants import HAND
from custom_components.linky_pilote.engine.regulation.model import (
    Frequency,
    GridUse,
    Heating,
    House,
    HouseMode,
    Level,
    Load,
    LoadMode,
    LoadWish,
    Reason,
    Signals,
)

from .homes import SUMMER, Bench, at, told
from .test_surplus import DIMMER, PUMP, TANK, home

# --- the grid's frequency -----------------------------------------------------------


def measured(bench: Bench, value: float) -> None:
    """Let the frequency be measured at the next step."""
    moment = bench.now + bench.every
    frequency = Frequency(value=value, time=moment, resolution=0.01)
    bench.signals = replace(bench.signals, frequency=frequency)
    bench.step()


@pytest.mark.parametrize(
    ("period", "on"),
    [(TariffPeriod.BLUE_PEAK, {"pump"}), (TariffPeriod.RED_PEAK, set())],
)
def test_too_much_on_the_grid_is_taken_but_not_in_a_red_peak(
    period: TariffPeriod, on: set[str]
) -> None:
    pump = replace(PUMP, grid=GridUse.NEVER, storable=True)
    bench = home(pump, base=300, frequency=True)
    bench.period = period
    for _ in range(60):
        measured(bench, 50.3)
    assert bench.on() == on


@pytest.mark.parametrize("allowed", [True, False])
def test_storable_loads_help_the_grid_where_they_may(allowed: bool) -> None:
    loads = [
        replace(PUMP, key=f"pump{n}", power=500.0, grid=GridUse.ANY, storable=n < 4)
        for n in range(5)
    ]
    bench = home(*loads, base=300, frequency=allowed)
    bench.run(900)
    assert len(bench.on()) == 5
    before = len(bench.sent)
    for _ in range(30):
        measured(bench, 49.7)
    off = bench.sent[before:]
    if not allowed:
        assert off == []
        return
    assert {one.order.key for one in off} == {f"pump{n}" for n in range(4)}
    assert {one.order.reason for one in off} == {Reason.FREQUENCY}
    ended, before = bench.now, len(bench.sent)
    while bench.now < ended + 600:
        measured(bench, 50.0)
    back = [one for one in bench.sent[before:] if one.order.setting.power]
    assert len(back) == 4
    assert len({one.at for one in back}) == 4
    assert all(one.at - ended >= 60 for one in back)


# --- what persons choose ------------------------------------------------------------


def test_forced_without_sun_and_paused_with() -> None:
    bench = home(TANK, PUMP, base=300)
    bench.wish(loads={"tank": LoadWish(mode=LoadMode.FORCED, until=SUMMER + 3600)})
    assert told(bench.run(120)) == [("tank", True)]
    assert bench.sent[0].order.reason is Reason.FORCED
    bench.now = SUMMER + 3700
    bench.run(400)
    assert bench.on() == set()
    assert Reason.FORCED in {
        reason for decision in bench.decisions for reason in decision.notices
    }
    bench.wish(loads={"pump": LoadWish(mode=LoadMode.PAUSED)})
    bench.base = [-1500.0]
    assert bench.run(600) == []
    assert bench.verdict("pump").reason is Reason.PAUSED


def test_forced_with_some_power() -> None:
    bench = home(DIMMER, base=300)
    bench.wish(loads={"dimmer": LoadWish(mode=LoadMode.FORCED, power=1200.0)})
    bench.run(120)
    assert bench.has["dimmer"].power == 1200


@pytest.mark.parametrize(
    ("levels", "told_"),
    [
        ({Level.OFF, Level.COMFORT}, Level.OFF),
        ({Level.OFF, Level.ECO, Level.COMFORT}, Level.OFF),
        ({Level.FROST, Level.COMFORT}, Level.FROST),
        ({Level.OFF, Level.FROST, Level.COMFORT}, Level.FROST),
    ],
)
def test_a_heater_is_switched_off_and_shed_to_what_draws_nothing(
    levels: set[Level], told_: Level
) -> None:
    heater = Load(key="heater", power=2500.0, heating=Heating(levels=frozenset(levels)))
    off = home(heater, base=1000, on=["heater"])
    off.run(20)
    off.wish(loads={"heater": LoadWish(mode=LoadMode.OFF)})
    off.run(60)
    shed = home(heater, base=1000, on=["heater"])
    shed.run(20)
    shed.base = [6500.0]
    shed.run(60)
    for bench, why in ((off, Reason.SWITCHED_OFF), (shed, Reason.OVERLOAD)):
        last = bench.sent[-1].order
        assert (last.setting.level, last.setting.power, last.reason) == (told_, 0, why)


@pytest.mark.parametrize("hertz", [None, 49.0])
def test_a_thermostat_by_degrees_is_switched_off_to_its_frost_protection(
    hertz: float | None,
) -> None:
    heater = Load(key="heater", power=2500.0, heating=Heating())
    bench = home(heater, base=300, on=["heater"], frequency=True)
    bench.run(20)
    if hertz is None:
        bench.wish(loads={"heater": LoadWish(mode=LoadMode.OFF)})
        bench.run(20)
    else:
        for _ in range(20):
            measured(bench, hertz)
    last = bench.sent[-1].order.setting
    assert (last.level, last.target) == (Level.FROST, 7)


def test_a_heater_that_a_person_left_off_is_told_nothing() -> None:
    heater = Load(key="heater", power=2500.0, heating=Heating())
    bench = home(heater, base=300)
    bench.has["heater"] = replace(bench.has["heater"], level=Level.OFF)
    bench.more["heater"] = {"connected": False}
    assert bench.run(600) == []
    assert bench.verdict("heater").reason is Reason.NOT_CONNECTED
    bench.has["heater"] = replace(bench.has["heater"], level=Level.ECO)
    bench.more["heater"] = {}
    assert bench.until_told()[0].order.setting.level is Level.COMFORT


def test_what_a_red_peak_took_from_a_paused_heater_is_given_back() -> None:
    heater = Load(key="heater", power=2500.0, heating=Heating())
    bench = home(heater, base=300, on=["heater"], now=at("2026-12-15 21:00"))
    bench.run(20)
    bench.wish(loads={"heater": LoadWish(mode=LoadMode.PAUSED)})
    bench.period = TariffPeriod.RED_PEAK
    bench.run(60)
    assert bench.has["heater"].level is Level.FROST
    bench.period = TariffPeriod.RED_OFF_PEAK
    bench.now = at("2026-12-15 22:30")
    bench.run(120)
    assert bench.has["heater"].level is Level.COMFORT
    assert bench.verdict("heater").reason is Reason.PAUSED


def test_the_degrees_that_were_ordered_come_back_after_a_hand() -> None:
    heater = Load(key="heater", power=2500.0, heating=Heating())
    bench = home(heater, base=300, on=["heater"])
    for level in (Level.ECO, Level.COMFORT):
        bench.wish(preset=level)
        bench.run(20)
    assert bench.has["heater"].target == 19
    bench.has["heater"] = replace(bench.has["heater"], target=25.0)
    bench.more["heater"] = {"by_hand": True}
    bench.step()
    bench.more["heater"] = {}
    assert bench.run(HAND - 60) == []
    bench.run(120)
    assert bench.has["heater"].target == 19


def test_a_heater_that_was_on_is_preheated() -> None:
    heater = Load(key="heater", power=2500.0, heating=Heating())
    bench = home(
        heater,
        base=300,
        on=["heater"],
        now=at("2026-12-15 05:00"),
        preheat=7200.0,
        preheat_by=1.5,
    )
    bench.signals = Signals(
        tempo=True, color=TempoColor.BLUE, color_tomorrow=TempoColor.RED
    )
    bench.run(60)
    assert bench.has["heater"].target == 20.5


def test_a_heater_without_eco_helps_the_grid_by_frost_protection() -> None:
    levels = frozenset({Level.FROST, Level.COMFORT})
    heater = Load(key="heater", power=2500.0, heating=Heating(levels=levels))
    bench = home(heater, base=300, on=["heater"], frequency=True)
    for _ in range(20):
        measured(bench, 49.7)
    assert bench.sent[-1].order.setting.level is Level.FROST


def test_a_lower_power_that_is_forced_is_had_at_once() -> None:
    bench = home(DIMMER, base=300)
    for power in (2500.0, 1200.0):
        bench.wish(loads={"dimmer": LoadWish(mode=LoadMode.FORCED, power=power)})
        bench.run(120)
        assert bench.has["dimmer"].power == power


def test_what_has_one_power_needs_room_for_all_of_it() -> None:
    """500 W of a tank that is on or off are asked for: it draws 2000."""
    bench = home(TANK, base=4500)
    bench.wish(loads={"tank": LoadWish(mode=LoadMode.FORCED, power=500.0)})
    assert bench.run(600) == []
    assert bench.verdict("tank").blocked_by is Reason.NO_ROOM
    bench.base = [3000.0]
    assert told(bench.run(120)) == [("tank", True)]


def test_what_is_forced_does_not_pass_the_limit() -> None:
    bench = home(TANK, base=4500)
    bench.wish(loads={"tank": LoadWish(mode=LoadMode.FORCED)})
    assert bench.run(600) == []
    assert bench.verdict("tank").blocked_by is Reason.NO_ROOM


def test_switched_off_is_off_at_once() -> None:
    bench = home(TANK, base=-2500)
    bench.run(120)
    bench.wish(loads={"tank": LoadWish(mode=LoadMode.OFF)})
    assert told(bench.run(10)) == [("tank", False)]
    assert bench.verdict("tank").reason is Reason.SWITCHED_OFF


@pytest.mark.parametrize(
    ("mode", "on"),
    [
        (HouseMode.AUTOMATIC, {"tank", "pump"}),
        (HouseMode.ABSENT, {"tank"}),
        (HouseMode.OFF, set()),
        (HouseMode.OBSERVE, set()),
    ],
)
def test_the_houses_mode(mode: HouseMode, on: set[str]) -> None:
    """In an absence the sun still heats, the grid does not."""
    bench = home(TANK, replace(PUMP, grid=GridUse.ANY, surplus=False), base=-2500)
    bench.wish(house=mode)
    bench.run(600)
    assert {key for key in bench.has if bench.has[key].power} == on
    if not on:
        assert bench.sent == []
        assert bench.last.house is (
            House.OFF if mode is HouseMode.OFF else House.OBSERVE
        )
