"""Linky Pilote: reads a French electricity meter on its customer output."""

from typing import Final

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .actions import async_register_actions
from .const import CONF_METER_ID, DOMAIN
from .data import (
    GridConfigEntry,
    LinkyPiloteConfigEntry,
    MeterData,
    Origin,
    is_grid,
)
from .frontend import async_register_frontend, async_unregister_frontend
from .grid.actions import async_register_grid_actions
from .grid.setup import GRID_PLATFORMS, async_remove_grid, async_set_up_grid
from .history.actions import async_register_history_actions
from .home.actuators.handback import HandBack
from .home.coordinator import HomeCoordinator
from .home.issues import LoadIssues
from .home.left import async_come_back, async_leave
from .home.store import HomeMemory
from .meter.clock import meter_clock
from .meter.coordinator import MeterCoordinator
from .meter.issues import MeterIssues
from .meter.store import MeterMemory
from .plug import async_watch_mqtt, async_watch_ports
from .sources.base import Problem, SourceError

_FIRST_READING: Final = 20.0
"""Seconds to wait for the meter; three phases in overload need 15 of them."""

CONFIG_SCHEMA: Final = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.CLIMATE,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Watch for what meters wait for, adapters and MQTT; register the actions."""
    async_watch_ports(hass)
    async_watch_mqtt(hass)
    async_register_actions(hass)
    async_register_grid_actions(hass)
    async_register_history_actions(hass)
    return True


async def async_setup_entry(
    hass: HomeAssistant, entry: LinkyPiloteConfigEntry | GridConfigEntry
) -> bool:
    """Read a meter, or ask what the grid announces."""
    await async_register_frontend(hass)
    if is_grid(entry):
        return await async_set_up_grid(hass, entry)
    memory = MeterMemory(hass, entry.data[CONF_METER_ID])
    await memory.async_load()
    entry.async_on_unload(memory.async_close)
    clock = meter_clock(hass)
    coordinator = MeterCoordinator(hass, entry, memory, clock)
    entry.async_on_unload(coordinator.stop)
    home_memory = HomeMemory(hass, entry.data[CONF_METER_ID])
    await home_memory.async_load()
    async_come_back(hass, entry.entry_id, home_memory)
    entry.async_on_unload(home_memory.async_close)
    home = HomeCoordinator(hass, entry, coordinator, home_memory)
    origin = Origin.of(entry)
    source = origin.place.make_source(
        hass, memory, origin.number, clock=clock, listener=coordinator
    )
    memory.follow(source, origin.place.where)
    # Home Assistant ends this task, and waits for it, when the entry is unloaded and
    # when its set-up fails: the port is closed by then.
    entry.async_create_background_task(hass, source.run(), f"{DOMAIN} {entry.title}")
    # At once: where no reading comes the diagnostics are wanted most.
    entry.runtime_data = MeterData(
        coordinator=coordinator, home=home, source=source, origin=origin
    )
    try:
        await source.prove(_FIRST_READING)
    except SourceError as err:
        # Another meter is no reason to stop listening: the right one may come back.
        if err.problem is not Problem.OTHER_METER:
            # Nobody regulates: what a run before this one changed is given back.
            await home.giving.all_but()
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key=err.problem,
                translation_placeholders={
                    "port": origin.place.name,
                    "error": err.detail,
                    "received": str(err.figures.received),
                },
            ) from err
    entry.async_on_unload(entry.add_update_listener(_async_entry_changed))
    await home.async_start()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(
    hass: HomeAssistant, entry: LinkyPiloteConfigEntry | GridConfigEntry
) -> bool:
    """Stop reading a meter, or asking for the grid; a reload changes no load."""
    if is_grid(entry):
        return await hass.config_entries.async_unload_platforms(entry, GRID_PLATFORMS)
    if entry.disabled_by is not None:
        await entry.runtime_data.home.async_give_all_back()
        entry.runtime_data.home.warnings.end()
        async_leave(hass, entry.entry_id, entry.runtime_data.home.memory)
    await entry.runtime_data.home.giving.idle()
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(
    hass: HomeAssistant, entry: LinkyPiloteConfigEntry | GridConfigEntry
) -> None:
    """Forget a meter, or the grid, and what was said about it, and the dashboard with the last one."""
    for flow in hass.config_entries.flow.async_progress_by_handler(
        DOMAIN, match_context={"entry_id": entry.entry_id}
    ):
        hass.config_entries.flow.async_abort(flow["flow_id"])
    if is_grid(entry):
        await async_remove_grid(hass, entry)
    else:
        await _async_remove_meter(hass, entry)
    async_unregister_frontend(hass)


async def _async_remove_meter(
    hass: HomeAssistant, entry: LinkyPiloteConfigEntry
) -> None:
    """Give back what is still changed, and forget all."""
    await MeterMemory(hass, entry.data[CONF_METER_ID]).async_remove()
    home_memory = HomeMemory(hass, entry.data[CONF_METER_ID])
    await home_memory.async_load()
    async_come_back(hass, entry.entry_id, home_memory)
    await HandBack(hass, home_memory).give_all_back()
    await home_memory.async_remove()
    MeterIssues(hass, entry).end(forget=True)
    LoadIssues(hass, entry.entry_id).end(entry.subentries)
    async_leave(hass, entry.entry_id, home_memory)


async def _async_entry_changed(
    hass: HomeAssistant, entry: LinkyPiloteConfigEntry
) -> None:
    """Take over new options in place; another place or meter needs another source."""
    if Origin.of(entry) != entry.runtime_data.origin:
        hass.config_entries.async_schedule_reload(entry.entry_id)
    else:
        entry.runtime_data.coordinator.apply_options()
        entry.runtime_data.home.apply()
