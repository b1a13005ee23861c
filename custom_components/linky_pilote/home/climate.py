"""The shedding thermostats: what heaters have, and may be asked for.

One is for the home, and each heater has one for its room, disabled until somebody wants
it. What they show is the engine's (`engine/regulation/heating.py`, its table, and
`thermostats.py`); a phone that knows no presets sees frost protection as the target
temperature.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final, override

from homeassistant.components.climate import ClimateEntityDescription
from homeassistant.components.climate.const import (
    ATTR_HVAC_MODE,
    ClimateEntityFeature,
    HVACAction,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE, Platform, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..compat import NativeClimateEntity
from ..data import LinkyPiloteConfigEntry
from ..engine.regulation.heating import target_of
from ..engine.regulation.model import (
    Heating,
    HeatingMode,
    HeatingWish,
    Level,
    Thermostat,
    Wishes,
)
from ..engine.regulation.wishes import set_preset, set_target
from ..measures import celsius
from .actuators.driver import Driver
from .cancelling import cost_of_heat
from .coordinator import HomeCoordinator
from .entity import (
    HomeEntity,
    LoadEntity,
    SomeLoadsDescription,
    add_of_loads,
    add_with_heaters,
)
from .verdicts import moment
from .wishes import ask, set_heating


@dataclass(frozen=True, kw_only=True)
class RoomDescription(SomeLoadsDescription, ClimateEntityDescription):
    """How a thermostat is made of a heater."""


HEATING: Final = ClimateEntityDescription(
    key="house_heating", translation_key="house_heating"
)
ROOM: Final = RoomDescription(
    key="heating",
    translation_key="load_heating",
    entity_registry_enabled_default=False,
    exists_fn=lambda load: load.load.heating is not None,
)
PRESETS: Final = [level.value for level in (Level.COMFORT, Level.ECO, Level.FROST)]

_LOWEST: Final = 5.0
_HIGHEST: Final = 28.0
"""°C. A radiator's own thermostat goes from about 5 to about 28."""

_MODES: Final = {mode: HVACMode(mode) for mode in HeatingMode}


class SheddingThermostat(HomeEntity, NativeClimateEntity):
    """AUTO lets heating be shed, HEAT does not, but in a red peak."""

    _room: str | None = None
    """Key of the heater that it stands for; None: all of them."""
    _attr_max_temp = _HIGHEST
    _attr_preset_modes = PRESETS
    _attr_target_temperature_step = 0.5

    @property
    @override
    def available(self) -> bool:
        """Whether something has been decided about a heater."""
        return self._thermostat is not None

    @property
    def _thermostat(self) -> Thermostat | None:
        decision = self.coordinator.data
        return None if decision is None else decision.shown(self._room)

    @property
    def _wish(self) -> HeatingWish:
        return self.coordinator.wishes.of(self._room)

    @property
    def _drivers(self) -> Iterable[Driver]:
        heaters = self.coordinator.heaters
        return [heaters[key] for key in heaters if self._room in (None, key)]

    # --- what it shows ---

    @property
    @override
    def supported_features(self) -> ClimateEntityFeature:
        """What it takes; it is switched off only where that is enabled."""
        features = (
            ClimateEntityFeature.PRESET_MODE | ClimateEntityFeature.TARGET_TEMPERATURE
        )
        if HVACMode.OFF in self.hvac_modes:
            features |= ClimateEntityFeature.TURN_OFF | ClimateEntityFeature.TURN_ON
        return features

    @property
    @override
    def hvac_modes(self) -> list[HVACMode]:
        """AUTO and HEAT; OFF where it is enabled, or still chosen."""
        enabled = self.coordinator.options.thermostat_off
        off = enabled or self.hvac_mode is HVACMode.OFF
        return [HVACMode.AUTO, HVACMode.HEAT, *([HVACMode.OFF] if off else [])]

    @property
    @override
    def hvac_mode(self) -> HVACMode:
        """The mode that was asked for, until it ends."""
        return _MODES[self._wish.heating]

    @property
    @override
    def hvac_action(self) -> HVACAction:
        """Whether a heater draws; idle means shed as well as warm enough."""
        shown = self._thermostat
        real = shown is None or shown.observed
        if self.hvac_mode is HVACMode.OFF and not real:
            return HVACAction.OFF
        drawing = shown is not None and shown.heating
        return HVACAction.HEATING if drawing else HVACAction.IDLE

    @property
    @override
    def preset_mode(self) -> str:
        """What heating has when nothing sheds it."""
        return self._wish.preset.value

    @property
    @override
    def native_temperature_unit(self) -> str:
        """Always °C."""
        return UnitOfTemperature.CELSIUS

    @property
    @override
    def native_target_temperature(self) -> float | None:
        """What the heaters have been told; that of the warmest while they are observed."""
        shown = self._thermostat
        if shown is None:
            return None
        if not shown.observed:
            return shown.target
        real = [target for driver in self._drivers if (target := _told(driver))]
        return max(real, default=None)

    @property
    @override
    def native_current_temperature(self) -> float | None:
        """The mean of what the heaters measure."""
        measured = [
            value
            for driver in self._drivers
            if (value := driver.temperature()) is not None
        ]
        return fmean(measured) if measured else None

    @property
    @override
    def min_temp(self) -> float:
        """Low enough for frost protection: a phone shows nothing below."""
        return min([_LOWEST, *(heating.frost for heating in self._heatings)])

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Why it is so, until when, whether HEAT would change it, and for how much."""
        shown = self._thermostat
        if shown is None:
            return {}
        says = {
            "shed": shown.shed,
            "reason": shown.reason,
            "until": moment(shown.until),
            "cancellable": shown.cancellable,
            "cancel_cost": cost_of_heat(self.coordinator, self._room),
        }
        asked = {"asked_temperature": self._asked()}
        if not shown.observed:
            return {**says, **asked}
        nothing = dict.fromkeys(("reason", "until"))
        return {
            "shed": False,
            **nothing,
            "cancellable": False,
            "cancel_cost": None,
            **asked,
            "would_be": {**says, "temperature": shown.target},
        }

    def _asked(self) -> float:
        wish = self._wish
        shift = wish.comfort_shift if wish.preset is Level.COMFORT else None
        return target_of(self._reference, wish.preset) + (shift or 0.0)

    # --- what it is asked for ---

    @property
    def _heatings(self) -> list[Heating]:
        return [
            heating
            for driver in self._drivers
            if (heating := driver.load.load.heating) is not None
        ]

    @property
    def _reference(self) -> Heating:
        """The warmest heater, that the thermostat stands for."""
        return max(self._heatings, key=lambda heating: heating.comfort)

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Let it be shed, or not; HEAT is refused in a red peak."""
        set_heating(self.coordinator, HeatingMode(hvac_mode), self._room)
        self._say_again()

    @override
    async def async_turn_on(self) -> None:
        """Leave OFF."""
        await self.async_set_hvac_mode(HVACMode.AUTO)

    @override
    async def async_turn_off(self) -> None:
        """Keep frost protection, as in an absence."""
        await self.async_set_hvac_mode(HVACMode.OFF)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Choose what heating has when nothing sheds it."""
        level, room = Level(preset_mode), self._room
        self._ask(lambda wishes: set_preset(level, wishes, room=room))

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Choose it by a temperature, and a mode where one is asked for with it."""
        if (mode := kwargs.get(ATTR_HVAC_MODE)) is not None:
            await self.async_set_hvac_mode(mode)
        target, room = kwargs[ATTR_TEMPERATURE], self._room
        degrees = any(driver.takes_degrees for driver in self._drivers)
        reference = self._reference
        self._ask(
            lambda wishes: set_target(
                target, reference, wishes, degrees=degrees, room=room
            )
        )

    def _ask(self, change: Callable[[Wishes], Wishes]) -> None:
        ask(self.coordinator, change, self._room)
        self._say_again()

    def _say_again(self) -> None:
        """Write the state even if it is the same: a phone may show what it asked for."""
        self._attr_force_update = True
        self.async_write_ha_state()
        self._attr_force_update = False

    @override
    def _look(self) -> Any:
        return (self.state, self.state_attributes, self.capability_attributes)


class HomeThermostat(SheddingThermostat):
    """One for the home."""

    @property
    @override
    def native_current_temperature(self) -> float | None:
        """By the sensor of the user's choice, or the mean of what heaters measure."""
        sensor = self.coordinator.options.temperature
        if sensor is None:
            return super().native_current_temperature
        return celsius(self.hass, sensor)


class RoomThermostat(SheddingThermostat, LoadEntity):
    """One for a room, beside that of the home: the last choice counts."""

    def __init__(
        self, coordinator: HomeCoordinator, key: str, description: RoomDescription
    ) -> None:
        """Belong to the heater's device, and stand for it alone."""
        super().__init__(coordinator, key, description)
        self._room = key


def _told(driver: Driver) -> float | None:
    """Return the °C that a heater's own entity says it was told."""
    told, heating = driver.told(), driver.load.load.heating
    if told is None or heating is None:
        return None
    if told.target is not None or told.level is None:
        return told.target
    return target_of(heating, told.level)


async def async_setup_home(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the home's thermostat once there is a heater, and the rooms'."""
    add_with_heaters(
        entry,
        Platform.CLIMATE,
        async_add_entities,
        make=lambda coordinator: [HomeThermostat(coordinator, HEATING)],
    )
    add_of_loads(
        entry,
        Platform.CLIMATE,
        async_add_entities,
        descriptions=(ROOM,),
        make=RoomThermostat,
    )
