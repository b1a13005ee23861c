"""Repairs: what the user can do about an issue."""

from typing import Any

from homeassistant.components.repairs import (
    ConfirmRepairFlow,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .data import LinkyPiloteConfigEntry
from .meter.issues import CONF_ENTRY_ID
from .meter.naming import title_after


class OtherMeterFlow(RepairsFlow):
    """Carries on with the meter that has taken the place of the old one."""

    def __init__(self, entry: LinkyPiloteConfigEntry, number: str) -> None:
        """Ask about the meter with this number."""
        self._entry = entry
        self._number = number

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Begin with the only question."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask whether the meter was replaced; the entry's listener does the rest."""
        entry, number = self._entry, self._number
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                description_placeholders={
                    "name": entry.title,
                    "expected": (entry.unique_id or "")[-4:],
                    "found": number[-4:],
                },
            )
        for other in self.hass.config_entries.async_entries(DOMAIN):
            if other.unique_id == number and other is not entry:
                return self.async_abort(reason="already_configured")
        self.hass.config_entries.async_update_entry(
            entry,
            unique_id=number,
            title=title_after(entry.title, entry.unique_id, number),
        )
        return self.async_create_entry(data={})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the flow of an issue: one that asks, or one that has it read."""
    entry: LinkyPiloteConfigEntry | None = hass.config_entries.async_get_entry(
        data[CONF_ENTRY_ID] if data else ""
    )
    if (
        issue_id.startswith("other_meter")
        and entry is not None
        and entry.state is ConfigEntryState.LOADED
        and (stranger := entry.runtime_data.coordinator.stranger) is not None
    ):
        return OtherMeterFlow(entry, stranger)
    return ConfirmRepairFlow()
