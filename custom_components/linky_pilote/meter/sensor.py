"""Sensors of a meter: one description each, made because the meter sends it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.const import (
    EntityCategory,
    Platform,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfRatio,
    UnitOfReactiveEnergy,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..data import LinkyPiloteConfigEntry
from ..engine.continuity import index_key
from ..engine.reading import Contract, MeterReading, TariffPeriod, TempoColor
from ..engine.tic import Cause
from .coordinator import MeterCoordinator
from .describe import (
    PHASES,
    GatheredSensorDescription,
    MeterSensorDescription,
    describe,
    of_phase,
    only,
    options_of,
    power,
)
from .entity import MeterEntity, Value, add_what_the_meter_sends
from .estimate import ACTIVE_POWER, ATTR_ERROR, ATTR_METHOD
from .headroom import headroom, headroom_percent, phase_headrooms
from .records import ATTR_INTERVAL_END, RECORDS
from .registers import ATTR_PLAN, REGISTERS

ATTR_METER_INDEX: Final = "meter_index"
ATTR_METER_WORDING: Final = "meter_wording"
ATTR_SOURCE: Final = "source"

_PERIODS_WITHOUT_INDEX: Final = {
    TariffPeriod.BASE,  # the total index
    TariffPeriod.WEEKEND,  # known by its number only
    TariffPeriod.OTHER,
}


def _kilo(power: int | None) -> float | None:
    """Convert VA to kVA."""
    return None if power is None else power / 1000


def _index(
    name: str, value_fn: Callable[[MeterReading], Value], **fields: Any
) -> MeterSensorDescription:
    """Describe an index, without the steps that only the meter's own takes."""
    key = index_key(name)

    def meter_index(coordinator: MeterCoordinator) -> dict[str, int] | None:
        index = coordinator.continuity.displaced(key)
        return None if index is None else {ATTR_METER_INDEX: index}

    return GatheredSensorDescription(
        key=key,
        translation_key=key,
        gathered_attributes_fn=meter_index,
        gathered_fn=lambda coordinator: coordinator.continuity.shown(key),
        lasting=True,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=value_fn,
        **fields,
    )


def _energy(
    name: str, value_fn: Callable[[MeterReading], Value], **fields: Any
) -> MeterSensorDescription:
    return _index(
        name,
        value_fn,
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_display_precision=1,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        **fields,
    )


def _period_index(name: str) -> MeterSensorDescription:
    """Describe the index of a period, or of a number where no period is known."""

    def value_fn(reading: MeterReading) -> int | None:
        return reading.indexes.get(name)

    def enabled_fn(reading: MeterReading) -> bool:
        return name in reading.contract_indexes

    def exists_fn(reading: MeterReading) -> bool:
        return enabled_fn(reading) or bool(value_fn(reading))

    return _energy(name, value_fn, enabled_fn=enabled_fn, exists_fn=exists_fn)


def _distributor_index(number: int) -> MeterSensorDescription:
    return _energy(
        f"distributor_{number}",
        lambda reading: reading.distributor_indexes.get(number),
        entity_registry_enabled_default=False,
    )


def _reactive_index(quadrant: int) -> MeterSensorDescription:
    return _index(
        f"reactive_{quadrant}",
        lambda reading: reading.reactive_indexes.get(quadrant),
        device_class=SensorDeviceClass.REACTIVE_ENERGY,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfReactiveEnergy.VOLT_AMPERE_REACTIVE_HOUR,
    )


def _tempo_color(
    key: str,
    value_fn: Callable[[MeterReading], TempoColor | None],
    source_fn: Callable[[MeterReading], StrEnum | None],
) -> MeterSensorDescription:
    """Describe a colour: not yet announced is unknown, another contract has none."""
    return describe(
        key,
        attributes_fn=lambda reading: {ATTR_SOURCE: source_fn(reading)},
        device_class=SensorDeviceClass.ENUM,
        exists_fn=lambda reading: reading.contract is Contract.TEMPO,
        immediate=True,
        options=options_of(TempoColor),
        value_fn=value_fn,
    )


def _by_phase(phase: int) -> Iterator[MeterSensorDescription]:
    """Describe what the meter measures of one of three phases."""
    yield power(
        f"apparent_power_phase_{phase}",
        of_phase(lambda reading: reading.apparent_power_by_phase, phase),
    )
    yield power(
        f"headroom_phase_{phase}",
        of_phase(phase_headrooms, phase),
        entity_registry_enabled_default=False,
    )
    yield describe(
        f"current_phase_{phase}",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=of_phase(lambda reading: reading.currents, phase),
    )
    yield describe(
        f"voltage_phase_{phase}",
        device_class=SensorDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=of_phase(lambda reading: reading.voltages, phase),
    )


_MEASURES: Final = (
    power("apparent_power", lambda reading: reading.apparent_power, told_first=True),
    power("injected_power", lambda reading: reading.injected_power, told_first=True),
    power("headroom", headroom),
    describe(
        "headroom_percent",
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=headroom_percent,
    ),
    describe(
        "current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=only(lambda reading: reading.currents),
    ),
    describe(
        "voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=only(lambda reading: reading.voltages),
    ),
    *chain.from_iterable(_by_phase(phase) for phase in PHASES),
    _energy("total", lambda reading: reading.total_index),
    _energy("injected", lambda reading: reading.injected_index),
    *(
        _period_index(period.value)
        for period in TariffPeriod
        if period not in _PERIODS_WITHOUT_INDEX
    ),
    *(_period_index(f"index_{number:02d}") for number in range(1, 11)),
    *(_distributor_index(number) for number in range(1, 5)),
    *(_reactive_index(quadrant) for quadrant in range(1, 5)),
    describe(
        "tariff_period",
        attributes_fn=lambda reading: {ATTR_METER_WORDING: reading.period_name},
        device_class=SensorDeviceClass.ENUM,
        immediate=True,
        options=options_of(TariffPeriod),
        value_fn=lambda reading: reading.period,
    ),
    _tempo_color(
        "tempo_today",
        lambda reading: reading.color_today,
        lambda reading: reading.color_today_source,
    ),
    _tempo_color(
        "tempo_tomorrow",
        lambda reading: reading.color_tomorrow,
        lambda reading: reading.color_tomorrow_source,
    ),
    describe(
        "contract",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        lasting=True,
        options=options_of(Contract),
        value_fn=lambda reading: reading.contract,
    ),
    describe(
        "tariff_name",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        lasting=True,
        value_fn=lambda reading: reading.contract_name,
    ),
    describe(
        "subscribed_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        entity_category=EntityCategory.DIAGNOSTIC,
        lasting=True,
        native_unit_of_measurement=UnitOfApparentPower.KILO_VOLT_AMPERE,
        suggested_display_precision=0,
        value_fn=lambda reading: _kilo(reading.subscribed_power),
    ),
    describe(
        "cutoff_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        entity_category=EntityCategory.DIAGNOSTIC,
        lasting=True,
        native_unit_of_measurement=UnitOfApparentPower.KILO_VOLT_AMPERE,
        suggested_display_precision=0,
        value_fn=lambda reading: _kilo(reading.cutoff_power),
    ),
    describe(
        "subscribed_current",
        device_class=SensorDeviceClass.CURRENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        lasting=True,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=0,
        value_fn=lambda reading: reading.subscribed_current,
    ),
)


@dataclass(frozen=True, kw_only=True)
class _BridgeDescription(GatheredSensorDescription):
    """How a sensor is made of what a bridge says of itself, if it does."""

    value_fn: Callable[[MeterReading], Value] = lambda reading: reading.mode

    @override
    def exists(self, reading: MeterReading, coordinator: MeterCoordinator) -> bool:
        return self.gathered_fn(coordinator) is not None


_RECEPTION: Final = (
    _BridgeDescription(
        key="bridge_voltage",
        translation_key="bridge_voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        gathered_fn=lambda coordinator: coordinator.reception.battery,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
    ),
    GatheredSensorDescription(
        key="link_quality",
        translation_key="link_quality",
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
        gathered_attributes_fn=lambda coordinator: coordinator.reception.rejected,
        gathered_fn=lambda coordinator: coordinator.reception.valid_percent,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda reading: reading.mode,
    ),
    GatheredSensorDescription(
        key="clock_drift",
        translation_key="clock_drift",
        device_class=SensorDeviceClass.DURATION,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        gathered_fn=lambda coordinator: coordinator.reception.clock_drift,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda reading: reading.clock,
    ),
)

SENSORS: Final[tuple[MeterSensorDescription, ...]] = (
    *_MEASURES,
    ACTIVE_POWER,
    *RECORDS,
    *REGISTERS,
    *_RECEPTION,
)


class MeterSensor(MeterEntity[MeterSensorDescription], SensorEntity):
    """A value that the meter sends, or that follows from what it sends."""

    entity_description: MeterSensorDescription
    _unrecorded_attributes = frozenset(
        {
            ATTR_ERROR,
            ATTR_INTERVAL_END,
            ATTR_METER_INDEX,
            ATTR_METER_WORDING,
            ATTR_METHOD,
            ATTR_PLAN,
            ATTR_SOURCE,
            *Cause,
        }
    )

    @override
    def _show(self, value: Value) -> None:
        self._attr_native_value = value


async def async_setup_meter(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of a meter."""
    add_what_the_meter_sends(
        entry, Platform.SENSOR, SENSORS, MeterSensor, async_add_entities
    )
