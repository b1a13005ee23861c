"""Asks for a port, and for the indexes that were read from it."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
import voluptuous as vol


class LeavingFlow(ConfigFlow, domain="linkytic"):
    """Adds the meter of before."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask, and take what is answered."""
        if user_input is None:
            schema = vol.Schema(
                {
                    vol.Required("port"): str,
                    vol.Required("HCHC"): int,
                    vol.Required("HCHP"): int,
                }
            )
            return self.async_show_form(step_id="user", data_schema=schema)
        return self.async_create_entry(title="Linky", data=user_input)
