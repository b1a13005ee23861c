"""Calendars, by kind of entry."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import GridConfigEntry
from .grid.calendar import async_set_up_calendars

PARALLEL_UPDATES: Final = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GridConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the calendars of an entry; only the grid has some."""
    await async_set_up_calendars(hass, entry, async_add_entities)
