"""Sensors of what loads use and cost, and of what shedding has saved."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfPower

from ..engine.accounting import LoadAccount
from ..grid.board import price_of
from .coordinator import HomeCoordinator
from .describe import ENERGY, EUROS, HouseSensorDescription, LoadSensorDescription
from .load import HomeLoad
from .verdicts import moment


def _account(coordinator: HomeCoordinator, key: str) -> LoadAccount:
    return coordinator.memory.accounts.of(key)


def _since(coordinator: HomeCoordinator, key: str) -> datetime | None:
    return moment(_account(coordinator, key).since or None)


def _cost(coordinator: HomeCoordinator, key: str) -> float | None:
    """Return what it cost; None while nothing of it had a price."""
    account = _account(coordinator, key)
    known = account.cost > 0 or not account.unpriced
    return round(account.cost, 4) if known else None


def _cost_attributes(coordinator: HomeCoordinator, key: str) -> Mapping[str, Any]:
    """Return kWh and EUR by the meter's periods, and what had no price."""
    account = _account(coordinator, key)
    return {
        "periods": {
            period: {
                "kwh": round(spent.energy / 1000, 2),
                "eur": round(spent.cost, 2),
            }
            for period, spent in account.spent.items()
            if spent.energy
        },
        "kwh_without_price": round(account.unpriced / 1000, 2),
    }


def _standby(coordinator: HomeCoordinator, key: str) -> float | None:
    power = _account(coordinator, key).standby.power
    return None if power is None else round(power, 1)


def _cycle(coordinator: HomeCoordinator, key: str) -> int | None:
    energy = _account(coordinator, key).cycles.energy
    return None if energy is None else round(energy)


def _cycle_attributes(coordinator: HomeCoordinator, key: str) -> Mapping[str, Any]:
    cycles = _account(coordinator, key).cycles
    return {
        "minutes": None if cycles.seconds is None else round(cycles.seconds / 60),
        "started": moment(cycles.started_at),
        "ended": moment(cycles.ended_at),
        "cycles": cycles.count,
        "running": cycles.running_since is not None,
    }


def _is_measured(load: HomeLoad) -> bool:
    return load.power_sensor is not None


def _has_cycles(load: HomeLoad) -> bool:
    return _is_measured(load) and load.load.heating is None


LOAD_ACCOUNT_SENSORS: Final = (
    LoadSensorDescription(
        key="energy",
        translation_key="load_energy",
        last_reset_fn=_since,
        value_fn=lambda home, key: round(_account(home, key).energy),
        **ENERGY,
    ),
    LoadSensorDescription(
        key="cost",
        translation_key="load_cost",
        attributes_fn=_cost_attributes,
        last_reset_fn=_since,
        value_fn=_cost,
        **EUROS,
    ),
    LoadSensorDescription(
        key="moved",
        translation_key="load_moved",
        entity_registry_enabled_default=False,
        last_reset_fn=_since,
        value_fn=lambda home, key: round(_account(home, key).moved),
        **ENERGY,
    ),
    LoadSensorDescription(
        key="standby",
        translation_key="load_standby",
        device_class=SensorDeviceClass.POWER,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        exists_fn=_is_measured,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=_standby,
    ),
    LoadSensorDescription(
        key="cycle",
        translation_key="load_cycle",
        attributes_fn=_cycle_attributes,
        device_class=SensorDeviceClass.ENERGY,
        entity_registry_enabled_default=False,
        exists_fn=_has_cycles,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_display_precision=2,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        value_fn=_cycle,
    ),
)


def _cost_rate(coordinator: HomeCoordinator) -> float | None:
    """Return what the home costs an hour, as it draws now; nothing while it injects."""
    meter = coordinator.meter
    if not meter.connected or meter.data is None or meter.estimate is None:
        return None
    price = price_of(coordinator.hass, meter.data.period)
    if price is None:
        return None
    return round(max(meter.estimate.power, 0.0) / 1000 * price, 3)


def _saved(coordinator: HomeCoordinator) -> float | None:
    """Return what shedding has saved; None while no price is known."""
    accounts = coordinator.memory.accounts
    priced = any(
        spent.cost for load in accounts.loads.values() for spent in load.spent.values()
    )
    return round(accounts.saved, 2) if accounts.saved or priced else None


HOUSE_ACCOUNT_SENSORS: Final = (
    HouseSensorDescription(
        key="house_cost_rate",
        translation_key="house_cost_rate",
        native_unit_of_measurement="EUR/h",
        paced=True,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        value_fn=_cost_rate,
    ),
    HouseSensorDescription(
        key="house_saved",
        translation_key="house_saved",
        last_reset_fn=lambda home: moment(home.memory.accounts.season_since or None),
        value_fn=_saved,
        **EUROS,
    ),
)
