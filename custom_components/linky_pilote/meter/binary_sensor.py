"""Binary sensors of a meter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..data import LinkyPiloteConfigEntry
from ..engine.reading import Breaker, Contract, MeterReading, StatusRegister, TicMode
from .coordinator import MeterCoordinator
from .entity import (
    MeterEntity,
    MeterEntityDescription,
    Value,
    add_what_the_meter_sends,
)
from .registers import has_status, of_status

ATTR_PHASES: Final = "phases"


@dataclass(frozen=True, kw_only=True)
class MeterBinarySensorDescription(
    MeterEntityDescription, BinarySensorEntityDescription
):
    """How a binary sensor is made of a reading."""


def _describe(key: str, **fields: Any) -> MeterBinarySensorDescription:
    """Describe a binary sensor whose translations have the name of its key."""
    return MeterBinarySensorDescription(key=key, translation_key=key, **fields)


def _status(
    key: str, value_fn: Callable[[StatusRegister], bool | None], **fields: Any
) -> MeterBinarySensorDescription:
    """Describe a bit of the status register."""
    return _describe(key, exists_fn=has_status, value_fn=of_status(value_fn), **fields)


def _is_open(status: StatusRegister) -> bool | None:
    """Tell whether the breaker is open; an undefined code does not."""
    return None if status.breaker is None else status.breaker is not Breaker.CLOSED


def _relay(number: int) -> MeterBinarySensorDescription:
    """Describe a relay: on is closed. The first is the dry contact."""

    def value_fn(reading: MeterReading) -> bool | None:
        return reading.relays[number - 1] if reading.relays else None

    return _describe(
        f"relay_{number}",
        # Hardly a home uses the others; one that is closed is one in use.
        enabled_fn=lambda reading: number > 1 and bool(value_fn(reading)),
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=value_fn,
    )


def _misses_a_phase(reading: MeterReading) -> bool | None:
    """Tell whether a phase has no voltage: only PPOT of three phases says so."""
    if reading.mode is not TicMode.HISTORICAL or reading.phases == 1:
        return None
    return bool(reading.missing_phases)


def _has_ejp_notice(reading: MeterReading) -> bool | None:
    """Tell whether a peak is announced by PEJP, which is sent then only."""
    if reading.mode is not TicMode.HISTORICAL or reading.contract is not Contract.EJP:
        return None
    return reading.peak_notice_minutes is not None


@dataclass(frozen=True, kw_only=True)
class _BatteryDescription(MeterBinarySensorDescription):
    """How a binary sensor is made of the battery of a bridge, if it has one."""

    value_fn: Callable[[MeterReading], Value] = lambda reading: reading.mode

    @override
    def exists(self, reading: MeterReading, coordinator: MeterCoordinator) -> bool:
        return coordinator.reception.battery is not None

    @override
    def value(self, reading: MeterReading, coordinator: MeterCoordinator) -> Value:
        return coordinator.reception.battery_is_low


BINARY_SENSORS: Final = (
    _describe(
        "overload",
        device_class=BinarySensorDeviceClass.PROBLEM,
        immediate=True,
        value_fn=lambda reading: reading.overload,
    ),
    _status(
        "breaker_open",
        _is_open,
        device_class=BinarySensorDeviceClass.PROBLEM,
        immediate=True,
    ),
    _status(
        "overvoltage",
        lambda status: status.overvoltage,
        device_class=BinarySensorDeviceClass.PROBLEM,
        immediate=True,
    ),
    _describe(
        "missing_phase",
        attributes_fn=lambda reading: {ATTR_PHASES: list(reading.missing_phases)},
        device_class=BinarySensorDeviceClass.PROBLEM,
        immediate=True,
        value_fn=_misses_a_phase,
    ),
    _status("exporting", lambda status: status.exporting),
    _describe("ejp_notice", immediate=True, value_fn=_has_ejp_notice),
    _status(
        "dry_contact",
        lambda status: status.dry_contact_open,
        device_class=BinarySensorDeviceClass.OPENING,
    ),
    *(_relay(number) for number in range(1, 9)),
    _status(
        "terminal_cover",
        lambda status: status.cover_open,
        device_class=BinarySensorDeviceClass.OPENING,
    ),
    _BatteryDescription(
        key="bridge_battery",
        translation_key="bridge_battery",
        device_class=BinarySensorDeviceClass.BATTERY,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    _status(
        "power_line_synchronised",
        lambda status: status.power_line_synchronised,
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    _describe(
        "clock_degraded",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda reading: (
            reading.clock_degraded if reading.mode is TicMode.STANDARD else None
        ),
    ),
)


class MeterBinarySensor(MeterEntity[MeterBinarySensorDescription], BinarySensorEntity):
    """Something that the meter says is so or is not."""

    entity_description: MeterBinarySensorDescription

    @override
    def _show(self, value: Value) -> None:
        self._attr_is_on = None if value is None else bool(value)


async def async_setup_meter(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of a meter."""
    add_what_the_meter_sends(
        entry,
        Platform.BINARY_SENSOR,
        BINARY_SENSORS,
        MeterBinarySensor,
        async_add_entities,
    )
