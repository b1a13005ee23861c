"""Heaters with a thermostat, one by its target, one by presets too."""

from typing import Any, override

from homeassistant.components.climate import ClimateEntity
from homeassistant.components.climate.const import (
    PRESET_COMFORT,
    PRESET_ECO,
    ClimateEntityFeature,
    HVACAction,
    HVACMode,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_TEMPERATURE, PRECISION_TENTHS, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from custom_components.linky_pilote.engine.regulation.model import Setting
from demo.plant import Radiator
from demo.plant.device import OFF

from .entity import ApplianceEntity
from .home import DATA_HOME, VirtualHome

_PRESET_FROST = "frost_protection"
# °C
_PRESETS = {PRESET_COMFORT: 19.0, PRESET_ECO: 15.5, _PRESET_FROST: 7.0}
# name, with presets
_THERMOSTATS = (("heater_living_room", False), ("heater_bathroom", True))
# the first release with these names warns of the older ones
_NATIVE = hasattr(ClimateEntity, "native_target_temperature")


async def async_setup_entry(
    hass: HomeAssistant,
    _entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the thermostats."""
    home = hass.data[DATA_HOME]
    entities = []
    for name, presets in _THERMOSTATS:
        heater = home.house.devices[name]
        assert isinstance(heater, Radiator)
        entities.append(_Thermostat(home, heater, presets))
    async_add_entities(entities)


class _Thermostat(ApplianceEntity[Radiator], ClimateEntity):
    """A heater that holds a temperature."""

    _attr_hvac_modes = [HVACMode.OFF, HVACMode.HEAT]
    _attr_min_temp = 5.0
    _attr_max_temp = 28.0
    _attr_target_temperature_step = 0.5
    _attr_precision = PRECISION_TENTHS
    _attr_translation_key = "thermostat"

    def __init__(self, home: VirtualHome, heater: Radiator, presets: bool) -> None:
        super().__init__(home, "climate", heater)
        self._target_c = _PRESETS[PRESET_COMFORT]
        features = (
            ClimateEntityFeature.TARGET_TEMPERATURE
            | ClimateEntityFeature.TURN_ON
            | ClimateEntityFeature.TURN_OFF
        )
        if presets:
            features |= ClimateEntityFeature.PRESET_MODE
            self._attr_preset_modes = list(_PRESETS)
        self._attr_supported_features = features
        self._show("temperature_unit", UnitOfTemperature.CELSIUS)
        self._refresh()

    @override
    def house_changed(self) -> None:
        self._refresh()
        super().house_changed()

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        self._heat(kwargs[ATTR_TEMPERATURE])

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        self._heat(_PRESETS[preset_mode])

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        if hvac_mode is HVACMode.OFF:
            self.home.command(self.device, OFF)
        else:
            self._heat(self._target_c)

    @override
    async def async_turn_on(self) -> None:
        await self.async_set_hvac_mode(HVACMode.HEAT)

    @override
    async def async_turn_off(self) -> None:
        await self.async_set_hvac_mode(HVACMode.OFF)

    def _heat(self, target_c: float) -> None:
        setting = Setting(power=self.device.rated, value=1.0, target=target_c)
        self.home.command(self.device, setting)

    def _refresh(self) -> None:
        heater = self.device
        if heater.is_on and heater.setting.target is not None:
            self._target_c = heater.setting.target
        self._attr_hvac_mode = HVACMode.HEAT if heater.is_on else HVACMode.OFF
        if not heater.is_on:
            self._attr_hvac_action = HVACAction.OFF
        elif heater.power > 0:
            self._attr_hvac_action = HVACAction.HEATING
        else:
            self._attr_hvac_action = HVACAction.IDLE
        if self._attr_supported_features & ClimateEntityFeature.PRESET_MODE:
            self._attr_preset_mode = next(
                (name for name, at in _PRESETS.items() if at == self._target_c), None
            )
        self._show("target_temperature", self._target_c)
        self._show("current_temperature", round(heater.room.temperature, 1))

    def _show(self, name: str, value: float | str) -> None:
        setattr(self, f"_attr_native_{name}" if _NATIVE else f"_attr_{name}", value)
