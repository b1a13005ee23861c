"""What all entities of the grid have in common."""

from abc import abstractmethod
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.entity import Entity

from .hub import Grid


class GridEntity(Entity):
    """Shows a part of what is known; what is not known says why in an attribute.

    So an entity is unknown rather than unavailable while its source is down:
    unavailable ones have no attributes.
    """

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, grid: Grid, key: str) -> None:
        """Begin with what is known."""
        self._grid = grid
        self._attr_unique_id = f"{grid.grid_id}_{key}"
        self._attr_device_info = grid.device_info
        self._shown: object = None

    @override
    async def async_added_to_hass(self) -> None:
        """Follow what is known."""
        self._refresh()
        self.async_on_remove(self._grid.async_add_listener(self._changed))

    @abstractmethod
    def _look(self) -> object:
        """Return what is shown, to be compared."""

    def _refresh(self) -> bool:
        """Take over what is known; tell whether it is something else."""
        now = self._look()
        changed = now != self._shown
        self._shown = now
        return changed

    @callback
    def _changed(self) -> None:
        if self._refresh():
            self.async_write_ha_state()
