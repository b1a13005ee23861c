"""The calendar of shed periods: past, running and announced."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant

from .heated import HeatedHome
from .homes import Home

CALENDAR = "calendar.linky_0123_periods_of_shedding"


async def _events(hass: HomeAssistant) -> list[tuple[str, str, str]]:
    """Return start, end (UTC) and summary of what is in the calendar of these days."""
    answer: Any = await hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": CALENDAR,
            "start_date_time": "2026-12-14T00:00:00+01:00",
            "end_date_time": "2026-12-17T23:00:00+01:00",
        },
        blocking=True,
        return_response=True,
    )
    return [
        (
            f"{_utc(event['start']):%d %H:%M}",
            f"{_utc(event['end']):%d %H:%M}",
            event["summary"],
        )
        for event in answer[CALENDAR]["events"]
    ]


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


async def test_past_running_and_announced(hass: HomeAssistant, home: Home) -> None:
    heated = HeatedHome(home)
    home.freezer.move_to("2026-12-15 10:00:00+01:00")
    home.meter = type(home.meter)(
        mode=home.meter.mode,
        groups={**home.meter.groups, "PTEC": "HPJW", "DEMAIN": "ROUG"},
        stamps=home.meter.stamps,
        speed=home.meter.speed,
    )
    await heated.furnish()
    await home.run(10)
    tomorrow = ("16 05:00", "16 21:00", "Red peak hours")
    assert home.state(CALENDAR) == "on"
    assert await _events(hass) == [
        ("15 09:00", "15 21:00", "White peak hours"),
        tomorrow,
    ]

    await heated.ask("set_hvac_mode", hvac_mode="heat")
    await home.run(10)
    assert home.state(CALENDAR) == "off"
    assert await _events(hass) == [
        ("15 09:00", "15 09:00", "White peak hours"),
        tomorrow,
    ]
    await heated.ask("set_hvac_mode", hvac_mode="auto")
    await home.run(10)
    assert (await _events(hass))[0] == ("15 09:00", "15 21:00", "White peak hours")

    home.freezer.move_to("2026-12-15 22:30:00+01:00")
    heated.period("HCJW")
    await home.run(10)
    assert home.state(CALENDAR) == "off"
    assert await _events(hass) == [
        ("15 09:00", "15 09:00", "White peak hours"),
        tomorrow,
    ]
    await home.reload()
    await home.run(10)
    assert len(await _events(hass)) == 2, "it is remembered"
