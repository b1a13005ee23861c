"""What the regulation decides on, and what it decides: data, with their units.

Powers are in W where they are active and in VA where the breaker sees them, energies
in Wh, temperatures in °C, times and durations in s; a moment is in s since 1970 (UTC).
Tuples by phase hold phase 1 first. What is not known is None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from types import MappingProxyType
from typing import Final

from ..reading import TariffPeriod, TempoColor

NOTHING: Final[Mapping[str, float]] = MappingProxyType({})


# --- what the home is -----------------------------------------------------------------


class Guard(StrEnum):
    """How far the filtered power may go (SEMANTICS, section 1)."""

    STRICT = "strict"
    """Never knowingly above the cut-off power."""
    BRANCH_BREAKER = "branch_breaker"
    """An ordinary breaker of the same rating may stand behind the Linky."""
    LINKY = "linky"
    """The Linky is the only limit."""

    @property
    def ratio(self) -> float:
        """How many times the cut-off power the filter may reach."""
        return _GUARD_RATIOS[self]


_GUARD_RATIOS: Final = {
    Guard.STRICT: 1.0,
    Guard.BRANCH_BREAKER: 1.1,
    Guard.LINKY: 1.3,
}


class Level(StrEnum):
    """What a heater is told, from the coldest to the warmest (six-order pilot wire)."""

    OFF = "off"
    FROST = "frost"
    ECO = "eco"
    COMFORT_2 = "comfort_2"
    COMFORT_1 = "comfort_1"
    COMFORT = "comfort"

    @property
    def warmth(self) -> int:
        """Place in the order, 0 the coldest."""
        return _WARMTH[self]


_WARMTH: Final = {level: place for place, level in enumerate(Level)}


class GridUse(StrEnum):
    """When a load may draw from the grid, before any rule forbids it."""

    ANY = "any"
    OFF_PEAK = "off_peak"
    NEVER = "never"
    """Surplus only."""


class Unit(StrEnum):
    """What a modulated load is told."""

    WATT = "W"
    AMPERE = "A"
    """Per phase."""
    PERCENT = "%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Modulation:
    """A power that can be set, in steps, between two values of its unit."""

    low: float
    """Lowest value that is not off."""
    high: float
    step: float = 1.0
    unit: Unit = Unit.WATT
    curve: tuple[tuple[float, float], ...] = ((0.0, 0.0), (1.0, 1.0))
    """Share of the power by share of 100 %, rising; a dimmer's is not straight."""
    phase_counts: tuple[int, ...] = ()
    """Numbers of phases that a charger can switch between; empty: all of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thermal:
    """A store of heat that has a temperature, as a tank has."""

    must: float
    """It must run below that, from the grid if need be."""
    eco: float
    """The grid heats up to that."""
    surplus: float
    """The sun heats up to that."""
    highest: float
    """It never runs above that."""
    hysteresis: float = 3.0
    """K that it cools down by before it is heated again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heating:
    """A heater, with a thermostat of its own, that keeps a room warm."""

    levels: frozenset[Level] = frozenset({Level.FROST, Level.ECO, Level.COMFORT})
    """Orders that it knows."""
    comfort: float = 19.0
    eco: float = 15.5
    frost: float = 7.0
    floor: float | None = None
    """It is not shed by a rule while the room is below that."""
    on_sun_in_red: bool = False
    """It may heat in a red peak with sun enough for it (SEMANTICS, row 10)."""


class Quantity(StrEnum):
    """What a guarantee counts."""

    MINUTES = "minutes"
    ENERGY = "energy"
    """Wh."""
    TEMPERATURE = "temperature"
    """°C."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """What a load must have had each day at a time of day."""

    quantity: Quantity
    amount: float
    by: int
    """Minute of the day, Paris time."""
    capacity: float | None = None
    """Wh that 1 K is, for a temperature: it tells how long the rest takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disinfection:
    """A tank that has to be hot for some time, every so often."""

    temperature: float = 60.0
    hold: float = 3600.0
    every: float = 7 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time of the week, Paris time; it may go over midnight."""

    days: frozenset[int] = frozenset(range(7))
    """On which it starts, Monday is 0."""
    start: int = 0
    """Minute of the day."""
    end: int = 1440
    """Minute of the day; not after `start`: of the next day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """An appliance that is managed; it is one of four kinds.

    With `modulation` its power can be set, with `heating` it gets levels, with
    `forbid_only` another contact switches it and it can only be held off; otherwise it
    is on or off.
    """

    key: str
    power: float | None = None
    """At its full power; None: it has to be learnt."""
    phases: tuple[int, ...] = (1,)
    """Those that it hangs on, and shares its power between; a charger that can switch
    draws on the first of them. All three where nobody knows which one it is."""
    modulation: Modulation | None = None
    heating: Heating | None = None
    forbid_only: bool = False
    thermal: Thermal | None = None
    guarantee: Guarantee | None = None
    disinfection: Disinfection | None = None
    windows: tuple[Window, ...] = ()
    """When it may run; empty: always."""
    grid: GridUse = GridUse.ANY
    grid_on_dear_days: GridUse = GridUse.OFF_PEAK
    """The same on white and red days, for what is no heater."""
    surplus: bool = True
    """It takes surplus; a heater only does in a red peak, where it opted in."""
    sun_share: float = 1.0
    """Share of its power that the sun must give before it starts on surplus."""
    sheddable: bool = True
    never_cut: bool = False
    """It is not stopped before its cycle ends, a washing machine for one."""
    storable: bool = False
    """It may follow the grid's frequency."""
    ecowatt: bool = False
    """It was named for EcoWatt."""
    green: bool = False
    """It waits for electricity below the carbon or price limit."""
    min_on: float = 300.0
    min_off: float = 300.0
    most_starts: int | None = None
    """A day."""
    follow: float = 3.0
    """From an order to its effect, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the household chose."""

    ranks: tuple[tuple[str, ...], ...]
    """Groups of keys: the first is served first and shed last, equals share one."""
    guard: Guard = Guard.BRANCH_BREAKER
    limit_share: float = 0.97
    """Share of the cut-off power that is given away."""
    white_level: Level = Level.FROST
    """What white peak hours do to heating."""
    shed_in_white: bool = True
    ecowatt_level: int = 3
    carbon_limit: float | None = None
    """g/kWh."""
    price_limit: float | None = None
    """EUR/kWh."""
    frequency: bool = False
    preheat: float = 0.0
    """s before a red peak in which heating gets `preheat_by` more."""
    preheat_by: float = 1.0
    """K."""
    battery_first: bool = True
    battery_enough: float = 100.0
    """State of charge in % from which the loads go first all the same."""
    export: float = 0.0
    """W of surplus that is left to the grid, so that it gives none."""
    off_is_absence: bool = False
    """The thermostat's OFF is enabled."""


# --- what it is told ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the home draws at its meter."""

    time: float
    """When the meter said it."""
    net: float
    """W, negative while it injects."""
    apparent: tuple[float, ...]
    """VA drawn by phase; 0 while it injects."""
    cutoff: float | None = None
    """VA by phase above which the breaker acts in the end (PCOUP)."""
    period: TariffPeriod | None = None
    peak_today: tuple[float, ...] = ()
    """Today's highest filtered power by phase, VA (SMAXSN)."""
    overload: bool = False
    """The subscribed power is exceeded: nothing more is given meanwhile."""
    dry_contact_closed: bool | None = None
    """The meter's own contact lets a water heater draw."""


class PeakKind(StrEnum):
    """Why hours are dear; the first is the dearest."""

    RED = "red"
    EJP = "ejp"
    SUPPLIER = "supplier"
    WHITE = "white"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time that something is announced for."""

    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakSpan(Span):
    """Announced dear hours."""

    kind: PeakKind


@dataclass(frozen=True, slots=True, kw_only=True)
class EcowattSpan(Span):
    """An announced EcoWatt level: 1 green, 2 orange, 3 red."""

    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """A battery beside the meter."""

    power: float
    """W, positive while it charges."""
    soc: float | None = None
    """%."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """The frequency of the grid."""

    value: float
    """Hz."""
    time: float
    resolution: float
    """Hz."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What is announced or measured beside the meter."""

    tempo: bool = False
    """The contract is Tempo."""
    color: TempoColor | None = None
    """Of the Tempo day that runs, by the calendar."""
    color_tomorrow: TempoColor | None = None
    peaks: tuple[PeakSpan, ...] = ()
    """Announced or running, in order."""
    off_peak: tuple[Span, ...] = ()
    """Known off-peak blocks from now on, in order; empty: not known."""
    ecowatt: tuple[EcowattSpan, ...] = ()
    carbon: float | None = None
    """g/kWh."""
    price: float | None = None
    """EUR/kWh."""
    production: float | None = None
    """W."""
    battery: Battery | None = None
    frequency: Frequency | None = None
    power_cut: bool = False
    """The power has just come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a load's own entities say."""

    available: bool = True
    setting: float | None = None
    """Value in its unit, 0 is off and 1 on where it cannot be set; None: not said."""
    level: Level | None = None
    power: float | None = None
    """W, measured."""
    temperature: float | None = None
    phases: int | None = None
    """How many a charger that can switch is switched to."""
    connected: bool = True
    """A car is plugged in, an appliance is ready."""
    by_hand: bool = False
    """Somebody has just set it otherwise than ordered."""


class HouseMode(StrEnum):
    """What is done at all."""

    AUTOMATIC = "automatic"
    OBSERVE = "observe"
    OFF = "off"
    ABSENT = "absent"


class HeatingMode(StrEnum):
    """The thermostat's mode."""

    AUTO = "auto"
    HEAT = "heat"
    OFF = "off"


class LoadMode(StrEnum):
    """What a person chose for one load."""

    AUTOMATIC = "automatic"
    FORCED = "forced"
    OFF = "off"
    PAUSED = "paused"
    """It is left alone as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadWish:
    """A person's choice for one load, with its end."""

    mode: LoadMode = LoadMode.AUTOMATIC
    until: float = inf
    power: float | None = None
    """W that it is forced with; None: all it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatingWish:
    """What a thermostat was asked for, that of the home or of one room."""

    heating: HeatingMode = HeatingMode.AUTO
    heat_since: float = -inf
    heat_until: float = inf
    preset: Level = Level.COMFORT
    comfort_shift: float | None = None
    """K that comfort is warmer than each heater has it by itself; None: nobody asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes(HeatingWish):
    """What persons chose, until they choose otherwise; of heating, for the home."""

    house: HouseMode = HouseMode.AUTOMATIC
    absent_until: float = inf
    emergency_until: float = -inf
    """Heating in a red peak all the same, asked for and confirmed."""
    rooms: Mapping[str, HeatingWish] = field(default_factory=dict)
    """What was asked for in one room since, by the key of its heater."""
    loads: Mapping[str, LoadWish] = field(default_factory=dict)
    armed: frozenset[str] = frozenset()
    """Keys of the loads that may be commanded; the others are observed."""

    def of(self, room: str | None) -> HeatingWish:
        """Return what counts in a room: its own wish, or else the home's (None)."""
        return self if room is None else self.rooms.get(room, self)


# --- what it decides ------------------------------------------------------------------


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
    figures: Mapping[str, float] = NOTHING
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
