"""Whether the car is plugged in."""

from typing import override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from demo.plant import Car

from .entity import ApplianceEntity
from .home import DATA_HOME


async def async_setup_entry(
    hass: HomeAssistant,
    _entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the plug of each car."""
    home = hass.data[DATA_HOME]
    async_add_entities(
        _Plugged(home, "binary_sensor", device, "plugged_in")
        for device in home.house.devices.values()
        if isinstance(device, Car)
    )


class _Plugged(ApplianceEntity[Car], BinarySensorEntity):
    """A car that is there."""

    _attr_device_class = BinarySensorDeviceClass.PLUG

    @property
    @override
    def is_on(self) -> bool:
        return self.device.connected
