"""Asks for a port."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
import voluptuous as vol


class PortHolderFlow(ConfigFlow, domain="port_holder"):
    """Adds a holder."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the port and take it."""
        if user_input is None:
            schema = vol.Schema({vol.Required("port"): str})
            return self.async_show_form(step_id="user", data_schema=schema)
        return self.async_create_entry(title="Zigbee stick", data=user_input)
