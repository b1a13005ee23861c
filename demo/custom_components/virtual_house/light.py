"""A dimmer that feeds a water heater."""

from typing import Any, override

from homeassistant.components.light import LightEntity
from homeassistant.components.light.const import ATTR_BRIGHTNESS, ColorMode
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from custom_components.linky_pilote.engine.regulation.model import Setting
from demo.plant import Tank
from demo.plant.device import OFF

from .entity import ApplianceEntity
from .home import DATA_HOME

_FULL = 255


async def async_setup_entry(
    hass: HomeAssistant,
    _entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the dimmers."""
    home = hass.data[DATA_HOME]
    async_add_entities(
        _Dimmer(home, "light", device)
        for device in home.house.devices.values()
        if isinstance(device, Tank) and device.modulation is not None
    )


class _Dimmer(ApplianceEntity[Tank], LightEntity):
    """A dimmer, which looks like a light as most of them do."""

    _attr_color_mode = ColorMode.BRIGHTNESS
    _attr_supported_color_modes = {ColorMode.BRIGHTNESS}

    @property
    @override
    def is_on(self) -> bool:
        return self.device.is_on

    @property
    @override
    def brightness(self) -> int:
        return round(self.device.setting.value / 100 * _FULL)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        share = kwargs.get(ATTR_BRIGHTNESS, _FULL) / _FULL
        self.home.command(
            self.device,
            Setting(power=share * self.device.rated, value=max(1.0, 100 * share)),
        )

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.home.command(self.device, OFF)
