"""Options of a meter, and of the home that it regulates once it has loads."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigFlowResult,
    OptionsFlow,
)
from homeassistant.const import PERCENTAGE, UnitOfTime
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
)
import voluptuous as vol

from ..const import CONF_UPDATE_INTERVAL, DEFAULT_UPDATE_INTERVAL, MAX_UPDATE_INTERVAL
from ..engine.regulation.model import Guard, Level
from ..entity_ids import resolve, stored_id
from ..home.coordinator import HomeCoordinator
from ..home.options import (
    CONF_BATTERY,
    CONF_BATTERY_FIRST,
    CONF_BATTERY_INVERTED,
    CONF_BATTERY_LEVEL,
    CONF_ECOWATT_LEVEL,
    CONF_EMERGENCY,
    CONF_FREQUENCY,
    CONF_GUARD,
    CONF_KEEP_FROST,
    CONF_LIMIT_SHARE,
    CONF_PRODUCTION,
    CONF_SHED_IN_WHITE,
    CONF_TEMPERATURE,
    CONF_THERMOSTAT_OFF,
    CONF_WHITE_LEVEL,
)
from ..measures import watts
from ..meter.beside import CONF_CLAMP, CONF_CLAMP_INVERTED
from ..place import Place
from .entities import CONF_NOW, LEAST, direction_schema, is_inverted

CONF_ORDER: Final = "order"
"""Entities of the loads by rank; kept with the loads, not in the options."""

_METER: Final = {
    vol.Required(CONF_UPDATE_INTERVAL, default=DEFAULT_UPDATE_INTERVAL): vol.All(
        NumberSelector(
            NumberSelectorConfig(
                min=0,
                max=MAX_UPDATE_INTERVAL,
                mode=NumberSelectorMode.BOX,
                unit_of_measurement=UnitOfTime.SECONDS,
            )
        ),
        vol.Coerce(int),
    )
}


def _choice(key: str, options: Sequence[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=list(options), translation_key=key)
    )


_HOME: Final = {
    vol.Required(CONF_GUARD, default=Guard.BRANCH_BREAKER): _choice(
        CONF_GUARD, [guard.value for guard in Guard]
    ),
    vol.Required(CONF_LIMIT_SHARE, default=97): NumberSelector(
        NumberSelectorConfig(min=50, max=100, unit_of_measurement=PERCENTAGE)
    ),
    vol.Required(CONF_SHED_IN_WHITE, default=True): BooleanSelector(),
    vol.Required(CONF_WHITE_LEVEL, default=Level.FROST): _choice(
        CONF_WHITE_LEVEL, [Level.FROST.value, Level.ECO.value]
    ),
    vol.Required(CONF_ECOWATT_LEVEL, default="3"): _choice(
        CONF_ECOWATT_LEVEL, ["2", "3"]
    ),
    vol.Optional(CONF_PRODUCTION): EntitySelector(
        EntitySelectorConfig(domain="sensor", device_class=SensorDeviceClass.POWER)
    ),
    vol.Optional(CONF_FREQUENCY): EntitySelector(
        EntitySelectorConfig(domain="sensor", device_class=SensorDeviceClass.FREQUENCY)
    ),
    vol.Optional(CONF_BATTERY): EntitySelector(
        EntitySelectorConfig(domain="sensor", device_class=SensorDeviceClass.POWER)
    ),
    vol.Required(CONF_BATTERY_INVERTED, default=False): BooleanSelector(),
    vol.Optional(CONF_BATTERY_LEVEL): EntitySelector(
        EntitySelectorConfig(domain="sensor", device_class=SensorDeviceClass.BATTERY)
    ),
    vol.Required(CONF_BATTERY_FIRST, default=True): BooleanSelector(),
    vol.Required(CONF_KEEP_FROST, default=False): BooleanSelector(),
    vol.Optional(CONF_TEMPERATURE): EntitySelector(
        EntitySelectorConfig(
            domain="sensor", device_class=SensorDeviceClass.TEMPERATURE
        )
    ),
    vol.Required(CONF_THERMOSTAT_OFF, default=False): BooleanSelector(),
    vol.Required(CONF_EMERGENCY, default=False): BooleanSelector(),
}
_CLAMP: Final = {
    vol.Optional(CONF_CLAMP): EntitySelector(
        EntitySelectorConfig(domain="sensor", device_class=SensorDeviceClass.POWER)
    )
}
_ENTITIES: Final = frozenset(
    {
        CONF_BATTERY,
        CONF_BATTERY_LEVEL,
        CONF_CLAMP,
        CONF_FREQUENCY,
        CONF_PRODUCTION,
        CONF_TEMPERATURE,
    }
)
"""Options that name an entity."""


class MeterOptionsFlow(OptionsFlow):
    """Changes how values are written, how far the power may go, and who goes first."""

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self._options: dict[str, Any] = {}

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the options and keep them; the order of the loads is theirs."""
        home = self._home()
        order = _Order(home) if home is not None and home.drivers else None
        if user_input is not None:
            if order is not None:
                order.take(user_input.pop(CONF_ORDER))
            for key in _ENTITIES & user_input.keys():
                user_input[key] = stored_id(self.hass, user_input[key])
            self._options = (self._hidden() if order is None else {}) | user_input
            return await self.async_step_clamp()
        known = dict(self.config_entry.options)
        for key in _ENTITIES & known.keys():
            known[key] = resolve(self.hass, known[key])
        fields: dict[Any, Any] = dict(_METER)
        if Place.of(self.config_entry.data).picked is None:
            fields |= _CLAMP
        if order is not None:
            fields |= {vol.Required(CONF_ORDER): order.selector(), **_HOME}
            known[CONF_ORDER] = order.entities
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(vol.Schema(fields), known),
        )

    async def async_step_clamp(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what the home does now, where a clamp is new: nothing else tells its sign."""
        options, before = self._options, self.config_entry.options
        clamp = options.get(CONF_CLAMP)
        if clamp == before.get(CONF_CLAMP):
            if CONF_CLAMP_INVERTED in before and clamp is not None:
                options[CONF_CLAMP_INVERTED] = before[CONF_CLAMP_INVERTED]
            return self.async_create_entry(data=options)
        if clamp is None:
            return self.async_create_entry(data=options)
        power = watts(self.hass, clamp) or 0.0
        errors = {}
        if user_input is not None:
            if abs(power) >= LEAST:
                options[CONF_CLAMP_INVERTED] = is_inverted(power, user_input[CONF_NOW])
                return self.async_create_entry(data=options)
            errors = {"base": "no_direction"}
        return self.async_show_form(
            step_id="clamp",
            data_schema=direction_schema(self.hass, power),
            errors=errors,
            description_placeholders={"power": f"{power:.0f}"},
        )

    def _hidden(self) -> dict[str, Any]:
        """Return what is kept while there is no home that the form could ask about."""
        asked = {*map(str, (*_METER, *_CLAMP)), CONF_CLAMP_INVERTED}
        return {k: v for k, v in self.config_entry.options.items() if k not in asked}

    def _home(self) -> HomeCoordinator | None:
        if self.config_entry.state is not ConfigEntryState.LOADED:
            return None
        home: HomeCoordinator = self.config_entry.runtime_data.home
        return home


class _Order:
    """The order of the loads, as a list of their entities."""

    def __init__(self, home: HomeCoordinator) -> None:
        ranks: Mapping[str, int] = home.memory.ranks
        self._home = home
        self._keys = {
            entity_id: key
            for key in sorted(home.drivers, key=lambda key: ranks[key])
            if (entity_id := home.drivers[key].entity_id) is not None
        }

    @property
    def entities(self) -> list[str]:
        """Those of the loads, the first is cut last."""
        return list(self._keys)

    def selector(self) -> EntitySelector:
        """Return what sorts them."""
        return EntitySelector(
            EntitySelectorConfig(
                include_entities=self.entities, multiple=True, reorder=True
            )
        )

    def take(self, entities: Sequence[str]) -> None:
        """Take another order over; what was left out comes last."""
        wanted = [entity_id for entity_id in entities if entity_id in self._keys]
        wanted += [entity_id for entity_id in self._keys if entity_id not in wanted]
        if wanted == self.entities:
            return  # shared ranks stay
        ranks = {
            self._keys[entity_id]: place for place, entity_id in enumerate(wanted, 1)
        }
        self._home.set_ranks({**self._home.memory.ranks, **ranks})
