"""The grid in the real Home Assistant: added, given keys, asked, restarted."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from tests.bodies import (
    breakdown,
    carbon,
    eco2mix,
    eco2mix_row,
    ecowatt,
    ecowatt_day,
    forecast,
    rte_tempo,
    services_rte,
    tempo_prices,
)
from tests.upstream import (
    BREAKDOWN,
    CARBON,
    ECO2MIX,
    ECOWATT,
    FORECAST,
    PRICES,
    RTE_TEMPO,
    TEMPO_LIGHT,
    TEMPO_SEASON,
    TOKEN,
    ZONES,
    Reply,
    Upstream,
    serve,
)

from .flows import Flow
from .grid_home import GridInstance
from .instance import DOMAIN

pytestmark = pytest.mark.own_home

_PARIS = ZoneInfo("Europe/Paris")
_DAY = timedelta(days=1)
_SHOWN_S = 15.0
_KEYS = {
    "rte_client_id": "an-id",
    "rte_client_secret": "a-secret",
    "electricity_maps_token": "a-token",
}

TODAY = "sensor.grid_tempo_today"
TOMORROW = "sensor.grid_tempo_tomorrow"
ECOWATT_NOW = "sensor.grid_ecowatt_now"


def tempo_day() -> Any:
    """Return the Tempo day that runs in Paris."""
    return (datetime.now(_PARIS) - timedelta(hours=6)).date()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def upstream() -> AsyncIterator[Upstream]:
    """Give a server whose Tempo days are white around a red one."""
    async with serve() as upstream:
        now = datetime.now(_PARIS).replace(minute=0, second=0, microsecond=0)
        day = tempo_day()
        colors = {day + timedelta(n): "WHITE" for n in range(-400, 3)}
        colors[day] = "RED"
        last = {k: v for k, v in colors.items() if k <= day + _DAY}
        upstream.set(TEMPO_SEASON, services_rte({}))
        upstream.set(TEMPO_LIGHT, services_rte({day: "RED", day + _DAY: "WHITE"}))
        upstream.set(RTE_TEMPO, rte_tempo(last))
        levels = dict.fromkeys(range(24), 2)
        days = [
            ecowatt_day(now.date() + timedelta(n), 2, levels, "Tendu") for n in range(4)
        ]
        upstream.set(ECOWATT, ecowatt(*days))
        upstream.set(ECO2MIX, eco2mix(eco2mix_row(now)))
        upstream.set(ZONES, {"FR": {"zoneName": "France"}})
        upstream.set(CARBON, carbon("FR", 60, now))
        upstream.set(BREAKDOWN, breakdown("FR", now, nuclear=70, wind=20, gas=10))
        upstream.set(FORECAST, forecast("FR", now, *range(60, 90)))
        upstream.set(PRICES, tempo_prices())
        yield upstream


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def grid_home(
    tmp_path_factory: pytest.TempPathFactory, upstream: Upstream
) -> AsyncIterator[GridInstance]:
    """Start a Home Assistant for the grid."""
    instance = GridInstance(tmp_path_factory.mktemp("grid") / "config", upstream)
    try:
        await instance.start()
        yield instance
    finally:
        await instance.stop()


async def expect(home: GridInstance, entity_id: str, value: str) -> None:
    """Wait until an entity shows something."""
    await home.expect(
        lambda: home.watch.state(entity_id) == value,
        _SHOWN_S,
        f"{entity_id} is {value}, last {home.watch.states.get(entity_id)}",
    )


async def ask(home: GridInstance, action: str, **data: Any) -> Any:
    """Call an action that answers."""
    path = f"/api/services/{DOMAIN}/{action}?return_response"
    return (await home.user.post(path, data))["service_response"]


async def grid_entry(home: GridInstance) -> dict[str, Any]:
    (entry,) = await home.user.entries()
    return entry


async def test_added_without_a_key(grid_home: GridInstance, upstream: Upstream) -> None:
    async with Flow(grid_home) as flow:
        assert "grid" in flow.step["menu_options"]
        await flow.submit(next_step_id="grid")
        assert flow.step["step_id"] == "grid"
        assert "need no key" in await flow.text("en")
        assert "se passent de clé" in await flow.text("fr")
        await flow.submit()
        assert flow.step["type"] == "create_entry", flow.step
    await expect(grid_home, TODAY, "red")
    await expect(grid_home, "sensor.grid_carbon_intensity_of_french_production", "20.0")
    assert grid_home.watch.state("calendar.grid_tempo_days") == "on"
    assert upstream.count(TOKEN) == 0


async def test_keys_are_given_later(
    grid_home: GridInstance, upstream: Upstream
) -> None:
    entry = await grid_entry(grid_home)
    async with Flow(grid_home, entry_id=entry["entry_id"]) as flow:
        upstream.set(TOKEN, Reply(status=401, body={"error": "invalid_client"}))
        await flow.submit(**_KEYS)
        assert flow.step["errors"] == {"rte_client_secret": "rte_key_refused"}
        assert "RTE" in await flow.text("fr")
        upstream.set(TOKEN, {"access_token": "good", "expires_in": 7200})
        await flow.submit(**_KEYS)
        assert flow.step["step_id"] == "grid_zone"
        await flow.submit(electricity_maps_zone="FR")
        assert flow.step["reason"] == "reconfigure_successful", flow.step
    await expect(grid_home, ECOWATT_NOW, "orange")
    await expect(grid_home, "sensor.grid_carbon_intensity", "60.0")
    await expect(grid_home, "sensor.grid_low_carbon_share", "96.0")
    source = grid_home.watch.states[TODAY]["attributes"]["source"]
    assert source in ("rte", "services_rte")


async def test_prices_of_a_contract(grid_home: GridInstance) -> None:
    entry = await grid_entry(grid_home)
    path = "/api/config/config_entries/options/flow"
    step = await grid_home.user.post(path, {"handler": entry["entry_id"]})
    answers = {"contract": "tempo", "subscribed_power": "6"}
    step = await grid_home.user.post(f"{path}/{step['flow_id']}", answers)
    assert step["step_id"] == "grid_prices", step
    step = await grid_home.user.post(f"{path}/{step['flow_id']}", {"red_peak": 0.75})
    assert step["type"] == "create_entry", step
    peak = grid_home.watch.state("sensor.grid_tempo_period") == "red_peak"
    await expect(
        grid_home, "sensor.grid_electricity_price", "0.75" if peak else "0.1615"
    )


async def test_actions_and_calendars(
    grid_home: GridInstance, upstream: Upstream
) -> None:
    tempo = await ask(grid_home, "get_tempo_calendar")
    assert tempo["days"][0]["color"] == "red"
    asked = upstream.count(ECOWATT)
    levels = await ask(grid_home, "get_ecowatt")
    assert {day["level"] for day in levels["days"]} == {"orange"}
    assert levels["from_last_answer"] is True
    assert upstream.count(ECOWATT) == asked
    mix = await ask(grid_home, "get_electricity_mix")
    assert mix["mix"] == {"nuclear": 70, "wind": 20, "gas": 10}
    assert len((await ask(grid_home, "get_carbon_forecast"))["forecast"]) > 20
    assert (await ask(grid_home, "get_prices"))["prices"][0]["price"] > 0.1

    day = datetime.now(_PARIS)
    period = urlencode(
        {
            "start": (day - 3 * _DAY).isoformat(),
            "end": (day + 3 * _DAY).isoformat(),
        }
    )
    events = await grid_home.user.get(
        f"/api/calendars/calendar.grid_tempo_days?{period}"
    )
    assert {event["summary"] for event in events} == {"White", "Red"}
    starts = [datetime.fromisoformat(e["start"]["dateTime"]) for e in events]
    assert {start.astimezone(_PARIS).hour for start in starts} == {6}
    alerts = await grid_home.user.get(
        f"/api/calendars/calendar.grid_ecowatt_alerts?{period}"
    )
    assert alerts[0]["description"] == "Tendu"


async def test_a_restart_without_the_services(
    grid_home: GridInstance, upstream: Upstream
) -> None:
    asked = upstream.count(ECOWATT)
    for path in (TEMPO_LIGHT, RTE_TEMPO, ECOWATT, ECO2MIX, CARBON, TOKEN, PRICES):
        upstream.set(path, Reply(status=500))
    await grid_home.restart()
    await expect(grid_home, TODAY, "red")
    await expect(grid_home, ECOWATT_NOW, "orange")
    await expect(grid_home, "sensor.grid_carbon_intensity", "60.0")
    assert upstream.count(ECOWATT) == asked


async def test_the_log_is_clean(grid_home: GridInstance) -> None:
    log = grid_home.log
    assert not log.matching("Detected that custom integration")
    assert not log.matching(r"custom_components/linky_pilote/.*, line \d+")
    assert not log.matching("Task (exception was never|was destroyed)")
    assert not log.matching("a-secret|a-token")
