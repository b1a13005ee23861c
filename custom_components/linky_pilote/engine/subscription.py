"""Whether another subscribed power fits, by the highest powers of the days that were.

The measure is the Linky's own filtered power (Enedis-NOI-CPT_54E version 3, section 7):
the meter gives its highest of the day (SMAXSN), else it is computed from what is read.
A power fits on a day whose highest is below 1.1 times it: that never trips an ordinary
breaker. Above 1.3 times the Linky itself would have cut.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import sqrt
from typing import Any, Final, NamedTuple, Self

from .reading import MeterReading, Peak
from .regulation import filtered
from .signals import ONE_DAY, SUBSCRIBED_POWERS, paris

BEARABLE: Final = 1.1
TRIPS: Final = 1.3

_MOST_SINGLE_PHASE: Final = 12
"""kVA."""
_FEWEST_DAYS: Final = 30
_FEWEST_COLD_DAYS: Final = 20
_COLD: Final = (12, 1, 2)
"""Months: what heats draws most in them."""
_DECIDING: Final = 5
_KEPT: Final = timedelta(days=400)
_LONGEST_GAP: Final = 120.0
"""s after which the filter begins anew."""


class DayPeak(NamedTuple):
    """The highest filtered power of a day."""

    power: float
    """VA, of the most loaded phase."""
    measured: bool
    """The meter says it (SMAXSN)."""


class Verdict(StrEnum):
    """What is advised."""

    KEEP = "keep"
    SMALLER = "smaller"
    LARGER = "larger"
    TOO_EARLY = "too_early"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A subscribed power that could be had."""

    power: int
    """kVA."""
    days_above: int
    """On which it would not have fitted."""
    days_cut: int
    """On which the Linky would have cut, unless something had been shed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Which subscribed power fits."""

    verdict: Verdict
    fitting: int | None
    """kVA, the smallest that fits every day; None: none does."""
    choices: tuple[Choice, ...]
    deciding: tuple[tuple[date, DayPeak], ...]
    """The highest days."""
    days: int
    cold_days: int
    """Those of December to February."""


def advise(peaks: Mapping[date, DayPeak], phases: int, present: float) -> Advice:
    """Return what fits; `present` is the subscribed power, in VA.

    Below 30 days, or 20 of a winter, it is too early to advise less. A present power
    that never was enough can be told at any time.
    """
    offered = [
        power
        for power in SUBSCRIBED_POWERS
        if (phases > 1 and power > 3) or (phases == 1 and power <= _MOST_SINGLE_PHASE)
    ]
    choices = tuple(_choice(power, peaks, phases) for power in offered)
    fitting = next((c.power for c in choices if c.days_above == 0), None)
    cold = sum(day.month in _COLD for day in peaks)
    highest = sorted(peaks.items(), key=lambda item: item[1].power, reverse=True)
    return Advice(
        verdict=_verdict(fitting, present / 1000, len(peaks), cold),
        fitting=fitting if peaks else None,
        choices=choices,
        deciding=tuple(highest[:_DECIDING]),
        days=len(peaks),
        cold_days=cold,
    )


def _choice(power: int, peaks: Mapping[date, DayPeak], phases: int) -> Choice:
    limit = 1000 * power / phases

    def above(ratio: float) -> int:
        return sum(peak.power > ratio * limit for peak in peaks.values())

    return Choice(power=power, days_above=above(BEARABLE), days_cut=above(TRIPS))


def _verdict(fitting: int | None, present: float, days: int, cold: int) -> Verdict:
    if days == 0:
        return Verdict.TOO_EARLY
    if fitting is None or fitting > present:
        return Verdict.LARGER
    if days < _FEWEST_DAYS or cold < _FEWEST_COLD_DAYS:
        return Verdict.TOO_EARLY
    return Verdict.SMALLER if fitting < present else Verdict.KEEP


class DailyPeaks:
    """The highest filtered power of each day, for a year and a month."""

    def __init__(self, days: Mapping[date, DayPeak] | None = None) -> None:
        """Begin with what is remembered."""
        self.days: dict[date, DayPeak] = dict(days or {})
        self._squares: tuple[float, ...] = ()
        self._powers: tuple[float, ...] = ()
        self._last: datetime | None = None

    def take(
        self, reading: MeterReading, powers: Iterable[float], now: datetime
    ) -> None:
        """Take a reading and the VA that each phase draws."""
        today = paris(now).date()
        if reading.complete:
            self._take_said(reading, today)
        powers = tuple(powers)
        last, self._last = self._last, now
        gap = _LONGEST_GAP if last is None else (now - last).total_seconds()
        if len(powers) != len(self._squares) or not 0 <= gap < _LONGEST_GAP:
            self._squares = tuple(power * power for power in powers)
        else:
            # between two readings nobody knows: the mean of both, by their heat
            self._squares = tuple(
                filtered(square, sqrt((power**2 + before**2) / 2), gap)
                for square, power, before in zip(
                    self._squares, powers, self._powers, strict=True
                )
            )
        self._powers = powers
        known = self.days.get(today)
        if powers and not (known and known.measured):
            highest = sqrt(max(self._squares))
            if known is None or highest > known.power:
                self._note(today, DayPeak(highest, measured=False))

    def _take_said(self, reading: MeterReading, today: date) -> None:
        said = (
            (today, reading.peaks_today_by_phase, reading.peak_today),
            (today - ONE_DAY, reading.peaks_yesterday_by_phase, reading.peak_yesterday),
        )
        for day, by_phase, one in said:
            peaks: tuple[Peak, ...] = by_phase or ((one,) if one else ())
            if not peaks or (reading.phases > 1 and not by_phase):
                continue
            highest = max(peaks, key=lambda peak: peak.power)
            # the meter's day begins when its clock says so
            stamped = highest.time is None or paris(highest.time).date() == day
            if stamped:
                self._note(day, DayPeak(highest.power, measured=True))

    def _note(self, day: date, peak: DayPeak) -> None:
        if day not in self.days:
            for old in [d for d in self.days if day - d > _KEPT]:
                del self.days[old]
        self.days[day] = peak

    def dump(self) -> dict[str, Any]:
        """Return all that is to be remembered, as JSON takes it."""
        return {
            day.isoformat(): [round(peak.power), peak.measured]
            for day, peak in self.days.items()
        }

    @classmethod
    def load(cls, data: Any) -> Self:
        """Return what was dumped; raises `ValueError` when it cannot have been."""
        try:
            return cls(
                {
                    date.fromisoformat(day): DayPeak(float(power), bool(measured))
                    for day, (power, measured) in data.items()
                }
            )
        except (AttributeError, TypeError, ValueError) as err:
            raise ValueError(f"not what was kept of days: {err}") from err
