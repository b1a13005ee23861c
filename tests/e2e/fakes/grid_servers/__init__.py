"""Puts one server on this machine in the place of all that the grid is asked of."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from custom_components.linky_pilote.grid.servers import DATA_GRID_SERVERS, Servers

DOMAIN = "grid_servers"

CONFIG_SCHEMA = vol.Schema(
    {DOMAIN: vol.Schema({vol.Required("url"): str})}, extra=vol.ALLOW_EXTRA
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set the servers."""
    url = config[DOMAIN]["url"]
    hass.data[DATA_GRID_SERVERS] = Servers(
        rte=url,
        services_rte=url,
        couleur_tempo=url,
        electricity_maps=url,
        odre=url,
        data_gouv=url,
    )
    return True
