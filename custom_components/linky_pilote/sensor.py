"""Sensors, by kind of entry."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import GridConfigEntry, LinkyPiloteConfigEntry, is_grid
from .grid.sensor import async_set_up_sensors
from .home.sensor import async_setup_home
from .meter.sensor import async_setup_meter

PARALLEL_UPDATES: Final = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry | GridConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of an entry."""
    if is_grid(entry):
        await async_set_up_sensors(hass, entry, async_add_entities)
    else:
        await async_setup_meter(hass, entry, async_add_entities)
        await async_setup_home(hass, entry, async_add_entities)
