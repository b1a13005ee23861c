"""The hours to come as they stand: which are dear, and when to start something."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from ..reading import TariffPeriod, TempoColor
from .hours import QUARTER, TEMPO_PEAK, deadline, hours_at
from .model import PeakKind, Signals

_DEARNESS: Final = {
    PeakKind.WHITE: 3.0,
    PeakKind.SUPPLIER: 8.0,
    PeakKind.EJP: 8.0,
    PeakKind.RED: 8.0,
}
"""About what a kWh costs by kind, peak hours being 1.5 (Tempo, SEMANTICS section 2)."""
_PEAK: Final = 1.5
_OFF_PEAK: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedHours:
    """A stretch of time in which the same is known."""

    start: float
    end: float
    peak: PeakKind | None
    off_peak: bool | None
    color: TempoColor | None

    @property
    def cost(self) -> float:
        """How dear a kWh is, beside those of other hours."""
        if self.peak is not None:
            return _DEARNESS[self.peak]
        return _OFF_PEAK if self.off_peak else _PEAK


def planned_hours(
    now: float, seconds: float, period: TariffPeriod | None, signals: Signals
) -> tuple[PlannedHours, ...]:
    """Return what is known of the next seconds; `period` is the meter's, now."""
    stretches: list[PlannedHours] = []
    present = hours_at(now, period, signals)
    lasts = present.until if present.peak is not None else None
    new_day = deadline(now, TEMPO_PEAK[0])
    quarter = now - now % QUARTER
    moments = [now]
    while (quarter := quarter + QUARTER) < now + seconds:
        moments.append(quarter)
    for start, end in pairwise([*moments, now + seconds]):
        later = start >= new_day
        then = _of_tomorrow(signals) if later else signals
        # what the meter alone knows of goes on to its end
        runs = start == now or (lasts is not None and start < lasts)
        hours = present if runs else hours_at(start, None, then)
        new = PlannedHours(
            start=start,
            end=end,
            peak=hours.peak,
            off_peak=hours.off_peak,
            color=then.color if signals.tempo else None,
        )
        last = stretches[-1] if stretches else None
        if last is not None and _same(last, new):
            stretches[-1] = replace(last, end=end)
        else:
            stretches.append(new)
    return tuple(stretches)


def best_start(hours: Sequence[PlannedHours], seconds: float) -> float | None:
    """Return when something that takes some seconds costs least, the first of equals.

    None where the hours are too few.
    """
    if not hours or hours[-1].end - hours[0].start < seconds:
        return None
    last = hours[-1].end - seconds
    starts = {span.start for span in hours} | {span.end - seconds for span in hours}
    possible = sorted(start for start in starts if hours[0].start <= start <= last)
    return min(possible, key=lambda start: (_cost(hours, start, seconds), start))


def _cost(hours: Sequence[PlannedHours], start: float, seconds: float) -> float:
    end = start + seconds
    return sum(
        span.cost * max(min(span.end, end) - max(span.start, start), 0.0)
        for span in hours
    )


def _of_tomorrow(signals: Signals) -> Signals:
    return replace(signals, color=signals.color_tomorrow, color_tomorrow=None)


def _same(one: PlannedHours, other: PlannedHours) -> bool:
    return (one.peak, one.off_peak, one.color) == (
        other.peak,
        other.off_peak,
        other.color,
    )
