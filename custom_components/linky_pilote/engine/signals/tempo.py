"""Tempo: the colours of days that run from 06:00 to 06:00, and their rules.

Rules: RTE, "Règles Tempo"; 22 red and 43 white days in a season from 1 September to
31 August, the rest is blue; peak hours are 06:00 to 22:00 on the clock in Paris.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from ..reading import TariffPeriod, TempoColor
from .paris import ONE_DAY, at, paris, paris_day
from .rte import RtePortal, error_code
from .trouble import SignalError, Trouble
from .web import Json, rows, table

DAY_STARTS: Final = 6
"""Hour at which a Tempo day starts, and its peak hours with it."""
PEAK_ENDS: Final = 22

RED_DAYS: Final = 22
WHITE_DAYS: Final = 43

_PATH: Final = "tempo_like_supply_contract/v1/tempo_like_calendars"
_BEFORE: Final = timedelta(days=364)
_AFTER: Final = timedelta(days=2)
_TOO_EARLY: Final = "TMPLIKSUPCON_TMPLIKCAL_F04"
_COLORS: Final = {
    "BLUE": TempoColor.BLUE,
    "WHITE": TempoColor.WHITE,
    "RED": TempoColor.RED,
}


class TempoSource(StrEnum):
    """Who says a colour; the first is believed first."""

    METER = "meter"
    RTE = "rte"
    SERVICES_RTE = "services_rte"
    """The data of RTE's own page, www.services-rte.com."""
    API_COULEUR_TEMPO = "api_couleur_tempo"
    """A volunteer's copy of them, www.api-couleur-tempo.fr."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TempoCalendar:
    """The colours that one source knows; a day that it does not know is not in it."""

    source: TempoSource
    colors: Mapping[date, TempoColor]
    degraded: frozenset[date] = frozenset()
    """Days whose colour RTE chose in its degraded mode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """The year that the numbers of days are for."""

    start: date

    @property
    def end(self) -> date:
        """The first day of the next one."""
        return self.start.replace(year=self.start.year + 1)

    @property
    def name(self) -> str:
        """As the sources write it: 2026-2027."""
        return f"{self.start.year}-{self.start.year + 1}"

    @property
    def days(self) -> Mapping[TempoColor, int]:
        """How many days there are of each colour."""
        blue = (self.end - self.start).days - RED_DAYS - WHITE_DAYS
        return {
            TempoColor.BLUE: blue,
            TempoColor.WHITE: WHITE_DAYS,
            TempoColor.RED: RED_DAYS,
        }

    @classmethod
    def of(cls, day: date) -> Season:
        """Return the season that a day is in."""
        return cls(start=date(day.year if day.month >= 9 else day.year - 1, 9, 1))


def tempo_day(now: datetime) -> date:
    """Return the Tempo day that runs: before 06:00 it is yesterday's."""
    wall = paris(now)
    return wall.date() if wall.hour >= DAY_STARTS else wall.date() - ONE_DAY


def day_start(day: date) -> datetime:
    """Return when a Tempo day starts; the one before ends then."""
    return at(day, DAY_STARTS)


def next_change(now: datetime) -> datetime:
    """Return when peak hours next begin or end."""
    today = paris(now).date()
    changes = (
        at(day, hour)
        for day in (today, today + ONE_DAY)
        for hour in (DAY_STARTS, PEAK_ENDS)
    )
    return next(change for change in changes if change > now)


def tempo_period(now: datetime, color: TempoColor | None) -> TariffPeriod | None:
    """Return the period that runs on a Tempo day of a colour."""
    if color is None:
        return None
    peak = DAY_STARTS <= paris(now).hour < PEAK_ENDS
    return TariffPeriod(f"{color}_{'peak' if peak else 'off_peak'}")


def days_left(
    colors: Mapping[date, TempoColor], today: date
) -> Mapping[TempoColor, int] | None:
    """Return the days left of the season after a day, which is counted.

    None when the colour of a day that has been is not known, or when there were more
    days of a colour than there are: the numbers would be a guess.
    """
    season = Season.of(today)
    left = dict(season.days)
    for number in range((today - season.start).days + 1):
        color = colors.get(season.start + timedelta(number))
        if color is None:
            return None
        left[color] -= 1
    return left if min(left.values()) >= 0 else None


class RteTempoClient:
    """Asks RTE for the colours of a year, in one request (user guide 1.2)."""

    def __init__(self, portal: RtePortal) -> None:
        """Ask with the token of an application."""
        self._portal = portal

    async def ask(self, now: datetime) -> Json:
        """Return the colours up to the last day that is published."""
        today = paris(now).date()
        reply = await self._portal.get(
            _PATH, now, self._period(today - _BEFORE, today + _AFTER)
        )
        if reply.status == 400 and error_code(reply) == _TOO_EARLY:
            reply = await self._portal.get(
                _PATH, now, self._period(today - _BEFORE, today + ONE_DAY)
            )
        reply.raise_for_status()
        return reply.json()

    @staticmethod
    def _period(start: date, end: date) -> dict[str, str]:
        return {
            "start_date": at(start, 0).isoformat(),
            "end_date": at(end, 0).isoformat(),
            "fallback_status": "true",
        }

    def read(self, body: Json) -> TempoCalendar:
        """Return what a body says, in any order."""
        found = table(body).get("tempo_like_calendars")
        # The guide has one block, some of its readers a list of them
        blocks = found if isinstance(found, list) else [found]
        colors: dict[date, TempoColor] = {}
        degraded: set[date] = set()
        for block in blocks:
            for row in rows(block, "values"):
                if (color := color_of(row.get("value"))) is not None:
                    day = _day(row.get("start_date"))
                    colors[day] = color
                    if str(row.get("fallback")).lower() == "true":
                        degraded.add(day)
        return TempoCalendar(
            source=TempoSource.RTE, colors=colors, degraded=frozenset(degraded)
        )

    def join(self, before: Json, body: Json) -> Json:
        """Keep nothing: each answer has the whole year."""
        return body


def color_of(value: Json) -> TempoColor | None:
    """Return the colour that RTE writes; None for anything else."""
    return _COLORS.get(value) if isinstance(value, str) else None


def _day(value: Json) -> date:
    try:
        return paris_day(value if isinstance(value, str) else "")
    except ValueError as err:
        raise SignalError(Trouble.MALFORMED, f"no day: {value!r}") from err
