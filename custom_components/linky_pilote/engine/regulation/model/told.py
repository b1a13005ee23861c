"""What the regulation is told: the meter's word, signals, what the loads say."""

from dataclasses import dataclass
from enum import StrEnum

from ...reading import TariffPeriod, TempoColor
from .home import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the home draws at its meter."""

    time: float
    """When the meter said it."""
    net: float
    """W, negative while it injects."""
    apparent: tuple[float, ...]
    """VA drawn by phase; 0 while it injects."""
    injecting: bool = False
    """It gives to the grid, be it that nobody knows how much."""
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
    target: float | None = None
    """°C that its own thermostat is set to."""
    power: float | None = None
    """W, measured."""
    temperature: float | None = None
    phases: int | None = None
    """How many a charger that can switch is switched to."""
    connected: bool = True
    """A car is plugged in, an appliance is ready."""
    by_hand: bool = False
    """Somebody has just set it otherwise than ordered."""
