"""What the tests of the integration share."""

from collections.abc import AsyncGenerator, Generator
from typing import Any
from unittest.mock import PropertyMock, patch

from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant
from hypothesis import settings
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from custom_components.linky_pilote.const import DOMAIN

from .broker import Broker
from .meters import HISTORICAL_HC, Meter
from .serial_line import Port, Ports, Time

PORT = "/dev/ttyTIC0"

# a busy machine is slow, which is no mistake
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant load the integration."""


@pytest.fixture(autouse=True)
def no_real_ports() -> Generator[None]:
    """Keep the tests off the ports and the USB bus of this machine."""
    with (
        patch("homeassistant.components.usb.scan_serial_ports", return_value=[]),
        patch("homeassistant.components.usb.AIOUSBWatcher"),
    ):
        yield


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Return snapshots that leave out what changes from run to run."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
def all_enabled() -> Generator[None]:
    """Enable the entities that are disabled by default."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        PropertyMock(return_value=True),
    ):
        yield


@pytest.fixture
def ports() -> Generator[Ports]:
    """Replace serialx's connections."""
    ports = Ports()
    with patch(
        "custom_components.linky_pilote.sources.serial.create_serial_connection",
        ports.connect,
    ):
        yield ports


@pytest.fixture
def port(ports: Ports) -> Port:
    """Return the port of the meter under test."""
    return ports[PORT]


@pytest.fixture
def time(hass: HomeAssistant) -> Time:
    """Return the means to let time pass."""
    return Time(hass.loop)


@pytest.fixture
async def broker(
    hass: HomeAssistant, time: Time, mqtt_mock: Any
) -> AsyncGenerator[Broker]:
    """Return a broker that Home Assistant is connected to."""
    client = hass.data[mqtt.DATA_MQTT].client
    # Without the answers of a broker they would be given back too early.
    ids = hass.data[mqtt.DATA_MQTT].subscription_id_generator
    ids.release = lambda topic: None  # type: ignore[method-assign]
    yield Broker(hass, time)
    # Subscriptions, and their end, wait for a moment in case that others follow.
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)
        await time.advance(2)
    # The mock has no socket whose end would do it.
    if client._misc_timer is not None:
        client._misc_timer.cancel()


def make_entry(meter: Meter = HISTORICAL_HC, url: str = PORT) -> MockConfigEntry:
    """Return the entry of a meter, as the config flow makes it."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=f"Linky {meter.serial[-4:]}",
        unique_id=meter.serial,
        data={"serial_port": url, "meter_id": f"id{meter.serial[-4:]}"},
    )


def state(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity that must exist."""
    found = hass.states.get(entity_id)
    assert found is not None, entity_id
    return found.state


def attribute(hass: HomeAssistant, entity_id: str, name: str) -> Any:
    """Return an attribute of an entity that must exist; None without it."""
    found = hass.states.get(entity_id)
    assert found is not None, entity_id
    return found.attributes.get(name)


async def set_up(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    time: Time,
    port: Port,
    *frames: bytes,
) -> None:
    """Set an entry up while these frames come."""
    if entry.entry_id not in {e.entry_id for e in hass.config_entries.async_entries()}:
        entry.add_to_hass(hass)
    task = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    while port.transport is None and not task.done():
        await time.settle()
    for frame in frames:
        port.send(frame)
    await task
    await hass.async_block_till_done()
