"""Gives Linky Pilote the clock of the demo's meter, which may run many times faster.

The integration judges an index by the time that has passed: on the clock of the house,
a meter that lives 600 times faster would seem to leap all the time.
"""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from custom_components.linky_pilote.const import DATA_METER_CLOCK
from custom_components.linky_pilote.meter.clock import steady_clock

DOMAIN = "linky_pilote_demo"
CONF_SPEED = "speed"

CONFIG_SCHEMA = vol.Schema(
    {
        DOMAIN: vol.Schema(
            {vol.Required(CONF_SPEED): vol.All(vol.Coerce(float), vol.Range(min=1))}
        )
    },
    extra=vol.ALLOW_EXTRA,
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set the clock, in seconds of the meter.

    Counted from 1970 it goes on over a restart, as the meter does meanwhile.
    """
    speed = config[DOMAIN][CONF_SPEED]
    clock = steady_clock(hass)
    hass.data[DATA_METER_CLOCK] = lambda: clock() * speed
    return True
