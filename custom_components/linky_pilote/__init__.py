"""Linky Pilote: reads a French electricity meter on its customer output."""

from typing import Final

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .const import DATA_METER_CLOCK, DOMAIN
from .data import LinkyPiloteConfigEntry, MeterData, Origin
from .frontend import async_register_frontend, async_unregister_frontend
from .meter.coordinator import MeterCoordinator
from .meter.issues import MeterIssues
from .plug import async_watch_ports
from .sources.base import Problem, SourceError
from .sources.serial import SerialSource

_FIRST_READING: Final = 20.0
"""Seconds to wait for the meter; three phases in overload need 15 of them."""

CONFIG_SCHEMA: Final = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS: Final = (Platform.BINARY_SENSOR, Platform.SENSOR)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Watch for adapters that are plugged in again."""
    async_watch_ports(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: LinkyPiloteConfigEntry) -> bool:
    """Read a meter."""
    await async_register_frontend(hass)
    clock = hass.data.get(DATA_METER_CLOCK, hass.loop.time)
    coordinator = MeterCoordinator(hass, entry, clock)
    entry.async_on_unload(coordinator.stop)
    origin = Origin.of(entry)
    source = SerialSource(
        origin.port,
        clock=clock,
        listener=coordinator,
        expected=origin.number,
    )
    # Home Assistant ends this task, and waits for it, when the entry is unloaded and
    # when its set-up fails: the port is closed by then.
    entry.async_create_background_task(hass, source.run(), f"{DOMAIN} {entry.title}")
    # At once: where no reading comes the diagnostics are wanted most.
    entry.runtime_data = MeterData(
        coordinator=coordinator, source=source, origin=origin
    )
    try:
        await source.first_reading(_FIRST_READING)
    except SourceError as err:
        # Another meter is no reason to stop listening: the right one may come back.
        if err.problem is not Problem.OTHER_METER:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key=err.problem,
                translation_placeholders={
                    "port": origin.port,
                    "error": err.detail,
                    "received": str(err.figures.received),
                },
            ) from err
    entry.async_on_unload(entry.add_update_listener(_async_entry_changed))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(
    hass: HomeAssistant, entry: LinkyPiloteConfigEntry
) -> bool:
    """Stop reading a meter."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(
    hass: HomeAssistant, entry: LinkyPiloteConfigEntry
) -> None:
    """Forget what was said about a meter, and the dashboard with the last one."""
    MeterIssues(hass, entry).end(forget=True)
    async_unregister_frontend(hass)


async def _async_entry_changed(
    hass: HomeAssistant, entry: LinkyPiloteConfigEntry
) -> None:
    """Take over new options in place; another port or meter needs another source."""
    if Origin.of(entry) != entry.runtime_data.origin:
        hass.config_entries.async_schedule_reload(entry.entry_id)
    else:
        entry.runtime_data.coordinator.apply_options()
