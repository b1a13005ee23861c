"""The groups of standard mode, in the meter's order."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from custom_components.linky_pilote.engine.reading import TempoColor

from .meter import Snapshot
from .moment import Moment
from .state import INJECTED, TOTAL, CurvePoint, Maximum
from .tariff import OFFERS, MovingPeakWindow

type Group = tuple[str, str, str | None]

_SUPPLIER_INDEXES = 10
_PLAN_BLOCKS = 11
_UNUSED_BLOCK = "NONUTILE"
_NO_MESSAGE = "PAS DE          MESSAGE         "
_COLOR_CODES = {
    None: 0,
    TempoColor.BLUE: 1,
    TempoColor.WHITE: 2,
    TempoColor.RED: 3,
}
_EURIDIS_SECURED = 3 << 19
_POWER_LINE_NEW_LOCKED = 1 << 21
_STANDARD_OUTPUT = 1 << 17
_OPEN_BY_OVERPOWER = 1


def standard_frame(snapshot: Snapshot) -> list[Group]:
    """Return the groups of a frame."""
    return [
        *_identity(snapshot),
        *_energies(snapshot),
        *_line(snapshot),
        *_powers(snapshot),
        *_averages(snapshot),
        ("STGE", f"{status_register(snapshot):08X}", None),
        *_moving_peaks(snapshot),
        *_calendar(snapshot),
    ]


def status_register(snapshot: Snapshot) -> int:
    """Return STGE; bit 0 is the least significant."""
    tariff = snapshot.tariff
    running = tariff.running.number if tariff.running else 0
    announced = tariff.announced.number if tariff.announced else 0
    fields = (
        (0, not snapshot.off_peak),
        (1, _OPEN_BY_OVERPOWER if snapshot.breaker_open else 0),
        (7, snapshot.above_subscribed_power),
        (8, snapshot.setup.producer),
        (9, sum(power.active_w for power in snapshot.powers) < 0),
        (10, tariff.band.number - 1),
        (14, snapshot.distributor_place),
        (16, snapshot.clock.degraded),
        (24, _COLOR_CODES[tariff.color_today]),
        (26, _COLOR_CODES[tariff.color_tomorrow]),
        (28, announced),
        (30, running),
    )
    register = _EURIDIS_SECURED | _POWER_LINE_NEW_LOCKED | _STANDARD_OUTPUT
    for bit, value in fields:
        register |= int(value) << bit
    return register


def _stamp(snapshot: Snapshot, epoch_s: float) -> str:
    """Return a horodate: season letter, date and time in French legal time.

    They are those that the meter believes in; the letter is small when it does not.
    """
    local = Moment.at(epoch_s + snapshot.clock.ahead_s).local
    season = "E" if local.utcoffset() == timedelta(hours=2) else "H"
    letter = season.lower() if snapshot.clock.degraded else season
    return f"{letter}{local:%y%m%d%H%M%S}"


def _identity(snapshot: Snapshot) -> Iterator[Group]:
    yield "ADSC", snapshot.setup.number, None
    yield "VTIC", "02", None
    yield "DATE", "", _stamp(snapshot, snapshot.moment.epoch_s)
    yield "NGTF", OFFERS[snapshot.setup.contract].ngtf, None
    yield "LTARF", snapshot.tariff.band.ltarf, None


def _energies(snapshot: Snapshot) -> Iterator[Group]:
    bands = {band.number: band for band in OFFERS[snapshot.setup.contract].bands}
    yield "EAST", f"{snapshot.total_wh:09d}", None
    for number in range(1, _SUPPLIER_INDEXES + 1):
        band = bands.get(number)
        energy = snapshot.indexes_wh.get(band.period, 0) if band else 0
        yield f"EASF{number:02d}", f"{energy:09d}", None
    for number, energy in enumerate(snapshot.distributor_wh, 1):
        yield f"EASD{number:02d}", f"{energy:09d}", None
    if snapshot.setup.producer:
        yield "EAIT", f"{snapshot.injected_wh:09d}", None
        for number, energy in enumerate(snapshot.reactive_varh, 1):
            yield f"ERQ{number}", f"{energy:09d}", None


def _line(snapshot: Snapshot) -> Iterator[Group]:
    for phase, current in enumerate(snapshot.currents_a, 1):
        yield f"IRMS{phase}", f"{current:03d}", None
    for phase, volts in enumerate(snapshot.voltages_v, 1):
        yield f"URMS{phase}", f"{volts:03d}", None
    yield "PREF", f"{snapshot.setup.subscribed_kva:02d}", None
    yield "PCOUP", f"{snapshot.setup.subscribed_kva:02d}", None


def _powers(snapshot: Snapshot) -> Iterator[Group]:
    phases = _phases(snapshot)
    yield "SINSTS", f"{snapshot.drawn_va:05d}", None
    for phase in phases:
        power = snapshot.powers[phase - 1]
        drawn = round(power.apparent_va) if power.active_w > 0 else 0
        yield f"SINSTS{phase}", f"{drawn:05d}", None
    for day, suffix in ((snapshot.today, ""), (snapshot.yesterday, "-1")):
        yield _maximum(snapshot, f"SMAXSN{suffix}", day.get(TOTAL))
        for phase in phases:
            yield _maximum(snapshot, f"SMAXSN{phase}{suffix}", day.get(str(phase)))
    if snapshot.setup.producer:
        yield "SINSTI", f"{snapshot.injected_va:05d}", None
        yield _maximum(snapshot, "SMAXIN", snapshot.today.get(INJECTED))
        yield _maximum(snapshot, "SMAXIN-1", snapshot.yesterday.get(INJECTED))


def _maximum(snapshot: Snapshot, label: str, best: Maximum | None) -> Group:
    if best is None:
        return label, "00000", _stamp(snapshot, snapshot.moment.epoch_s)
    return label, f"{round(best.va):05d}", _stamp(snapshot, best.epoch_s)


def _averages(snapshot: Snapshot) -> Iterator[Group]:
    for point, suffix in zip(snapshot.curve, ("", "-1"), strict=False):
        yield _curve_point(snapshot, f"CCASN{suffix}", point, point.drawn_w)
    if snapshot.setup.producer:
        for point, suffix in zip(snapshot.curve, ("", "-1"), strict=False):
            yield _curve_point(snapshot, f"CCAIN{suffix}", point, point.injected_w)
    end = _stamp(snapshot, snapshot.mean_voltages_end_s)
    for phase, volts in enumerate(snapshot.mean_voltages_v, 1):
        yield f"UMOY{phase}", f"{volts:03d}", end


def _curve_point(
    snapshot: Snapshot, label: str, point: CurvePoint, watts: float
) -> Group:
    return label, f"{round(watts):05d}", _stamp(snapshot, point.end_s)


def _moving_peaks(snapshot: Snapshot) -> Iterator[Group]:
    tariff = snapshot.tariff
    windows: dict[int, MovingPeakWindow] = {}
    # the one that runs keeps its number until it ends
    for window in (tariff.announced, tariff.running):
        if window is not None:
            windows[window.number] = window
    for number, window in sorted(windows.items()):
        yield f"DPM{number}", "00", _seasonless(window.start)
        yield f"FPM{number}", "00", _seasonless(window.end)


def _seasonless(local: datetime) -> str:
    return f" {local:%y%m%d%H%M%S}"


def _calendar(snapshot: Snapshot) -> Iterator[Group]:
    tariff = snapshot.tariff
    yield "MSG1", _NO_MESSAGE, None
    yield "PRM", snapshot.setup.delivery_point, None
    yield "RELAIS", f"{int(snapshot.off_peak):03d}", None
    yield "NTARF", f"{tariff.band.number:02d}", None
    yield "NJOURF", "00", None
    yield "NJOURF+1", "00", None
    yield "PJOURF+1", _plan(OFFERS[snapshot.setup.contract].day_plan), None
    if tariff.announced is not None:
        yield "PPOINTE", _plan(tariff.announced.plan), None


def _plan(blocks: tuple[str, ...]) -> str:
    unused = (_UNUSED_BLOCK,) * (_PLAN_BLOCKS - len(blocks))
    return " ".join((*blocks, *unused))


def _phases(snapshot: Snapshot) -> tuple[int, ...]:
    """Return the phases that have groups of their own."""
    return (1, 2, 3) if snapshot.setup.phases == 3 else ()
