"""An integration that holds a serial port, as that of a Zigbee stick would."""

import asyncio

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from serialx import SerialTransport, create_serial_connection


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry[SerialTransport]
) -> bool:
    """Open the port."""
    transport, _ = await create_serial_connection(
        hass.loop, asyncio.Protocol, entry.data["port"], baudrate=115200
    )
    entry.runtime_data = transport
    return True


async def async_unload_entry(
    hass: HomeAssistant, entry: ConfigEntry[SerialTransport]
) -> bool:
    """Close the port."""
    entry.runtime_data.close()
    return True
