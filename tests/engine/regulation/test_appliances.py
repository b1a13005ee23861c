"""Appliances whose power nobody entered, that stop by themselves, pause or are late."""

from dataclasses import replace

import pytest

from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.model import (
    GridUse,
    House,
    Load,
    LoadMode,
    LoadWish,
    Modulation,
    Reading,
    Reason,
    Signals,
    Unit,
    Window,
)

from .homes import at, told
from .test_surplus import DIMMER, PUMP, TANK, home

PEAK, OFF_PEAK = TariffPeriod.PEAK, TariffPeriod.OFF_PEAK

# --- a power that is not known ------------------------------------------------------


def test_an_unknown_power_is_learnt_from_its_sensor() -> None:
    bench = home(replace(TANK, power=None, grid=GridUse.ANY), base=300)
    bench.real["tank"] = 1800.0
    bench.run(120)
    assert bench.verdict("tank").figures["full_w"] == 1800


def test_an_unknown_power_is_learnt_from_the_step_at_the_meter() -> None:
    bench = home(replace(TANK, power=None, grid=GridUse.ANY), base=300)
    bench.real["tank"] = 1800.0
    bench.sensors.clear()
    bench.run(120)
    assert bench.verdict("tank").figures["full_w"] == pytest.approx(1800)


def test_what_was_switched_at_the_same_moment_is_not_learnt_for_long() -> None:
    """An oven that starts with the tank is taken for it, but for two more orders."""
    bench = home(replace(TANK, power=None, grid=GridUse.ANY), base=300)
    bench.real["tank"] = 1800.0
    bench.sensors.clear()
    bench.until_told()
    bench.base = [1300.0]
    seen = []
    for mode in (LoadMode.OFF, LoadMode.AUTOMATIC, LoadMode.OFF):
        bench.run(600)
        seen.append(bench.verdict("tank").figures["full_w"])
        bench.wish(loads={"tank": LoadWish(mode=mode)})
    assert seen == pytest.approx([2800, 2300, 1800], rel=0.01)


def test_what_a_dimmer_draws_is_learnt_in_the_share_that_it_was_told() -> None:
    percent = Modulation(low=1, high=100, unit=Unit.PERCENT)
    bench = home(replace(DIMMER, power=None, modulation=percent), base=300)
    bench.real["dimmer"] = 2400.0
    bench.sensors.clear()
    bench.wish(loads={"dimmer": LoadWish(mode=LoadMode.FORCED, power=400.0)})
    bench.run(60)
    assert bench.verdict("dimmer").figures["full_w"] == pytest.approx(2400)


def test_what_a_sensor_said_once_is_not_learnt_for_ever() -> None:
    bench = home(replace(TANK, power=None, grid=GridUse.ANY), base=300, every=60.0)
    bench.real["tank"] = 1800.0
    bench.run(300)
    bench.more["tank"] = {"power": 30_000.0}
    bench.run(60)
    bench.more["tank"] = {}
    for mode in (LoadMode.OFF, LoadMode.AUTOMATIC):
        bench.wish(loads={"tank": LoadWish(mode=mode)})
        bench.run(3600)
        assert bench.on() == set()
    assert bench.verdict("tank").blocked_by is Reason.NO_ROOM
    bench.run(86_400)
    assert bench.on() == {"tank"}


# --- what they do by themselves -------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "production"),
    [
        ("2026-07-15 12:00", 0.0),
        ("2026-07-15 23:00", None),
        ("2026-12-15 19:00", None),
        ("2026-12-15 07:00", None),
    ],
)
def test_what_has_stopped_by_itself_is_no_surplus_without_sun(
    time: str, production: float | None
) -> None:
    """Nobody sees that the tank is hot; those before it would run from the grid."""
    tank = replace(TANK, grid=GridUse.ANY)
    bench = home(PUMP, tank, base=300, on=["tank"], now=at(time))
    bench.sensors.discard("tank")
    bench.idle.add("tank")
    bench.signals = Signals(production=production)
    bench.run(3600)
    assert bench.on() == {"tank"}


def test_a_tank_behind_an_open_contact_draws_nothing() -> None:
    """It has no sensor; what is left beside it is neither surplus nor room."""
    tank = replace(TANK, power=2500.0, grid=GridUse.ANY, forbid_only=True)
    heavy = replace(TANK, key="heavy", power=2500.0, grid=GridUse.ANY)
    bench = home(PUMP, heavy, tank, base=4000)
    bench.sensors.discard("tank")
    bench.idle.add("tank")
    bench.garble = lambda reading: replace(reading, dry_contact_closed=False)
    bench.run(3600)
    assert bench.on() == {"tank"}
    bench.base = [500.0]
    bench.run(3600)
    assert bench.on() == {"heavy", "tank"}


def test_a_load_that_was_shed_waits_for_its_hours_and_not_for_room() -> None:
    """The house is not about a shed that has long ended."""
    tank = replace(TANK, grid=GridUse.OFF_PEAK)
    night = at("2026-12-15 05:50")
    bench = home(tank, on=["tank"], base=1000, period=OFF_PEAK, now=night)
    bench.run(120)
    bench.base = [6500.0]
    assert told(bench.until_told()) == [("tank", False)]
    bench.base, bench.period = [500.0], PEAK
    bench.run(600)
    verdict = bench.verdict("tank")
    assert (verdict.shed, verdict.blocked_by) == (False, Reason.SCHEDULE)
    assert bench.last.house is House.NORMAL


def test_a_reading_that_seems_frozen_stops_no_surplus() -> None:
    """A plug tells a frame before the meter does, which speaks in whole amperes."""
    first, last = replace(TANK, key="first"), replace(PUMP, key="last")
    bench = home(first, last, base=-5000)
    said: list[Reading] = []

    def late(reading: Reading) -> Reading:
        whole = -230.0 * round(abs(reading.net) / 230)
        said.append(replace(reading, net=whole))
        return replace(said[-2:][0], time=reading.time)

    bench.garble = late
    bench.run(900)
    assert bench.on() == {"first", "last"}
    bench.idle.add("last")
    assert bench.run(60) == []


@pytest.mark.parametrize("lost", [False, True])
def test_a_machine_that_soaks_is_in_its_cycle(lost: bool) -> None:
    """It draws a few watts; it is not cut with its water in."""
    grid = GridUse.NEVER if lost else GridUse.ANY
    window = () if lost else (Window(start=12 * 60, end=13 * 60),)
    washer = Load(key="washer", power=2000.0, never_cut=True, grid=grid, windows=window)
    bench = home(washer, base=-3000 if lost else 300)
    bench.run(3300)
    bench.silent = lost
    bench.run(400)
    assert bench.on() == {"washer"}
    bench.real["washer"] = 20.0
    assert bench.run(600) == []
    assert told(bench.run(400)) == [("washer", False)]
