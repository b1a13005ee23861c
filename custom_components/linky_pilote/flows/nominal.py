"""What a load draws at most, by the history of its power sensor."""

from datetime import timedelta
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

_BACK: Final = timedelta(days=14)
_LEAST: Final = 20.0
"""W: less is no more than its standby."""


def power_sensor_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the power sensor on the device of an entity, where there is just one."""
    registry = er.async_get(hass)
    entry = registry.async_get(entity_id)
    if entry is None or entry.device_id is None:
        return None
    sensors = [
        other.entity_id
        for other in er.async_entries_for_device(registry, entry.device_id)
        if other.domain == "sensor"
        and (other.device_class or other.original_device_class)
        == SensorDeviceClass.POWER
    ]
    return sensors[0] if len(sensors) == 1 else None


async def highest_power(hass: HomeAssistant, sensor: str) -> int | None:
    """Return the highest W of two weeks' statistics; None where there are none."""
    if "recorder" not in hass.config.components:
        return None
    from homeassistant.components.recorder.statistics import (
        statistics_during_period,
    )

    rows = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        dt_util.utcnow() - _BACK,
        None,
        {sensor},
        "hour",
        {"power": UnitOfPower.WATT},
        {"max"},
    )
    highest = max(row.get("max") or 0.0 for row in rows.get(sensor, [{}]))
    return round(highest) if highest >= _LEAST else None
