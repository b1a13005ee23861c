"""Buttons: heat all the same, or let the heating be shed again; an emergency."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..data import LinkyPiloteConfigEntry
from ..engine.regulation.model import HeatingMode
from ..engine.regulation.wishes import ask_emergency
from .cancelling import cost_of_emergency, cost_of_heat, say_cost
from .entity import HomeEntity, add_with_heaters
from .verdicts import moment
from .wishes import ask, set_heating

TOGGLE: Final = ButtonEntityDescription(
    key="house_shedding_toggle", translation_key="house_shedding_toggle"
)
EMERGENCY: Final = ButtonEntityDescription(
    key="house_emergency", translation_key="house_emergency"
)


class SheddingToggle(HomeEntity, ButtonEntity):
    """Pressed once it cancels shedding, pressed again it takes it up again."""

    @property
    def _next(self) -> HeatingMode:
        heats = self.coordinator.wishes.heating is HeatingMode.HEAT
        return HeatingMode.AUTO if heats else HeatingMode.HEAT

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """What a press would do and cost, and when the heat that was asked for ends."""
        cost = cost_of_heat(self.coordinator)
        return {
            "next": "resume" if self._next is HeatingMode.AUTO else "heat",
            "until": moment(self.coordinator.wishes.heat_until),
            "cost": cost,
            "cost_text": say_cost(self.coordinator, cost),
        }

    @override
    async def async_press(self) -> None:
        """Heat all the same, or stop that."""
        set_heating(self.coordinator, self._next)


class EmergencyButton(HomeEntity, ButtonEntity):
    """Heats for an hour in a red peak, for illness or a newborn."""

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """What it costs at most, and when the hour that runs ends."""
        cost = cost_of_emergency(self.coordinator)
        return {
            "until": moment(self.coordinator.wishes.emergency_until),
            "cost": cost,
            "cost_text": say_cost(self.coordinator, cost),
        }

    @override
    async def async_press(self) -> None:
        """Heat, whatever it costs."""
        now = self.coordinator.now()
        ask(self.coordinator, partial(ask_emergency, now))


async def async_setup_home(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button once there is a heater; that of the emergency, once enabled."""
    add_with_heaters(
        entry,
        Platform.BUTTON,
        async_add_entities,
        make=lambda coordinator: [SheddingToggle(coordinator, TOGGLE)],
    )
    add_with_heaters(
        entry,
        Platform.BUTTON,
        async_add_entities,
        make=lambda coordinator: [EmergencyButton(coordinator, EMERGENCY)],
        wanted=lambda coordinator: coordinator.options.emergency,
    )
