"""A house to try Linky Pilote on: simulated appliances that feed a simulated meter.

Only the demo loads it. It is set up before Linky Pilote, so that the meter is plugged
in when that looks for it, and lives in Home Assistant's own process, on its clock.
"""

from pathlib import Path

from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from custom_components.linky_pilote.grid.servers import DATA_GRID_SERVERS, Servers
from demo.scenarios import SCENARIOS
from demo.setup import MeterSetup
from demo.virtual_line import LineSetup
from demo.web import addresses

from .const import (
    CONF_CONTROL,
    CONF_LINK,
    CONF_METER,
    CONF_MODE,
    CONF_SCENARIO,
    CONF_STATE,
    DOMAIN,
)
from .home import DATA_HOME, VirtualHome

_PLATFORMS = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CLIMATE,
    Platform.LIGHT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.WEATHER,
)

CONFIG_SCHEMA = vol.Schema(
    {
        DOMAIN: vol.Schema(
            {
                vol.Required(CONF_LINK): cv.string,
                vol.Required(CONF_STATE): cv.string,
                vol.Required(CONF_CONTROL): cv.string,
                vol.Required(CONF_MODE): vol.Coerce(TicMode),
                vol.Required(CONF_METER): dict,
                vol.Optional(CONF_SCENARIO): vol.In(SCENARIOS),
            }
        )
    },
    extra=vol.ALLOW_EXTRA,
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Plug the meter in, let the house live, and make its entry."""
    options = config[DOMAIN]
    meter = options[CONF_METER]
    scenario = SCENARIOS.get(options.get(CONF_SCENARIO, ""))
    setup = LineSetup(
        link=Path(options[CONF_LINK]),
        meter=MeterSetup(**{**meter, "contract": Contract(meter["contract"])}),
        mode=options[CONF_MODE],
        start_s=scenario.start_s if scenario else None,
        state_file=Path(options[CONF_STATE]),
    )
    home = await hass.async_add_executor_job(VirtualHome, hass, setup, scenario)
    hass.data[DATA_HOME] = home
    await home.start(Path(options[CONF_CONTROL]))
    hass.data[DATA_GRID_SERVERS] = Servers(**addresses(home.web_url))

    async def stop(_event: Event) -> None:
        await home.stop()

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop)
    if not hass.config_entries.async_entries(DOMAIN):
        hass.async_create_task(
            hass.config_entries.flow.async_init(
                DOMAIN, context={"source": SOURCE_IMPORT}, data={}
            )
        )
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Show the house."""
    await hass.config_entries.async_forward_entry_setups(entry, _PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Show it no more; it lives on."""
    return await hass.config_entries.async_unload_platforms(entry, _PLATFORMS)
