"""Paris time: which hours run by meter, calendar and clock, and when they change.

SEMANTICS, section 2: the meter switches late and can be wrong, the calendar can be
missing, the clock is always there. Where two of them disagree the dearer one counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from ..reading import TariffPeriod, TempoColor
from .model import PeakKind, Reason, Signals, Span, Window

PARIS: Final = ZoneInfo("Europe/Paris")

DAY: Final = 1440
"""Minutes."""

QUARTER: Final = 900.0
"""s: what is looked ahead to begins and ends at quarters of an hour."""

TEMPO_PEAK: Final = (6 * 60, 22 * 60)
"""Minutes of the day between which Tempo hours are peak; its day starts with them."""

EJP_PEAK: Final = (7 * 60, 1 * 60)
"""The same for an EJP day; it ends on the next one."""

TEMPO_WINTER: Final = frozenset({11, 12, 1, 2, 3})
"""Months that have red days."""

RED_EARLY: Final = 10.0
"""s before an announced red peak in which heating is told already: an order takes time."""

METER_LATE: Final = 1200.0
"""s that a meter may switch late."""

PEAK_REASONS: Final[Mapping[PeakKind, Reason]] = MappingProxyType(
    {
        PeakKind.RED: Reason.RED_PEAK,
        PeakKind.EJP: Reason.EJP_PEAK,
        PeakKind.SUPPLIER: Reason.SUPPLIER_PEAK,
        PeakKind.WHITE: Reason.WHITE_PEAK,
    }
)

_DEARNESS: Final = {kind: -place for place, kind in enumerate(PeakKind)}
_COLOR_DEARNESS: Final = {color: place for place, color in enumerate(TempoColor)}
_COLOR_PEAKS: Final = {
    TempoColor.RED: PeakKind.RED,
    TempoColor.WHITE: PeakKind.WHITE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The hours that run, and what is known of the next ones."""

    peak: PeakKind | None = None
    """Why they are dear, if they are."""
    until: float | None = None
    """When that ends, as far as it is known."""
    off_peak: bool | None = None
    """None: not known, or the contract has none."""
    off_peak_at: float | None = None
    """When peak hours next turn to off-peak ones, as far as it is known."""
    dear_day: bool = False
    """A white or red Tempo day or another peak runs: what is no heater waits."""
    red_ahead: float | None = None
    """Start of the next peak that no heater may draw in, if it is announced."""
    disagree_since: float | None = None
    """Since when the meter contradicts the calendar or the clock."""
    disagree: bool = False
    """It has for longer than a meter is late."""

    @property
    def red(self) -> Reason | None:
        """Why no heater may draw: a red, an EJP or a supplier's peak runs."""
        if self.peak is None or self.peak is PeakKind.WHITE:
            return None
        return PEAK_REASONS[self.peak]


@dataclass(frozen=True, slots=True)
class _Word:
    """What a meter's period says."""

    color: TempoColor | None = None
    off_peak: bool | None = None
    moving: bool | None = None
    """A moving peak runs; None: it does not have them."""


_SILENT: Final = _Word()
_WORDS: Final[Mapping[TariffPeriod | None, _Word]] = {
    TariffPeriod.OFF_PEAK: _Word(off_peak=True),
    TariffPeriod.PEAK: _Word(off_peak=False),
    TariffPeriod.WEEKEND: _Word(off_peak=True),
    TariffPeriod.NORMAL: _Word(moving=False),
    TariffPeriod.MOVING_PEAK: _Word(off_peak=False, moving=True),
    TariffPeriod.BLUE_OFF_PEAK: _Word(TempoColor.BLUE, off_peak=True),
    TariffPeriod.BLUE_PEAK: _Word(TempoColor.BLUE, off_peak=False),
    TariffPeriod.WHITE_OFF_PEAK: _Word(TempoColor.WHITE, off_peak=True),
    TariffPeriod.WHITE_PEAK: _Word(TempoColor.WHITE, off_peak=False),
    TariffPeriod.RED_OFF_PEAK: _Word(TempoColor.RED, off_peak=True),
    TariffPeriod.RED_PEAK: _Word(TempoColor.RED, off_peak=False),
}


# --- the clock ------------------------------------------------------------------------


@lru_cache(maxsize=16)
def paris(now: float) -> datetime:
    """Return what a clock in Paris shows at a moment."""
    return datetime.fromtimestamp(now, PARIS)


def day_start(now: float) -> float:
    """Return when the day that runs in Paris began."""
    return _moment(paris(now).date(), 0)


def deadline(now: float, minute: int) -> float:
    """Return when it is next that minute of the day in Paris, later than now."""
    today = paris(now).date()
    moment = _moment(today, minute)
    return moment if moment > now else _moment(today + timedelta(1), minute)


def in_windows(now: float, windows: tuple[Window, ...]) -> bool:
    """Tell whether one of some windows is open; without any it always is."""
    if not windows:
        return True
    wall = paris(now)
    minute, today = _minute(wall), wall.weekday()
    return any(
        (today in window.days and window.start <= minute < _end(window))
        or ((today - 1) % 7 in window.days and minute + DAY < _end(window))
        for window in windows
    )


def next_window(now: float, windows: tuple[Window, ...]) -> float | None:
    """Return when one of some windows next starts, later than now."""
    today = paris(now).date()
    week = [today + timedelta(days) for days in range(8)]
    starts = (
        _moment(day, window.start)
        for window in windows
        for day in week
        if day.weekday() in window.days
    )
    return min((start for start in starts if start > now), default=None)


@lru_cache(maxsize=256)
def _moment(day: date, minute: int) -> float:
    """Return when a clock in Paris first shows that minute of a day, or a later one."""
    wall = datetime.combine(day, time(minute // 60, minute % 60), PARIS)
    moment = wall.timestamp()
    # The hour that is left out in March is counted as the one after it
    skipped = paris(moment).hour != wall.hour
    return moment - wall.minute * 60 if skipped else moment


def _minute(wall: datetime) -> int:
    return wall.hour * 60 + wall.minute


def _end(window: Window) -> int:
    """Return a window's end in minutes of the day it starts on."""
    return window.end if window.end > window.start else window.end + DAY


def _between(minute: int, hours: tuple[int, int]) -> bool:
    """Tell whether a minute of the day is in hours that may go over midnight."""
    start, end = hours
    return (minute - start) % DAY < (end - start) % DAY


# --- working days ---------------------------------------------------------------------

_FIXED_HOLIDAYS: Final = (
    (1, 1),
    (5, 1),
    (5, 8),
    (7, 14),
    (8, 15),
    (11, 1),
    (11, 11),
    (12, 25),
)
_AFTER_EASTER: Final = (1, 39, 50)
"""Days from Easter to Easter Monday, the Ascension and Whit Monday."""


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the French public holidays of a year (Code du travail, L3133-1)."""
    easter = _easter(year)
    return frozenset(
        [date(year, month, day) for month, day in _FIXED_HOLIDAYS]
        + [easter + timedelta(days) for days in _AFTER_EASTER]
    )


def _easter(year: int) -> date:
    """Return Easter Sunday, by the method that Nature published on 20 April 1876."""
    century, rest = divmod(year, 100)
    golden = year % 19
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


# --- the hours ------------------------------------------------------------------------


def hours_at(
    now: float,
    period: TariffPeriod | None,
    signals: Signals,
    before: Hours | None = None,
) -> Hours:
    """Return the hours that run by what the meter says, the calendar and the clock.

    `period` is None while the meter is silent; `before` is what this returned last.
    """
    wall = paris(now)
    minute = _minute(wall)
    word = _WORDS.get(period, _SILENT)
    tempo = _is_tempo(word, signals)
    clock_peak = tempo and _between(minute, TEMPO_PEAK)
    color = _dearest_color(wall, word, signals) if tempo else None
    running = [
        span
        for span in signals.peaks
        if span.start - (0.0 if span.kind is PeakKind.WHITE else RED_EARLY)
        <= now
        < span.end
    ]

    ends: dict[PeakKind, float | None] = {}
    if word.color in _COLOR_PEAKS and not word.off_peak:
        ends[_COLOR_PEAKS[word.color]] = None
    if word.moving and not running:
        known = _between(minute, EJP_PEAK)
        ends[PeakKind.EJP] = deadline(now, EJP_PEAK[1]) if known else None
    if clock_peak and color in _COLOR_PEAKS:
        ends[_COLOR_PEAKS[color]] = deadline(now, TEMPO_PEAK[1])
    ends.update((span.kind, span.end) for span in running)
    peak = max(ends, key=_DEARNESS.__getitem__, default=None)

    since = None
    if _contradicts(minute, word, signals, moving=bool(running)):
        since = now if before is None else before.disagree_since
        since = now if since is None else since
    return Hours(
        peak=peak,
        until=None if peak is None else ends[peak],
        off_peak=False if peak else _off_peak(now, word, signals, clock_peak),
        off_peak_at=_off_peak_at(now, signals, tempo),
        dear_day=peak is not None or color in _COLOR_PEAKS,
        red_ahead=_red_ahead(now, signals, tempo),
        disagree_since=since,
        disagree=since is not None and now - since > METER_LATE,
    )


def off_peak_blocks(
    now: float, by: float, signals: Signals, period: TariffPeriod | None
) -> list[Span]:
    """Return the off-peak blocks that run or come before a moment, cut off there.

    In order; those that are known.
    """
    blocks: Iterable[Span] = signals.off_peak
    if _is_tempo(_WORDS.get(period, _SILENT), signals):
        first, last = paris(now).date(), paris(by).date()
        days = range(-1, (last - first).days + 1)
        starts = [_moment(first + timedelta(day), TEMPO_PEAK[1]) for day in days]
        blocks = [Span(start=at, end=deadline(at, TEMPO_PEAK[0])) for at in starts]
    return [
        Span(start=block.start, end=min(block.end, by))
        for block in blocks
        if block.start < by and block.end > now
    ]


def _is_tempo(word: _Word, signals: Signals) -> bool:
    return signals.tempo or word.color is not None


def _dearest_color(wall: datetime, word: _Word, signals: Signals) -> TempoColor | None:
    """Return the colour of the Tempo day that runs; None: not known, taken for blue."""
    colors = [signals.color, None if _is_stale(_minute(wall), word) else word.color]
    return max(
        (color for color in colors if color),
        key=_COLOR_DEARNESS.__getitem__,
        default=_assumed(wall),
    )


def _is_stale(minute: int, word: _Word) -> bool:
    """Tell whether a late meter may still speak of the Tempo day before."""
    late = (TEMPO_PEAK[0], TEMPO_PEAK[0] + int(METER_LATE / 60))
    return bool(word.off_peak) and _between(minute, late)


def _assumed(wall: datetime) -> TempoColor | None:
    """Return what a Tempo day without a known colour is taken for."""
    day = (wall.replace(tzinfo=None) - timedelta(minutes=TEMPO_PEAK[0])).date()
    working = day.weekday() < 5 and day not in holidays(day.year)
    return TempoColor.WHITE if working and day.month in TEMPO_WINTER else None


def _contradicts(minute: int, word: _Word, signals: Signals, *, moving: bool) -> bool:
    """Tell whether the meter says otherwise than the calendar or the clock."""
    if word.moving is not None:
        return bool(signals.peaks) and word.moving != moving
    if not _is_tempo(word, signals) or word.off_peak is None:
        return False
    colors = {signals.color, word.color} - {None}
    return word.off_peak == _between(minute, TEMPO_PEAK) or len(colors) > 1


def _off_peak(
    now: float, word: _Word, signals: Signals, clock_peak: bool
) -> bool | None:
    if _is_tempo(word, signals):
        return not clock_peak and word.off_peak is not False
    if word.off_peak is not None or not signals.off_peak:
        return word.off_peak
    return any(block.start <= now < block.end for block in signals.off_peak)


def _off_peak_at(now: float, signals: Signals, tempo: bool) -> float | None:
    if tempo:
        return deadline(now, TEMPO_PEAK[1])
    starts = (block.start for block in signals.off_peak)
    return min((start for start in starts if start > now), default=None)


def _red_ahead(now: float, signals: Signals, tempo: bool) -> float | None:
    starts = [
        span.start
        for span in signals.peaks
        if span.kind is not PeakKind.WHITE and span.start > now
    ]
    if tempo and signals.color_tomorrow is TempoColor.RED:
        starts.append(deadline(now, TEMPO_PEAK[0]))
    return min(starts, default=None)
