"""Sensors of loads and of the regulated house."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    Platform,
    UnitOfPower,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..data import LinkyPiloteConfigEntry
from ..engine.regulation.hours import day_start
from ..engine.regulation.model import Level, Reason, Verdict
from .account_sensors import HOUSE_ACCOUNT_SENSORS, LOAD_ACCOUNT_SENSORS
from .accounts import self_consumption
from .coordinator import HomeCoordinator
from .describe import (
    DURATION,
    ENERGY,
    HouseSensorDescription,
    LoadSensorDescription,
)
from .entity import HomeEntity, LoadEntity, add_of_loads
from .store import LoadDay
from .verdicts import clock, describe, moment


class LoadState(StrEnum):
    """What a load is about, in one word."""

    BY_HAND = "by_hand"
    NOT_FOLLOWING = "not_following"
    OFF = "off"
    PAUSED = "paused"
    REDUCED = "reduced"
    RUNNING = "running"
    SATISFIED = "satisfied"
    SHED = "shed"
    UNAVAILABLE = "no_entity"
    WAITING = "waiting"


_ALONE: Final = {
    Reason.HAND: LoadState.BY_HAND,
    Reason.NOT_FOLLOWING: LoadState.NOT_FOLLOWING,
    Reason.PAUSED: LoadState.PAUSED,
    Reason.SATISFIED: LoadState.SATISFIED,
    Reason.UNAVAILABLE: LoadState.UNAVAILABLE,
}


def load_state(verdict: Verdict) -> LoadState:
    """Return what a load is about."""
    if verdict.reason in _ALONE:
        return _ALONE[verdict.reason]
    granted = 0.0 if verdict.setting is None else verdict.setting.power
    if verdict.shed:
        eco = verdict.setting is not None and verdict.setting.level is Level.ECO
        return LoadState.REDUCED if granted > 0 or eco else LoadState.SHED
    if granted > 0:
        return LoadState.RUNNING
    return LoadState.WAITING if verdict.wanted > 0 else LoadState.OFF


def _verdict(coordinator: HomeCoordinator, key: str) -> Verdict | None:
    return coordinator.verdict(key)


def _today(coordinator: HomeCoordinator, key: str) -> LoadDay:
    return coordinator.memory.today.of(key)


def _state(coordinator: HomeCoordinator, key: str) -> LoadState | None:
    verdict = _verdict(coordinator, key)
    return None if verdict is None else load_state(verdict)


def _why(coordinator: HomeCoordinator, key: str) -> Mapping[str, Any]:
    verdict = _verdict(coordinator, key)
    if verdict is None:
        return {}
    return {**describe(verdict), "until_clock": clock(verdict.until, coordinator.now())}


def _power(coordinator: HomeCoordinator, key: str) -> int | None:
    verdict = _verdict(coordinator, key)
    return None if verdict is None else round(verdict.figures["drawn_w"])


def _day_began(coordinator: HomeCoordinator) -> datetime | None:
    return moment(day_start(coordinator.now()))


LOAD_SENSORS: Final = (
    LoadSensorDescription(
        key="state",
        translation_key="load_state",
        attributes_fn=_why,
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in LoadState],
        value_fn=_state,
    ),
    LoadSensorDescription(
        key="power",
        translation_key="load_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        paced=True,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_power,
    ),
    LoadSensorDescription(
        key="energy_sun",
        translation_key="load_energy_sun",
        last_reset_fn=lambda home, key: _day_began(home),
        value_fn=lambda home, key: round(_today(home, key).sun),
        **ENERGY,
    ),
    LoadSensorDescription(
        key="energy_grid",
        translation_key="load_energy_grid",
        last_reset_fn=lambda home, key: _day_began(home),
        value_fn=lambda home, key: round(_today(home, key).grid),
        **ENERGY,
    ),
    LoadSensorDescription(
        key="shed_time",
        translation_key="load_shed_time",
        suggested_display_precision=0,
        suggested_unit_of_measurement=UnitOfTime.MINUTES,
        value_fn=lambda home, key: round(_today(home, key).shed),
        **DURATION,
    ),
    LoadSensorDescription(
        key="switches",
        translation_key="load_switches",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda home, key: _today(home, key).switches,
    ),
    *LOAD_ACCOUNT_SENSORS,
)


def _surplus(coordinator: HomeCoordinator) -> int | None:
    """Return the W of the sun that are left; meter and loads may speak a moment apart."""
    if coordinator.data is None or not coordinator.meter.connected:
        return None
    sun = max(coordinator.data.figures.get("sun_w", 0.0), 0.0)
    produced = coordinator.signals.production
    return round(sun if produced is None else min(sun, max(produced, 0.0)))


def _risk(coordinator: HomeCoordinator) -> int | None:
    """Return the s to the guard; None while it would not be reached."""
    if coordinator.data is None:
        return None
    left = coordinator.data.figures.get("seconds_to_guard")
    return None if left is None or not isfinite(left) else round(left)


def _self_consumption(coordinator: HomeCoordinator) -> float | None:
    share = self_consumption(coordinator.memory.today)
    return None if share is None else round(share, 1)


def _sun(coordinator: HomeCoordinator) -> int | None:
    """Return the Wh of the sun that the home used today; None without sun."""
    return round(coordinator.memory.today.sun) if coordinator.has_sun else None


def _last(coordinator: HomeCoordinator) -> str | None:
    last = coordinator.last_order
    return None if last is None else last.reason


def _last_attributes(coordinator: HomeCoordinator) -> Mapping[str, Any]:
    last = coordinator.last_order
    if last is None:
        return {}
    return {
        "load": last.name,
        "power_w": round(last.setting.power),
        "level": last.setting.level,
        "at": moment(last.at),
    }


def _would(coordinator: HomeCoordinator) -> Mapping[str, Verdict]:
    """Return what observed loads would be told, by name."""
    if coordinator.data is None:
        return {}
    return {
        coordinator.drivers[key].load.name: verdict
        for key, verdict in coordinator.data.verdicts.items()
        if verdict.observed and key in coordinator.drivers
    }


def _would_attributes(coordinator: HomeCoordinator) -> Mapping[str, Any]:
    return {name: describe(verdict) for name, verdict in _would(coordinator).items()}


HOUSE_SENSORS: Final = (
    HouseSensorDescription(
        key="house_surplus",
        translation_key="house_surplus",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        paced=True,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_surplus,
    ),
    HouseSensorDescription(
        key="house_trip_risk",
        translation_key="house_trip_risk",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        paced=True,
        value_fn=_risk,
    ),
    HouseSensorDescription(
        key="house_over_limit",
        translation_key="house_over_limit",
        value_fn=lambda home: round(home.memory.today.over_limit),
        **DURATION,
    ),
    HouseSensorDescription(
        key="house_self_consumption",
        translation_key="house_self_consumption",
        native_unit_of_measurement=PERCENTAGE,
        paced=True,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_self_consumption,
    ),
    HouseSensorDescription(
        key="house_energy_sun",
        translation_key="house_energy_sun",
        last_reset_fn=_day_began,
        value_fn=_sun,
        **ENERGY,
    ),
    HouseSensorDescription(
        key="house_last_decision",
        translation_key="house_last_decision",
        attributes_fn=_last_attributes,
        device_class=SensorDeviceClass.ENUM,
        options=[reason.value for reason in Reason],
        value_fn=_last,
    ),
    HouseSensorDescription(
        key="house_would_be",
        translation_key="house_would_be",
        attributes_fn=_would_attributes,
        value_fn=lambda home: sum(verdict.shed for verdict in _would(home).values()),
    ),
    *HOUSE_ACCOUNT_SENSORS,
)


class LoadSensor(LoadEntity, SensorEntity):
    """A value of a load."""

    entity_description: LoadSensorDescription
    _unrecorded_attributes = frozenset({"periods"})

    @property
    @override
    def native_value(self) -> Any:
        """What it is now."""
        return self.entity_description.value_fn(self.coordinator, self.key)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Why."""
        attributes_fn = self.entity_description.attributes_fn
        return attributes_fn(self.coordinator, self.key) if attributes_fn else None

    @property
    @override
    def last_reset(self) -> datetime | None:
        """When it began to be counted."""
        last_reset_fn = self.entity_description.last_reset_fn
        return last_reset_fn(self.coordinator, self.key) if last_reset_fn else None

    @override
    def _look(self) -> Any:
        return self.native_value, self.last_reset


class HouseSensor(HomeEntity, SensorEntity):
    """A value of the house."""

    entity_description: HouseSensorDescription

    @property
    @override
    def native_value(self) -> Any:
        """What it is now."""
        return self.entity_description.value_fn(self.coordinator)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """What it is made of."""
        attributes_fn = self.entity_description.attributes_fn
        return attributes_fn(self.coordinator) if attributes_fn else None

    @property
    @override
    def last_reset(self) -> datetime | None:
        """When it began to be counted."""
        last_reset_fn = self.entity_description.last_reset_fn
        return last_reset_fn(self.coordinator) if last_reset_fn else None

    @override
    def _look(self) -> Any:
        return self.native_value, self.last_reset


def _house(coordinator: HomeCoordinator) -> Iterable[HouseSensor]:
    return [HouseSensor(coordinator, description) for description in HOUSE_SENSORS]


async def async_setup_home(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the loads and of the house."""
    add_of_loads(
        entry,
        Platform.SENSOR,
        async_add_entities,
        descriptions=LOAD_SENSORS,
        make=LoadSensor,
        house=_house,
    )
