"""Button: heat all the same, or let the heating be shed again."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..data import LinkyPiloteConfigEntry
from ..engine.regulation.model import HeatingMode
from .entity import HomeEntity, add_with_heaters
from .verdicts import moment
from .wishes import set_heating

TOGGLE: Final = ButtonEntityDescription(
    key="house_shedding_toggle", translation_key="house_shedding_toggle"
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
        """What a press would do, and when the heat that was asked for ends."""
        return {
            "next": "resume" if self._next is HeatingMode.AUTO else "heat",
            "until": moment(self.coordinator.wishes.heat_until),
        }

    @override
    async def async_press(self) -> None:
        """Heat all the same, or stop that."""
        set_heating(self.coordinator, self._next)


async def async_setup_home(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button once there is a heater."""
    add_with_heaters(
        entry,
        Platform.BUTTON,
        async_add_entities,
        make=lambda coordinator: [SheddingToggle(coordinator, TOGGLE)],
    )
