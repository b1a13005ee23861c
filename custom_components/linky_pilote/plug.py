"""Adapters that are plugged in again, and MQTT: nobody should wait for the next try."""

from collections.abc import Iterable

from homeassistant.components.usb import USBDevice, async_register_port_event_callback
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN
from .data import LinkyPiloteConfigEntry, meter_entries
from .flows.ports import resolve_port
from .place import Place


@callback
def async_watch_ports(hass: HomeAssistant) -> None:
    """Have the entries whose port comes back try it at once."""

    @callback
    def ports_changed(added: set[USBDevice], removed: set[USBDevice]) -> None:
        if added:
            hass.async_create_task(
                _try_again(hass, {device.device for device in added}),
                f"{DOMAIN} ports are back",
            )

    async_register_port_event_callback(hass, ports_changed)


async def _try_again(hass: HomeAssistant, ports: Iterable[str]) -> None:
    """Open the ports that entries wait for; others are nobody's business."""
    run = hass.async_add_executor_job
    back = {await run(resolve_port, port) for port in ports}
    for entry in meter_entries(hass):
        place = Place.of(entry.data)
        if place.is_line and await run(resolve_port, place.where) in back:
            _hurry(hass, entry)


@callback
def async_watch_mqtt(hass: HomeAssistant) -> None:
    """Have the entries that need MQTT go on as soon as it is there."""

    @callback
    def entry_changed(change: ConfigEntryChange, changed: ConfigEntry) -> None:
        if changed.domain == "mqtt" and changed.state is ConfigEntryState.LOADED:
            for entry in meter_entries(hass):
                if Place.of(entry.data).is_topic:
                    _hurry(hass, entry)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed)


@callback
def _hurry(hass: HomeAssistant, entry: LinkyPiloteConfigEntry) -> None:
    """Have an entry try at once what it would try later."""
    if entry.state is ConfigEntryState.SETUP_RETRY:
        hass.config_entries.async_schedule_reload(entry.entry_id)
    elif entry.state is ConfigEntryState.LOADED:
        entry.runtime_data.source.hurry()
