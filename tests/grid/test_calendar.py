"""The calendars: Tempo days from 06:00 to 06:00, and EcoWatt alerts."""

from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from ..conftest import attribute, state


async def events(
    hass: HomeAssistant, entity_id: str, start: str, end: str
) -> list[tuple[str, str, str]]:
    answer: Any = await hass.services.async_call(
        "calendar",
        "get_events",
        {"entity_id": entity_id, "start_date_time": start, "end_date_time": end},
        blocking=True,
        return_response=True,
    )
    return [
        (event["start"], event["end"], event["summary"])
        for event in answer[entity_id]["events"]
    ]


async def test_tempo_days(hass: HomeAssistant, grid: MockConfigEntry) -> None:
    entity = "calendar.grid_tempo_days"
    await hass.config.async_set_time_zone("Europe/Paris")
    assert state(hass, entity) == "on"
    assert attribute(hass, entity, "message") == "White"
    found = await events(
        hass, entity, "2026-12-14T12:00:00+01:00", "2026-12-18T00:00:00+01:00"
    )
    assert found == [
        ("2026-12-14T06:00:00+01:00", "2026-12-15T06:00:00+01:00", "Blue"),
        ("2026-12-15T06:00:00+01:00", "2026-12-16T06:00:00+01:00", "White"),
        ("2026-12-16T06:00:00+01:00", "2026-12-17T06:00:00+01:00", "Red"),
    ]
    # the day on which the clock went back has 25 hours
    (day,) = await events(
        hass, entity, "2026-10-24T12:00:00+02:00", "2026-10-25T02:30:00+01:00"
    )
    assert day[:2] == ("2026-10-24T06:00:00+02:00", "2026-10-25T06:00:00+01:00")


async def test_ecowatt_alerts(hass: HomeAssistant, grid: MockConfigEntry) -> None:
    entity = "calendar.grid_ecowatt_alerts"
    await hass.config.async_set_time_zone("Europe/Paris")
    assert state(hass, entity) == "off", "the next one begins at 13:00"
    assert attribute(hass, entity, "description") == "Tendu"
    found = await events(
        hass, entity, "2026-12-15T00:00:00+01:00", "2026-12-19T00:00:00+01:00"
    )
    assert [(start[11:16], end[11:16], what) for start, end, what in found] == [
        ("08:00", "10:00", "Orange: save electricity"),
        ("13:00", "14:00", "Red: cuts possible"),
        ("18:00", "20:00", "Red: cuts possible"),
    ]
