"""What appliances draw, how warm things are, the frequency of the grid."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from demo.plant import Car, Device, HomeBattery, Radiator, Tank

from .const import CONTROL_PANEL
from .entity import PanelEntity, VirtualEntity
from .home import DATA_HOME, VirtualHome

PRODUCERS = frozenset(("panels",))
BOTH_WAYS = frozenset(("battery",))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    """A value that is shown as it is."""

    unit: str
    device_class: SensorDeviceClass | None
    digits: int


_TEMPERATURE = _Measure(
    unit=UnitOfTemperature.CELSIUS, device_class=SensorDeviceClass.TEMPERATURE, digits=1
)
_CHARGE = _Measure(unit=PERCENTAGE, device_class=SensorDeviceClass.BATTERY, digits=0)
_ENERGY_LEFT = _Measure(
    unit=UnitOfEnergy.KILO_WATT_HOUR,
    device_class=SensorDeviceClass.ENERGY_STORAGE,
    digits=2,
)
_CLAMP = _Measure(unit=UnitOfPower.WATT, device_class=SensorDeviceClass.POWER, digits=0)
_FREQUENCY = _Measure(
    unit=UnitOfFrequency.HERTZ, device_class=SensorDeviceClass.FREQUENCY, digits=3
)


# kind of appliance, part, what it is, where it is found
_VALUES: tuple[tuple[type[Device], str, _Measure, Callable[[Any], float]], ...] = (
    (Radiator, "temperature", _TEMPERATURE, lambda heater: heater.room.temperature),
    (Tank, "temperature", _TEMPERATURE, lambda tank: tank.temperature),
    (HomeBattery, "charge", _CHARGE, lambda battery: battery.soc),
    (Car, "to_charge", _ENERGY_LEFT, lambda car: car.left / 1000),
)


async def async_setup_entry(
    hass: HomeAssistant,
    _entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of all appliances."""
    home = hass.data[DATA_HOME]
    house = home.house
    entities: list[SensorEntity] = []
    for name in house.powers_w:
        entities.append(_Power(home, name, -1 if name in PRODUCERS else 1))
        if name not in PRODUCERS:
            entities.append(_Energy(home, name, "energy", house.drawn_wh))
        if name in PRODUCERS | BOTH_WAYS:
            part = "energy" if name in PRODUCERS else "energy_given"
            entities.append(_Energy(home, name, part, house.given_wh))
    entities += [
        _Value(home, device.key, part, measure, partial(value, device))
        for device in house.devices.values()
        for kind, part, measure, value in _VALUES
        if isinstance(device, kind)
    ]
    entities += [
        _Value(
            home,
            CONTROL_PANEL,
            "grid_frequency",
            _FREQUENCY,
            lambda: house.frequency_hz(home.now),
        ),
        _Value(
            home,
            CONTROL_PANEL,
            "clamp",
            _CLAMP,
            lambda: sum(house.powers_w.values()),
        ),
        _Value(
            home,
            CONTROL_PANEL,
            "outdoor_temperature",
            _TEMPERATURE,
            lambda: home.sky.outdoor_c(home.now),
        ),
        _SimulatedTime(home),
    ]
    async_add_entities(entities)


class _Power(VirtualEntity, SensorEntity):
    """What an appliance draws, or delivers."""

    _attr_device_class = SensorDeviceClass.POWER
    _attr_native_unit_of_measurement = UnitOfPower.WATT
    _attr_state_class = SensorStateClass.MEASUREMENT
    _attr_suggested_display_precision = 0

    def __init__(self, home: VirtualHome, name: str, sign: int) -> None:
        super().__init__(home, "sensor", name, "power")
        self._name, self._sign = name, sign

    @property
    @override
    def available(self) -> bool:
        device = self.home.house.devices.get(self._name)
        return device is None or device.available

    @property
    @override
    def native_value(self) -> float:
        return round(self._sign * self.home.house.powers_w[self._name], 1) + 0.0


class _Energy(VirtualEntity, RestoreSensor):
    """What it has drawn, or delivered, since the demo began."""

    _attr_device_class = SensorDeviceClass.ENERGY
    _attr_native_unit_of_measurement = UnitOfEnergy.KILO_WATT_HOUR
    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    _attr_suggested_display_precision = 2

    def __init__(
        self, home: VirtualHome, name: str, part: str, register: dict[str, float]
    ) -> None:
        super().__init__(home, "sensor", name, part)
        self._name, self._register = name, register
        self._earlier_kwh = 0.0

    @override
    async def async_added_to_hass(self) -> None:
        """Go on from what it had counted before a restart."""
        last = await self.async_get_last_sensor_data()
        if last is not None and isinstance(last.native_value, int | float):
            self._earlier_kwh = float(last.native_value)
        await super().async_added_to_hass()

    @property
    @override
    def native_value(self) -> float:
        return round(self._earlier_kwh + self._register[self._name] / 1000, 3)


class _Value(VirtualEntity, SensorEntity):
    """Something else about an appliance."""

    _attr_state_class = SensorStateClass.MEASUREMENT

    def __init__(
        self,
        home: VirtualHome,
        name: str,
        part: str,
        measure: _Measure,
        value: Callable[[], float],
    ) -> None:
        super().__init__(home, "sensor", name, part)
        self._attr_device_class = measure.device_class
        self._attr_native_unit_of_measurement = measure.unit
        self._attr_suggested_display_precision = self._digits = measure.digits
        self._value = value

    @property
    @override
    def native_value(self) -> float:
        return round(self._value(), self._digits)


class _SimulatedTime(PanelEntity, SensorEntity):
    """The date and time that the house lives in."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, home: VirtualHome) -> None:
        super().__init__(home, "sensor", "simulated_time")

    @property
    @override
    def native_value(self) -> str:
        return f"{self.home.now.local:%Y-%m-%d %H:%M}"
