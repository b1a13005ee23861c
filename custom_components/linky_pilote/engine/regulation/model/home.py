"""What a home is: its loads, and what its household chose for good."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


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
    """Wh that 1 K is, for a temperature: it tells how long the rest takes. None: as a
    big tank."""


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
