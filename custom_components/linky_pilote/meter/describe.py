"""How the tables of sensors describe them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfApparentPower

from ..engine.reading import MeterReading
from .coordinator import MeterCoordinator
from .entity import MeterEntityDescription, Value

PHASES: Final = (1, 2, 3)


@dataclass(frozen=True, kw_only=True)
class MeterSensorDescription(MeterEntityDescription, SensorEntityDescription):
    """How a sensor is made of a reading."""


@dataclass(frozen=True, kw_only=True)
class GatheredSensorDescription(MeterSensorDescription):
    """How a sensor is made of what the coordinator gathered over time.

    What it takes from a reading only tells whether the meter has it.
    """

    gathered_fn: Callable[[MeterCoordinator], Value]
    gathered_attributes_fn: (
        Callable[[MeterCoordinator], Mapping[str, Any] | None] | None
    ) = None

    @override
    def value(self, reading: MeterReading, coordinator: MeterCoordinator) -> Value:
        return self.gathered_fn(coordinator)

    @override
    def attributes(
        self, reading: MeterReading, coordinator: MeterCoordinator
    ) -> Mapping[str, Any] | None:
        attributes_fn = self.gathered_attributes_fn
        return attributes_fn(coordinator) if attributes_fn else None


def options_of(values: Iterable[StrEnum]) -> list[str]:
    """Return the states of a sensor with these values."""
    return [value.value for value in values]


def of_phase[T](
    values_fn: Callable[[MeterReading], tuple[T, ...]], phase: int
) -> Callable[[MeterReading], T | None]:
    """Return a function that takes one of three phases."""

    def value_fn(reading: MeterReading) -> T | None:
        values = values_fn(reading)
        return values[phase - 1] if len(values) == len(PHASES) else None

    return value_fn


def only[T](
    values_fn: Callable[[MeterReading], tuple[T, ...]],
) -> Callable[[MeterReading], T | None]:
    """Return a function that takes the only phase."""

    def value_fn(reading: MeterReading) -> T | None:
        values = values_fn(reading)
        return values[0] if len(values) == 1 else None

    return value_fn


def describe(key: str, **fields: Any) -> MeterSensorDescription:
    """Describe a sensor whose translations have the name of its key."""
    return MeterSensorDescription(key=key, translation_key=key, **fields)


def power(
    key: str, value_fn: Callable[[MeterReading], Value], **fields: Any
) -> MeterSensorDescription:
    """Describe a live apparent power, in VA."""
    return describe(
        key,
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=value_fn,
        **fields,
    )
