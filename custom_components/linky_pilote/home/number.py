"""Numbers: the group of a load in the order of priority."""

from typing import Final, override

from homeassistant.components.number import (
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..data import LinkyPiloteConfigEntry
from .entity import LoadEntity, add_of_loads

GROUP: Final = NumberEntityDescription(
    key="group",
    translation_key="load_group",
    entity_category=EntityCategory.CONFIG,
    mode=NumberMode.BOX,
    native_max_value=99,
    native_min_value=1,
    native_step=1,
)


class GroupNumber(LoadEntity, NumberEntity):
    """1 is served first and shed last; loads of one group take turns."""

    @property
    @override
    def native_value(self) -> float:
        """The group."""
        return self.coordinator.memory.ranks[self.key]

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Put the load in another group."""
        self.coordinator.set_rank(self.key, int(value))

    @override
    def _look(self) -> float:
        return self.native_value


async def async_setup_home(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the numbers of the loads."""
    add_of_loads(
        entry,
        Platform.NUMBER,
        async_add_entities,
        descriptions=(GROUP,),
        make=GroupNumber,
    )
