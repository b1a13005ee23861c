"""Calendars, by kind of entry."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import GridConfigEntry, LinkyPiloteConfigEntry, is_grid
from .grid.calendar import async_set_up_calendars
from .home.calendar import async_setup_home

PARALLEL_UPDATES: Final = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry | GridConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the calendars of an entry."""
    if is_grid(entry):
        await async_set_up_calendars(hass, entry, async_add_entities)
    else:
        await async_setup_home(hass, entry, async_add_entities)
