"""What the entities that measure say, in the units of the regulation."""

from homeassistant.const import PERCENTAGE, UnitOfPower, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    PowerConverter,
    TemperatureConverter,
    UnitlessRatioConverter,
)

from .load import resolve


def watts(hass: HomeAssistant, stored: str | None) -> float | None:
    """Return the W that a sensor says, whatever its unit; None where it says nothing."""
    return _converted(hass, stored, PowerConverter, UnitOfPower.WATT)


def celsius(hass: HomeAssistant, stored: str | None) -> float | None:
    """Return the °C that a sensor says."""
    return _converted(hass, stored, TemperatureConverter, UnitOfTemperature.CELSIUS)


def percent(hass: HomeAssistant, stored: str | None) -> float | None:
    """Return the % that a sensor says."""
    return _converted(hass, stored, UnitlessRatioConverter, PERCENTAGE)


def _converted(
    hass: HomeAssistant,
    stored: str | None,
    converter: type[BaseUnitConverter],
    unit: str,
) -> float | None:
    if stored is None or (entity_id := resolve(hass, stored)) is None:
        return None
    state = hass.states.get(entity_id)
    if state is None:
        return None
    try:
        value = float(state.state)
        return converter.convert(value, state.attributes["unit_of_measurement"], unit)
    except HomeAssistantError, KeyError, ValueError:
        return None
