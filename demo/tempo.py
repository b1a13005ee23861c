"""A calendar of Tempo colours made for the demo, by the rules of the real one.

A season runs from the first of September and has 22 red and 43 white days. Red days
lie from November to March, never on a week-end nor on a public holiday; white days
never on a Sunday. As with the real one the coldest days are the dear ones: here by
the weather of the demo.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from custom_components.linky_pilote.engine.reading import TempoColor

from .weather import Weather

RED_DAYS = 22
WHITE_DAYS = 43
_RED_MONTHS = frozenset((11, 12, 1, 2, 3))
_SATURDAY, _SUNDAY = 5, 6
# (month, day); the others move with Easter
_FIXED_HOLIDAYS = frozenset(
    ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
)
_AFTER_EASTER_DAYS = (1, 39, 50)


@dataclass(frozen=True, slots=True)
class TempoCalendar:
    """The colours of all days, for one seed."""

    seed: int
    chosen: dict[date, TempoColor] = field(default_factory=dict, compare=False)
    """Days whose colour somebody chose; those are announced at once."""

    def color(self, day: date) -> TempoColor:
        """Return the colour of the Tempo day that starts that day at 06:00."""
        if day in self.chosen:
            return self.chosen[day]
        return season(self.seed, season_year(day)).get(day, TempoColor.BLUE)


def season_year(day: date) -> int:
    """Return the year in which the season of a day began."""
    return day.year if day.month >= 9 else day.year - 1


@cache
def season(seed: int, year: int) -> Mapping[date, TempoColor]:
    """Return the white and red days of the season that starts in that year."""
    weather = Weather(seed)
    first = date(year, 9, 1)
    length = (date(year + 1, 9, 1) - first).days
    coldest = sorted(
        (first + timedelta(days=number) for number in range(length)),
        key=weather.mean_c,
    )
    red = [day for day in coldest if _may_be_red(day)][:RED_DAYS]
    taken = frozenset(red)
    white = [day for day in coldest if day.weekday() != _SUNDAY and day not in taken]
    colors = dict.fromkeys(red, TempoColor.RED)
    colors.update(dict.fromkeys(white[:WHITE_DAYS], TempoColor.WHITE))
    return MappingProxyType(colors)


def public_holiday(day: date) -> bool:
    """Say whether a day is a public holiday in France."""
    if (day.month, day.day) in _FIXED_HOLIDAYS:
        return True
    return (day - _easter(day.year)).days in _AFTER_EASTER_DAYS


def _may_be_red(day: date) -> bool:
    return (
        day.month in _RED_MONTHS
        and day.weekday() < _SATURDAY
        and not public_holiday(day)
    )


@cache
def _easter(year: int) -> date:
    """Return Easter Sunday (Gregorian computus, Meeus and Jones)."""
    century, year_of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    leaps, rest = divmod(year_of_century, 4)
    golden = year % 19
    lunar = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap_centuries - lunar + 15) % 30
    sunday = (32 + 2 * century_rest + 2 * leaps - moon - rest) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)
