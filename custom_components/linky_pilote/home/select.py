"""Selects: the mode of a load, and of the house."""

from collections.abc import Iterable
from math import inf
from typing import Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..data import LinkyPiloteConfigEntry
from ..engine.regulation.model import HouseMode, LoadMode, LoadWish
from ..engine.regulation.wishes import set_house
from .coordinator import HomeCoordinator
from .entity import HomeEntity, LoadEntity, add_of_loads
from .wishes import ask, set_mode

LOAD_MODE: Final = SelectEntityDescription(
    key="mode",
    translation_key="load_mode",
    options=[mode.value for mode in LoadMode if mode is not LoadMode.PAUSED],
)
HOUSE_MODE: Final = SelectEntityDescription(
    key="house_mode",
    translation_key="house_mode",
    options=[mode.value for mode in HouseMode],
)


class LoadModeSelect(LoadEntity, SelectEntity):
    """What a person chose for one load."""

    @property
    @override
    def current_option(self) -> str | None:
        """The mode; None while it is paused by an action."""
        mode = self.coordinator.wishes.loads.get(self.key, LoadWish()).mode
        return None if mode is LoadMode.PAUSED else mode

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose, until another choice."""
        set_mode(self.coordinator, self.key, LoadMode(option), inf)

    @override
    def _look(self) -> str | None:
        return self.current_option


class HouseModeSelect(HomeEntity, SelectEntity):
    """What is done at all."""

    @property
    @override
    def current_option(self) -> str | None:
        """The mode."""
        return self.coordinator.wishes.house

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose, until another choice."""
        mode = HouseMode(option)
        ask(self.coordinator, lambda wishes: set_house(mode, inf, wishes))

    @override
    def _look(self) -> str | None:
        return self.current_option


def _house(coordinator: HomeCoordinator) -> Iterable[HouseModeSelect]:
    return [HouseModeSelect(coordinator, HOUSE_MODE)]


async def async_setup_home(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the selects of the loads and of the house."""
    add_of_loads(
        entry,
        Platform.SELECT,
        async_add_entities,
        descriptions=(LOAD_MODE,),
        make=LoadModeSelect,
        house=_house,
    )
