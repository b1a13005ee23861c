"""Adapters that come back."""

from pathlib import Path
from unittest.mock import patch

from homeassistant.components.usb import USBDevice
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import HomeAssistant
import pytest

from .conftest import make_entry, set_up, state
from .meters import HISTORICAL_HC, STANDARD_TEMPO
from .serial_line import Port, Ports, Time

POWER = "sensor.linky_0123_apparent_power"


@pytest.fixture
def device(tmp_path: Path) -> Path:
    """Return a device that has another name too."""
    device = tmp_path / "ttyUSB0"
    device.touch()
    (tmp_path / "usb-adapter").symlink_to(device)
    return device


@pytest.fixture
def url(device: Path) -> str:
    """Return the name that the entry knows the device by."""
    return str(device.parent / "usb-adapter")


async def scan(hass: HomeAssistant, *devices: Path) -> None:
    """Let Home Assistant find these devices."""
    found = [
        USBDevice(
            device=str(device),
            vid="1111",
            pid="2222",
            serial_number="1",
            manufacturer=None,
            description=None,
        )
        for device in devices
    ]
    with patch("homeassistant.components.usb.scan_serial_ports", return_value=found):
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
        await hass.async_block_till_done()


async def test_plugged_in_after_a_start_without_it(
    hass: HomeAssistant, ports: Ports, time: Time, device: Path, url: str
) -> None:
    port, other = ports[url], ports["/dev/ttyELSE"]
    other_entry = make_entry(STANDARD_TEMPO, "/dev/ttyELSE")
    for absent in (port, other):
        absent.unplug()
    entry = make_entry(url=url)
    await set_up(hass, other_entry, time, other)
    await set_up(hass, entry, time, port)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    attempts = other.attempts

    port.plug()
    task = hass.async_create_task(scan(hass, device))
    while port.transport is None:
        await time.settle()
    port.send(HISTORICAL_HC.frame())
    await task
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert state(hass, POWER) == "720"
    assert other.attempts == attempts


async def test_plugged_in_again_at_run_time(
    hass: HomeAssistant, ports: Ports, time: Time, device: Path, url: str
) -> None:
    port = ports[url]
    await set_up(hass, make_entry(url=url), time, port, HISTORICAL_HC.frame())
    port.unplug()
    await time.advance(120)
    port.plug()
    assert port.transport is None, "the next attempt would come after a minute"
    await scan(hass, device)
    await time.settle()
    assert port.transport is not None
    port.send(HISTORICAL_HC.frame(PAPP="00810"))
    assert state(hass, POWER) == "810"


async def test_ports_that_are_not_ours_and_entries_that_do_not_run(
    hass: HomeAssistant, ports: Ports, time: Time, device: Path, url: str
) -> None:
    port = ports[url]
    entry = make_entry(url=url)
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    await hass.config_entries.async_unload(entry.entry_id)
    await scan(hass, device, device.parent / "ttyUSB1")
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert port.attempts == 1


# The USB integration's own, which it leaves behind when Home Assistant stops
@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_unplugging_is_no_reason_to_try(
    hass: HomeAssistant, ports: Ports, port: Port, time: Time, device: Path
) -> None:
    with patch("homeassistant.components.usb.AIOUSBWatcher") as watcher:
        await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    (changed,) = watcher.return_value.async_register_callback.call_args.args
    await scan(hass, device)
    changed()
    await time.advance(8, port, HISTORICAL_HC)
    await hass.async_block_till_done()
    assert port.attempts == 1
