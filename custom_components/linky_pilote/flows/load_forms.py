"""The forms that ask about a load, by how it behaves and by its entity."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    CONF_NAME,
    PERCENTAGE,
    UnitOfElectricCurrent,
    UnitOfPower,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import State
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TimeSelector,
)
import voluptuous as vol

from ..engine.regulation.model import GridUse, Heating, Level, Quantity, Unit
from ..home.actuators.table import CONTROLLABLE
from ..home.actuators.words import orders_among
from ..home.load import (
    CONF_BEHAVIOUR,
    CONF_COMFORT,
    CONF_CONNECTED,
    CONF_DISINFECTION,
    CONF_ECO,
    CONF_ECOWATT,
    CONF_ENTITY,
    CONF_FLOOR,
    CONF_FOLLOW,
    CONF_FROST,
    CONF_GRID,
    CONF_GUARANTEE,
    CONF_GUARANTEE_AMOUNT,
    CONF_GUARANTEE_BY,
    CONF_HIGH,
    CONF_HIGHEST,
    CONF_INVERTED,
    CONF_LOW,
    CONF_MUST,
    CONF_NEVER_CUT,
    CONF_ON_SUN,
    CONF_PHASE_SWITCH,
    CONF_PHASES,
    CONF_POWER,
    CONF_POWER_SENSOR,
    CONF_SCHEDULE,
    CONF_SHEDDABLE,
    CONF_STEP,
    CONF_STORABLE,
    CONF_SURPLUS,
    CONF_SWITCH,
    CONF_TEMPERATURE_SENSOR,
    CONF_TO_SURPLUS,
    Behaviour,
)

ON_OFF: Final = frozenset({"switch", "input_boolean", "light", "fan", "script"})
_WITH_MODES: Final = frozenset({"climate", "water_heater", "humidifier"})
_ADJUSTABLE: Final = frozenset({"number", "input_number", "light", "fan"})

SUITED: Final[Mapping[Behaviour, frozenset[str]]] = {
    Behaviour.APPLIANCE: ON_OFF - {"script"} | _WITH_MODES,  # what is on says so
    Behaviour.ON_OFF: ON_OFF | _WITH_MODES,
    Behaviour.HEATING: ON_OFF - {"fan"} | {"climate", "select", "input_select"},
    Behaviour.TANK: ON_OFF - {"fan"} | {"water_heater"},
    Behaviour.ADJUSTABLE: _ADJUSTABLE,
    Behaviour.CHARGER: frozenset({"number", "input_number"}),
    Behaviour.FORBID_ONLY: ON_OFF - {"light", "fan"},
}
"""Domains of the entities that each way of behaving can be commanded by."""

UNITS: Final = {
    UnitOfPower.WATT: Unit.WATT,
    UnitOfElectricCurrent.AMPERE: Unit.AMPERE,
    PERCENTAGE: Unit.PERCENT,
}
"""Units that a number may have."""

_CHARGER_LEAST: Final = 6.0
"""A: no car charges with less (IEC 61851-1)."""

_SLOW: Final = frozenset({"climate", "water_heater"})
_HEATING: Final = Heating()


def _number(unit: str, low: float, high: float, step: float = 1.0) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=low,
            max=high,
            step=step,
            mode=NumberSelectorMode.BOX,
            unit_of_measurement=unit,
        )
    )


def _entity(*domains: str, device_class: str | None = None) -> EntitySelector:
    config = EntitySelectorConfig(domain=list(domains))
    if device_class is not None:
        config["device_class"] = device_class
    return EntitySelector(config)


def _choice(key: str, options: list[str], *, multiple: bool = False) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=options,
            translation_key=key,
            multiple=multiple,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


_WATTS: Final = _number(UnitOfPower.WATT, 1, 100_000)
_CELSIUS: Final = _number(UnitOfTemperature.CELSIUS, 0, 95, 0.5)
_POWER_SENSOR: Final = _entity("sensor", device_class=SensorDeviceClass.POWER)
_TEMPERATURE: Final = _entity("sensor", device_class=SensorDeviceClass.TEMPERATURE)


def what_schema(*, several: bool) -> vol.Schema:
    """Return the form that asks what is controlled."""
    return vol.Schema(
        {
            vol.Required(CONF_ENTITY): EntitySelector(
                EntitySelectorConfig(domain=list(CONTROLLABLE), multiple=several)
            ),
            vol.Required(CONF_BEHAVIOUR, default=Behaviour.APPLIANCE): _choice(
                "behaviour", [behaviour.value for behaviour in Behaviour]
            ),
            vol.Optional(CONF_POWER_SENSOR): _POWER_SENSOR,
            vol.Optional(CONF_NAME): TextSelector(),
        }
    )


def how_schema(behaviour: Behaviour, domain: str, phases: int) -> vol.Schema:
    """Return the form that asks how a load behaves."""
    fields: dict[Any, Any] = {vol.Optional(CONF_POWER): _WATTS}
    if behaviour is Behaviour.HEATING:
        fields |= _heating_fields(domain)
    elif behaviour is Behaviour.TANK:
        fields |= {
            vol.Optional(CONF_TEMPERATURE_SENSOR): _TEMPERATURE,
            vol.Required(CONF_MUST, default=40.0): _CELSIUS,
            vol.Required(CONF_ECO, default=55.0): _CELSIUS,
            vol.Required(CONF_TO_SURPLUS, default=62.0): _CELSIUS,
            vol.Required(CONF_HIGHEST, default=68.0): _CELSIUS,
            vol.Required(CONF_DISINFECTION, default=True): BooleanSelector(),
        }
    elif behaviour in (Behaviour.ADJUSTABLE, Behaviour.CHARGER):
        unit = ""
        fields |= {
            vol.Required(CONF_LOW): _number(unit, 0, 100_000, 0.1),
            vol.Required(CONF_HIGH): _number(unit, 0, 100_000, 0.1),
            vol.Required(CONF_STEP, default=1.0): _number(unit, 0.1, 10_000, 0.1),
        }
        if domain in ("number", "input_number"):
            fields[vol.Optional(CONF_SWITCH)] = _entity("switch", "input_boolean")
        if behaviour is Behaviour.CHARGER:
            fields[vol.Optional(CONF_CONNECTED)] = _entity(
                "binary_sensor", "input_boolean"
            )
    if domain in ON_OFF and behaviour is not Behaviour.ADJUSTABLE and domain != "fan":
        fields[vol.Required(CONF_INVERTED, default=False)] = BooleanSelector()
    if phases > 1:
        fields[vol.Optional(CONF_PHASES)] = _choice(
            "phases", ["1", "2", "3"], multiple=True
        )
        if behaviour is Behaviour.CHARGER:
            fields[vol.Optional(CONF_PHASE_SWITCH)] = _entity(
                "switch", "input_boolean", "select", "input_select"
            )
    fields[vol.Required(CONF_FOLLOW, default=10 if domain in _SLOW else 3)] = _number(
        UnitOfTime.SECONDS, 1, 120
    )
    return vol.Schema(fields)


def _heating_fields(domain: str) -> dict[Any, Any]:
    fields: dict[Any, Any] = {
        vol.Required(CONF_COMFORT, default=_HEATING.comfort): _CELSIUS,
        vol.Required(CONF_ECO, default=_HEATING.eco): _CELSIUS,
        vol.Required(CONF_FROST, default=_HEATING.frost): _CELSIUS,
        vol.Optional(CONF_FLOOR): _CELSIUS,
        vol.Optional(CONF_TEMPERATURE_SENSOR): _TEMPERATURE,
        vol.Required(CONF_ON_SUN, default=False): BooleanSelector(),
    }
    return fields


def when_schema(behaviour: Behaviour) -> vol.Schema:
    """Return the form that asks when a load may run."""
    fields: dict[Any, Any] = {
        vol.Required(CONF_SHEDDABLE, default=True): BooleanSelector(),
        vol.Required(CONF_ECOWATT, default=False): BooleanSelector(),
    }
    if behaviour is Behaviour.APPLIANCE:
        fields[vol.Required(CONF_NEVER_CUT, default=False)] = BooleanSelector()
        return vol.Schema(fields)
    fields[vol.Optional(CONF_SCHEDULE)] = _entity("schedule")
    if behaviour is Behaviour.HEATING:
        return vol.Schema(fields)
    fields |= {
        vol.Required(CONF_GRID, default=GridUse.ANY): _choice(
            "grid_use", [use.value for use in GridUse]
        ),
        vol.Required(CONF_SURPLUS, default=True): BooleanSelector(),
        vol.Required(CONF_NEVER_CUT, default=False): BooleanSelector(),
        vol.Required(CONF_STORABLE, default=False): BooleanSelector(),
        vol.Optional(CONF_GUARANTEE): _choice(
            "quantity",
            [
                quantity.value
                for quantity in Quantity
                if behaviour is Behaviour.TANK or quantity is not Quantity.TEMPERATURE
            ],
        ),
        vol.Optional(CONF_GUARANTEE_AMOUNT): _number("", 0.1, 1440, 0.1),
        vol.Optional(CONF_GUARANTEE_BY): TimeSelector(),
    }
    return vol.Schema(fields)


def orders_of(state: State) -> dict[Level, str]:
    """Return the options or presets of an entity that stand for levels of a heater."""
    options = state.attributes.get("options") or state.attributes.get("preset_modes")
    orders = orders_among(options or ())
    if state.domain == "climate" and not {Level.FROST, Level.COMFORT} <= orders.keys():
        return {}  # it is commanded by its temperature
    if state.domain == "climate":
        orders.pop(Level.OFF, None)
    return orders


def suggested_range(behaviour: Behaviour, state: State) -> dict[str, Any]:
    """Return the values that the entity of an adjustable load can have."""
    attributes = state.attributes
    if state.domain == "fan":
        step = float(attributes.get("percentage_step", 1.0))
        return {CONF_LOW: step, CONF_HIGH: 100.0, CONF_STEP: step}
    if state.domain not in ("number", "input_number"):
        return {CONF_LOW: 5.0, CONF_HIGH: 100.0, CONF_STEP: 1.0}
    low, step = float(attributes.get("min", 0)), float(attributes.get("step", 1))
    if behaviour is Behaviour.CHARGER:
        low = max(low, _CHARGER_LEAST)
    return {
        CONF_LOW: low if low > 0 else step,
        CONF_HIGH: float(attributes.get("max", 100)),
        CONF_STEP: step,
    }
