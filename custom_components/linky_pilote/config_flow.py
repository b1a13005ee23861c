"""Config flow: one class for all kinds of entry."""

from typing import override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback

from .const import DOMAIN
from .flows.load import LoadFlow
from .flows.meter import MeterFlow
from .flows.options import MeterOptionsFlow
from .home.load import SUBENTRY_LOAD


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

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow that adds and changes loads."""
        return {SUBENTRY_LOAD: LoadFlow}
