"""A red day in the virtual house, lived twice at 600 times the speed of the world."""

from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest

from demo.clock import find_library

from .instance import until
from .simulated import SimulatedDay

pytestmark = [
    pytest.mark.own_home,
    pytest.mark.skipif(find_library() is None, reason="no libfaketime"),
]

_PEAK_BEGINS: Final = "2027-01-12T06:00"
_NOON: Final = "2027-01-12T12:00"
_PEAK_ENDS: Final = "2027-01-12T22:00"
_END: Final = "2027-01-13T06:00"
_LAST_STATISTICS: Final = "2027-01-13T06:02"
_SHARE: Final = 0.01
_AUTOMATIONS: Final = [
    {
        "alias": "red peak",
        "triggers": [{"trigger": "time", "at": "06:00:30"}],
        "actions": [
            {
                "action": "switch.turn_off",
                "target": {"entity_id": "switch.virtual_water_heater"},
            },
            {
                "action": "select.select_option",
                "target": {"entity_id": "select.virtual_heater_bedroom"},
                "data": {"option": "frost_protection"},
            },
        ],
    },
    {
        "alias": "night",
        "triggers": [{"trigger": "time", "at": "22:00:30"}],
        "actions": [
            {
                "action": "switch.turn_on",
                "target": {"entity_id": "switch.virtual_water_heater"},
            },
            {
                "action": "select.select_option",
                "target": {"entity_id": "select.virtual_heater_bedroom"},
                "data": {"option": "comfort"},
            },
        ],
    },
]


async def _live(path: Path) -> dict[str, dict[str, Any]]:
    """Live through the day; return the energies by the time they were noted."""
    day = SimulatedDay(path, "red-day", configuration={"automation": _AUTOMATIONS})
    try:
        await day.start()
        noted = {
            at: await day.run_until(at)
            for at in (_PEAK_BEGINS, _NOON, _PEAK_ENDS, _END, _LAST_STATISTICS)
        }
        await _check_statistics(day, noted[_END])
        complaints = [
            line
            for line in day.log.complaints(("virtual_house", "linky_pilote"))
            if "has not been tested" not in line and "Updating state for" not in line
        ]
        assert not complaints, "\n".join(complaints)
        return noted
    finally:
        await day.stop()


async def _check_statistics(day: SimulatedDay, noted: dict[str, Any]) -> None:
    """Check the recorder's sums of all appliances and indexes at the end of the day."""
    entities = await day.user.ask("config/entity_registry/list")
    energies = {
        entity["entity_id"]: entity["unique_id"].removeprefix("sensor_")
        for entity in entities
        if entity["platform"] == "virtual_house"
        and entity["unique_id"].endswith("_energy")
    }
    (total,) = [
        entity["entity_id"]
        for entity in entities
        if entity["translation_key"] == "index_total"
        and entity["config_entry_id"] == day.entry_id
    ]

    async def sums() -> dict[str, float]:
        rows = await day.user.ask(
            "recorder/statistics_during_period",
            start_time="2027-01-12T00:00:00+01:00",
            statistic_ids=[*energies, total],
            period="5minute",
            types=["sum"],
        )
        return {name: row[-1]["sum"] for name, row in rows.items() if row}

    made = await until(
        sums, 30, "statistics", lambda made: len(made) == len(energies) + 1
    )
    drawn = sum(
        made[entity_id]
        for entity_id, name in energies.items()
        if name != "panels_energy"
    )
    assert drawn == pytest.approx(sum(noted["drawn_wh"].values()) / 1000, rel=_SHARE)
    assert made[total] == pytest.approx(noted["meter_drawn_wh"] / 1000, rel=_SHARE)


async def test_a_red_day_twice(tmp_path: Path) -> None:
    first = await _live(tmp_path / "first")
    second = await _live(tmp_path / "second")
    for noted in (first, second):
        for moment in noted.values():
            net = sum(moment["drawn_wh"].values()) - sum(moment["given_wh"].values())
            metered = moment["meter_drawn_wh"] - moment["meter_injected_wh"]
            assert net == pytest.approx(metered, rel=_SHARE)
        # what Home Assistant switched off drew nothing in the red peak
        for name in ("water_heater", "heater_bedroom"):
            begun, noon, ended, end = (
                noted[at]["drawn_wh"][name]
                for at in (_PEAK_BEGINS, _NOON, _PEAK_ENDS, _END)
            )
            assert noon - begun < 50, name
            assert ended == noon, name
            assert end - ended > 1000, name
    for at, moment in first.items():
        again = second[at]
        assert again["time"] == moment["time"]
        for name, energy in moment["drawn_wh"].items():
            assert again["drawn_wh"][name] == pytest.approx(
                energy, rel=_SHARE, abs=20
            ), (at, name)
        assert again["meter_drawn_wh"] == pytest.approx(
            moment["meter_drawn_wh"], rel=_SHARE
        )
    times = [moment["time"] for moment in first.values()]
    assert all(later > earlier for earlier, later in pairwise(times))
