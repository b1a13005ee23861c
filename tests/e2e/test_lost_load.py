"""A load that cannot be reached while the home sheds, and that is there again."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from demo.clock import find_library

from .loads import add_load, arm_all, call, complaints, history, ours, states
from .simulated import SimulatedDay

pytestmark = [
    pytest.mark.own_home,
    pytest.mark.skipif(find_library() is None, reason="no libfaketime"),
]

_SPEED: Final = 40.0
_BEGIN: Final = "2027-01-12T04:45:00+00:00"
_TANK: Final = "switch.virtual_water_heater"
_CHARGER: Final = "switch.virtual_charger"
_PUMP: Final = "switch.virtual_pool_pump"
_NAMES: Final = {
    _TANK: "Water heater (simulated)",
    _CHARGER: "Car charger (simulated)",
    _PUMP: "Pool pump (simulated)",
}
_HEATERS: Final = ("living_room", "kitchen", "bedroom", "child", "bathroom")


@pytest_asyncio.fixture(loop_scope="session")
async def day(tmp_path: Path) -> AsyncIterator[SimulatedDay]:
    """Give a morning with 2.2 kW, 1.84 kW and 0.75 kW that are on, and no heating."""
    day = SimulatedDay(tmp_path / "config", "blue-day")
    try:
        await day.start()
        for room in _HEATERS:
            await day.order(f"set heater_{room} off")
        await day.order("set charger 8")
        await call(day, "switch.turn_on", _PUMP)
        for entity in _NAMES:
            await add_load(day, day.entry_id, entity, "appliance")
        await arm_all(day)
        yield day
    finally:
        await day.stop()


async def _state(day: SimulatedDay, entity: str) -> dict[str, Any]:
    """Return what is shown of a load."""
    shown = (await ours(day, "load_state"))[_NAMES[entity]]
    return (await states(day))[shown]


async def _is(day: SimulatedDay, entity: str) -> str:
    return str((await _state(day, entity))["state"])


async def _commands(day: SimulatedDay, entity: str) -> int:
    """Return how often a load was commanded today."""
    shown = (await ours(day, "load_switches"))[_NAMES[entity]]
    return int((await states(day))[shown]["state"])


async def test_a_load_that_cannot_be_reached(day: SimulatedDay) -> None:
    await day.run_until("2027-01-12T05:52", _SPEED)
    assert {await _is(day, entity) for entity in _NAMES} == {"running"}

    # the charger would be cut next, and would be enough: it cannot be told
    await day.order("lose charger")
    await day.order("set oven on")
    await day.run_until("2027-01-12T05:56", _SPEED)
    lost = await _state(day, _CHARGER)
    assert lost["state"] == "no_entity"
    assert lost["attributes"]["reason"] == "unavailable"
    assert await _commands(day, _CHARGER) == 0
    # so the next one gives way in its place
    assert await _is(day, _TANK) == "shed"
    assert (await states(day))[_TANK]["state"] == "off"
    assert await _commands(day, _TANK) == 1

    # what was shed loses its own power, and its relay comes back on
    await day.order("lose water_heater")
    await day.run_until("2027-01-12T05:58", _SPEED)
    assert await _is(day, _TANK) == "no_entity"
    await day.order("find water_heater on")
    await day.run_until("2027-01-12T05:59", _SPEED)
    seen = [row["s"] for row in (await history(day, [_TANK], _BEGIN))[_TANK]]
    assert seen[-4:] == ["off", "unavailable", "on", "off"], seen
    assert await _is(day, _TANK) == "shed", "it is nobody's hand"
    assert await _commands(day, _TANK) == 2

    # there is room again: what cannot be reached is not switched on
    await day.order("lose water_heater")
    await day.order("find charger")
    await day.order("set oven off")
    await day.run_until("2027-01-12T06:10", _SPEED)
    assert await _is(day, _TANK) == "no_entity"
    assert await _commands(day, _TANK) == 2
    assert await _is(day, _CHARGER) == "running", "it is managed again"
    assert await _commands(day, _CHARGER) == 0
    assert await _is(day, _PUMP) == "running"

    # and gets back what was taken from it as soon as it is there
    await day.order("find water_heater")
    await day.run_until("2027-01-12T06:20", _SPEED)
    assert (await states(day))[_TANK]["state"] == "on"
    assert await _is(day, _TANK) == "running"
    assert await _commands(day, _TANK) == 3
    assert complaints(day) == []
