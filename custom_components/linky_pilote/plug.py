"""Adapters that are plugged in again: nobody should have to wait for the next try."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from homeassistant.components.usb import USBDevice, async_register_port_event_callback
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .const import CONF_SERIAL_PORT, DOMAIN
from .flows.ports import resolve_port

if TYPE_CHECKING:
    from .data import LinkyPiloteConfigEntry


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
    entries: list[LinkyPiloteConfigEntry] = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    for entry in entries:
        if await run(resolve_port, entry.data[CONF_SERIAL_PORT]) not in back:
            continue
        if entry.state is ConfigEntryState.SETUP_RETRY:
            hass.config_entries.async_schedule_reload(entry.entry_id)
        elif entry.state is ConfigEntryState.LOADED:
            entry.runtime_data.source.hurry()
