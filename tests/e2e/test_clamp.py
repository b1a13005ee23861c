"""A home whose only meter is a clamp, in the virtual house: it sheds, it follows the sun."""

from pathlib import Path
from typing import Any, Final, override

import pytest

from demo.clock import find_library

from .loads import add_load, arm_all, history, ours, states
from .simulated import SimulatedDay

pytestmark = [
    pytest.mark.own_home,
    pytest.mark.skipif(find_library() is None, reason="no libfaketime"),
]

_FLOWS: Final = "/api/config/config_entries/flow"
_CLAMP: Final = "sensor.virtual_clamp"
_SPEED: Final = 40.0
_HEATER: Final = "select.virtual_heater_bedroom"
_TANK: Final = "switch.virtual_water_heater"


class _ClampDay(SimulatedDay):
    """A day in a house whose meter has no adapter."""

    @override
    async def _add_meter(self) -> str:
        step = await self.user.post(_FLOWS, {"handler": "linky_pilote"})
        path = f"{_FLOWS}/{step['flow_id']}"
        assert "entities" in step["menu_options"]
        await self.user.post(path, {"next_step_id": "entities"})
        step = await self.user.post(path, {"power": [_CLAMP], "subscribed_power": 6})
        assert step["step_id"] == "direction", step
        # at a quarter to six in the morning a home draws, summer or winter
        step = await self.user.post(path, {"now": "draws"})
        while step["type"].startswith("progress") or step["step_id"] == "listen":
            step = await self.user.get(path)
        assert step["step_id"] == "confirm", step
        step = await self.user.post(path, {})
        assert step["type"] == "create_entry", step
        entry_id: str = step["result"]["entry_id"]
        return entry_id


async def _shown(day: SimulatedDay, key: str) -> dict[str, str]:
    now = await states(day)
    return {
        name: now[entity_id]["state"]
        for name, entity_id in (await ours(day, key)).items()
    }


def _complaints(day: SimulatedDay) -> list[str]:
    return [
        line
        for line in day.log.complaints(("linky_pilote", "virtual_house"))
        if "has not been tested" not in line
        and "Updating state for" not in line
        and "the meter is not heard any more" not in line
    ]


async def test_it_sheds(tmp_path: Path) -> None:
    day = _ClampDay(tmp_path / "config", "blue-day")
    try:
        await day.start()
        assert {entry["title"] for entry in await day.user.entries()} == {"Linky"}
        await add_load(day, day.entry_id, _HEATER, "heating", power=750)
        await add_load(day, day.entry_id, _TANK, "appliance", power=2200)
        await arm_all(day)
        await day.order("set water_heater on")
        await day.order("set oven on")
        await day.order("set charger 16")
        await day.run_until("2027-01-12T06:20", _SPEED)
        shown = await _shown(day, "load_state")
        assert "shed" in shown.values(), shown
        shed = await _shown(day, "load_shed_time")
        assert max(map(float, shed.values())) > 0, shed
        # there is room again: all come back
        await day.order("set oven off")
        await day.order("set charger off")
        await day.run_until("2027-01-12T06:55", _SPEED)
        shown = await _shown(day, "load_state")
        assert "shed" not in shown.values(), shown
        assert _complaints(day) == []
    finally:
        await day.stop()


async def test_it_follows_the_sun(tmp_path: Path) -> None:
    day = _ClampDay(tmp_path / "config", "clear-day")
    try:
        await day.start()
        await day.order("set pool_pump off")
        await add_load(
            day, day.entry_id, "light.virtual_dimmed_heater", "adjustable", power=1200
        )
        await day.run_until("2027-06-17T10:30")
        await arm_all(day)
        begun = await day.run_until("2027-06-17T10:31", _SPEED)
        noon = await day.run_until("2027-06-17T12:30", 120.0)
        drawn: Any = noon["drawn_wh"]["dimmed_heater"]
        assert drawn - begun["drawn_wh"]["dimmed_heater"] > 500
        (entity_id,) = (await ours(day, "load_state")).values()
        assert (await states(day))[entity_id]["state"] in ("running", "satisfied")
        # as much as was left over, and no more: the grid gave next to nothing
        rows = await history(day, [_CLAMP], "2027-06-17T08:45:00+00:00")
        powers = sorted(float(row["s"]) for row in rows[_CLAMP])
        assert powers[len(powers) // 2] < 100, powers[:: len(powers) // 10]
        assert _complaints(day) == []
    finally:
        await day.stop()
