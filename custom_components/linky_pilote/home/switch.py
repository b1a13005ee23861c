"""Switches: whether a load may be commanded."""

from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..data import LinkyPiloteConfigEntry
from .entity import LoadEntity, add_of_loads
from .wishes import set_armed

ARMED: Final = SwitchEntityDescription(
    key="armed",
    translation_key="load_armed",
    entity_category=EntityCategory.CONFIG,
)


class ArmedSwitch(LoadEntity, SwitchEntity):
    """Off: the load is observed, and nothing is ever sent to it."""

    @property
    @override
    def is_on(self) -> bool:
        """Whether it may be commanded."""
        return self.key in self.coordinator.wishes.armed

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let it be commanded."""
        set_armed(self.coordinator, self.key, armed=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Only observe it, and give it back what it had."""
        set_armed(self.coordinator, self.key, armed=False)

    @override
    def _look(self) -> bool:
        return self.is_on


async def async_setup_home(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of the loads."""
    add_of_loads(
        entry,
        Platform.SWITCH,
        async_add_entities,
        descriptions=(ARMED,),
        make=ArmedSwitch,
    )
