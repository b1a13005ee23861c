"""What the tests of the grid share: a server, a clock, and an entry."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_pilote.grid.servers import DATA_GRID_SERVERS

from ..bodies import (
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
from ..upstream import (
    BREAKDOWN,
    CARBON,
    ECO2MIX,
    ECOWATT,
    FORECAST,
    PRICES,
    RTE_TEMPO,
    TEMPO_LIGHT,
    TEMPO_SEASON,
    ZONES,
    Upstream,
    serve,
)
from .homes import Clock, make_grid, servers, start

NOON = datetime(2026, 12, 15, 11, 0, tzinfo=UTC)
"""12:00 in Paris."""
TODAY = date(2026, 12, 15)


@pytest.fixture
async def upstream(socket_enabled: None) -> AsyncIterator[Upstream]:
    """Return a server that stands in for all services, on a white day before a red."""
    async with serve() as upstream:
        season = {
            date(2026, 9, 1) + timedelta(n): "BLUE"
            for n in range((TODAY - date(2026, 9, 1)).days)
        }
        season[date(2026, 12, 3)] = "WHITE"
        now = {TODAY: "WHITE", TODAY + timedelta(1): "RED"}
        upstream.set(TEMPO_SEASON, services_rte(season))
        upstream.set(TEMPO_LIGHT, services_rte(now))
        upstream.set(RTE_TEMPO, rte_tempo({**season, **now}))
        upstream.set(
            ECOWATT,
            ecowatt(
                ecowatt_day(TODAY, 2, {8: 2, 9: 2, 13: 3, 18: 3, 19: 3}, "Tendu"),
                *(ecowatt_day(TODAY + timedelta(n), 1, {3: 0}) for n in (1, 2)),
            ),
        )
        upstream.set(ECO2MIX, eco2mix(eco2mix_row(NOON - timedelta(hours=1))))
        upstream.set(ZONES, {"FR": {"zoneName": "France"}, "DE": {"zoneName": "D"}})
        upstream.set(CARBON, carbon("FR", 60, NOON))
        upstream.set(BREAKDOWN, breakdown("FR", NOON, nuclear=70, wind=20, gas=10))
        upstream.set(FORECAST, forecast("FR", NOON, 60, 70, 80))
        upstream.set(PRICES, tempo_prices())
        yield upstream


@pytest.fixture
def clock(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Clock:
    """Return a clock that stands at noon in Paris."""
    freezer.move_to(NOON)
    return Clock(hass, freezer)


@pytest.fixture
async def grid(
    hass: HomeAssistant, upstream: Upstream, clock: Clock
) -> MockConfigEntry:
    """Return a running entry with all keys and a Tempo contract."""
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    entry = make_grid(all_keys=True, contract="tempo")
    await start(hass, entry)
    return entry


@pytest.fixture
async def keyless(
    hass: HomeAssistant, upstream: Upstream, clock: Clock
) -> MockConfigEntry:
    """Return a running entry without any key."""
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    entry = make_grid()
    await start(hass, entry)
    return entry
