"""Adding a load: what it controls, how it behaves, when it may run."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import State
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..const import DOMAIN
from ..engine.regulation.model import Level, Unit
from ..entity_ids import resolve, stored_id
from ..home.actuators.kinds.row import says_something
from ..home.actuators.kinds.water_heater import stops
from ..home.load import (
    CONF_BEHAVIOUR,
    CONF_ENTITY,
    CONF_GUARANTEE,
    CONF_GUARANTEE_AMOUNT,
    CONF_GUARANTEE_BY,
    CONF_ORDERS,
    CONF_PHASE_SWITCH,
    CONF_POWER,
    CONF_POWER_SENSOR,
    CONF_UNIT,
    ENTITY_FIELDS,
    SUBENTRY_LOAD,
    Behaviour,
    HomeLoad,
)
from ..measures import watts
from .care import is_delicate
from .load_checks import (
    cannot_stop,
    no_temperature,
    stored_orders,
    wrong_order,
    wrong_phases,
)
from .load_forms import (
    SUITED,
    UNITS,
    how_schema,
    orders_of,
    suggested_range,
    what_schema,
    when_schema,
)
from .load_trial import TrialSteps
from .nominal import highest_power, power_sensor_of


class LoadFlow(TrialSteps):
    """Adds loads, or changes one; never reloads the entry of their meter."""

    def __init__(self) -> None:
        """Begin without an entity."""
        super().__init__()
        self._entities: list[str] = []
        self._name = ""
        self._details: dict[str, str] = {}

    # --- what it controls ---

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what is controlled, and in what way."""
        return await self._ask_what("user", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what is controlled, and let it be changed."""
        return await self._ask_what("reconfigure", user_input)

    async def _ask_what(
        self, step: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        new = self.source != SOURCE_RECONFIGURE
        if user_input is not None:
            chosen = user_input[CONF_ENTITY]
            self._entities = chosen if isinstance(chosen, list) else [chosen]
            errors = self._errors_of(user_input)
            if not errors:
                self._keep_what(user_input)
                if any(is_delicate(f"{name} {self._name}") for name in self._names()):
                    return await self.async_step_careful()
                return await self.async_step_how()
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(
                what_schema(several=new), user_input or self._known()
            ),
            errors=errors,
            description_placeholders=self._details,
        )

    def _errors_of(self, asked: Mapping[str, Any]) -> dict[str, str]:
        """Return what is wrong with what was chosen, by field."""
        behaviour = Behaviour(asked[CONF_BEHAVIOUR])
        if not self._entities:
            return {CONF_ENTITY: "no_entity"}
        for entity_id in self._entities:
            self._details = {"entity": self._name_of(entity_id)}
            error = self._error_of(entity_id, behaviour)
            if error is not None:
                field, key = error
                return {field: key}
        sensor = asked.get(CONF_POWER_SENSOR)
        if sensor is not None and says_something(self._state(sensor)):
            self._details = {"entity": self._name_of(sensor)}
            if watts(self.hass, sensor) is None:
                return {CONF_POWER_SENSOR: "not_a_power"}
        return {}

    def _error_of(self, entity_id: str, behaviour: Behaviour) -> tuple[str, str] | None:
        state, registry = self._state(entity_id), er.async_get(self.hass)
        if state is None:
            return CONF_ENTITY, "entity_gone"
        entry = registry.async_get(entity_id)
        if entry is not None and entry.platform == DOMAIN:
            return CONF_ENTITY, "own_entity"
        if stored_id(self.hass, entity_id) in self._taken():
            return CONF_ENTITY, "already_a_load"
        mute = state.domain == "water_heater" and not stops(state)
        if state.domain not in SUITED[behaviour] or mute:
            return CONF_BEHAVIOUR, "unsuitable"
        if state.domain in ("number", "input_number"):
            unit = state.attributes.get("unit_of_measurement")
            self._details["unit"] = str(unit or "–")
            if unit not in UNITS:
                return CONF_ENTITY, "wrong_unit"
        if state.domain in ("select", "input_select"):
            orders = orders_of(state)
            if not {Level.FROST, Level.OFF} & orders.keys() or len(orders) < 2:
                return CONF_ENTITY, "no_orders"
        return None

    def _taken(self) -> set[str]:
        """Return what is controlled by other loads, of this meter or another one."""
        mine = (
            self._reconfigure_subentry_id if self.source == SOURCE_RECONFIGURE else None
        )
        return {
            subentry.data[CONF_ENTITY]
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for subentry in entry.subentries.values()
            if subentry.subentry_type == SUBENTRY_LOAD and subentry.subentry_id != mine
        }

    def _keep_what(self, asked: Mapping[str, Any]) -> None:
        behaviour = Behaviour(asked[CONF_BEHAVIOUR])
        state = self._state(self._entities[0])
        assert state is not None
        self._name = asked.get(CONF_NAME, "").strip()
        self._data = {CONF_BEHAVIOUR: behaviour.value}
        if (sensor := asked.get(CONF_POWER_SENSOR)) is not None:
            self._data[CONF_POWER_SENSOR] = sensor
        if state.domain in ("number", "input_number"):
            unit = state.attributes["unit_of_measurement"]
            self._data[CONF_UNIT] = UNITS[unit].value
        elif behaviour is Behaviour.ADJUSTABLE:
            self._data[CONF_UNIT] = Unit.PERCENT.value

    async def async_step_careful(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Warn of what should not be shed, and go on if the user insists."""
        if user_input is not None:
            return await self.async_step_how()
        return self.async_show_form(
            step_id="careful",
            description_placeholders={"entity": ", ".join(self._names())},
        )

    # --- how it behaves ---

    async def async_step_how(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask how it behaves."""
        behaviour = Behaviour(self._data[CONF_BEHAVIOUR])
        state = self._state(self._entities[0])
        domain = self._entities[0].partition(".")[0]
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = wrong_order(behaviour, user_input)
            if not errors and behaviour in (Behaviour.ADJUSTABLE, Behaviour.CHARGER):
                errors = cannot_stop(user_input, state)
            if not errors and self._phases() > 1:
                errors = self._phase_errors(user_input)
            if not errors and behaviour is Behaviour.TANK:
                errors = no_temperature(user_input, state)
            if not errors:
                self._data |= user_input
                return await self.async_step_when()
        suggested = user_input or {
            **(await self._suggested_how(behaviour, state)),
            **self._known(),
        }
        return self.async_show_form(
            step_id="how",
            data_schema=self.add_suggested_values_to_schema(
                how_schema(behaviour, domain, self._phases()), suggested
            ),
            errors=errors,
            description_placeholders={"entity": ", ".join(self._names())},
        )

    def _phase_errors(self, asked: Mapping[str, Any]) -> dict[str, str]:
        switch = asked.get(CONF_PHASE_SWITCH)
        return wrong_phases(
            asked,
            by_current=self._data.get(CONF_UNIT) == Unit.AMPERE,
            switch=self._state(switch) if switch else None,
        )

    async def _suggested_how(
        self, behaviour: Behaviour, state: State | None
    ) -> dict[str, Any]:
        suggested: dict[str, Any] = {}
        sensor = self._data.get(CONF_POWER_SENSOR) or power_sensor_of(
            self.hass, self._entities[0]
        )
        if sensor is not None:
            power = await highest_power(self.hass, sensor)
            if power is not None:
                suggested[CONF_POWER] = power
        if state is not None and behaviour in (
            Behaviour.ADJUSTABLE,
            Behaviour.CHARGER,
        ):
            suggested |= suggested_range(behaviour, state)
        return suggested

    # --- when it may run ---

    async def async_step_when(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask when it may run."""
        behaviour = Behaviour(self._data[CONF_BEHAVIOUR])
        errors: dict[str, str] = {}
        if user_input is not None:
            promised = user_input.get(CONF_GUARANTEE) is not None
            details = CONF_GUARANTEE_AMOUNT, CONF_GUARANTEE_BY
            if promised and not all(user_input.get(field) for field in details):
                errors = {CONF_GUARANTEE: "half_a_promise"}
            else:
                self._data |= user_input
                return await self.async_step_ready()
        return self.async_show_form(
            step_id="when",
            data_schema=self.add_suggested_values_to_schema(
                when_schema(behaviour), user_input or self._known()
            ),
            errors=errors,
            description_placeholders={"entity": ", ".join(self._names())},
        )

    # --- trying it, or not ---

    async def async_step_ready(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Offer to try it before it is kept."""
        if len(self._entities) > 1:
            return await self.async_step_finish()
        return self.async_show_menu(
            step_id="ready",
            menu_options=["try_it", "finish"],
            description_placeholders={"entity": self._names()[0]},
        )

    # --- the end ---

    @override
    async def async_step_finish(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Keep it."""
        return self._finish()

    def _finish(self) -> SubentryFlowResult:
        """Create a load of each entity, or change the one."""
        entry = self._get_entry()
        if self.source == SOURCE_RECONFIGURE:
            data = self._data_of(self._entities[0])
            return self.async_update_and_abort(
                entry,
                self._get_reconfigure_subentry(),
                title=self._name or self._name_of(self._entities[0]),
                data=data,
                unique_id=data[CONF_ENTITY],
            )
        first, *others = self._entities
        for entity_id in others:
            data = self._data_of(entity_id)
            self.hass.config_entries.async_add_subentry(
                entry,
                ConfigSubentry(
                    data=MappingProxyType(data),
                    subentry_type=SUBENTRY_LOAD,
                    title=self._name_of(entity_id),
                    unique_id=data[CONF_ENTITY],
                ),
            )
        data = self._data_of(first)
        alone = self._name if not others else ""
        return self.async_create_entry(
            title=alone or self._name_of(first),
            data=data,
            unique_id=data[CONF_ENTITY],
        )

    @override
    def _load(self) -> HomeLoad:
        return HomeLoad.of(
            ConfigSubentry(
                data=MappingProxyType(self._data_of(self._entities[0])),
                subentry_type=SUBENTRY_LOAD,
                title=self._names()[0],
                unique_id=None,
            )
        )

    def _data_of(self, entity_id: str) -> dict[str, Any]:
        """Return what is stored of a load: entities by their id in the registry."""
        data = {**self._data, CONF_ENTITY: entity_id}
        state = self._state(entity_id)
        if data.get(CONF_POWER_SENSOR) is None or len(self._entities) > 1:
            data.pop(CONF_POWER_SENSOR, None)
            if (sensor := power_sensor_of(self.hass, entity_id)) is not None:
                data[CONF_POWER_SENSOR] = sensor
        if data[CONF_BEHAVIOUR] == Behaviour.HEATING and state is not None:
            data[CONF_ORDERS] = stored_orders(state)
        for field in ENTITY_FIELDS:
            if (chosen := data.get(field)) is not None:
                data[field] = stored_id(self.hass, chosen)
        return data

    # --- what is known ---

    def _known(self) -> dict[str, Any]:
        """Return what a load that is being changed has."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        subentry = self._get_reconfigure_subentry()
        known = {**subentry.data, CONF_NAME: subentry.title}
        for field in ENTITY_FIELDS:
            if field in known:
                known[field] = resolve(self.hass, known[field])
        return {key: value for key, value in known.items() if value is not None}

    def _phases(self) -> int:
        data = getattr(self._get_entry(), "runtime_data", None)
        reading = data.coordinator.data if data else None
        return 1 if reading is None else reading.phases

    def _state(self, entity_id: str) -> State | None:
        return self.hass.states.get(entity_id)

    def _name_of(self, entity_id: str) -> str:
        """Return the name of a device that is chosen alone, else of the entity."""
        state, entry = (
            self._state(entity_id),
            er.async_get(self.hass).async_get(entity_id),
        )
        if len(self._entities) == 1 and entry is not None and entry.device_id:
            device = dr.async_get(self.hass).async_get(entry.device_id)
            name = device and (device.name_by_user or device.name)
            if name:
                return name
        return entity_id if state is None else state.name

    @override
    def _names(self) -> list[str]:
        return [self._name_of(entity_id) for entity_id in self._entities]
