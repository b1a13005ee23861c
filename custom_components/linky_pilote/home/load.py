"""A load as its config subentry describes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigSubentry

from ..engine.regulation.model import (
    Disinfection,
    GridUse,
    Guarantee,
    Heating,
    Level,
    Load,
    Modulation,
    Quantity,
    Thermal,
    Unit,
    Window,
)

SUBENTRY_LOAD: Final = "load"

CONF_BEHAVIOUR: Final = "behaviour"
CONF_COMFORT: Final = "comfort"
CONF_CONNECTED: Final = "connected"
CONF_DISINFECTION: Final = "disinfection"
CONF_ECO: Final = "eco"
CONF_ECOWATT: Final = "ecowatt"
CONF_ENTITY: Final = "entity"
CONF_FLOOR: Final = "floor"
CONF_FOLLOW: Final = "follow"
CONF_FROST: Final = "frost"
CONF_GRID: Final = "grid"
CONF_GUARANTEE: Final = "guarantee"
CONF_GUARANTEE_AMOUNT: Final = "guarantee_amount"
CONF_GUARANTEE_BY: Final = "guarantee_by"
CONF_HIGH: Final = "high"
CONF_HIGHEST: Final = "highest"
CONF_INVERTED: Final = "inverted"
CONF_LOW: Final = "low"
CONF_MUST: Final = "must"
CONF_NEVER_CUT: Final = "never_cut"
CONF_ON_SUN: Final = "on_sun_in_red"
CONF_ORDERS: Final = "orders"
CONF_PHASES: Final = "phases"
CONF_PHASE_SWITCH: Final = "phase_switch"
CONF_POWER: Final = "power"
CONF_POWER_SENSOR: Final = "power_sensor"
CONF_SCHEDULE: Final = "schedule"
CONF_SHEDDABLE: Final = "sheddable"
CONF_STEP: Final = "step"
CONF_STORABLE: Final = "storable"
CONF_SURPLUS: Final = "surplus"
CONF_SWITCH: Final = "switch"
CONF_TEMPERATURE_SENSOR: Final = "temperature_sensor"
CONF_TO_SURPLUS: Final = "to_surplus"
CONF_UNIT: Final = "unit"

ENTITY_FIELDS: Final = (
    CONF_ENTITY,
    CONF_SWITCH,
    CONF_PHASE_SWITCH,
    CONF_POWER_SENSOR,
    CONF_TEMPERATURE_SENSOR,
    CONF_CONNECTED,
    CONF_SCHEDULE,
)
"""What is kept by its id in the registry: renaming an entity changes nothing."""


class Behaviour(StrEnum):
    """How a load is managed."""

    APPLIANCE = "appliance"
    """Others switch it on; it is shed, and given back what it had."""
    ON_OFF = "on_off"
    """It is switched on and off by hours, sun and promises."""
    HEATING = "heating"
    TANK = "tank"
    ADJUSTABLE = "adjustable"
    CHARGER = "charger"
    FORBID_ONLY = "forbid_only"
    """Another contact, the meter's for one, switches it: it can only be held off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeLoad:
    """What is known of a load: its entities, and what the regulation is told of it."""

    load: Load
    name: str
    behaviour: Behaviour
    entity: str
    """Id in the registry, or entity id of what no registry knows; so are the others."""
    switch: str | None
    """Stops an adjustable load that has no value for off."""
    phase_switch: str | None
    """Tells a charger one phase from three."""
    power_sensor: str | None
    temperature_sensor: str | None
    connected: str | None
    schedule: str | None
    inverted: bool
    """On is off: a pilot-wire module that heats while its contact is open."""
    orders: Mapping[Level, str]
    """Options or presets that stand for the levels of a heater."""

    @property
    def key(self) -> str:
        """The id of its subentry."""
        return self.load.key

    @classmethod
    def of(cls, subentry: ConfigSubentry, windows: tuple[Window, ...] = ()) -> Self:
        """Return what a subentry describes; `windows` are those of its schedule."""
        data = subentry.data
        behaviour = Behaviour(data[CONF_BEHAVIOUR])
        orders = {
            Level(level): option for level, option in data.get(CONF_ORDERS, {}).items()
        }
        return cls(
            load=_engine_load(subentry.subentry_id, behaviour, data, orders, windows),
            name=subentry.title,
            behaviour=behaviour,
            entity=data[CONF_ENTITY],
            switch=data.get(CONF_SWITCH),
            phase_switch=data.get(CONF_PHASE_SWITCH),
            power_sensor=data.get(CONF_POWER_SENSOR),
            temperature_sensor=data.get(CONF_TEMPERATURE_SENSOR),
            connected=data.get(CONF_CONNECTED),
            schedule=data.get(CONF_SCHEDULE),
            inverted=data.get(CONF_INVERTED, False),
            orders=orders,
        )


def _engine_load(
    key: str,
    behaviour: Behaviour,
    data: Mapping[str, Any],
    orders: Mapping[Level, str],
    windows: tuple[Window, ...],
) -> Load:
    defaults = Load(key=key)
    return Load(
        key=key,
        power=data.get(CONF_POWER),
        phases=_phases(data),
        modulation=_modulation(behaviour, data),
        heating=_heating(data, orders) if behaviour is Behaviour.HEATING else None,
        forbid_only=behaviour is Behaviour.FORBID_ONLY,
        thermal=_thermal(data) if behaviour is Behaviour.TANK else None,
        guarantee=_guarantee(data),
        disinfection=Disinfection() if data.get(CONF_DISINFECTION) else None,
        windows=windows,
        grid=GridUse(data.get(CONF_GRID, GridUse.ANY)),
        grid_on_dear_days=(
            GridUse.ANY
            if behaviour is Behaviour.APPLIANCE
            else defaults.grid_on_dear_days
        ),
        surplus=data.get(CONF_SURPLUS, behaviour is not Behaviour.APPLIANCE),
        sheddable=data.get(CONF_SHEDDABLE, True),
        never_cut=data.get(CONF_NEVER_CUT, False),
        storable=data.get(CONF_STORABLE, False),
        ecowatt=data.get(CONF_ECOWATT, False),
        min_on=0.0 if behaviour is Behaviour.APPLIANCE else defaults.min_on,
        min_off=0.0 if behaviour is Behaviour.APPLIANCE else defaults.min_off,
        follow=data.get(CONF_FOLLOW, defaults.follow),
    )


def _heating(data: Mapping[str, Any], orders: Mapping[Level, str]) -> Heating:
    defaults = Heating()
    levels = frozenset(orders)
    return Heating(
        levels=levels or defaults.levels,
        comfort=data.get(CONF_COMFORT, defaults.comfort),
        eco=data.get(CONF_ECO, defaults.eco),
        frost=data.get(CONF_FROST, defaults.frost),
        floor=data.get(CONF_FLOOR),
        on_sun_in_red=data.get(CONF_ON_SUN, False),
    )


def _thermal(data: Mapping[str, Any]) -> Thermal:
    return Thermal(
        must=data[CONF_MUST],
        eco=data[CONF_ECO],
        surplus=data[CONF_TO_SURPLUS],
        highest=data[CONF_HIGHEST],
    )


def _phases(data: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the phases of a load; where nobody knows, any may be the one.

    What is told its current is always asked for them where there are three.
    """
    known = tuple(int(phase) for phase in data.get(CONF_PHASES) or ())
    unknown = (1,) if data.get(CONF_UNIT) == Unit.AMPERE else (1, 2, 3)
    return known or unknown


def _modulation(behaviour: Behaviour, data: Mapping[str, Any]) -> Modulation | None:
    if behaviour not in (Behaviour.ADJUSTABLE, Behaviour.CHARGER):
        return None
    return Modulation(
        low=data[CONF_LOW],
        high=data[CONF_HIGH],
        step=data[CONF_STEP],
        unit=Unit(data[CONF_UNIT]),
        phase_counts=(1, 3) if data.get(CONF_PHASE_SWITCH) else (),
    )


def _guarantee(data: Mapping[str, Any]) -> Guarantee | None:
    quantity = data.get(CONF_GUARANTEE)
    if quantity is None:
        return None
    by = time.fromisoformat(data[CONF_GUARANTEE_BY])
    amount = data[CONF_GUARANTEE_AMOUNT]
    if quantity == Quantity.ENERGY:
        amount *= 1000.0  # a person says kWh
    return Guarantee(
        quantity=Quantity(quantity), amount=amount, by=by.hour * 60 + by.minute
    )
