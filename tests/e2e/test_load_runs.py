"""Recorded runs of the virtual house: a cloud, a power cut, a process that is killed."""

from collections.abc import AsyncIterator, Mapping
import contextlib
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from custom_components.linky_pilote.engine.reading import TicMode
from demo.clock import find_library

from .loads import add_load, arm_all, call, ours, states
from .recorded import keep
from .simulated import SimulatedDay

pytestmark = [
    pytest.mark.own_home,
    pytest.mark.skipif(find_library() is None, reason="no libfaketime"),
]

_SPEED: Final = 40.0
_TANK: Final = "switch.virtual_water_heater"
_TANK_NAME: Final = "Water heater (simulated)"
_HEATERS: Final = (
    "select.virtual_heater_bedroom",
    "select.virtual_heater_child",
)
_CLOUD_S: Final = 1_813_231_200.0
"""When the cloud comes, in s since 1970; it takes five minutes to pass."""
_BETWEEN: Final = 25.0
"""s between two loads that come back after a power cut; it should be 30."""


@contextlib.asynccontextmanager
async def _day(
    tmp_path: Path, scenario: str, mode: TicMode = TicMode.HISTORICAL
) -> AsyncIterator[SimulatedDay]:
    day = SimulatedDay(tmp_path / "config", scenario, mode=mode)
    try:
        await day.start()
        yield day
    finally:
        await day.stop()


async def _meter(day: SimulatedDay, key: str) -> str:
    (entity_id,) = (await ours(day, key)).values()
    return entity_id


def _switched(rows: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Return the changes between on and off, with the first state."""
    known = [row for row in rows if row[1] in ("on", "off")]
    return known[:1] + [row for last, row in pairwise(known) if row[1] != last[1]]


async def test_a_cloud_passes_and_the_tank_follows(tmp_path: Path) -> None:
    async with _day(tmp_path, "clear-day", TicMode.STANDARD) as day:
        await add_load(
            day,
            day.entry_id,
            _TANK,
            "tank",
            power=2200,
            temperature_sensor="sensor.virtual_water_heater_temperature",
            must=30,
            eco=35,
            to_surplus=64,
        )
        # nobody heats it before noon
        await call(day, "switch.turn_off", _TANK)
        await day.run_until("2027-06-17T13:00")
        await day.order("set pool_pump off")
        await arm_all(day)
        await day.run_until("2027-06-17T13:20", _SPEED)
        assert (await states(day))[_TANK]["state"] == "on"
        await day.order("cloud")
        await day.run_until("2027-06-17T13:50", _SPEED)
        rows = await keep(
            day,
            "cloud",
            "2027-06-17T11:00:00+00:00",
            {
                "meter": await _meter(day, "active_power_estimated"),
                "panels": "sensor.virtual_panels_power",
                "tank": "sensor.virtual_water_heater_power",
                "switch": _TANK,
            },
            {"cloud": "2027-06-17T13:20:00+02:00"},
        )
        switched = _switched(rows["switch"])
        seen = [state for _, state in switched]
        assert seen[:4] == ["off", "on", "off", "on"], switched
        stopped, again = (when - _CLOUD_S for when, _ in switched[2:4])
        assert 0 < stopped < 300 < again < 900, switched


async def _furnish(day: SimulatedDay) -> None:
    """Add heaters, a tank and a lamp, the lamp the first to be cut; allow control."""
    await day.user.ask("input_boolean/create", name="Lamp")
    await call(day, "input_boolean.turn_on", "input_boolean.lamp")
    for heater in _HEATERS:
        await add_load(day, day.entry_id, heater, "heating")
    await add_load(day, day.entry_id, _TANK, "appliance")
    await add_load(day, day.entry_id, "input_boolean.lamp", "appliance", power=2000)
    await arm_all(day)


async def test_after_a_power_cut_loads_come_back_one_by_one(tmp_path: Path) -> None:
    async with _day(tmp_path, "blue-day") as day:
        await _furnish(day)
        await day.run_until("2027-01-12T06:00", _SPEED)
        shown = await ours(day, "load_state")
        before = await _on(day, shown)
        assert len(before) >= 3, before
        await day.order("mains off")
        await day.run_until("2027-01-12T06:20", _SPEED)
        await day.order("mains on")
        await day.run_until("2027-01-12T06:40", _SPEED)
        rows = await keep(
            day,
            "power-cut",
            "2027-01-12T04:50:00+00:00",
            {
                "meter": await _meter(day, "apparent_power"),
                **dict(zip(shown, shown.values(), strict=True)),
            },
            {
                "off": "2027-01-12T06:00:00+01:00",
                "on": "2027-01-12T06:20:00+01:00",
            },
        )
        back_s = 1_799_731_200.0
        # all were off at first; what there is room for came back, one by one
        for name in before:
            assert "shed" in [state for when, state in rows[name] if when > back_s], (
                name
            )
        returned = sorted(
            when
            for name in before
            for (_, was), (when, now) in pairwise(rows[name])
            if when > back_s and was == "shed" and now in ("running", "satisfied")
        )
        assert len(returned) > 1, rows
        assert all(b - a >= _BETWEEN for a, b in pairwise(returned)), returned


async def _on(day: SimulatedDay, shown: Mapping[str, str]) -> set[str]:
    now = await states(day)
    return {
        name
        for name, entity_id in shown.items()
        if now[entity_id]["state"] in ("running", "satisfied")
    }


async def test_a_killed_process_goes_on_from_what_was_written_down(
    tmp_path: Path,
) -> None:
    async with _day(tmp_path, "blue-day") as day:
        await _furnish(day)
        await day.order("set oven on")
        await day.order("set pool_pump on")
        await day.run_until("2027-01-12T06:30", _SPEED)
        assert (await states(day))["input_boolean.lamp"]["state"] == "off"
        await day.order("speed 1")
        await day.kill()
        await day.come_back("2027-01-12T06:31")
        # nobody has to allow control again; what was cut stays so while it has to
        shown = await ours(day, "load_state")
        armed = (await ours(day, "load_armed")).values()
        now = await states(day)
        assert {now[entity_id]["state"] for entity_id in armed} == {"on"}
        await day.order("set oven on")
        await day.order("set pool_pump on")
        await day.run_until("2027-01-12T06:36", _SPEED)
        now = await states(day)
        assert now["input_boolean.lamp"]["state"] == "off"
        assert now[shown["Lamp"]]["state"] == "shed"
        # and it gets back what it had before the process was killed
        await day.order("set oven off")
        tank = (await ours(day, "load_mode"))[_TANK_NAME]
        await call(day, "select.select_option", tank, option="off")
        await day.run_until("2027-01-12T07:05", _SPEED)
        assert (await states(day))["input_boolean.lamp"]["state"] == "on"
        assert (await states(day))[shown["Lamp"]]["state"] == "running"
