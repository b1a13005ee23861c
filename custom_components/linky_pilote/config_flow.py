"""Config flow: one class for all kinds of entry."""

from typing import override

from homeassistant.config_entries import ConfigEntry, OptionsFlow
from homeassistant.core import callback

from .const import DOMAIN
from .flows.meter import MeterFlow
from .flows.options import MeterOptionsFlow


class LinkyPiloteConfigFlow(MeterFlow, domain=DOMAIN):
    """Adds a meter."""

    VERSION = 1
    MINOR_VERSION = 1

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow that changes an entry's options."""
        return MeterOptionsFlow()
