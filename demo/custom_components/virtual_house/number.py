"""The charger's amperes, and how many commands get lost."""

from typing import override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberMode
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import PERCENTAGE, UnitOfElectricCurrent
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from demo import clock
from demo.plant import Car

from .entity import ApplianceEntity, PanelEntity
from .home import DATA_HOME, VirtualHome


async def async_setup_entry(
    hass: HomeAssistant,
    _entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add them."""
    home = hass.data[DATA_HOME]
    charger = home.house.devices["charger"]
    assert isinstance(charger, Car)
    entities: list[NumberEntity] = [_Amperes(home, charger), _Dropped(home)]
    if clock.is_simulated():
        entities.append(_Speed(home))
    async_add_entities(entities)


class _Amperes(ApplianceEntity[Car], NumberEntity):
    """What the charger may draw on each phase."""

    _attr_device_class = NumberDeviceClass.CURRENT
    _attr_native_unit_of_measurement = UnitOfElectricCurrent.AMPERE
    _attr_native_step = 1

    def __init__(self, home: VirtualHome, charger: Car) -> None:
        super().__init__(home, "number", charger, "current")
        self._attr_native_min_value = charger.modulation.low
        self._attr_native_max_value = charger.modulation.high

    @property
    @override
    def native_value(self) -> float:
        return self.home.amperes

    @override
    async def async_set_native_value(self, value: float) -> None:
        self.home.amperes = value
        self.home.charge(self.device, on=self.device.is_on)


class _Dropped(PanelEntity, NumberEntity):
    """The share of the commands that get lost on their way to the appliances."""

    _attr_native_unit_of_measurement = PERCENTAGE
    _attr_native_min_value = 0
    _attr_native_max_value = 100
    _attr_native_step = 10
    _attr_mode = NumberMode.SLIDER

    def __init__(self, home: VirtualHome) -> None:
        super().__init__(home, "number", "dropped_commands")

    @property
    @override
    def native_value(self) -> float:
        return round(100 * self.home.dropped)

    @override
    async def async_set_native_value(self, value: float) -> None:
        self.home.dropped = value / 100
        self.async_write_ha_state()


class _Speed(PanelEntity, NumberEntity):
    """How fast time runs."""

    _attr_native_min_value = 1
    _attr_native_max_value = clock.FASTEST
    _attr_native_step = 1
    _attr_mode = NumberMode.BOX

    def __init__(self, home: VirtualHome) -> None:
        super().__init__(home, "number", "speed")

    @property
    @override
    def native_value(self) -> float:
        return self.home.speed

    @override
    async def async_set_native_value(self, value: float) -> None:
        self.home.set_speed(value)
