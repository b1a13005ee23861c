"""From the last good group of each label to a `MeterReading`."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Final

from ..reading import (
    ColorSource,
    Contract,
    MeterReading,
    MovingPeak,
    Peak,
    TariffPeriod,
    TempoColor,
    TicMode,
)
from . import registers, tariff
from .events import Group
from .labels import DISTRIBUTOR_INDEXES, REACTIVE_INDEXES, SUPPLIER_INDEXES

_NOMINAL_VOLTAGE: Final = 200
"""V; a contracted current is the contracted power over 200 V (54E, section 5.3.6)."""

_THREE_PHASE_LABELS: Final = frozenset(
    {"ADIR1", "ADIR2", "ADIR3", "IINST2", "IMAX2", "IRMS2", "PMAX", "PPOT", "SINSTS2"}
)

_PHASES: Final = (1, 2, 3)

_DAY_START: Final = time(6)
"""A Tempo day begins at 06:00, legal time."""

_PEAK_COLORS: Final = {1: TempoColor.WHITE, 2: TempoColor.RED}
"""Colour of moving peak n under EDF Tempo (54E, section 6.2.3.13)."""

_NO_MESSAGE: Final = "PAS DE MESSAGE"


def is_three_phase(labels: Iterable[str]) -> bool:
    """Tell whether a meter that sends these labels has three phases."""
    return not _THREE_PHASE_LABELS.isdisjoint(labels)


class _Values:
    """The last good group of each label, read as numbers, texts and peaks."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self._groups = groups

    def raw(self, label: str) -> str | None:
        group = self._groups.get(label)
        return None if group is None else group.data

    def stamp(self, label: str) -> str | None:
        group = self._groups.get(label)
        return None if group is None else group.stamp

    def number(self, *labels: str) -> int | None:
        """Return the number of the first of these labels that is there."""
        for label in labels:
            if (group := self._groups.get(label)) is not None:
                return int(group.data)
        return None

    def text(self, label: str) -> str | None:
        """Return a text without its padding; None when nothing is left."""
        return " ".join((self.raw(label) or "").split()) or None

    def parse[T](self, label: str, parser: Callable[[str], T], absent: T) -> T:
        data = self.raw(label)
        return absent if data is None else parser(data)

    def phases(self, pattern: str, count: int) -> tuple[int, ...]:
        """Return the numbers of that many phases, or nothing when one is missing."""
        numbers = [self.number(pattern.format(phase)) for phase in _PHASES[:count]]
        known = tuple(number for number in numbers if number is not None)
        return known if len(known) == count else ()

    def numbered(self, labels: str) -> dict[int, int]:
        """Return the numbers of labels counted from 1, by their count."""
        numbers = {
            count: self.number(label)
            for count, label in enumerate(labels.split(), start=1)
        }
        return {
            count: number for count, number in numbers.items() if number is not None
        }

    def peak(self, *labels: str) -> Peak | None:
        for label in labels:
            if (group := self._groups.get(label)) is not None:
                moment = registers.parse_stamp(group.stamp) if group.stamp else None
                return Peak(power=int(group.data), time=moment)
        return None

    def peaks(self, pattern: str) -> tuple[Peak, ...]:
        """Return the peaks of three phases, or nothing when one is missing."""
        peaks = [self.peak(pattern.format(phase)) for phase in _PHASES]
        known = tuple(peak for peak in peaks if peak is not None)
        return known if len(known) == len(_PHASES) else ()

    def moment(self, label: str) -> datetime | None:
        stamp = self.stamp(label)
        return None if stamp is None else registers.parse_stamp(stamp)


def build_reading(
    groups: Mapping[str, Group],
    *,
    mode: TicMode,
    complete: bool,
    phases: int,
    periods: tuple[TariffPeriod, ...] | None,
    warnings: Mapping[int, int],
) -> MeterReading:
    """Make a reading of the last good group of each label.

    `periods` are those of the supplier's indexes 1, 2, ... in standard mode, None
    while it is not known what they count: they are left out then. `warnings` are
    the overload warnings in force, in A by phase.
    """
    if mode is TicMode.HISTORICAL:
        return _historical(_Values(groups), complete, phases, warnings)
    return _standard(_Values(groups), complete, phases, periods)


def read_contract(
    groups: Mapping[str, Group],
) -> tuple[Contract | None, TariffPeriod | None]:
    """Return the contract and the period that run, in either mode."""
    values = _Values(groups)
    if (option := values.raw("OPTARIF")) is not None:
        code = values.raw("PTEC") or ""
        return tariff.contract_of_option(option), tariff.HISTORICAL_PERIODS.get(code)
    text = values.text("LTARF")
    period = tariff.period_of_text(text) if text else None
    return tariff.contract_of_text(values.text("NGTF"), period), period


def _historical(
    values: _Values, complete: bool, phases: int, warnings: Mapping[int, int]
) -> MeterReading:
    option = values.raw("OPTARIF")
    contract = (
        _contract_of_indexes(values)
        if option is None
        else tariff.contract_of_option(option)
    )
    period = tariff.HISTORICAL_PERIODS.get(values.raw("PTEC") or "")
    today = tariff.COLOR_OF_PERIOD.get(period) if period else None
    tomorrow = tariff.ANNOUNCED_COLORS.get(values.raw("DEMAIN") or "")
    indexes = {
        str(tariff.HISTORICAL_INDEX_PERIODS[label]): index
        for label in tariff.HISTORICAL_INDEXES_OF.get(contract, ())
        if (index := values.number(label)) is not None
    }
    each = "{}" if phases > 1 else ""
    currents = values.phases("IINST" + each, phases)
    limit = values.number("ISOUSC")
    highest = values.number("PMAX")
    return MeterReading(
        mode=TicMode.HISTORICAL,
        complete=complete,
        serial=values.raw("ADCO"),
        phases=phases,
        contract=contract,
        contract_name=option,
        period=period,
        period_name=values.raw("PTEC"),
        peak_notice_minutes=values.number("PEJP"),
        color_today=today,
        color_today_source=ColorSource.TARIFF_PERIOD if today else None,
        color_tomorrow=tomorrow,
        color_tomorrow_source=ColorSource.ANNOUNCEMENT if tomorrow else None,
        indexes=indexes,
        contract_indexes=frozenset(indexes),
        total_index=_historical_total(values, contract, indexes),
        apparent_power=values.number("PAPP"),
        currents=currents,
        subscribed_current=limit,
        subscribed_power=limit and limit * _NOMINAL_VOLTAGE * phases,
        overload=bool(warnings)
        or (bool(limit) and any(current > (limit or 0) for current in currents)),
        overload_currents=dict(warnings),
        max_currents=values.phases("IMAX" + each, phases),
        peak_yesterday=None if highest is None else Peak(power=highest),
        meter_status_word=values.raw("MOTDETAT"),
        timetable_code=values.raw("HHPHC"),
        missing_phases=values.parse("PPOT", registers.parse_missing_phases, ()),
    )


def _contract_of_indexes(values: _Values) -> Contract | None:
    """Return the contract whose indexes are sent, where OPTARIF never is.

    A meter sends the indexes of its option only (54E, section 6.1.2).
    """
    found = [
        contract
        for contract, labels in {
            **tariff.HISTORICAL_INDEXES_OF,
            Contract.BASE: ("BASE",),
        }.items()
        if values.number(*labels) is not None
    ]
    return found[0] if len(found) == 1 else None


def _historical_total(
    values: _Values, contract: Contract | None, indexes: Mapping[str, int]
) -> int | None:
    """Return BASE, or the sum of the contract's indexes once all of them are known."""
    if contract is Contract.BASE:
        return values.number("BASE")
    expected = tariff.HISTORICAL_INDEXES_OF.get(contract, ())
    return sum(indexes.values()) if expected and len(indexes) == len(expected) else None


def _standard(
    values: _Values,
    complete: bool,
    phases: int,
    periods: tuple[TariffPeriod, ...] | None,
) -> MeterReading:
    period_name, contract_name = values.text("LTARF"), values.text("NGTF")
    period = tariff.period_of_text(period_name) if period_name else None
    contract = tariff.contract_of_text(contract_name, period)
    status = values.parse("STGE", registers.parse_status, None)
    running = values.number("NTARF") or (status.supplier_index if status else None)
    indexes = {} if periods is None else _supplier_indexes(values, periods)
    today = tomorrow = today_source = tomorrow_source = None
    moving_peaks = _moving_peaks(values)
    clock = values.moment("DATE")
    if contract is Contract.TEMPO:
        today, today_source = _first(
            (tariff.COLOR_OF_PERIOD.get(period) if period else None),
            ColorSource.TARIFF_PERIOD,
            status.color_today if status else None,
            ColorSource.STATUS_REGISTER,
        )
        tomorrow, tomorrow_source = _first(
            status.color_tomorrow if status else None,
            ColorSource.STATUS_REGISTER,
            _peak_color(moving_peaks, clock),
            ColorSource.MOVING_PEAK,
        )
    reference, cutoff = values.number("PREF"), values.number("PCOUP")
    stamp = values.stamp("DATE")
    message = values.text("MSG1")
    return MeterReading(
        mode=TicMode.STANDARD,
        complete=complete,
        serial=values.raw("ADSC"),
        delivery_point=values.raw("PRM"),
        tic_version=values.number("VTIC"),
        phases=phases,
        producer=bool(status and status.producer)
        or values.number("SINSTI", "EAIT") is not None,
        contract=contract,
        contract_name=contract_name,
        period=period,
        period_name=period_name,
        period_index=running,
        color_today=today,
        color_today_source=today_source,
        color_tomorrow=tomorrow,
        color_tomorrow_source=tomorrow_source,
        indexes=indexes,
        contract_indexes=_contract_indexes(contract, indexes, periods or (), running),
        distributor_indexes=values.numbered(DISTRIBUTOR_INDEXES),
        total_index=values.number("EAST"),
        injected_index=values.number("EAIT"),
        reactive_indexes=values.numbered(REACTIVE_INDEXES),
        apparent_power=values.number("SINSTS", "SINST1"),
        apparent_power_by_phase=values.phases("SINSTS{}", phases) if phases > 1 else (),
        injected_power=values.number("SINSTI"),
        currents=values.phases("IRMS{}", phases),
        voltages=values.phases("URMS{}", phases),
        mean_voltages=values.phases("UMOY{}", phases),
        subscribed_power=reference and reference * 1000,
        cutoff_power=cutoff and cutoff * 1000,
        overload=bool(status and status.over_subscribed_power),
        peak_today=values.peak("SMAXSN", "SMAXN"),
        peak_yesterday=values.peak("SMAXSN-1", "SMAXN-1"),
        peaks_today_by_phase=values.peaks("SMAXSN{}"),
        peaks_yesterday_by_phase=values.peaks("SMAXSN{}-1"),
        injected_peak_today=values.peak("SMAXIN"),
        injected_peak_yesterday=values.peak("SMAXIN-1"),
        load_curve=values.peak("CCASN"),
        load_curve_before=values.peak("CCASN-1"),
        injected_load_curve=values.peak("CCAIN"),
        injected_load_curve_before=values.peak("CCAIN-1"),
        status=status,
        relays=values.parse("RELAIS", registers.parse_relays, ()),
        moving_peaks=moving_peaks,
        day_profile_today=values.number("NJOURF"),
        day_profile_tomorrow=values.number("NJOURF+1"),
        next_day_plan=values.parse("PJOURF+1", registers.parse_day_plan, ()),
        next_peak_plan=values.parse("PPOINTE", registers.parse_day_plan, ()),
        message=None if message == _NO_MESSAGE else message,
        short_message=values.text("MSG2"),
        clock=clock,
        clock_degraded=bool(stamp and registers.is_degraded(stamp))
        or bool(status and status.clock_degraded),
    )


def _supplier_indexes(
    values: _Values, periods: tuple[TariffPeriod, ...]
) -> dict[str, int]:
    """Return the supplier's indexes by their period, else by their number."""
    numbered = values.numbered(SUPPLIER_INDEXES)
    names = [str(period) for period in periods]
    names += [f"index_{count:02d}" for count in range(len(names) + 1, 11)]
    return {names[count - 1]: index for count, index in numbered.items()}


def _contract_indexes(
    contract: Contract | None,
    indexes: Mapping[str, int],
    periods: tuple[TariffPeriod, ...],
    running: int | None,
) -> frozenset[str]:
    """Return the indexes that a contract counts on; former contracts leave others."""
    if periods:
        return frozenset(str(period) for period in periods) & indexes.keys()
    if contract is Contract.PRODUCER:
        return frozenset()
    now = f"index_{running:02d}" if running else None
    several = contract is not Contract.BASE
    return frozenset(
        key for key, index in indexes.items() if key == now or (several and index > 0)
    )


def _first[T](
    value: TempoColor | None, source: T, other: TempoColor | None, other_source: T
) -> tuple[TempoColor | None, T | None]:
    """Return the first colour that is known, with where it comes from."""
    if value is not None:
        return value, source
    return (other, other_source) if other is not None else (None, None)


def _moving_peaks(values: _Values) -> dict[int, MovingPeak]:
    peaks = {
        count: MovingPeak(
            start=values.moment(f"DPM{count}"), end=values.moment(f"FPM{count}")
        )
        for count in (1, 2, 3)
    }
    return {count: peak for count, peak in peaks.items() if peak != MovingPeak()}


def _peak_color(
    peaks: Mapping[int, MovingPeak], clock: datetime | None
) -> TempoColor | None:
    """Return the colour of the day that starts at the next 06:00, if it is announced."""
    if clock is None:
        return None
    local = clock.astimezone(registers.PARIS)
    day = local.date() + timedelta(days=local.time() >= _DAY_START)
    start = datetime.combine(day, _DAY_START, registers.PARIS)
    return next(
        (
            color
            for count, color in _PEAK_COLORS.items()
            if count in peaks and peaks[count].start == start
        ),
        None,
    )
