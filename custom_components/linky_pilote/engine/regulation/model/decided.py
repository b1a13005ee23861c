"""What the regulation decides, and what it says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from .home import Level
from .wish import HeatingMode

_NOTHING: Final[Mapping[str, float]] = MappingProxyType({})


class Reason(StrEnum):
    """Why a load has what it has, or has not what it wants."""

    ABSENT = "absent"
    ASKED = "asked"
    CARBON = "carbon"
    DATA_LOST = "data_lost"
    DISINFECTION = "disinfection"
    DRY_CONTACT = "dry_contact"
    ECOWATT = "ecowatt"
    EJP_PEAK = "ejp_peak"
    EMERGENCY = "emergency"
    FLOOR = "floor"
    FORCED = "forced"
    FREQUENCY = "frequency"
    GUARANTEE = "guarantee"
    HAND = "hand"
    HEAT = "heat"
    HOT = "hot"
    HOUSE_OFF = "house_off"
    IN_CYCLE = "in_cycle"
    METER_SUSPECT = "meter_suspect"
    MIN_OFF = "min_off"
    MIN_ON = "min_on"
    NOT_CONNECTED = "not_connected"
    NOT_ENABLED = "not_enabled"
    NOT_FOLLOWING = "not_following"
    NO_ROOM = "no_room"
    NO_SURPLUS = "no_surplus"
    OFF_PEAK = "off_peak"
    OVERLOAD = "overload"
    PAUSED = "paused"
    PREHEATING = "preheating"
    PRICE = "price"
    RED_PEAK = "red_peak"
    SATISFIED = "satisfied"
    SCHEDULE = "schedule"
    SENSOR_LOST = "sensor_lost"
    SETTLING = "settling"
    STAGED_START = "staged_start"
    STARTS_USED_UP = "starts_used_up"
    SUPPLIER_PEAK = "supplier_peak"
    SURPLUS = "surplus"
    SWITCHED_OFF = "switched_off"
    TOO_COLD = "too_cold"
    UNAVAILABLE = "unavailable"
    WHITE_PEAK = "white_peak"


class House(StrEnum):
    """What the regulation is about."""

    NORMAL = "normal"
    WATCH = "watch"
    """The filter is above 80 % of its guard."""
    SHEDDING = "shedding"
    HOLD = "hold"
    """What is left to shed would not help, or did not."""
    RESTORING = "restoring"
    DEGRADED = "degraded"
    """The meter is silent, or what it says cannot be."""
    OBSERVE = "observe"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a load is told."""

    power: float
    """W that it may draw."""
    value: float
    """In its unit; 0 is off and 1 on where it cannot be set."""
    level: Level | None = None
    target: float | None = None
    """Of a heater."""
    phases: int | None = None
    """Of a charger that can switch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command to send now."""

    key: str
    setting: Setting
    reason: Reason
    protective: bool = False
    """It must not wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was decided about one load, and why."""

    key: str
    setting: Setting | None
    """What it has been told, or would be (observed); None: it is left alone."""
    reason: Reason
    """Why it has that."""
    wanted: float = 0.0
    """W that it would draw."""
    blocked_by: Reason | None = None
    """What keeps it from having what it wants."""
    until: float | None = None
    """When that can change next, as far as it is known."""
    shed: bool = False
    """Something is taken from it, for the breaker's sake or by a rule; what waits for the
    sun, for its hours or for room by its own rules is not shed."""
    observed: bool = False
    """It is not commanded: this is what it would be told."""
    figures: Mapping[str, float] = _NOTHING
    """What the decision was made of, in the units of their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thermostat:
    """What the shedding thermostat shows (SEMANTICS, section 3)."""

    mode: HeatingMode
    heating: bool
    """A heater draws; otherwise it is idle."""
    target: float
    shed_by: Reason | None
    """What keeps most of those that are shed from what was asked for."""
    shed_until: float | None
    reason: Reason
    cancellable: bool
    until: float | None
    cancelled: bool = False
    """HEAT keeps a heater from being shed just now."""
    observed: bool = False
    """No heater is commanded: this is what it would show."""

    @property
    def shed(self) -> bool:
        """A heater is."""
        return self.shed_by is not None
