"""Readings of standard mode (Enedis-NOI-CPT_54E, section 6.2)."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final

from ..reading import ColorSource, Contract, MovingPeak, TariffPeriod, TempoColor
from . import registers, tariff
from .labels import DISTRIBUTOR_INDEXES, REACTIVE_INDEXES, SUPPLIER_INDEXES
from .parts import Facts, Fields, part
from .values import Values

_DAY_START: Final = time(6)
"""A Tempo day begins at 06:00, legal time."""

_PEAK_COLORS: Final = {1: TempoColor.WHITE, 2: TempoColor.RED}
"""Colour of moving peak n under EDF Tempo (54E, section 6.2.3.13)."""

_NO_MESSAGE: Final = "PAS DE MESSAGE"


def _supply(values: Values, _: Facts, __: Fields) -> Fields:
    period_name, contract_name = values.text("LTARF"), values.text("NGTF")
    period = tariff.period_of_text(period_name) if period_name else None
    reference, cutoff = values.number("PREF"), values.number("PCOUP")
    return {
        "serial": values.raw("ADSC"),
        "delivery_point": values.raw("PRM"),
        "tic_version": values.number("VTIC"),
        "contract": tariff.contract_of_text(contract_name, period),
        "contract_name": contract_name,
        "period": period,
        "period_name": period_name,
        "subscribed_power": reference and reference * 1000,
        "cutoff_power": cutoff and cutoff * 1000,
    }


def _status(values: Values, _: Facts, __: Fields) -> Fields:
    status = values.parse("STGE", registers.parse_status, None)
    return {
        "status": status,
        "overload": bool(status and status.over_subscribed_power),
    }


def _indexes(values: Values, facts: Facts, _: Fields) -> Fields:
    periods = facts.periods
    return {
        "indexes": {} if periods is None else _supplier_indexes(values, periods),
        "distributor_indexes": values.numbered(DISTRIBUTOR_INDEXES),
        "total_index": values.number("EAST"),
        "injected_index": values.number("EAIT"),
        "reactive_indexes": values.numbered(REACTIVE_INDEXES),
    }


def _records(values: Values, facts: Facts, _: Fields) -> Fields:
    return {
        "mean_voltages": values.phases("UMOY{}", facts.phases),
        "peak_today": values.peak("SMAXSN", "SMAXN"),
        "peak_yesterday": values.peak("SMAXSN-1", "SMAXN-1"),
        "peaks_today_by_phase": values.peaks("SMAXSN{}"),
        "peaks_yesterday_by_phase": values.peaks("SMAXSN{}-1"),
        "injected_peak_today": values.peak("SMAXIN"),
        "injected_peak_yesterday": values.peak("SMAXIN-1"),
        "load_curve": values.peak("CCASN"),
        "load_curve_before": values.peak("CCASN-1"),
        "injected_load_curve": values.peak("CCAIN"),
        "injected_load_curve_before": values.peak("CCAIN-1"),
    }


def _calendar(values: Values, _: Facts, __: Fields) -> Fields:
    message = values.text("MSG1")
    return {
        "relays": values.parse("RELAIS", registers.parse_relays, ()),
        "moving_peaks": _moving_peaks(values),
        "day_profile_today": values.number("NJOURF"),
        "day_profile_tomorrow": values.number("NJOURF+1"),
        "next_day_plan": values.parse("PJOURF+1", registers.parse_day_plan, ()),
        "next_peak_plan": values.parse("PPOINTE", registers.parse_day_plan, ()),
        "message": None if message == _NO_MESSAGE else message,
        "short_message": values.text("MSG2"),
    }


def _counting(values: Values, facts: Facts, fields: Fields) -> Fields:
    status = fields["status"]
    running = values.number("NTARF") or (status.supplier_index if status else None)
    return {
        "period_index": running,
        "contract_indexes": _contract_indexes(
            fields["contract"], fields["indexes"], facts.periods or (), running
        ),
    }


def _live(values: Values, facts: Facts, _: Fields) -> Fields:
    phases = facts.phases
    return {
        "apparent_power": values.number("SINSTS", "SINST1"),
        "apparent_power_by_phase": values.phases("SINSTS{}", phases)
        if phases > 1
        else (),
        "injected_power": values.number("SINSTI"),
        "currents": values.phases("IRMS{}", phases),
        "voltages": values.phases("URMS{}", phases),
    }


def _clock(values: Values, _: Facts, fields: Fields) -> Fields:
    stamp, status = values.stamp("DATE"), fields["status"]
    return {
        "clock": values.moment("DATE"),
        "clock_degraded": bool(stamp and registers.is_degraded(stamp))
        or bool(status and status.clock_degraded),
    }


def _colors(_: Values, __: Facts, fields: Fields) -> Fields:
    status, period = fields["status"], fields["period"]
    today = tomorrow = today_source = tomorrow_source = None
    if fields["contract"] is Contract.TEMPO:
        today, today_source = _first(
            (tariff.COLOR_OF_PERIOD.get(period) if period else None),
            ColorSource.TARIFF_PERIOD,
            status.color_today if status else None,
            ColorSource.STATUS_REGISTER,
        )
        tomorrow, tomorrow_source = _first(
            status.color_tomorrow if status else None,
            ColorSource.STATUS_REGISTER,
            _peak_color(fields["moving_peaks"], fields["clock"]),
            ColorSource.MOVING_PEAK,
        )
    return {
        "color_today": today,
        "color_today_source": today_source,
        "color_tomorrow": tomorrow,
        "color_tomorrow_source": tomorrow_source,
    }


def _producer(values: Values, _: Facts, fields: Fields) -> Fields:
    status = fields["status"]
    return {
        "producer": bool(status and status.producer)
        or values.number("SINSTI", "EAIT") is not None
    }


def _supplier_indexes(
    values: Values, periods: tuple[TariffPeriod, ...]
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


def _moving_peaks(values: Values) -> dict[int, MovingPeak]:
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
    if clock is None or not peaks:
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


_MOVING_PEAKS: Final = "DPM1 FPM1 DPM2 FPM2 DPM3 FPM3"
_SUPPLY: Final = "NGTF LTARF"

STANDARD: Final = (
    part(_supply, _SUPPLY, "ADSC PRM VTIC PREF PCOUP"),
    part(_status, "STGE"),
    part(
        _indexes,
        "EAST EAIT",
        SUPPLIER_INDEXES,
        DISTRIBUTOR_INDEXES,
        REACTIVE_INDEXES,
    ),
    part(_counting, _SUPPLY, "NTARF STGE", SUPPLIER_INDEXES),
    part(
        _live,
        "IRMS1 IRMS2 IRMS3 URMS1 URMS2 URMS3",
        "SINSTS SINSTS1 SINSTS2 SINSTS3 SINSTI SINST1",
    ),
    part(
        _records,
        "SMAXSN SMAXSN1 SMAXSN2 SMAXSN3 SMAXIN SMAXN",
        "SMAXSN-1 SMAXSN1-1 SMAXSN2-1 SMAXSN3-1 SMAXIN-1 SMAXN-1",
        "CCASN CCASN-1 CCAIN CCAIN-1 UMOY1 UMOY2 UMOY3",
    ),
    part(
        _calendar,
        "RELAIS NJOURF NJOURF+1 PJOURF+1 PPOINTE MSG1 MSG2",
        _MOVING_PEAKS,
    ),
    part(_clock, "DATE STGE"),
    part(_colors, "DATE STGE", _SUPPLY, _MOVING_PEAKS),
    part(_producer, "STGE SINSTI EAIT"),
)
"""A part comes after those whose fields it takes, and has their labels too."""
