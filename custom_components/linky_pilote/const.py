"""Names that more than one module of the integration uses."""

from collections.abc import Callable
import logging
from typing import Final

from homeassistant.util.hass_dict import HassKey

DOMAIN: Final = "linky_pilote"
LOGGER: Final = logging.getLogger(__package__)

CONF_KIND: Final = "kind"
"""Kind of an entry; those of meters have none."""

CONF_METER_ID: Final = "meter_id"
"""Drawn when the entry is created: entity ids and the device hang on it."""
CONF_SERIAL_PORT: Final = "serial_port"
CONF_TOPIC: Final = "topic"
CONF_ENTITIES: Final = "entities"
"""Sensors that measure in the place of a meter."""
CONF_UPDATE_INTERVAL: Final = "update_interval"
"""Least time between two writes of one entity's state, in seconds."""

DEFAULT_UPDATE_INTERVAL: Final = 5
MAX_UPDATE_INTERVAL: Final = 3600

CONF_GRID_ID: Final = "grid_id"
"""Drawn when the entry is created, as a meter's."""
CONF_RTE_CLIENT_ID: Final = "rte_client_id"
CONF_RTE_CLIENT_SECRET: Final = "rte_client_secret"  # noqa: S105 - the name of a field
CONF_MAPS_TOKEN: Final = "electricity_maps_token"  # noqa: S105 - the same
CONF_MAPS_ZONE: Final = "electricity_maps_zone"

CONF_CONTRACT: Final = "contract"
CONF_POWER: Final = "subscribed_power"
"""kVA."""
CONF_PRICES: Final = "prices"
"""The user's own, in EUR/kWh by period; those that are missing are the regulated ones."""
CONF_OFF_PEAK_HOURS: Final = "off_peak_hours"
CONF_PEAK_CALENDAR: Final = "peak_calendar"
"""Entity of a calendar with a supplier's peak days."""

DATA_METER_CLOCK: Final[HassKey[Callable[[], float]]] = HassKey(f"{DOMAIN}_meter_clock")
"""Seconds on the meters' own clock, where they are not those of the world.

The demonstration sets it: the indexes of a house that lives 600 times faster
would otherwise be taken for leaps. It goes on over a restart of Home Assistant.
"""
