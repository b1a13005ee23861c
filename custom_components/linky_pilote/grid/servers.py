"""The servers that are asked, in one place for all.

The demonstration and the tests put others in the place of the real ones.
"""

from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Addresses, without a slash at their end."""

    rte: str = RTE_URL
    services_rte: str = SERVICES_RTE_URL
    couleur_tempo: str = COULEUR_TEMPO_URL
    electricity_maps: str = ELECTRICITY_MAPS_URL
    odre: str = ODRE_URL
    data_gouv: str = DATA_GOUV_URL


DATA_GRID_SERVERS: Final[HassKey[Servers]] = HassKey(f"{DOMAIN}_grid_servers")


def servers_of(hass: HomeAssistant) -> Servers:
    """Return the servers that this home asks."""
    return hass.data.get(DATA_GRID_SERVERS) or Servers()
