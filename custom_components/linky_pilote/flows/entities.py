"""The steps that ask for sensors in the place of a meter, and check their sign."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import UnitOfApparentPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.helpers.sun import is_up
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import CONF_ENTITIES, DOMAIN
from ..engine.measured import color_of_words, reading_of
from ..entity_ids import resolve, stored_id
from ..place import Place
from ..sources.picked import (
    CONF_CURRENT,
    CONF_INJECTED,
    CONF_POWER,
    CONF_SUBSCRIBED,
    CONF_SUBSCRIBED_SENSOR,
    CONF_TARIFF,
    CONF_TODAY,
    CONF_TOMORROW,
    NoValueError,
    Picked,
    look,
)

CONF_NOW: Final = "now"
DRAWS: Final = "draws"
INJECTS: Final = "injects"

LEAST: Final = 20.0
"""W from which a sign is a sign."""

_PHASES: Final = (1, 3)
_WORDS: Final = ("sensor", "select", "input_select", "input_text")


def _sensors(*classes: SensorDeviceClass, multiple: bool = False) -> EntitySelector:
    return EntitySelector(
        EntitySelectorConfig(
            domain="sensor",
            device_class=[kind.value for kind in classes],
            multiple=multiple,
            reorder=multiple,
        )
    )


_WORDED: Final = EntitySelector(EntitySelectorConfig(domain=list(_WORDS)))

ENTITIES_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_POWER): _sensors(
            SensorDeviceClass.POWER, SensorDeviceClass.APPARENT_POWER, multiple=True
        ),
        vol.Optional(CONF_INJECTED): _sensors(
            SensorDeviceClass.POWER, SensorDeviceClass.APPARENT_POWER
        ),
        vol.Optional(CONF_CURRENT): _sensors(SensorDeviceClass.CURRENT, multiple=True),
        vol.Optional(CONF_SUBSCRIBED): NumberSelector(
            NumberSelectorConfig(
                min=1,
                max=36,
                step="any",
                mode=NumberSelectorMode.BOX,
                unit_of_measurement=UnitOfApparentPower.KILO_VOLT_AMPERE,
            )
        ),
        vol.Optional(CONF_SUBSCRIBED_SENSOR): EntitySelector(
            EntitySelectorConfig(domain="sensor")
        ),
        vol.Optional(CONF_TARIFF): _WORDED,
        vol.Optional(CONF_TODAY): _WORDED,
        vol.Optional(CONF_TOMORROW): _WORDED,
    }
)
_LISTS: Final = (CONF_POWER, CONF_CURRENT)
_SINGLE: Final = (
    CONF_INJECTED,
    CONF_SUBSCRIBED_SENSOR,
    CONF_TARIFF,
    CONF_TODAY,
    CONF_TOMORROW,
)


def direction_schema(hass: HomeAssistant, power: float) -> vol.Schema:
    """Return the form that asks in which direction a power in W flows now.

    By night it can hardly be the sun's.
    """
    likely = INJECTS if power < 0 and is_up(hass) else DRAWS
    return vol.Schema(
        {
            vol.Required(CONF_NOW, default=likely): SelectSelector(
                SelectSelectorConfig(
                    options=[DRAWS, INJECTS],
                    translation_key="direction",
                    mode=SelectSelectorMode.LIST,
                )
            )
        }
    )


def is_inverted(power: float, now: str) -> bool:
    """Tell whether a sensor is positive where the home injects."""
    return (power > 0) is (now == INJECTS)


class EntitySteps(ConfigFlow):
    """The steps of a meter that sensors stand for."""

    def __init__(self) -> None:
        """Begin without a place."""
        super().__init__()
        self._place: Place | None = None
        self._errors: dict[str, str] = {}
        self._details: dict[str, str] = {}
        self._fields: dict[str, Any] | None = None
        self._picked = Picked()

    @property
    @abstractmethod
    def _present_place(self) -> Place | None:
        """Return where the meter is by now; None for a new one."""

    @abstractmethod
    async def _choose(self, place: Place) -> None:
        """Keep a place, unless it is already ours."""

    @abstractmethod
    async def async_step_listen(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Listen to the place."""

    async def async_step_entities(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the sensors."""
        self._asked_in = CONF_ENTITIES
        if user_input is not None:
            self._fields, self._errors, self._details = user_input, {}, {}
            self._picked = self._pick(user_input)
            self._check(self._picked)
            if not self._errors:
                return await self.async_step_direction()
        elif self._fields is None:
            self._fields = self._known()
        return self.async_show_form(
            step_id="entities",
            data_schema=self.add_suggested_values_to_schema(
                ENTITIES_SCHEMA, self._fields
            ),
            errors=self._errors,
            description_placeholders=self._details,
        )

    async def async_step_direction(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what the home does now: nothing else tells what a sign means."""
        try:
            said, _ = look(self.hass, self._picked)
        except NoValueError as err:
            self._errors = {"base": "sensors_unavailable"}
            self._details = {"error": str(err)}
            return await self.async_step_entities()
        if not said.powers or (self._picked.injected and min(said.powers) >= 0):
            return await self._go_on(self._picked)
        power = sum(said.powers)
        errors = {}
        if user_input is not None:
            if abs(power) >= LEAST:
                inverted = is_inverted(power, user_input[CONF_NOW])
                fields = {**self._picked.as_dict(), "inverted": inverted}
                return await self._go_on(Picked.of(fields))
            errors = {"base": "no_direction"}
        return self.async_show_form(
            step_id="direction",
            data_schema=direction_schema(self.hass, power),
            errors=errors,
            description_placeholders={"power": f"{power:.0f}"},
        )

    async def _go_on(self, picked: Picked) -> ConfigFlowResult:
        await self._choose(Place.sensors(picked))
        return await self.async_step_listen()

    def _pick(self, fields: Mapping[str, Any]) -> Picked:
        stored: dict[str, Any] = {
            key: [stored_id(self.hass, entity) for entity in fields.get(key, ())]
            for key in _LISTS
        }
        stored |= {
            key: stored_id(self.hass, fields[key]) for key in _SINGLE if key in fields
        }
        return Picked.of({**stored, CONF_SUBSCRIBED: fields.get(CONF_SUBSCRIBED)})

    def _known(self) -> dict[str, Any]:
        """Return what the form shows of the sensors that are used now."""
        place = self._present_place
        if place is None or place.picked is None:
            return {}
        known = place.picked.as_dict()
        for key in _LISTS:
            known[key] = [resolve(self.hass, entity) for entity in known.get(key, ())]
        return known | {
            key: resolve(self.hass, known[key]) for key in _SINGLE if key in known
        }

    def _check(self, picked: Picked) -> None:
        """Note what is wrong with a choice."""
        counts = {key: len(getattr(picked, key)) for key in _LISTS}
        registry = er.async_get(self.hass)
        own = [
            entity.entity_id
            for stored in picked.all
            if (entity := registry.async_get(stored)) and entity.platform == DOMAIN
        ]
        if own:
            self._error("base", "own_entity", ", ".join(own))
        elif not any(counts.values()):
            self._error("base", "nothing_measured")
        for key, count in counts.items():
            if count not in (0, *_PHASES):
                self._error(key, "one_or_three")
        if counts[CONF_POWER] > counts[CONF_CURRENT] > 0:
            self._error(CONF_CURRENT, "one_or_three")
        if self._errors:
            return
        try:
            said, _ = look(self.hass, picked)
        except NoValueError as err:
            self._error("base", "sensors_unavailable", str(err))
            return
        reading = reading_of(said, dt_util.utcnow())
        if not reading.subscribed_power:
            self._error(CONF_SUBSCRIBED, "no_limit")
        if said.tariff and reading.period is None:
            self._error(CONF_TARIFF, "not_understood", said.tariff)
        for key, text in ((CONF_TODAY, said.today), (CONF_TOMORROW, said.tomorrow)):
            known = text is None or key == CONF_TOMORROW or color_of_words(text)
            if not known:
                self._error(key, "not_understood", text or "")

    def _error(self, field: str, key: str, detail: str = "") -> None:
        self._errors[field] = key
        self._details["error"] = detail
