"""Options of the grid: the contract whose prices are shown, and a supplier's peaks."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import Platform
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)
import voluptuous as vol

from ..const import (
    CONF_CONTRACT,
    CONF_OFF_PEAK_HOURS,
    CONF_PEAK_CALENDAR,
    CONF_POWER,
    CONF_PRICES,
)
from ..engine.reading import Contract
from ..engine.signals import PRICED_PERIODS, SUBSCRIBED_POWERS, read_blocks
from ..grid.sources import contract_of

NO_CONTRACT: Final = "none"
_DEFAULT_POWER: Final = "6"
_DEFAULT_HOURS: Final = "22:00-06:00"
_PRICE: Final = NumberSelector(
    NumberSelectorConfig(
        min=0,
        max=5,
        step="any",
        mode=NumberSelectorMode.BOX,
        unit_of_measurement="EUR/kWh",
    )
)
_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_CONTRACT, default=NO_CONTRACT): SelectSelector(
            SelectSelectorConfig(
                options=[NO_CONTRACT, *(c.value for c in PRICED_PERIODS)],
                translation_key="grid_contract",
            )
        ),
        vol.Required(CONF_POWER, default=_DEFAULT_POWER): SelectSelector(
            SelectSelectorConfig(options=[str(power) for power in SUBSCRIBED_POWERS])
        ),
    }
)


class GridOptionsFlow(OptionsFlow):
    """Asks for the contract, then for its prices."""

    def __init__(self) -> None:
        """Begin with nothing chosen."""
        self._chosen: dict[str, Any] = {}

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the contract and the calendar."""
        registry = er.async_get(self.hass)
        if user_input is not None:
            self._chosen = dict(user_input)
            if calendar := user_input.get(CONF_PEAK_CALENDAR):
                # By the registry's id, which a rename leaves alone
                known = registry.async_get(calendar)
                self._chosen[CONF_PEAK_CALENDAR] = known.id if known else calendar
            if contract_of(self._chosen) is None:
                return self.async_create_entry(data=self._chosen)
            return await self.async_step_grid_prices()
        ours = er.async_entries_for_config_entry(registry, self.config_entry.entry_id)
        calendar_of_others = EntitySelector(
            EntitySelectorConfig(
                domain=Platform.CALENDAR,
                exclude_entities=[entity.entity_id for entity in ours],
            )
        )
        schema = _SCHEMA.extend({vol.Optional(CONF_PEAK_CALENDAR): calendar_of_others})
        shown = dict(self.config_entry.options)
        if calendar := shown.get(CONF_PEAK_CALENDAR):
            shown[CONF_PEAK_CALENDAR] = er.async_resolve_entity_id(registry, calendar)
        return self.async_show_form(
            step_id="grid_init",
            data_schema=self.add_suggested_values_to_schema(schema, shown),
        )

    async_step_grid_init = async_step_init

    async def async_step_grid_prices(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the user's own prices; a field left empty is the regulated price."""
        contract = contract_of(self._chosen)
        assert contract is not None
        errors: dict[str, str] = {}
        options = self.config_entry.options
        shown: dict[str, Any] = {
            CONF_OFF_PEAK_HOURS: options.get(CONF_OFF_PEAK_HOURS, _DEFAULT_HOURS),
            **options.get(CONF_PRICES, {}),
        }
        if user_input is not None:
            shown = dict(user_input)
            hours = shown.pop(CONF_OFF_PEAK_HOURS, "")
            try:
                blocks = read_blocks(hours)
            except ValueError:
                errors[CONF_OFF_PEAK_HOURS] = "no_hours"
            else:
                if blocks or contract is not Contract.OFF_PEAK:
                    chosen = {**self._chosen, CONF_PRICES: shown}
                    if blocks:
                        chosen[CONF_OFF_PEAK_HOURS] = hours
                    return self.async_create_entry(data=chosen)
                errors[CONF_OFF_PEAK_HOURS] = "no_hours"
            shown[CONF_OFF_PEAK_HOURS] = hours
        fields: dict[Any, Any] = {
            vol.Optional(period.value): _PRICE for period in PRICED_PERIODS[contract]
        }
        if contract is Contract.OFF_PEAK:
            fields[vol.Required(CONF_OFF_PEAK_HOURS)] = TextSelector()
        return self.async_show_form(
            step_id="grid_prices",
            data_schema=self.add_suggested_values_to_schema(vol.Schema(fields), shown),
            errors=errors,
        )
