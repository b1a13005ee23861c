"""A meter behind a bridge: adding it, its errors, and moving to it and back."""

import errno
from socket import EAI_NONAME, gaierror
from typing import Any

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_pilote.const import DOMAIN

from ..conftest import PORT, make_entry, set_up, state
from ..meters import HISTORICAL_HC, STANDARD_TEMPO
from ..serial_line import NOISE, Port, Ports, Time
from .test_reconfigure import POWER, listen, step, suggested, talk

RAW = "socket://tic.lan:2000"
RFC2217 = "rfc2217://tic.lan:2000"
FIELDS = {"host": "tic.lan", "port": 2000, "protocol": "socket"}


async def fill_in(
    hass: HomeAssistant, result: ConfigFlowResult, **fields: Any
) -> ConfigFlowResult:
    """Go from the menu to the form, if need be, and fill it in."""
    if result["type"] is FlowResultType.MENU:
        result = await hass.config_entries.flow.async_configure(
            result["flow_id"], {"next_step_id": "network"}
        )
        assert result["type"] is FlowResultType.FORM
        assert not result["errors"]
    assert result["step_id"] == "network"
    return await hass.config_entries.flow.async_configure(
        result["flow_id"], FIELDS | fields
    )


async def menu(hass: HomeAssistant) -> ConfigFlowResult:
    """Begin to add a meter."""
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )


@pytest.mark.parametrize("url", [RAW, RFC2217])
async def test_bridge_to_entry(
    hass: HomeAssistant, ports: Ports, time: Time, url: str
) -> None:
    port = ports[url]
    result = await menu(hass)
    result = await fill_in(hass, result, protocol=url.partition(":")[0])
    assert result["description_placeholders"] == {"port": "tic.lan:2000"}
    result = await listen(hass, result, time, port=(port, STANDARD_TEMPO))
    assert result["step_id"] == "confirm"
    assert port.transport is None
    flow = hass.config_entries.flow.async_configure(result["flow_id"], {})
    task = hass.async_create_task(flow)
    while not task.done():
        await time.advance(0.5, port, STANDARD_TEMPO)
    result = await task
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["serial_port"] == url
    assert entry.unique_id == STANDARD_TEMPO.serial


@pytest.mark.parametrize("url", [RAW, RFC2217])
@pytest.mark.parametrize(
    ("error", "field", "key"),
    [
        (gaierror(EAI_NONAME, "Name or service not known"), "host", "host_not_found"),
        (OSError(errno.ECONNREFUSED, "refused"), "port", "connection_refused"),
        (OSError(errno.EHOSTUNREACH, "No route"), "host", "host_unreachable"),
        (TimeoutError(), "host", "host_unreachable"),
        (OSError("Multiple exceptions: refused, refused"), "base", "bridge_failed"),
    ],
)
async def test_bridge_that_cannot_be_reached(
    hass: HomeAssistant,
    ports: Ports,
    time: Time,
    url: str,
    error: Exception,
    field: str,
    key: str,
) -> None:
    """The form says which field is to blame, and goes on with what was filled in."""
    port = ports[url]
    port.error = error
    protocol = url.partition(":")[0]
    result = await fill_in(hass, await menu(hass), protocol=protocol)
    result = await listen(hass, result, time)
    assert result["step_id"] == "network"
    if url == RFC2217 and key in ("host_unreachable", "bridge_failed"):
        field, key = "protocol", "no_rfc2217"
    assert result["errors"] == {field: key}
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["port"] == "tic.lan:2000"
    assert suggested(result) == FIELDS | {"protocol": protocol}

    port.error = None
    result = await fill_in(hass, result, protocol=protocol)
    result = await listen(hass, result, time, port=(port, STANDARD_TEMPO))
    assert result["step_id"] == "confirm"


@pytest.mark.parametrize(
    ("heard", "field", "key"),
    [
        (b"", "base", "bridge_silent"),
        (NOISE, "base", "bridge_noise"),
        (b"\nPTEC HP..  \r", "base", "mode_not_recognised"),
        (b"SSH-2.0-dropbear\r\n", "port", "other_service"),
        (None, "port", "bridge_closed"),
    ],
)
async def test_no_meter_behind_the_bridge(
    hass: HomeAssistant,
    ports: Ports,
    time: Time,
    heard: bytes | None,
    field: str,
    key: str,
) -> None:
    """None: the bridge closes the connection at once."""
    port = ports[RAW]
    result = await fill_in(hass, await menu(hass))
    for _ in range(50):
        await time.settle()
        if step(hass, result) != "listen":
            break
        if port.transport is not None:
            if heard is None:
                port.transport.lose(None)
            else:
                port.send(heard)
        await time.advance(0.5)
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert result["errors"] == {field: key}
    assert port.transport is None


@pytest.mark.parametrize("host", ["http://tic.lan", "tic.lan:2000", " "])
async def test_what_is_no_host(hass: HomeAssistant, ports: Ports, host: str) -> None:
    result = await fill_in(hass, await menu(hass), host=host, port=8088)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"host": "no_host"}
    assert suggested(result) == FIELDS | {"host": host, "port": 8088}


@pytest.mark.parametrize(
    ("known", "host", "protocol"),
    [
        ("socket://tic.lan:2000", " TIC.lan. ", "socket"),
        ("tcp://Tic.Lan:2000", "tic.lan", "socket"),
        ("socket://tic.lan:2000", "tic.lan", "rfc2217"),
        ("socket://[fd00::1]:2000", "FD00:0::1", "socket"),
        ("tcp://[fd00:0::1]:2000", "[fd00::1]", "socket"),
    ],
)
async def test_bridge_already_ours(
    hass: HomeAssistant, ports: Ports, known: str, host: str, protocol: str
) -> None:
    make_entry(url=known).add_to_hass(hass)
    result = await fill_in(hass, await menu(hass), host=host, protocol=protocol)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_two_lines_of_one_bridge(
    hass: HomeAssistant, ports: Ports, time: Time
) -> None:
    make_entry(url=RAW).add_to_hass(hass)
    port = ports["socket://tic.lan:2001"]
    result = await fill_in(hass, await menu(hass), port=2001)
    result = await listen(hass, result, time, port=(port, STANDARD_TEMPO))
    assert result["step_id"] == "confirm"


async def test_port_of_an_esphome_device(
    hass: HomeAssistant, ports: Ports, time: Time
) -> None:
    """What the selector of ports gives is kept as it is."""
    url = "esphome-hass://esphome/01JABC?port_name=TIC+du+Garage"
    port = ports[url]
    result = await menu(hass)
    for answer in ({"next_step_id": "serial_port"}, {"serial_port": url}):
        result = await hass.config_entries.flow.async_configure(
            result["flow_id"], answer
        )
    result = await listen(hass, result, time, port=(port, STANDARD_TEMPO))
    assert result["step_id"] == "confirm"
    port.waiting = 2 * STANDARD_TEMPO.frame()
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {})
    assert result["result"].data["serial_port"] == url


async def open_form(
    hass: HomeAssistant, entry: MockConfigEntry, source: str
) -> ConfigFlowResult:
    """Begin to move a meter."""
    result = await entry.start_reconfigure_flow(hass)
    assert result["type"] is FlowResultType.MENU
    return await hass.config_entries.flow.async_configure(
        result["flow_id"], {"next_step_id": source}
    )


async def test_from_usb_to_the_network_and_back(
    hass: HomeAssistant, ports: Ports, port: Port, time: Time
) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    entities = set(hass.states.async_entity_ids())
    bridge = ports[RAW]

    result = await open_form(hass, entry, "network")
    assert suggested(result) == {}
    result = await fill_in(hass, result)
    result = await listen(hass, result, time, bridge=(bridge, HISTORICAL_HC))
    assert result["reason"] == "reconfigure_successful"
    await talk(hass, entry, time, bridge, HISTORICAL_HC)
    assert entry.data == {"serial_port": RAW, "meter_id": "id0123"}
    assert port.transport is None
    assert set(hass.states.async_entity_ids()) == entities
    assert state(hass, POWER) == "720"

    result = await open_form(hass, entry, "network")
    assert suggested(result) == FIELDS
    hass.config_entries.flow.async_abort(result["flow_id"])

    result = await open_form(hass, entry, "serial_port")
    assert suggested(result) == {"serial_port": None}
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"serial_port": PORT}
    )
    result = await listen(hass, result, time, port=(port, HISTORICAL_HC))
    assert result["reason"] == "reconfigure_successful"
    await talk(hass, entry, time, port, HISTORICAL_HC)
    assert entry.data == {"serial_port": PORT, "meter_id": "id0123"}
    assert bridge.transport is None
    assert set(hass.states.async_entity_ids()) == entities
