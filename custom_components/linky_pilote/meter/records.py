"""Sensors of what the meter remembers: maxima and means.

They sum up the past, so they have no state class, and last.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    EntityCategory,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfPower,
)

from ..engine.reading import MeterReading, Peak, TicMode
from ..engine.tic import identify
from .describe import PHASES, MeterSensorDescription, describe, of_phase, only

ATTR_INTERVAL_END: Final = "interval_end"
ATTR_REACHED_AT: Final = "reached_at"

type _PeakFn = Callable[[MeterReading], Peak | None]


def _record(
    key: str, peak_fn: _PeakFn, moment: str, **fields: Any
) -> MeterSensorDescription:
    """Describe a value with the moment that it belongs to, where that is known."""

    def value_fn(reading: MeterReading) -> int | None:
        peak = peak_fn(reading)
        return None if peak is None else peak.power

    def attributes_fn(reading: MeterReading) -> Mapping[str, datetime]:
        peak = peak_fn(reading)
        return {} if peak is None or peak.time is None else {moment: peak.time}

    return describe(
        key, attributes_fn=attributes_fn, lasting=True, value_fn=value_fn, **fields
    )


def _peak(key: str, peak_fn: _PeakFn, **fields: Any) -> MeterSensorDescription:
    """Describe a day's highest apparent power, in VA."""
    return _record(
        key,
        peak_fn,
        ATTR_REACHED_AT,
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        **fields,
    )


def _mean(key: str, peak_fn: _PeakFn) -> MeterSensorDescription:
    """Describe a mean active power, in W, over the load curve's last interval."""
    return _record(
        key,
        peak_fn,
        ATTR_INTERVAL_END,
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
    )


def _max_current(
    key: str, value_fn: Callable[[MeterReading], int | None]
) -> MeterSensorDescription:
    return describe(
        key,
        device_class=SensorDeviceClass.CURRENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        lasting=True,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=0,
        value_fn=value_fn,
    )


def _mean_voltage(
    key: str, value_fn: Callable[[MeterReading], int | None]
) -> MeterSensorDescription:
    return describe(
        key,
        device_class=SensorDeviceClass.VOLTAGE,
        entity_registry_enabled_default=False,
        lasting=True,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        value_fn=value_fn,
    )


def _by_phase(phase: int) -> Iterator[MeterSensorDescription]:
    """Describe what the meter remembers of one of three phases."""
    yield _peak(
        f"peak_today_phase_{phase}",
        of_phase(lambda reading: reading.peaks_today_by_phase, phase),
        entity_registry_enabled_default=False,
    )
    yield _peak(
        f"peak_yesterday_phase_{phase}",
        of_phase(lambda reading: reading.peaks_yesterday_by_phase, phase),
        entity_registry_enabled_default=False,
    )
    yield _max_current(
        f"max_current_phase_{phase}",
        of_phase(lambda reading: reading.max_currents, phase),
    )
    yield _mean_voltage(
        f"mean_voltage_phase_{phase}",
        of_phase(lambda reading: reading.mean_voltages, phase),
    )


def _is_before_linky(reading: MeterReading) -> bool:
    """Tell an older meter, whose PMAX is in W and not of the day before."""
    model = identify(reading.serial or "").model or ""
    return reading.mode is TicMode.HISTORICAL and model.startswith("CBE")


def _peak_yesterday(reading: MeterReading) -> Peak | None:
    return None if _is_before_linky(reading) else reading.peak_yesterday


def _max_power(reading: MeterReading) -> int | None:
    peak = reading.peak_yesterday
    return peak.power if peak is not None and _is_before_linky(reading) else None


RECORDS: Final = (
    _peak("peak_today", lambda reading: reading.peak_today),
    _peak("peak_yesterday", _peak_yesterday),
    _peak("injected_peak_today", lambda reading: reading.injected_peak_today),
    _peak("injected_peak_yesterday", lambda reading: reading.injected_peak_yesterday),
    describe(
        "max_power",
        device_class=SensorDeviceClass.POWER,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        lasting=True,
        native_unit_of_measurement=UnitOfPower.WATT,
        value_fn=_max_power,
    ),
    _max_current("max_current", only(lambda reading: reading.max_currents)),
    _mean_voltage("mean_voltage", only(lambda reading: reading.mean_voltages)),
    *chain.from_iterable(_by_phase(phase) for phase in PHASES),
    _mean("load_curve", lambda reading: reading.load_curve),
    _mean("injected_load_curve", lambda reading: reading.injected_load_curve),
)
