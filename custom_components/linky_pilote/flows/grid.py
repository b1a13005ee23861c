"""Adding the grid: keys are optional, each is tried before it is kept."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now
import voluptuous as vol

from ..const import (
    CONF_GRID_ID,
    CONF_KIND,
    CONF_MAPS_TOKEN,
    CONF_MAPS_ZONE,
    CONF_RTE_CLIENT_ID,
    CONF_RTE_CLIENT_SECRET,
    DOMAIN,
    LOGGER,
)
from ..data import EntryKind, GridConfigEntry
from ..engine.signals import (
    ElectricityMapsClient,
    RtePortal,
    SignalError,
    Trouble,
    Zone,
    fetch_zones,
    read_credentials,
)
from ..grid.servers import servers_of
from ..grid.sources import Key

GRID: Final = "grid"
"""Step of the menu, and the entry's unique id: one home hangs on one grid."""

CONF_REFUSED_KEY: Final = "refused_key"

_FRANCE: Final = "FR"
_SECRET: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_RTE_FIELDS: Final = (CONF_RTE_CLIENT_ID, CONF_RTE_CLIENT_SECRET)
_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_RTE_CLIENT_ID): TextSelector(),
        vol.Optional(CONF_RTE_CLIENT_SECRET): _SECRET,
        vol.Optional(CONF_MAPS_TOKEN): _SECRET,
    }
)
_REAUTH: Final = {
    Key.RTE: vol.Schema(
        {
            vol.Required(CONF_RTE_CLIENT_ID): TextSelector(),
            vol.Required(CONF_RTE_CLIENT_SECRET): _SECRET,
        }
    ),
    Key.ELECTRICITY_MAPS: vol.Schema({vol.Required(CONF_MAPS_TOKEN): _SECRET}),
}
_URLS: Final = {
    "rte_url": "https://data.rte-france.com",
    "maps_url": "https://portal.electricitymaps.com",
    "docs_url": "https://github.com/linky-pilote/linky_pilote/blob/main/docs/en/grid.md",
}


class GridFlow(ConfigFlow):
    """Adds the grid, changes its keys, and asks for one that was refused."""

    def __init__(self) -> None:
        """Begin without a key."""
        super().__init__()
        self._keys: dict[str, str] = {}
        self._zones: tuple[Zone, ...] = ()

    async def async_step_grid(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for keys; none is needed."""
        entry = self._present_grid
        if entry is None:
            await self.async_set_unique_id(GRID, raise_on_progress=False)
            if any(other.unique_id == GRID for other in self._async_current_entries()):
                raise AbortFlow("grid_already_configured")
        errors: dict[str, str] = {}
        shown: Mapping[str, Any] = self._keys or (entry.data if entry else {})
        if user_input is not None:
            self._keys = _cleaned(user_input)
            errors = await self._try_keys()
            shown = user_input
            if not errors:
                if CONF_MAPS_TOKEN in self._keys:
                    return await self.async_step_grid_zone()
                return await self._finish()
        return self.async_show_form(
            step_id="grid",
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, shown),
            errors=errors,
            description_placeholders=_URLS,
        )

    async def async_step_grid_zone(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the zone, one of those that the token is good for."""
        errors: dict[str, str] = {}
        if user_input is not None:
            zone = user_input[CONF_MAPS_ZONE]
            errors = await self._try_zone(zone)
            if not errors:
                self._keys[CONF_MAPS_ZONE] = zone
                return await self._finish()
        keys = [zone.key for zone in self._zones]
        entry = self._present_grid
        present = entry.data.get(CONF_MAPS_ZONE) if entry else None
        wanted = (user_input or {}).get(CONF_MAPS_ZONE) or present or _FRANCE
        schema = vol.Schema(
            {
                vol.Required(CONF_MAPS_ZONE): SelectSelector(
                    SelectSelectorConfig(
                        options=[
                            SelectOptionDict(value=zone.key, label=zone.name)
                            for zone in self._zones
                        ],
                        mode=SelectSelectorMode.DROPDOWN,
                    )
                )
            }
        )
        suggested = {CONF_MAPS_ZONE: wanted if wanted in keys else keys[0]}
        return self.async_show_form(
            step_id="grid_zone",
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
        )

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Ask for the key that was refused, and for no other."""
        if entry_data.get(CONF_REFUSED_KEY) == Key.ELECTRICITY_MAPS:
            return await self.async_step_reauth_electricity_maps()
        return await self.async_step_reauth_rte()

    async def async_step_reauth_rte(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the id and the secret of RTE's application."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._keys = _cleaned(user_input)
            errors = await self._try_rte()
            if not errors:
                return await self._finish()
        return self.async_show_form(
            step_id="reauth_rte",
            data_schema=self.add_suggested_values_to_schema(
                _REAUTH[Key.RTE], user_input or self._get_reauth_entry().data
            ),
            errors=errors,
            description_placeholders=_URLS,
        )

    async def async_step_reauth_electricity_maps(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the token of Electricity Maps."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._keys = _cleaned(user_input)
            errors = await self._try_zone(self._get_reauth_entry().data[CONF_MAPS_ZONE])
            if not errors:
                return await self._finish()
        return self.async_show_form(
            step_id="reauth_electricity_maps",
            data_schema=_REAUTH[Key.ELECTRICITY_MAPS],
            errors=errors,
            description_placeholders=_URLS,
        )

    @property
    def _present_grid(self) -> GridConfigEntry | None:
        """Return the entry whose keys are changed; None for a new one."""
        if self.source != SOURCE_RECONFIGURE:
            return None
        return self._get_reconfigure_entry()

    async def _try_keys(self) -> dict[str, str]:
        """Return what is wrong with the keys, by field."""
        errors: dict[str, str] = {}
        given = [field for field in _RTE_FIELDS if field in self._keys]
        if len(given) == 1:
            missing = next(field for field in _RTE_FIELDS if field not in given)
            errors[missing] = "both_or_none"
        elif given:
            errors |= await self._try_rte()
        if CONF_MAPS_TOKEN in self._keys:
            errors |= await self._read_zones()
        return errors

    async def _try_rte(self) -> dict[str, str]:
        portal = RtePortal(
            async_get_clientsession(self.hass),
            self._keys[CONF_RTE_CLIENT_ID],
            self._keys[CONF_RTE_CLIENT_SECRET],
            servers_of(self.hass).rte,
        )
        try:
            await portal.check(dt_util.utcnow())
        except SignalError as err:
            return _explain(err, CONF_RTE_CLIENT_SECRET, "rte_key_refused")
        return {}

    async def _read_zones(self) -> dict[str, str]:
        try:
            self._zones = await fetch_zones(
                async_get_clientsession(self.hass),
                self._keys[CONF_MAPS_TOKEN],
                servers_of(self.hass).electricity_maps,
            )
        except SignalError as err:
            return _explain(err, CONF_MAPS_TOKEN, "maps_token_refused")
        return {} if self._zones else {CONF_MAPS_TOKEN: "no_zone"}

    async def _try_zone(self, zone: str) -> dict[str, str]:
        """Ask for the zone once: the list of zones is the same for a wrong token."""
        client = ElectricityMapsClient(
            async_get_clientsession(self.hass),
            self._keys[CONF_MAPS_TOKEN],
            zone,
            servers_of(self.hass).electricity_maps,
        )
        try:
            await client.check()
        except SignalError as err:
            return _explain(err, "base", "maps_token_refused")
        return {}

    async def _finish(self) -> ConfigFlowResult:
        """Keep the keys: of a new entry, of all of one, or the one that was refused."""
        if self.source == SOURCE_REAUTH:
            return self.async_update_and_abort(
                self._get_reauth_entry(), data_updates=self._keys
            )
        if (entry := self._present_grid) is not None:
            fixed = {key: entry.data[key] for key in (CONF_KIND, CONF_GRID_ID)}
            return self.async_update_and_abort(entry, data={**fixed, **self._keys})
        words = await async_get_translations(
            self.hass, self.hass.config.language, "selector", {DOMAIN}
        )
        return self.async_create_entry(
            title=words[f"component.{DOMAIN}.selector.grid.options.title"],
            data={CONF_KIND: EntryKind.GRID, CONF_GRID_ID: ulid_now(), **self._keys},
            description=GRID,
        )


def _cleaned(user_input: Mapping[str, Any]) -> dict[str, str]:
    """Return the keys without what gets pasted with them; empty ones are none."""
    keys = {key: text.strip() for key, text in user_input.items() if text.strip()}
    if any(field in keys for field in _RTE_FIELDS):
        pair = read_credentials(*(keys.get(field, "") for field in _RTE_FIELDS))
        keys |= {
            field: text for field, text in zip(_RTE_FIELDS, pair, strict=True) if text
        }
    return keys


def _explain(error: SignalError, field: str, refused: str) -> dict[str, str]:
    """Return the error of a form."""
    LOGGER.debug("A key could not be tried: %s", error)
    match error.trouble:
        case Trouble.KEY_REFUSED:
            return {field: refused}
        case Trouble.NOT_SUBSCRIBED:
            return {field: "not_in_plan"}
        case Trouble.QUOTA:
            return {field: "too_many_requests"}
        case _:
            return {field: "service_unreachable"}
