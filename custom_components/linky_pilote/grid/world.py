"""The servers that are asked, and the time by which they are: in one place for all.

The demonstration and the tests put others in the place of the real ones.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..engine.signals import (
    COULEUR_TEMPO_URL,
    DATA_GOUV_URL,
    ELECTRICITY_MAPS_URL,
    ODRE_URL,
    RTE_URL,
    SERVICES_RTE_URL,
)


def _now() -> datetime:
    return dt_util.utcnow()


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Addresses, without a slash at their end."""

    rte: str = RTE_URL
    services_rte: str = SERVICES_RTE_URL
    couleur_tempo: str = COULEUR_TEMPO_URL
    electricity_maps: str = ELECTRICITY_MAPS_URL
    odre: str = ODRE_URL
    data_gouv: str = DATA_GOUV_URL


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Where and when."""

    servers: Servers = field(default_factory=Servers)
    now: Callable[[], datetime] = _now
    """Time of the grid, in UTC."""
    speed: float = 1.0
    """How many times faster it passes than that of Home Assistant."""


DATA_GRID_WORLD: Final[HassKey[World]] = HassKey(f"{DOMAIN}_grid_world")


def world_of(hass: HomeAssistant) -> World:
    """Return the world of this home."""
    return hass.data.get(DATA_GRID_WORLD) or World()
