"""Config flow: one class for all kinds of entry."""

from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback

from .const import DOMAIN
from .data import is_grid
from .flows.grid import GRID, GridFlow
from .flows.grid_options import GridOptionsFlow
from .flows.load import LoadFlow
from .flows.meter import SOURCES, MeterFlow
from .flows.options import MeterOptionsFlow
from .home.load import SUBENTRY_LOAD


class LinkyPiloteConfigFlow(MeterFlow, GridFlow, domain=DOMAIN):
    """Adds a meter, by what it is attached to, or the grid."""

    VERSION = 1
    MINOR_VERSION = 1

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what is to be added."""
        return self.async_show_menu(step_id="user", menu_options=(*SOURCES, GRID))

    @override
    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask anew what the entry was made of."""
        if is_grid(self._get_reconfigure_entry()):
            return await self.async_step_grid()
        return await super().async_step_reconfigure(user_input)

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow that changes an entry's options."""
        return GridOptionsFlow() if is_grid(config_entry) else MeterOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow that adds and changes the loads of a meter."""
        return {} if is_grid(config_entry) else {SUBENTRY_LOAD: LoadFlow}
