"""Names that more than one module of the integration uses."""

from collections.abc import Callable
import logging
from typing import Final

from homeassistant.util.hass_dict import HassKey

DOMAIN: Final = "linky_pilote"
LOGGER: Final = logging.getLogger(__package__)

CONF_METER_ID: Final = "meter_id"
"""Drawn when the entry is created: entity ids and the device hang on it."""
CONF_SERIAL_PORT: Final = "serial_port"
CONF_TOPIC: Final = "topic"
CONF_UPDATE_INTERVAL: Final = "update_interval"
"""Least time between two writes of one entity's state, in seconds."""

DEFAULT_UPDATE_INTERVAL: Final = 5
MAX_UPDATE_INTERVAL: Final = 3600

DATA_METER_CLOCK: Final[HassKey[Callable[[], float]]] = HassKey(f"{DOMAIN}_meter_clock")
"""Seconds on the meters' own clock, where they are not those of the world.

The demonstration sets it: the indexes of a house that lives 600 times faster
would otherwise be taken for leaps. It goes on over a restart of Home Assistant.
"""
