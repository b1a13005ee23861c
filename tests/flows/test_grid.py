"""Adding the grid, changing its keys, its options, and keys that are refused."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.linky_pilote.const import DOMAIN
from custom_components.linky_pilote.grid.servers import DATA_GRID_SERVERS

from ..bodies import carbon
from ..conftest import PORT
from ..grid.conftest import NOON
from ..grid.homes import make_grid, servers, start
from ..serial_line import Port
from ..upstream import CARBON, TOKEN, ZONES, Reply, Upstream, serve

RTE = {"rte_client_id": "an-id", "rte_client_secret": "a-secret"}
MAPS = {"electricity_maps_token": "a-token"}


@pytest.fixture
async def upstream(
    hass: HomeAssistant, socket_enabled: None
) -> AsyncIterator[Upstream]:
    """Return a server that stands in for all services."""
    async with serve() as upstream:
        hass.data[DATA_GRID_SERVERS] = servers(upstream)
        upstream.set(ZONES, {"FR": {"zoneName": "France"}, "DE": {"zoneName": "D"}})
        upstream.set(CARBON, carbon("FR", 60, NOON))
        yield upstream


async def open_form(hass: HomeAssistant) -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    return await answer(hass, result, {"next_step_id": "grid"})


async def answer(
    hass: HomeAssistant, result: ConfigFlowResult, data: dict[str, Any]
) -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_configure(result["flow_id"], data)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


async def test_without_a_key(hass: HomeAssistant, upstream: Upstream) -> None:
    result = await open_form(hass)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "grid"
    result = await answer(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Grid"
    entry = result["result"]
    assert entry.unique_id == "grid"
    assert entry.data.keys() == {"kind", "grid_id"}
    assert upstream.count(TOKEN) == 0

    result = await open_form(hass)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "grid_already_configured"


async def test_with_all_keys(hass: HomeAssistant, upstream: Upstream) -> None:
    result = await open_form(hass)
    pasted = {"rte_client_id": "YW4taWQ6YS1zZWNyZXQ= "}
    result = await answer(hass, result, {**pasted, **MAPS})
    assert result["step_id"] == "grid_zone"
    result = await answer(hass, result, {"electricity_maps_zone": "FR"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    data = dict(result["data"])
    del data["grid_id"]
    assert data == {"kind": "grid", **RTE, **MAPS, "electricity_maps_zone": "FR"}


@pytest.mark.parametrize(
    ("keys", "path", "reply", "errors"),
    [
        (
            RTE,
            TOKEN,
            Reply(status=401, body={"error": "invalid_client"}),
            {"rte_client_secret": "rte_key_refused"},
        ),
        (RTE, TOKEN, Reply(status=503), {"rte_client_secret": "service_unreachable"}),
        (RTE, TOKEN, Reply(status=429), {"rte_client_secret": "too_many_requests"}),
        ({"rte_client_id": "x"}, TOKEN, Reply(), {"rte_client_secret": "both_or_none"}),
        ({"rte_client_secret": "x"}, TOKEN, Reply(), {"rte_client_id": "both_or_none"}),
        (
            MAPS,
            ZONES,
            Reply(status=401, body={"error": "Invalid auth-token"}),
            {"electricity_maps_token": "maps_token_refused"},
        ),
        (
            MAPS,
            ZONES,
            Reply(body="<html>"),
            {"electricity_maps_token": "service_unreachable"},
        ),
        (MAPS, ZONES, Reply(body={}), {"electricity_maps_token": "no_zone"}),
    ],
)
async def test_keys_that_are_no_good(
    hass: HomeAssistant,
    upstream: Upstream,
    keys: dict[str, str],
    path: str,
    reply: Reply,
    errors: dict[str, str],
) -> None:
    result = await open_form(hass)
    upstream.set(path, reply)
    result = await answer(hass, result, keys)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors
    result = await answer(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(status=401, body={"error": "Invalid auth-token"}), "maps_token_refused"),
        (
            Reply(status=401, body={"error": "unauthorized for zoneKey=DE"}),
            "not_in_plan",
        ),
    ],
)
async def test_a_zone_that_is_no_good(
    hass: HomeAssistant, upstream: Upstream, reply: Reply, error: str
) -> None:
    result = await answer(hass, await open_form(hass), MAPS)
    upstream.set(CARBON, reply)
    result = await answer(hass, result, {"electricity_maps_zone": "DE"})
    assert result["errors"] == {"base": error}
    upstream.set(CARBON, carbon("FR", 60, NOON))
    result = await answer(hass, result, {"electricity_maps_zone": "FR"})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_meter_beside_the_grid(
    hass: HomeAssistant, upstream: Upstream, port: Port
) -> None:
    await start(hass, make_grid())
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"next_step_id": "serial_port"}
    )
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"serial_port": PORT}
    )
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done()


async def test_reconfigure(hass: HomeAssistant, upstream: Upstream) -> None:
    entry = make_grid(all_keys=True)
    await start(hass, entry)
    result = await entry.start_reconfigure_flow(hass)
    assert result["step_id"] == "grid"
    result = await answer(
        hass, result, {"rte_client_id": "new", "rte_client_secret": "x"}
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert entry.data == {
        "kind": "grid",
        "grid_id": "gridid",
        "rte_client_id": "new",
        "rte_client_secret": "x",
    }
    assert set(entry.runtime_data.sources) == {
        *("tempo_rte", "tempo_keyless", "ecowatt", "eco2mix"),
    }


@pytest.mark.parametrize(
    ("path", "reply", "step", "keys"),
    [
        (
            TOKEN,
            Reply(status=401, body={"error": "invalid_client"}),
            "reauth_rte",
            {"rte_client_id": "new", "rte_client_secret": "new"},
        ),
        (
            CARBON,
            Reply(status=403, body="Access denied"),
            "reauth_electricity_maps",
            {"electricity_maps_token": "new"},
        ),
    ],
)
async def test_a_refused_key_is_named(
    hass: HomeAssistant,
    upstream: Upstream,
    path: str,
    reply: Reply,
    step: str,
    keys: dict[str, str],
) -> None:
    upstream.set(path, reply)
    entry = make_grid(all_keys=True)
    await start(hass, entry)
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["step_id"] == step
    result = await answer(hass, flow, keys)
    assert result["errors"]

    if path == TOKEN:
        upstream.set(TOKEN, {"access_token": "good", "expires_in": 7200})
    else:
        upstream.set(CARBON, carbon("FR", 60, NOON))
    before = dict(entry.data)
    result = await answer(hass, flow, keys)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    assert entry.data == {**before, **keys}
    assert not hass.config_entries.flow.async_progress()


async def test_options(hass: HomeAssistant, upstream: Upstream) -> None:
    entry = make_grid()
    await start(hass, entry)
    options = hass.config_entries.options

    result = await options.async_init(entry.entry_id)
    assert result["step_id"] == "grid_init"
    result = await options.async_configure(
        result["flow_id"], {"contract": "off_peak", "subscribed_power": "9"}
    )
    assert result["step_id"] == "grid_prices"
    for hours in ("", "soon", "22:00", "25:00-06:00", "06:00-06:00"):
        result = await options.async_configure(
            result["flow_id"], {"peak": 0.25, "off_peak_hours": hours}
        )
        assert result["errors"] == {"off_peak_hours": "no_hours"}
    result = await options.async_configure(
        result["flow_id"], {"peak": 0.25, "off_peak_hours": "22:30-06:30, 12:00-14:00"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {
        "contract": "off_peak",
        "subscribed_power": "9",
        "prices": {"peak": 0.25},
        "off_peak_hours": "22:30-06:30, 12:00-14:00",
    }
    await hass.async_block_till_done(wait_background_tasks=True)
    assert "prices" in entry.runtime_data.sources

    # a calendar is kept by its id in the registry, and shown by its name
    registry = er.async_get(hass)
    known = registry.async_get_or_create("calendar", "other", "peaks")
    calendar = known.entity_id
    result = await options.async_init(entry.entry_id)
    result = await options.async_configure(
        result["flow_id"],
        {"contract": "none", "subscribed_power": "9", "peak_calendar": calendar},
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options["peak_calendar"] == known.id
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not entry.runtime_data.peaks.readable, "it is not there"

    result = await options.async_init(entry.entry_id)
    assert result["data_schema"] is not None
    (own,) = [
        selector.config["exclude_entities"]
        for key, selector in result["data_schema"].schema.items()
        if key == "peak_calendar"
    ]
    assert "calendar.grid_tempo_days" in own
    (marker,) = [key for key in result["data_schema"].schema if key == "peak_calendar"]
    assert marker.description == {"suggested_value": calendar}
    result = await options.async_configure(
        result["flow_id"], {"contract": "none", "subscribed_power": "9"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    assert "prices" not in entry.runtime_data.sources
