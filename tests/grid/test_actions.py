"""Actions that answer what is announced."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_pilote.const import DOMAIN
from custom_components.linky_pilote.grid.servers import DATA_GRID_SERVERS

from ..upstream import ECO2MIX, ECOWATT, Reply, Upstream
from .conftest import NOON
from .homes import Clock, make_grid, servers, start


async def call(hass: HomeAssistant, action: str, **data: Any) -> Any:
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )


async def test_tempo_calendar(hass: HomeAssistant, grid: MockConfigEntry) -> None:
    answer = await call(hass, "get_tempo_calendar")
    assert [(day["day"], day["color"]) for day in answer["days"]] == [
        ("2026-12-15", "white"),
        ("2026-12-16", "red"),
    ]
    assert answer["days"][0]["start"] == "2026-12-15T06:00:00+01:00"
    assert answer["days"][0]["end"] == "2026-12-16T06:00:00+01:00"
    assert answer["season"] == "2026-2027"
    assert answer["days_left"] == {"blue": 196, "white": 41, "red": 22}
    assert answer["source"] == "tempo_rte"
    answer = await call(
        hass, "get_tempo_calendar", start_date="2026-12-02", end_date="2026-12-20"
    )
    colors = {day["day"]: day["color"] for day in answer["days"]}
    assert len(colors) == 19
    assert colors["2026-12-03"] == "white"
    assert colors["2026-12-17"] is None, "unknown is not blue"


async def test_ecowatt_inside_its_quota(
    hass: HomeAssistant, grid: MockConfigEntry, upstream: Upstream, clock: Clock
) -> None:
    answer = await call(hass, "get_ecowatt", config_entry_id=grid.entry_id)
    assert answer["from_last_answer"] is True
    assert answer["heard_at"] == NOON.isoformat()
    assert [day["level"] for day in answer["days"]] == ["orange", "green", "green"]
    assert answer["days"][0]["hours"][18] == "red"
    assert answer["days"][1]["hours"][3] == "green_low_carbon"
    assert answer["days"][0]["message"] == "Tendu"
    assert upstream.count(ECOWATT) == 1

    await clock.move_to(NOON + timedelta(minutes=16))
    answer = await call(hass, "get_ecowatt")
    assert answer["from_last_answer"] is False
    assert upstream.count(ECOWATT) == 2

    upstream.set(ECOWATT, Reply(status=500))
    await clock.move_to(NOON + timedelta(minutes=33))
    answer = await call(hass, "get_ecowatt", start_date="2026-12-16")
    assert answer["from_last_answer"] is True
    assert answer["trouble"] == "temporary"
    assert len(answer["days"]) == 2
    for _ in range(3):
        await call(hass, "get_ecowatt")
    assert upstream.count(ECOWATT) == 3


async def test_mix_forecast_and_prices(
    hass: HomeAssistant, grid: MockConfigEntry
) -> None:
    answer = await call(hass, "get_electricity_mix")
    assert answer["mix"] == {"nuclear": 70, "wind": 20, "gas": 10}
    assert answer["of"] == "consumption"
    assert answer["carbon_intensity"] == 60
    answer = await call(hass, "get_carbon_forecast")
    assert [hour["carbon_intensity"] for hour in answer["forecast"]] == [60, 70, 80]
    answer = await call(hass, "get_prices")
    assert [(point["period"], point["price"]) for point in answer["prices"]] == [
        ("white_peak", 0.1921),
        ("white_off_peak", 0.1536),
        ("red_peak", 0.7295),
        ("red_off_peak", 0.1615),
        (None, None),
    ]
    assert answer["regulated_since"] == "2026-08-01"


async def test_what_cannot_be_answered(
    hass: HomeAssistant, upstream: Upstream, clock: Clock
) -> None:
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    assert await async_setup_component(hass, DOMAIN, {})
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "get_tempo_calendar")
    assert caught.value.translation_key == "no_grid"

    upstream.set(ECO2MIX, Reply(status=500))
    entry = make_grid()
    await start(hass, entry)
    for action, data, key in (
        ("get_tempo_calendar", {"config_entry_id": "other"}, "no_such_grid"),
        ("get_tempo_calendar", {"start_date": "2026-12-20"}, "bad_period"),
        (
            "get_tempo_calendar",
            {"start_date": "2025-01-01", "end_date": "2026-01-02"},
            "bad_period",
        ),
        ("get_ecowatt", {}, "no_source_ecowatt"),
        ("get_carbon_forecast", {}, "no_source_electricity_maps"),
        ("get_prices", {}, "no_source_prices"),
        ("get_electricity_mix", {}, "no_answer"),
    ):
        with pytest.raises(HomeAssistantError) as failed:
            await call(hass, action, **data)
        assert failed.value.translation_key == key
