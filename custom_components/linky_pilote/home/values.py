"""What the entities that measure say, in the units of the regulation."""

from math import isfinite

from homeassistant.const import UnitOfPower, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    PowerConverter,
    TemperatureConverter,
)

from .load import resolve


def watts(hass: HomeAssistant, stored: str | None) -> float | None:
    """Return the W that a sensor says, whatever its unit; None where it says nothing."""
    return _converted(hass, stored, PowerConverter, UnitOfPower.WATT)


def celsius(hass: HomeAssistant, stored: str | None) -> float | None:
    """Return the °C that a sensor says."""
    return _converted(hass, stored, TemperatureConverter, UnitOfTemperature.CELSIUS)


def _converted(
    hass: HomeAssistant,
    stored: str | None,
    converter: type[BaseUnitConverter],
    unit: str,
) -> float | None:
    entity_id = resolve(hass, stored)
    state = hass.states.get(entity_id) if entity_id else None
    if state is None:
        return None
    try:
        value = float(state.state)
        unit_of_state = state.attributes["unit_of_measurement"]
        converted = converter.convert(value, unit_of_state, unit)
    except HomeAssistantError, KeyError, ValueError:
        return None
    return converted if isfinite(converted) else None
