"""A stand-in for an integration that people come from: its ids, units and past.

It is as far like linkytic as a migration can tell: the ids that its entities have in a
French house, their units and state classes, a port that it keeps to itself, and two
days of statistics. Its values stand still, as if read just before it is removed.
"""

import asyncio

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from serialx import SerialTransport, create_serial_connection

_PLATFORMS = (Platform.SENSOR,)


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry[SerialTransport]
) -> bool:
    """Open the port and show what was read."""
    transport, _ = await create_serial_connection(
        hass.loop, asyncio.Protocol, entry.data["port"], baudrate=1200
    )
    entry.runtime_data = transport
    await hass.config_entries.async_forward_entry_setups(entry, _PLATFORMS)
    return True


async def async_unload_entry(
    hass: HomeAssistant, entry: ConfigEntry[SerialTransport]
) -> bool:
    """Close the port."""
    entry.runtime_data.close()
    return await hass.config_entries.async_unload_platforms(entry, _PLATFORMS)
