"""Loads of the virtual house, in a real Home Assistant, on a fast clock."""

from collections.abc import AsyncIterator
from itertools import pairwise
import json
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from demo.clock import find_library

from .instance import until
from .loads import add_load, arm_all, call, complaints, history, ours, states
from .simulated import SimulatedDay

pytestmark = [
    pytest.mark.own_home,
    pytest.mark.skipif(find_library() is None, reason="no libfaketime"),
]

_SPEED: Final = 40.0
_CUTOFF: Final = 6000.0
_GUARD: Final = 1.1
_HEATER: Final = "Bedroom heater (simulated)"
_TANK: Final = "Water heater (simulated)"
_CHARGER: Final = "Car charger (simulated)"
_LAMP: Final = "Lamp"


@pytest_asyncio.fixture(loop_scope="session")
async def day(tmp_path: Path) -> AsyncIterator[SimulatedDay]:
    """Give a winter morning with four loads, the lamp the first to be cut."""
    day = SimulatedDay(tmp_path / "config", "blue-day")
    try:
        await day.start()
        await day.user.ask("input_boolean/create", name=_LAMP)
        await call(day, "input_boolean.turn_on", "input_boolean.lamp")
        entry = day.entry_id
        await add_load(day, entry, "select.virtual_heater_bedroom", "heating")
        await add_load(day, entry, "switch.virtual_water_heater", "appliance")
        await add_load(
            day,
            entry,
            "number.virtual_charger_current",
            "charger",
            switch="switch.virtual_charger",
        )
        await add_load(day, entry, "input_boolean.lamp", "appliance", power=2000)
        yield day
    finally:
        await day.stop()


async def _shown(day: SimulatedDay, key: str) -> dict[str, str]:
    """Return what our entities with a key show, by load."""
    now = await states(day)
    return {
        name: now[entity_id]["state"]
        for name, entity_id in (await ours(day, key)).items()
    }


async def _filter(day: SimulatedDay, since: str) -> float:
    """Return the highest VA of the Linky's filter, by what was recorded."""
    (entity_id,) = (await ours(day, "apparent_power")).values()
    rows = (await history(day, [entity_id], since))[entity_id]
    square = highest = 0.0
    for row, after in pairwise(rows):
        if row["s"] in ("unknown", "unavailable"):
            continue
        seconds = max(after["lu"] - row["lu"], 0.0)
        kept = 0.992**seconds
        square = kept * square + (1 - kept) * float(row["s"]) ** 2
        highest = max(highest, square)
    return float(highest**0.5)


async def test_a_morning(day: SimulatedDay) -> None:
    # observed: whatever happens nothing is switched
    await day.order("set oven on")
    await day.run_until("2027-01-12T06:05", _SPEED)
    assert set((await _shown(day, "load_switches")).values()) == {"0"}
    assert await _shown(day, "load_armed") == dict.fromkeys(
        (_HEATER, _TANK, _CHARGER, _LAMP), "off"
    )

    # allowed: the car begins to charge, and what is last gives way to it
    await arm_all(day)
    await day.run_until("2027-01-12T06:30", _SPEED)
    shown = await _shown(day, "load_state")
    assert shown[_HEATER] in ("running", "satisfied")
    assert shown[_LAMP] == "shed"
    assert (await states(day))["input_boolean.lamp"]["state"] == "off"
    assert await _filter(day, "2027-01-12T05:05:00+00:00") < _GUARD * _CUTOFF

    # a renamed entity is still the same
    await day.user.ask(
        "config/entity_registry/update",
        entity_id="select.virtual_heater_bedroom",
        new_entity_id="select.renamed",
    )
    # the meter is unplugged: nothing is switched on, and it is said
    await day.order("unplug")
    await day.run_until("2027-01-12T06:36", _SPEED)
    # (a heater that only now grows cold waits, too)
    shown = await _shown(day, "load_state")
    assert shown[_HEATER] in ("running", "satisfied", "waiting")
    assert shown[_LAMP] == "shed"
    await day.order("plug")

    # there is room again: all come back, one after the other
    await day.order("set oven off")
    await call(
        day,
        "select.select_option",
        (await ours(day, "load_mode"))[_CHARGER],
        option="off",
    )
    await day.run_until("2027-01-12T07:15", _SPEED)
    shown = await _shown(day, "load_state")
    assert shown[_CHARGER] == "off"
    assert shown[_TANK] in ("running", "satisfied")
    assert shown[_LAMP] == "running"
    assert (await states(day))["input_boolean.lamp"]["state"] == "on"
    assert float((await _shown(day, "load_shed_time"))[_LAMP]) > 0

    # an entity that is removed is told
    (lamp,) = await day.user.ask("input_boolean/list")
    await day.user.ask("input_boolean/delete", input_boolean_id=lamp["id"])

    async def issues() -> set[str]:
        found = await day.user.ask("repairs/list_issues")
        return {issue["translation_key"] for issue in found["issues"]}

    await until(issues, 20, "a repair", lambda told: "load_entity_gone" in told)
    assert complaints(day) == []


async def test_a_stop_in_the_middle_gives_back(day: SimulatedDay) -> None:
    await arm_all(day)
    await day.order("set oven on")
    await day.run_until("2027-01-12T06:30", _SPEED)
    assert (await states(day))["input_boolean.lamp"]["state"] == "off"
    await day.stop()
    restored = day.folder.path / ".storage" / "core.restore_state"
    assert _restored(restored, "input_boolean.lamp") == "on"
    await day.start()
    assert set((await _shown(day, "load_armed")).values()) == {"on"}
    assert (await states(day))["input_boolean.lamp"]["state"] == "on"
    assert complaints(day) == []


def _restored(path: Path, entity_id: str) -> str:
    saved: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["data"]
    (state,) = [
        str(item["state"]["state"])
        for item in saved
        if item["state"]["entity_id"] == entity_id
    ]
    return state
