"""An entry whose meter is on an MQTT topic: set up, lost, found again, handed in."""

import json
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest

from custom_components.linky_pilote.const import DATA_METER_CLOCK, DOMAIN
from custom_components.linky_pilote.diagnostics import (
    async_get_config_entry_diagnostics,
)

from .broker import KIT, Broker, topic_entry
from .conftest import make_entry, set_up, state
from .engine.tic import bridges
from .meters import HISTORICAL_HC
from .serial_line import Port, Time

POWER = "sensor.linky_0123_apparent_power"
PEAK = "sensor.linky_0123_energy_peak"
TOPIC = "tele/linky/SENSOR"


async def test_bridge_that_sleeps_is_no_failure(
    hass: HomeAssistant, broker: Broker, issue_registry: ir.IssueRegistry
) -> None:
    entry = topic_entry(TOPIC)
    await broker.set_up(entry)
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get(POWER) is None
    await broker.pause(700)
    await broker.heard(bridges.tasmota, HISTORICAL_HC)
    assert state(hass, POWER) == "720"
    await hass.config_entries.async_unload(entry.entry_id)
    await broker.set_up(entry)
    assert state(hass, POWER) == STATE_UNAVAILABLE
    await broker.heard(bridges.tasmota, HISTORICAL_HC)
    assert state(hass, POWER) == "720"
    assert not issue_registry.issues


async def test_mqtt_is_missing_and_comes(hass: HomeAssistant, broker: Broker) -> None:
    (mqtt,) = hass.config_entries.async_entries("mqtt")
    await hass.config_entries.async_set_disabled_by(
        mqtt.entry_id, ConfigEntryDisabler.USER
    )
    broker.connect(False)  # the mock does not notice
    entry = topic_entry(TOPIC)
    await broker.set_up(entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert "MQTT is not set up" in (entry.reason or "")
    broker.connect(True)
    await hass.config_entries.async_set_disabled_by(mqtt.entry_id, None)
    while entry.state is not ConfigEntryState.LOADED:
        await broker.time.settle()
    await broker.heard(bridges.tasmota, HISTORICAL_HC)
    assert state(hass, POWER) == "720", "at once, not at the next try"


async def test_broker_gone_for_long(
    hass: HomeAssistant, broker: Broker, issue_registry: ir.IssueRegistry
) -> None:
    entry = topic_entry(TOPIC)
    await broker.set_up(entry)
    await broker.heard(bridges.tasmota, HISTORICAL_HC)
    broker.connect(False)
    await hass.async_block_till_done()
    assert state(hass, POWER) == STATE_UNAVAILABLE
    await broker.pause(910)
    issue = issue_registry.async_get_issue(DOMAIN, f"outage_{entry.entry_id}")
    assert issue is not None
    assert issue.translation_key == "broker_lost"
    assert issue.translation_placeholders == {"name": "Linky 0123", "port": TOPIC}
    broker.connect(True)
    await broker.heard(bridges.tasmota, HISTORICAL_HC)
    assert state(hass, POWER) == "720"
    assert not issue_registry.issues


async def test_meter_without_a_number(
    hass: HomeAssistant, broker: Broker, device_registry: dr.DeviceRegistry
) -> None:
    entry = topic_entry("PAPP", "mqtt:PAPP")
    await broker.set_up(entry)
    await broker.heard(bridges.linkytop, HISTORICAL_HC)
    (device,) = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    assert device.serial_number is None
    assert state(hass, POWER) == "720"


async def test_rhythm_is_remembered_for_its_topic_only(
    hass: HomeAssistant, broker: Broker, hass_storage: dict[str, Any]
) -> None:
    entry = topic_entry(TOPIC)
    await broker.set_up(entry)
    for _ in range(4):
        await broker.heard(bridges.tasmota, HISTORICAL_HC)
        await broker.pause(120)
    await hass.config_entries.async_unload(entry.entry_id)
    where, gap = hass_storage[f"{DOMAIN}.meter.id0123"]["data"]["rhythm"]
    assert where == TOPIC
    assert gap == pytest.approx(121, abs=2)
    await broker.set_up(entry)
    assert entry.runtime_data.source.memory == gap
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "topic": "elsewhere"}
    )
    await hass.async_block_till_done()
    assert entry.runtime_data.source.memory is None


async def test_kept_index_that_rose_meanwhile_is_no_leap(
    hass: HomeAssistant, broker: Broker
) -> None:
    """The last value of the former run is what all are judged by."""
    hass.data[DATA_METER_CLOCK] = hass.loop.time
    entry = topic_entry(KIT)
    await broker.set_up(entry)
    await broker.heard(bridges.teleinfokit, HISTORICAL_HC)
    assert state(hass, PEAK) == "23456.789"
    await hass.config_entries.async_unload(entry.entry_id)
    await broker.pause(3600)
    await broker.set_up(entry)
    broker.publish(bridges.teleinfokit, HISTORICAL_HC, retain=True, HCHP="023458789")
    await broker.pause(6)
    assert state(hass, PEAK) == STATE_UNAVAILABLE
    broker.say(f"{KIT}/PAPP", b"00500")
    await broker.pause(6)
    broker.say(f"{KIT}/HCHP", b"023458900")
    await broker.pause(6)
    broker.say(f"{KIT}/PAPP", b"00510")
    await broker.pause(6)
    assert state(hass, PEAK) == "23458.9", "at once"
    # What is no rise of those hours is held back, as on a line.
    broker.say(f"{KIT}/HCHP", b"093458900")
    await broker.pause(6)
    broker.say(f"{KIT}/PAPP", b"00520")
    await broker.pause(6)
    assert state(hass, PEAK) == "23458.9"


async def test_diagnostics(hass: HomeAssistant, broker: Broker) -> None:
    entry = topic_entry(f"teleinfo/{HISTORICAL_HC.serial}")
    await broker.set_up(entry)
    await broker.heard(bridges.teleinfo2mqtt, HISTORICAL_HC)
    broker.say(f"teleinfo/{HISTORICAL_HC.serial}/NEW1", "é".encode())
    await broker.pause()
    data = await async_get_config_entry_diagnostics(hass, entry)
    text = json.dumps(data, default=str)
    assert HISTORICAL_HC.serial not in text
    assert HISTORICAL_HC.serial[6:] not in text
    assert data["entry"]["data"]["topic"] == "teleinfo/022075000001"
    assert data["line"]["connected"]


async def test_serial_ports_are_nobodys_business(
    hass: HomeAssistant, broker: Broker, port: Port, time: Time
) -> None:
    """MQTT that comes leaves the entries of serial ports alone."""
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    (mqtt,) = hass.config_entries.async_entries("mqtt")
    opened = len(port.opened)
    await hass.config_entries.async_reload(mqtt.entry_id)
    await hass.async_block_till_done()
    assert len(port.opened) == opened
    assert entry.state is ConfigEntryState.LOADED
