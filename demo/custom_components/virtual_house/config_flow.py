"""The entry of the virtual house; the demo's configuration file makes it."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult

from .const import DOMAIN


class VirtualHouseConfigFlow(ConfigFlow, domain=DOMAIN):
    """Takes what is in the file, nothing else."""

    async def async_step_import(self, _data: dict[str, Any]) -> ConfigFlowResult:
        """Create the entry."""
        return self.async_create_entry(title="Virtual house (simulated)", data={})

    async def async_step_user(
        self, _data: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that it comes with the demo."""
        return self.async_abort(reason="demo_only")
