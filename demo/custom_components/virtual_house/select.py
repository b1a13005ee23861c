"""Heaters on a pilot wire, the sky, the colours of two days."""

from typing import override

from homeassistant.components.select import SelectEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from custom_components.linky_pilote.engine.reading import TempoColor
from custom_components.linky_pilote.engine.regulation.model import Level, Setting
from demo.plant import Radiator
from demo.sky import SkyKind

from .entity import ApplianceEntity, PanelEntity
from .home import DATA_HOME, VirtualHome

PILOT_WIRES = ("heater_bedroom", "heater_child")
ORDERS = {
    "comfort": Level.COMFORT,
    "comfort_-1": Level.COMFORT_1,
    "comfort_-2": Level.COMFORT_2,
    "eco": Level.ECO,
    "frost_protection": Level.FROST,
    "off": Level.OFF,
}
"""What common pilot wire modules call the six orders."""
_NAMES = {level: name for name, level in ORDERS.items()}
_AS_PLANNED = "as_planned"


async def async_setup_entry(
    hass: HomeAssistant,
    _entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add them."""
    home = hass.data[DATA_HOME]
    entities: list[SelectEntity] = [
        _Sky(home),
        _Color(home, "color_today", 0),
        _Color(home, "color_tomorrow", 1),
    ]
    for name in PILOT_WIRES:
        heater = home.house.devices[name]
        assert isinstance(heater, Radiator)
        entities.append(_PilotWire(home, heater))
    async_add_entities(entities)


class _PilotWire(ApplianceEntity[Radiator], SelectEntity):
    """A module that sends one of six orders."""

    _attr_options = list(ORDERS)
    _attr_translation_key = "pilot_wire"

    def __init__(self, home: VirtualHome, heater: Radiator) -> None:
        super().__init__(home, "select", heater)

    @property
    @override
    def current_option(self) -> str:
        simple = Level.COMFORT if self.device.is_on else Level.OFF
        return _NAMES[self.device.setting.level or simple]

    @override
    async def async_select_option(self, option: str) -> None:
        level = ORDERS[option]
        on = level is not Level.OFF
        setting = Setting(
            power=self.device.rated if on else 0.0, value=float(on), level=level
        )
        self.home.command(self.device, setting)


class _Sky(PanelEntity, SelectEntity):
    """What is above the house."""

    _attr_options = list(SkyKind)

    def __init__(self, home: VirtualHome) -> None:
        super().__init__(home, "select", "sky")

    @property
    @override
    def current_option(self) -> str:
        return self.home.sky.kind

    @override
    async def async_select_option(self, option: str) -> None:
        self.home.sky.kind = SkyKind(option)
        self.home.changed()


class _Color(PanelEntity, SelectEntity):
    """The colour of a Tempo day."""

    _attr_options = [_AS_PLANNED, *TempoColor]

    def __init__(self, home: VirtualHome, part: str, days: int) -> None:
        super().__init__(home, "select", part)
        self._days = days

    @property
    @override
    def current_option(self) -> str:
        return self.home.chosen_color(self._days) or _AS_PLANNED

    @override
    async def async_select_option(self, option: str) -> None:
        color = None if option == _AS_PLANNED else TempoColor(option)
        self.home.choose_color(self._days, color)
        self.home.changed()
