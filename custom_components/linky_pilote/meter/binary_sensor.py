"""Binary sensors of a meter."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from ..data import LinkyPiloteConfigEntry
from .entity import MeterEntity, MeterEntityDescription, add_what_the_meter_sends


@dataclass(frozen=True, kw_only=True)
class MeterBinarySensorDescription(
    MeterEntityDescription, BinarySensorEntityDescription
):
    """How a binary sensor is made of a reading."""


BINARY_SENSORS: Final = (
    MeterBinarySensorDescription(
        key="overload",
        translation_key="overload",
        device_class=BinarySensorDeviceClass.PROBLEM,
        immediate=True,
        value_fn=lambda reading: reading.overload,
    ),
)


class MeterBinarySensor(MeterEntity[MeterBinarySensorDescription], BinarySensorEntity):
    """Something that the meter says is so or is not."""

    entity_description: MeterBinarySensorDescription

    @override
    def _show(self, value: StateType) -> None:
        self._attr_is_on = bool(value)


async def async_setup_meter(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of a meter."""
    add_what_the_meter_sends(
        entry,
        Platform.BINARY_SENSOR,
        BINARY_SENSORS,
        MeterBinarySensor,
        async_add_entities,
    )
