"""Kind of entity → what it says, the service calls of an order, what to give back.

One row a domain. Nothing here calls a service: a row returns the calls, in order.
"""

from collections.abc import Mapping
from typing import Final

from homeassistant.components.climate.const import ATTR_CURRENT_TEMPERATURE

from .kinds.climate import CLIMATE
from .kinds.fan import FAN
from .kinds.light import LIGHT
from .kinds.number import NUMBER
from .kinds.row import Row
from .kinds.script import SCRIPT
from .kinds.select import SELECT
from .kinds.switch import SWITCH
from .kinds.water_heater import WATER_HEATER

TABLE: Final[Mapping[str, Row]] = {
    "switch": SWITCH,
    "input_boolean": SWITCH,
    "humidifier": SWITCH,
    "number": NUMBER,
    "input_number": NUMBER,
    "select": SELECT,
    "input_select": SELECT,
    "light": LIGHT,
    "fan": FAN,
    "climate": CLIMATE,
    "water_heater": WATER_HEATER,
    "script": SCRIPT,
}

CONTROLLABLE: Final = tuple(TABLE)
"""Domains of what a load may be."""

MEASURES_TEMPERATURE: Final = {
    "climate": ATTR_CURRENT_TEMPERATURE,
    "water_heater": ATTR_CURRENT_TEMPERATURE,
}
"""Attribute that says how warm it is there, for a load without a sensor of its own."""


def row_of(entity_id: str) -> Row:
    """Return the row of an entity."""
    return TABLE[entity_id.partition(".")[0]]
