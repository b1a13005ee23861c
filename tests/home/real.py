"""Entities as integrations make them: with what Home Assistant's own classes do."""

from typing import Any

from homeassistant.components.climate import ClimateEntity
from homeassistant.components.climate.const import ClimateEntityFeature, HVACMode
from homeassistant.components.water_heater import WaterHeaterEntity
from homeassistant.components.water_heater.const import WaterHeaterEntityFeature
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)

from .homes import Home

_SWITCHED = ClimateEntityFeature.TURN_ON | ClimateEntityFeature.TURN_OFF


async def add_entity(hass: HomeAssistant, domain: str, entity: Entity) -> None:
    """Let an integration bring an entity."""
    mock_integration(hass, MockModule("test"), built_in=False)

    async def set_up(
        hass: HomeAssistant,
        config: ConfigType,
        add: AddEntitiesCallback,
        info: DiscoveryInfoType | None = None,
    ) -> None:
        add([entity])

    platform = MockPlatform(async_setup_platform=set_up)
    mock_platform(hass, f"test.{domain}", platform)
    assert await async_setup_component(hass, domain, {domain: [{"platform": "test"}]})
    await hass.async_block_till_done()


def draws(home: Home, entity_id: str, watts: int) -> str:
    """Let it draw while it is not off; return the sensor that says so."""
    sensor = "sensor.draws_it"

    def draw() -> None:
        on = home.state(entity_id) not in ("off", "unavailable")
        power = str(watts if on else 0)
        home.hass.states.async_set(sensor, power, {"unit_of_measurement": "W"})

    home.after = draw
    draw()
    return sensor


class Unit(ClimateEntity):
    """A reversible unit, switched on and off as Home Assistant does by default."""

    _attr_name = "unit"
    _attr_should_poll = False
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_min_temp = 5

    def __init__(
        self,
        mode: HVACMode,
        *,
        target: float,
        room: float,
        preset: str | None = None,
        presets: tuple[str, ...] = (),
    ) -> None:
        """Be in a mode, at a setpoint, in a room as warm as that."""
        self._attr_hvac_mode = mode
        self._attr_hvac_modes = [
            HVACMode.OFF,
            HVACMode.HEAT,
            HVACMode.COOL,
            HVACMode.HEAT_COOL,
        ]
        self._attr_target_temperature = target
        self._attr_current_temperature = room
        self._attr_preset_mode = preset
        self._attr_preset_modes = list(presets)
        features = ClimateEntityFeature.TARGET_TEMPERATURE | _SWITCHED
        if presets:
            features |= ClimateEntityFeature.PRESET_MODE
        self._attr_supported_features = features

    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Change the mode."""
        self._attr_hvac_mode = hvac_mode
        self.async_write_ha_state()

    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Change the setpoint; the preset stays a label."""
        self._attr_target_temperature = kwargs["temperature"]
        self.async_write_ha_state()

    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Take a preset; the same one changes nothing."""
        if preset_mode != self._attr_preset_mode:
            self._attr_preset_mode = preset_mode
            self._attr_target_temperature = 17.0
            self.async_write_ha_state()


class HotWater(WaterHeaterEntity):
    """A tank with modes, that may have no switch."""

    _attr_name = "tank"
    _attr_should_poll = False
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_min_temp = 40
    _attr_max_temp = 65

    def __init__(self, features: WaterHeaterEntityFeature, *modes: str) -> None:
        """Be in the last of some modes."""
        self._attr_supported_features = features
        self._attr_operation_list = list(modes)
        self._attr_current_operation = modes[-1]

    async def async_set_operation_mode(self, operation_mode: str) -> None:
        """Change the mode."""
        self._attr_current_operation = operation_mode
        self.async_write_ha_state()

    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch it on."""
        await self.async_set_operation_mode("eco")

    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch it off."""
        await self.async_set_operation_mode("off")
