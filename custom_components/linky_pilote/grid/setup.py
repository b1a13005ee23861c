"""Setting the grid's entry up and taking it down."""

from typing import TYPE_CHECKING, Final

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback

from ..const import CONF_GRID_ID
from .board import DATA_GRID_BOARD, GridBoard
from .hub import Grid
from .issues import GridIssues
from .store import GridMemory

if TYPE_CHECKING:
    from ..data import GridConfigEntry

GRID_PLATFORMS: Final = (Platform.CALENDAR, Platform.SENSOR)


async def async_set_up_grid(hass: HomeAssistant, entry: GridConfigEntry) -> bool:
    """Ask the sources; the entry is there at once, whatever they answer."""
    memory = GridMemory(hass, entry.data[CONF_GRID_ID])
    await memory.async_load()
    entry.async_on_unload(memory.async_close)
    grid = entry.runtime_data = Grid(hass, entry, memory)
    hass.data[DATA_GRID_BOARD] = GridBoard(grid)

    @callback
    def take_board_down() -> None:
        del hass.data[DATA_GRID_BOARD]

    entry.async_on_unload(take_board_down)
    entry.async_on_unload(entry.add_update_listener(_async_entry_changed))
    await hass.config_entries.async_forward_entry_setups(entry, GRID_PLATFORMS)
    grid.start()
    return True


async def async_remove_grid(hass: HomeAssistant, entry: GridConfigEntry) -> None:
    """Forget what was known."""
    await GridMemory(hass, entry.data[CONF_GRID_ID]).async_remove()
    GridIssues(hass, entry).end_all()


async def _async_entry_changed(hass: HomeAssistant, entry: GridConfigEntry) -> None:
    """Ask with the new keys and for the new contract; answers are kept meanwhile."""
    entry.runtime_data.forget_waits()
    hass.config_entries.async_schedule_reload(entry.entry_id)
