"""Sensor of the active power, which is estimated: the meter does not send it."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import UnitOfPower

from ..engine.estimate import EstimateMethod
from ..engine.reading import MeterReading
from .coordinator import MeterCoordinator
from .describe import GatheredSensorDescription

ATTR_ERROR: Final = "error"
ATTR_METHOD: Final = "method"


def _made_of(reading: MeterReading) -> int | None:
    """Return a value that the estimate needs, if the meter sends any."""
    needed = (
        *(reading.active_power, reading.apparent_power, reading.injected_power),
        *reading.currents,
    )
    return next((value for value in needed if value is not None), None)


def _power(coordinator: MeterCoordinator) -> int | None:
    estimate = coordinator.estimate
    return None if estimate is None else estimate.power


def _attributes(coordinator: MeterCoordinator) -> Mapping[str, Any] | None:
    estimate = coordinator.estimate
    if estimate is None:
        return None
    if estimate.method is EstimateMethod.MEASURED:
        return {ATTR_METHOD: estimate.method}
    return {ATTR_ERROR: estimate.error, ATTR_METHOD: estimate.method}


ACTIVE_POWER: Final = GatheredSensorDescription(
    key="active_power_estimated",
    translation_key="active_power_estimated",
    device_class=SensorDeviceClass.POWER,
    gathered_attributes_fn=_attributes,
    gathered_fn=_power,
    native_unit_of_measurement=UnitOfPower.WATT,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=0,
    value_fn=_made_of,
)
