"""How the tables of sensors describe them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfEnergy, UnitOfTime

from .coordinator import HomeCoordinator
from .entity import HouseDescription, LoadDescription


@dataclass(frozen=True, kw_only=True)
class LoadSensorDescription(LoadDescription, SensorEntityDescription):
    """How a sensor is made of a load."""

    last_reset_fn: Callable[[HomeCoordinator, str], datetime | None] | None = None
    """When it began at 0, of what only ever grows."""


@dataclass(frozen=True, kw_only=True)
class HouseSensorDescription(HouseDescription, SensorEntityDescription):
    """How a sensor is made of the house."""

    last_reset_fn: Callable[[HomeCoordinator], datetime | None] | None = None


# TOTAL with its beginning, and not TOTAL_INCREASING: what a crash has lost is a little
# less, and must not be taken for a new beginning that counts all again.
ENERGY: Final[dict[str, Any]] = {
    "device_class": SensorDeviceClass.ENERGY,
    "paced": True,
    "native_unit_of_measurement": UnitOfEnergy.WATT_HOUR,
    "state_class": SensorStateClass.TOTAL,
    "suggested_display_precision": 2,
    "suggested_unit_of_measurement": UnitOfEnergy.KILO_WATT_HOUR,
}
EUROS: Final[dict[str, Any]] = {
    "device_class": SensorDeviceClass.MONETARY,
    "paced": True,
    "native_unit_of_measurement": "EUR",
    "state_class": SensorStateClass.TOTAL,
    "suggested_display_precision": 2,
}
DURATION: Final[dict[str, Any]] = {
    "device_class": SensorDeviceClass.DURATION,
    "paced": True,
    "native_unit_of_measurement": UnitOfTime.SECONDS,
    "state_class": SensorStateClass.TOTAL_INCREASING,
}
