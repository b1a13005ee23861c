"""The weather over the house."""

from typing import override

from homeassistant.components.weather import (
    ATTR_CONDITION_CLEAR_NIGHT,
    ATTR_CONDITION_CLOUDY,
    ATTR_CONDITION_PARTLYCLOUDY,
    ATTR_CONDITION_SUNNY,
    WeatherEntity,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import PanelEntity
from .home import DATA_HOME, VirtualHome

_CLOUDY, _PARTLY = 0.7, 0.25


async def async_setup_entry(
    hass: HomeAssistant,
    _entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the weather."""
    async_add_entities([_Weather(hass.data[DATA_HOME])])


class _Weather(PanelEntity, WeatherEntity):
    """Temperature and clouds."""

    _attr_native_temperature_unit = UnitOfTemperature.CELSIUS

    def __init__(self, home: VirtualHome) -> None:
        super().__init__(home, "weather", "weather")

    @property
    @override
    def native_temperature(self) -> float:
        return round(self.home.sky.outdoor_c(self.home.now), 1)

    @property
    @override
    def cloud_coverage(self) -> float:
        return round(100 * self.home.sky.cloud(self.home.now))

    @property
    @override
    def condition(self) -> str:
        now, sky = self.home.now, self.home.sky
        cloud = sky.cloud(now)
        if cloud > _CLOUDY:
            return ATTR_CONDITION_CLOUDY
        if sky.sun(now) <= 0:
            return ATTR_CONDITION_CLEAR_NIGHT
        return ATTR_CONDITION_PARTLYCLOUDY if cloud > _PARTLY else ATTR_CONDITION_SUNNY
