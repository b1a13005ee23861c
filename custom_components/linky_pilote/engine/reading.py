"""What a meter says at one instant, whoever brought it.

A `MeterReading` has the same shape in historical and in standard mode, for one
and for three phases, for a consumer and for a producer. What the meter does not
say is None (or missing from a mapping): never zero, never a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class TicMode(StrEnum):
    """The two languages of the customer output (Enedis-NOI-CPT_54E, section 4)."""

    HISTORICAL = "historical"
    STANDARD = "standard"


class Contract(StrEnum):
    """The kind of supply contract, as far as the meter tells."""

    BASE = "base"
    OFF_PEAK = "off_peak"
    EJP = "ejp"
    TEMPO = "tempo"
    PRODUCER = "producer"
    OTHER = "other"


class TariffPeriod(StrEnum):
    """The period an index counts in; also the name of that index."""

    BASE = "base"
    OFF_PEAK = "off_peak"
    PEAK = "peak"
    NORMAL = "normal"
    MOVING_PEAK = "moving_peak"
    BLUE_OFF_PEAK = "blue_off_peak"
    BLUE_PEAK = "blue_peak"
    WHITE_OFF_PEAK = "white_off_peak"
    WHITE_PEAK = "white_peak"
    RED_OFF_PEAK = "red_off_peak"
    RED_PEAK = "red_peak"
    WEEKEND = "weekend"
    OTHER = "other"


class TempoColor(StrEnum):
    """The colour of a Tempo day, which runs from 06:00 to 06:00, Paris time."""

    BLUE = "blue"
    WHITE = "white"
    RED = "red"


class ColorSource(StrEnum):
    """Which part of the meter's output a colour was taken from."""

    TARIFF_PERIOD = "tariff_period"
    ANNOUNCEMENT = "announcement"
    STATUS_REGISTER = "status_register"
    MOVING_PEAK = "moving_peak"


class Breaker(StrEnum):
    """State of the meter's breaker: closed, or open and why (STGE bits 1 to 3)."""

    CLOSED = "closed"
    OVERPOWER = "overpower"
    OVERVOLTAGE = "overvoltage"
    LOAD_SHEDDING = "load_shedding"
    REMOTE_ORDER = "remote_order"
    OVERHEATING_ABOVE_LIMIT = "overheating_above_limit"
    OVERHEATING_BELOW_LIMIT = "overheating_below_limit"


class EuridisOutput(StrEnum):
    """State of the Euridis bus (STGE bits 19 and 20)."""

    OFF = "off"
    OPEN = "open"
    SECURED = "secured"


class PowerLineStatus(StrEnum):
    """State of the power-line link to the concentrator (STGE bits 21 and 22)."""

    NEW_UNLOCKED = "new_unlocked"
    NEW_LOCKED = "new_locked"
    REGISTERED = "registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRegister:
    """The register STGE, field by field; a code that has no meaning is None."""

    dry_contact_open: bool
    breaker: Breaker | None
    cover_open: bool
    overvoltage: bool
    over_subscribed_power: bool
    producer: bool
    exporting: bool
    supplier_index: int | None
    """Running index of the supply contract, 1 to 10."""
    distributor_index: int
    """Running index of the distribution contract, 1 to 4."""
    clock_degraded: bool
    standard_output: bool
    euridis: EuridisOutput | None
    power_line: PowerLineStatus | None
    power_line_synchronised: bool
    color_today: TempoColor | None
    color_tomorrow: TempoColor | None
    moving_peak_notice: int | None
    """Number of the moving peak announced, 1 to 3."""
    moving_peak: int | None
    """Number of the moving peak that is running, 1 to 3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """A maximum that the meter kept."""

    power: int
    """VA."""
    time: datetime | None = None
    """When it was reached; None where the meter's clock cannot be trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingPeak:
    """A peak period that the supplier announced (DPMn and FPMn), Paris legal time."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBlock:
    """What happens at one time of a day profile (PJOURF+1, PPOINTE)."""

    minute: int
    """Start, in minutes after midnight, legal time."""
    index: int | None
    """Index to count on from then, 1 to 10; None leaves it as it is."""
    dry_contact: str
    """`unchanged`, `tempo`, `open` or `closed`."""
    virtual_contacts: tuple[int, ...]
    """Numbers of the virtual contacts that are closed, 1 to 7."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterReading:
    """What the meter says at one instant.

    Powers are in VA unless a name says otherwise, energies in Wh (varh for
    reactive ones), currents in A, voltages in V. Tuples by phase hold phase 1
    first and are empty when the meter does not send them.
    """

    mode: TicMode | None
    """None where no meter speaks, and other sensors measure."""
    complete: bool
    """The frame it came from closed with ETX and no group of it failed."""

    serial: str | None = None
    """Meter number, 12 digits (ADCO, ADSC). It identifies a home: private."""
    delivery_point: str | None = None
    """PRM, 14 digits. Private."""
    tic_version: int | None = None
    phases: int = 1
    producer: bool = False

    contract: Contract | None = None
    contract_name: str | None = None
    """As the meter writes it: OPTARIF, or NGTF trimmed."""
    period: TariffPeriod | None = None
    period_name: str | None = None
    """As the meter writes it: PTEC, or LTARF trimmed."""
    period_index: int | None = None
    """Number of the supplier's index that counts now, 1 to 10 (NTARF)."""
    peak_notice_minutes: int | None = None
    """Notice of an EJP peak, in minutes (PEJP)."""

    color_today: TempoColor | None = None
    color_today_source: ColorSource | None = None
    color_tomorrow: TempoColor | None = None
    color_tomorrow_source: ColorSource | None = None

    indexes: Mapping[str, int] = field(default_factory=dict)
    """Drawn energy by period: a `TariffPeriod`, or `index_01` to `index_10`
    where the period of a supplier's index is not known."""
    contract_indexes: frozenset[str] = frozenset()
    """The keys of `indexes` that the present contract counts on."""
    distributor_indexes: Mapping[int, int] = field(default_factory=dict)
    total_index: int | None = None
    """Drawn energy in all."""
    injected_index: int | None = None
    reactive_indexes: Mapping[int, int] = field(default_factory=dict)
    """Reactive energy by quadrant, 1 to 4, in varh."""

    apparent_power: int | None = None
    """Drawn apparent power; 0 while the home injects."""
    apparent_power_by_phase: tuple[int, ...] = ()
    injected_power: int | None = None
    active_power: int | None = None
    """W at the meter, negative while the home injects: of another sensor, as no meter
    sends it."""
    active_power_by_phase: tuple[int, ...] = ()
    """The same."""
    currents: tuple[int, ...] = ()
    voltages: tuple[int, ...] = ()
    mean_voltages: tuple[int, ...] = ()
    """Mean over the last 10 minutes (UMOY)."""

    subscribed_current: int | None = None
    """Per phase (ISOUSC)."""
    subscribed_power: int | None = None
    """PREF, or ISOUSC x 200 V x phases (54E, section 5.3.6)."""
    cutoff_power: int | None = None
    """PCOUP: the power above which the breaker acts."""

    overload: bool = False
    """The subscribed power is exceeded (ADPS, ADIRn, STGE bit 7)."""
    overload_currents: Mapping[int, int] = field(default_factory=dict)
    """Current by phase that the overload warning gave, in A."""

    max_currents: tuple[int, ...] = ()
    """Highest currents (IMAX)."""
    peak_today: Peak | None = None
    peak_yesterday: Peak | None = None
    peaks_today_by_phase: tuple[Peak, ...] = ()
    peaks_yesterday_by_phase: tuple[Peak, ...] = ()
    injected_peak_today: Peak | None = None
    injected_peak_yesterday: Peak | None = None

    load_curve: Peak | None = None
    """Mean active power over the last interval, in W, and the interval's end."""
    load_curve_before: Peak | None = None
    injected_load_curve: Peak | None = None
    injected_load_curve_before: Peak | None = None

    status: StatusRegister | None = None
    relays: tuple[bool, ...] = ()
    """Relays 1 to 8, True when closed; the first is the dry contact."""
    moving_peaks: Mapping[int, MovingPeak] = field(default_factory=dict)
    day_profile_today: int | None = None
    day_profile_tomorrow: int | None = None
    next_day_plan: tuple[DayBlock, ...] = ()
    next_peak_plan: tuple[DayBlock, ...] = ()
    message: str | None = None
    short_message: str | None = None
    meter_status_word: str | None = None
    """MOTDETAT."""
    timetable_code: str | None = None
    """HHPHC."""
    missing_phases: tuple[int, ...] = ()
    """Phases without voltage (PPOT)."""

    clock: datetime | None = None
    """The meter's clock, with its offset from UTC."""
    clock_degraded: bool = False
    """The meter says that its clock cannot be trusted."""
