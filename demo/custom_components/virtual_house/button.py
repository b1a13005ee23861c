"""What can be made to happen at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from demo.plant.machine import ON

from .entity import PanelEntity
from .home import DATA_HOME, VirtualHome


@dataclass(frozen=True, kw_only=True)
class _Event(ButtonEntityDescription):
    """Something that happens."""

    happen: Callable[[VirtualHome], None]


_EVENTS = (
    _Event(key="cloud", happen=lambda home: home.sky.pass_cloud(home.now.epoch_s)),
    _Event(
        key="start_oven",
        happen=lambda home: home.house.devices["oven"].use_by_hand(ON),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    _entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons."""
    home = hass.data[DATA_HOME]
    async_add_entities(_EventButton(home, event) for event in _EVENTS)


class _EventButton(PanelEntity, ButtonEntity):
    """A button of the control panel."""

    entity_description: _Event

    def __init__(self, home: VirtualHome, event: _Event) -> None:
        super().__init__(home, "button", event.key)
        self.entity_description = event

    @override
    async def async_press(self) -> None:
        self.entity_description.happen(self.home)
        self.home.changed()
