"""The same meter on another port, another meter, and ports where nothing is."""

import gc
from logging import INFO
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from ..conftest import PORT, make_entry, set_up, state
from ..meters import HISTORICAL_HC, STANDARD_TEMPO, Meter
from ..serial_line import Port, Ports, Time

ELSEWHERE = "/dev/ttyTIC9"
POWER = "sensor.linky_0123_apparent_power"

SUCCESSOR = Meter(
    mode=HISTORICAL_HC.mode,
    groups={**HISTORICAL_HC.groups, "ADCO": "042275009999", "PAPP": "01230"},
    stamps={},
    speed=1200,
)


@pytest.fixture
async def entry(hass: HomeAssistant, port: Port, time: Time) -> MockConfigEntry:
    """Return the entry of a meter that is being read."""
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    return entry


async def choose(
    hass: HomeAssistant, entry: MockConfigEntry, url: str
) -> ConfigFlowResult:
    """Open the form and choose a port."""
    result = await entry.start_reconfigure_flow(hass)
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "reconfigure"
    assert result["description_placeholders"] == {"name": entry.title}
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"next_step_id": "serial_port"}
    )
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "serial_port"
    assert suggested(result) == {"serial_port": entry.data["serial_port"]}
    return await hass.config_entries.flow.async_configure(
        result["flow_id"], {"serial_port": url}
    )


def suggested(result: ConfigFlowResult) -> dict[str, Any]:
    """Return what a form is filled in with."""
    schema = result["data_schema"]
    assert schema is not None
    return {
        str(key): key.description["suggested_value"]
        for key in schema.schema
        if key.description
    }


def step(hass: HomeAssistant, result: ConfigFlowResult) -> str | None:
    """Return the step that a flow is at."""
    return next(
        (
            flow["step_id"]
            for flow in hass.config_entries.flow.async_progress()
            if flow["flow_id"] == result["flow_id"]
        ),
        None,
    )


async def listen(
    hass: HomeAssistant,
    result: ConfigFlowResult,
    time: Time,
    **meters: tuple[Port, Meter | None],
) -> ConfigFlowResult:
    """Let the flow listen to its end, while these meters talk."""
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    for _ in range(50):
        await time.settle()
        if step(hass, result) != "listen":
            break
        for port, meter in meters.values():
            if meter is not None:
                port.send(meter.frame())
        await time.advance(0.5)
    return await hass.config_entries.flow.async_configure(result["flow_id"])


async def talk(
    hass: HomeAssistant, entry: MockConfigEntry, time: Time, port: Port, meter: Meter
) -> None:
    """Let a meter talk until the entry runs."""
    for _ in range(50):
        await time.advance(0.5, port, meter)
        if entry.state is ConfigEntryState.LOADED:
            break
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_same_meter_on_another_port(
    hass: HomeAssistant, ports: Ports, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    other = ports[ELSEWHERE]
    port.unplug()
    result = await choose(hass, entry, ELSEWHERE)
    result = await listen(hass, result, time, other=(other, HISTORICAL_HC))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await talk(hass, entry, time, other, HISTORICAL_HC)
    assert entry.data == {"serial_port": ELSEWHERE, "meter_id": "id0123"}
    assert state(hass, POWER) == "720"
    assert other.attempts == 2, "once to listen, once to read"


async def test_entry_restored_on_another_machine(
    hass: HomeAssistant,
    ports: Ports,
    time: Time,
    entity_registry: er.EntityRegistry,
    hass_storage: dict[str, Any],
) -> None:
    """Its port is not there; once it has another one nothing is lost."""
    remembered = {"time": 0.0, "epoch": 1, "missed": 0}
    hass_storage["linky_pilote.meter.id0123"] = {
        "version": 1,
        "minor_version": 1,
        "key": "linky_pilote.meter.id0123",
        "data": {
            "continuity": {
                "origin": [HISTORICAL_HC.serial, "historical", "off_peak"],
                "epoch": 1,
                "indexes": {
                    "index_peak": {"raw": 23_456_700, "shown": 5000, **remembered}
                },
            },
            "cutoff_power": None,
            "marks": {"HCHP": [23_456_700, 0.0]},
            "speed": 1200,
        },
    }
    entry = make_entry(url="/dev/serial/by-id/elsewhere")
    entry.add_to_hass(hass)
    energy = entity_registry.async_get_or_create(
        "sensor",
        "linky_pilote",
        "id0123_index_peak",
        config_entry=entry,
        suggested_object_id="my_peak_energy",
    ).entity_id
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "no_such_port"

    other = ports[ELSEWHERE]
    result = await choose(hass, entry, ELSEWHERE)
    result = await listen(hass, result, time, other=(other, HISTORICAL_HC))
    assert result["reason"] == "reconfigure_successful"
    await talk(hass, entry, time, other, HISTORICAL_HC)
    assert entry.data == {"serial_port": ELSEWHERE, "meter_id": "id0123"}
    assert energy == "sensor.my_peak_energy"
    assert state(hass, energy) == "5089"
    assert other.opened == [9600, 1200], "the flow listens to any, the entry to its own"


async def test_same_port(
    hass: HomeAssistant, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    """The port is ours: it is free while the flow listens to it."""
    result = await choose(hass, entry, PORT)
    result = await listen(hass, result, time, port=(port, HISTORICAL_HC))
    assert result["reason"] == "reconfigure_successful"
    await talk(hass, entry, time, port, HISTORICAL_HC)
    assert port.attempts == 3
    assert port.opened == [9600] * 3


async def test_nothing_there(
    hass: HomeAssistant, ports: Ports, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    """The old port is read again while the user thinks about another one."""
    other = ports[ELSEWHERE]
    result = await choose(hass, entry, ELSEWHERE)
    result = await listen(hass, result, time)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "serial_port"
    assert result["errors"] == {"serial_port": "silent_line"}
    await talk(hass, entry, time, port, HISTORICAL_HC)
    assert entry.data["serial_port"] == PORT

    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"serial_port": ELSEWHERE}
    )
    result = await listen(hass, result, time, other=(other, HISTORICAL_HC))
    assert result["reason"] == "reconfigure_successful"
    await talk(hass, entry, time, other, HISTORICAL_HC)
    assert entry.data["serial_port"] == ELSEWHERE


async def test_set_up_under_way_ends_first(
    hass: HomeAssistant, ports: Ports, port: Port, time: Time
) -> None:
    other = ports[ELSEWHERE]
    entry = make_entry()
    entry.add_to_hass(hass)
    hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    while port.transport is None:
        await time.settle()
    assert entry.state is ConfigEntryState.SETUP_IN_PROGRESS
    result = await choose(hass, entry, ELSEWHERE)
    await time.advance(1)
    assert other.attempts == 0
    port.send(HISTORICAL_HC.frame())
    result = await listen(hass, result, time, other=(other, HISTORICAL_HC))
    assert result["reason"] == "reconfigure_successful"
    await talk(hass, entry, time, other, HISTORICAL_HC)


async def test_dialog_closed_while_listening(
    hass: HomeAssistant, ports: Ports, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    result = await choose(hass, entry, PORT)
    while port.attempts < 2:
        await time.settle()
    assert entry.state is ConfigEntryState.NOT_LOADED
    hass.config_entries.flow.async_abort(result["flow_id"])
    await talk(hass, entry, time, port, HISTORICAL_HC)
    assert state(hass, POWER) == "720"


@pytest.mark.parametrize("listening", [True, False])
async def test_entry_deleted_meanwhile(
    hass: HomeAssistant,
    ports: Ports,
    time: Time,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    listening: bool,
) -> None:
    """The dialog that is still open ends with it, and nothing is logged."""
    other = ports[ELSEWHERE]
    if listening:
        await choose(hass, entry, ELSEWHERE)
        while other.attempts < 1:
            await time.settle()
    else:
        await entry.start_reconfigure_flow(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    await time.settle()
    assert not hass.config_entries.flow.async_progress()
    assert other.transport is None
    # a task that failed says so when it is thrown away
    gc.collect()
    assert not [record for record in caplog.records if record.levelno > INFO]


async def test_entry_that_cannot_be_stopped(
    hass: HomeAssistant, ports: Ports, time: Time, entry: MockConfigEntry
) -> None:
    other = ports[ELSEWHERE]
    with patch.object(
        hass.config_entries, "async_unload_platforms", return_value=False
    ):
        result = await choose(hass, entry, ELSEWHERE)
        result = await listen(hass, result, time)
    assert result["errors"] == {"base": "cannot_stop"}
    assert result["description_placeholders"] == {"name": "Linky 0123"}
    assert entry.state is ConfigEntryState.FAILED_UNLOAD
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"serial_port": ELSEWHERE}
    )
    result = await listen(hass, result, time)
    assert result["errors"] == {"base": "cannot_stop"}
    assert other.attempts == 0


async def test_another_meter_has_taken_its_place(
    hass: HomeAssistant,
    ports: Ports,
    port: Port,
    time: Time,
    entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
) -> None:
    other = ports[ELSEWHERE]
    result = await choose(hass, entry, ELSEWHERE)
    result = await listen(hass, result, time, other=(other, SUCCESSOR))
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "replace"
    assert result["description_placeholders"] == {
        "name": "Linky 0123",
        "expected": "0123",
        "found": "9999",
    }
    await talk(hass, entry, time, port, HISTORICAL_HC)
    assert state(hass, POWER) == "720", "nothing changes until the user agrees"
    entities = set(hass.states.async_entity_ids())

    result = await hass.config_entries.flow.async_configure(result["flow_id"], {})
    assert result["reason"] == "reconfigure_successful"
    await time.settle()
    await talk(hass, entry, time, other, SUCCESSOR)
    assert entry.unique_id == SUCCESSOR.serial
    assert entry.title == "Linky 9999"
    assert entry.data == {"serial_port": ELSEWHERE, "meter_id": "id0123"}
    assert state(hass, POWER) == "1230"
    assert set(hass.states.async_entity_ids()) == entities
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert device.serial_number == SUCCESSOR.serial
    assert device.manufacturer == "Landis+Gyr"


async def test_agreed_while_the_old_port_is_tried_again(
    hass: HomeAssistant, ports: Ports, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    """A name that the user chose stays."""
    hass.config_entries.async_update_entry(entry, title="My meter")
    await hass.async_block_till_done()
    assert port.attempts == 1, "a name is no reason to open the port again"
    other = ports[ELSEWHERE]
    result = await choose(hass, entry, ELSEWHERE)
    result = await listen(hass, result, time, other=(other, SUCCESSOR))
    assert entry.state is ConfigEntryState.SETUP_IN_PROGRESS
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {})
    assert result["reason"] == "reconfigure_successful"
    await time.advance(21)
    await talk(hass, entry, time, other, SUCCESSOR)
    assert entry.unique_id == SUCCESSOR.serial
    assert entry.title == "My meter"


async def test_meter_of_another_entry(
    hass: HomeAssistant, ports: Ports, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    make_entry(STANDARD_TEMPO, "/dev/ttyNONE").add_to_hass(hass)
    other = ports[ELSEWHERE]
    result = await choose(hass, entry, ELSEWHERE)
    result = await listen(hass, result, time, other=(other, STANDARD_TEMPO))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    await talk(hass, entry, time, port, HISTORICAL_HC)


async def test_port_of_another_entry(
    hass: HomeAssistant, ports: Ports, port: Port, time: Time, entry: MockConfigEntry
) -> None:
    """It is not even opened, and the meter is read on."""
    make_entry(STANDARD_TEMPO, ELSEWHERE).add_to_hass(hass)
    result = await choose(hass, entry, ELSEWHERE)
    assert result["reason"] == "already_configured"
    assert ports[ELSEWHERE].attempts == 0
    assert port.attempts == 1
