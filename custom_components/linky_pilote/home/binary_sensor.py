"""Binary sensors of the heating, for phones that show no attributes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..data import LinkyPiloteConfigEntry
from ..engine.reading import TempoColor
from ..engine.regulation.model import Thermostat
from .coordinator import HomeCoordinator
from .entity import HomeEntity, add_with_heaters


@dataclass(frozen=True, kw_only=True)
class HeatingBinaryDescription(BinarySensorEntityDescription):
    """How a binary sensor is made of what was decided about the heating."""

    value_fn: Callable[[HomeCoordinator, Thermostat], bool | None]


def _red_tomorrow(coordinator: HomeCoordinator, shown: Thermostat) -> bool | None:
    """Return whether it is announced; None while a Tempo colour is not known."""
    signals = coordinator.signals
    if signals.tempo and signals.color_tomorrow is None:
        return None
    return signals.color_tomorrow is TempoColor.RED


HEATING_BINARY_SENSORS: Final = (
    HeatingBinaryDescription(
        key="house_shedding",
        translation_key="house_shedding",
        value_fn=lambda home, shown: shown.shed and not shown.observed,
    ),
    HeatingBinaryDescription(
        key="house_shedding_cancelled",
        translation_key="house_shedding_cancelled",
        value_fn=lambda home, shown: shown.cancelled and not shown.observed,
    ),
    HeatingBinaryDescription(
        key="house_red_tomorrow",
        translation_key="house_red_tomorrow",
        value_fn=_red_tomorrow,
    ),
)


class HeatingBinarySensor(HomeEntity, BinarySensorEntity):
    """Something of the heating that is so or not."""

    entity_description: HeatingBinaryDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is so."""
        decision = self.coordinator.data
        if decision is None or decision.thermostat is None:
            return None
        return self.entity_description.value_fn(self.coordinator, decision.thermostat)

    @override
    def _look(self) -> bool | None:
        return self.is_on


async def async_setup_home(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors once there is a heater."""
    add_with_heaters(
        entry,
        Platform.BINARY_SENSOR,
        async_add_entities,
        make=lambda coordinator: [
            HeatingBinarySensor(coordinator, description)
            for description in HEATING_BINARY_SENSORS
        ],
    )
