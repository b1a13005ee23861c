"""The calendar of shed periods: past, running and announced."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.linky_pilote.engine.regulation.hours import PARIS
from custom_components.linky_pilote.engine.regulation.model import EcowattSpan, Reason
from custom_components.linky_pilote.home.sheds import Shed

from ..meters import Meter
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


def _saying(home: Home, period: str, *, tomorrow: str) -> Meter:
    """Return the home's meter with what it says of the days."""
    groups = {**home.meter.groups, "PTEC": period, "DEMAIN": tomorrow}
    return replace(home.meter, groups=groups)


async def test_in_the_hour_that_comes_twice(hass: HomeAssistant, home: Home) -> None:
    """Home Assistant takes an end that a clock shows before the start for a mistake."""
    await hass.config.async_set_time_zone("Europe/Paris")
    heated = HeatedHome(home)
    home.freezer.move_to("2026-10-25 02:50:00+02:00")
    await heated.furnish()
    start = datetime.fromisoformat("2026-10-25T02:50:00+02:00").timestamp()
    shed = Shed(start=start, end=start + 1200, reason=Reason.OVERLOAD)
    home.coordinator.memory.sheds.past.append(shed)
    answer: Any = await hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": CALENDAR,
            "start_date_time": "2026-10-24T00:00:00+02:00",
            "end_date_time": "2026-10-26T00:00:00+01:00",
        },
        blocking=True,
        return_response=True,
    )
    (event,) = answer[CALENDAR]["events"]
    assert event["start"] == "2026-10-25T02:50:00+02:00"


async def test_past_running_and_announced(hass: HomeAssistant, home: Home) -> None:
    heated = HeatedHome(home)
    home.freezer.move_to("2026-12-15 10:00:00+01:00")
    home.meter = _saying(home, "HPJW", tomorrow="ROUG")
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


@pytest.mark.parametrize("named", [True, False])
async def test_ecowatt_is_announced_to_those_that_were_named(
    hass: HomeAssistant, home: Home, named: bool
) -> None:
    heated = HeatedHome(home)
    home.freezer.move_to("2026-12-15 10:00:00+01:00")
    home.meter = _saying(home, "HPJB", tomorrow="BLEU")
    await heated.furnish(ecowatt=named)
    eight = datetime(2026, 12, 16, 8, tzinfo=PARIS).timestamp()
    heated.announce(
        *(
            EcowattSpan(
                start=eight + 3600 * hour, end=eight + 3600 * (hour + 1), level=3
            )
            for hour in (0, 1, 10)
        ),
        EcowattSpan(start=eight + 7200, end=eight + 10_800, level=2),
    )
    await home.run(10)
    alerts = [event for event in await _events(hass) if event[2] == "EcoWatt"]
    assert alerts == (
        [("16 07:00", "16 09:00", "EcoWatt"), ("16 17:00", "16 18:00", "EcoWatt")]
        if named
        else []
    )
    if not named:
        return
    heated.period("HPJR")  # and today's red peak hides none of tomorrow's
    await home.run(10)
    assert len([one for one in await _events(hass) if one[2] == "EcoWatt"]) == 2
    home.freezer.move_to("2026-12-16 07:55:00+01:00")
    heated.period("HPJB")
    await home.run(10)
    await heated.ask("set_hvac_mode", hvac_mode="heat")  # until 22:00
    await home.run(10)
    assert [one for one in await _events(hass) if one[2] == "EcoWatt"] == []
