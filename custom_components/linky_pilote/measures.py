"""What the entities that measure say, in the units that we count in."""

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Final, NamedTuple

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    PERCENTAGE,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_conversion import (
    ApparentPowerConverter,
    BaseUnitConverter,
    ElectricCurrentConverter,
    FrequencyConverter,
    PowerConverter,
    TemperatureConverter,
    UnitlessRatioConverter,
)

from .entity_ids import resolve

_CONVERTERS: Final[Mapping[str, type[BaseUnitConverter]]] = {
    PERCENTAGE: UnitlessRatioConverter,
    UnitOfApparentPower.VOLT_AMPERE: ApparentPowerConverter,
    UnitOfElectricCurrent.AMPERE: ElectricCurrentConverter,
    UnitOfFrequency.HERTZ: FrequencyConverter,
    UnitOfPower.WATT: PowerConverter,
    UnitOfTemperature.CELSIUS: TemperatureConverter,
}


class Measure(NamedTuple):
    """What a sensor said last."""

    value: float
    at: datetime
    """When it said so, be it the same as before."""
    resolution: float
    """One of the last digit that it gives."""


def measure(hass: HomeAssistant, stored: str | None, unit: str) -> Measure | None:
    """Return what a sensor says in a unit; None where it says nothing of the kind."""
    entity_id = resolve(hass, stored)
    state = hass.states.get(entity_id) if entity_id else None
    return None if state is None else _measure(state, unit)


def watts(hass: HomeAssistant, stored: str | None) -> float | None:
    """Return the W that a sensor says, whatever its unit; None where it says nothing."""
    said = measure(hass, stored, UnitOfPower.WATT)
    return None if said is None else said.value


def celsius(hass: HomeAssistant, stored: str | None) -> float | None:
    """Return the °C that a sensor says."""
    said = measure(hass, stored, UnitOfTemperature.CELSIUS)
    return None if said is None else said.value


def percent(hass: HomeAssistant, stored: str | None) -> float | None:
    """Return the % that a sensor says."""
    said = measure(hass, stored, PERCENTAGE)
    return None if said is None else said.value


def _measure(state: State, unit: str) -> Measure | None:
    said = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    digits = len(state.state.partition(".")[2])
    try:
        convert = _CONVERTERS[unit].converter_factory(said, unit)
        value, step = convert(float(state.state)), abs(convert(10.0**-digits))
    except HomeAssistantError, ValueError:
        return None
    if not isfinite(value):
        return None
    return Measure(value, state.last_reported, step)
