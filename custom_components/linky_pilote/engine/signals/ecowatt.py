"""EcoWatt: how strained the grid is, by hour, for four days (RTE, EcoWatt 5.0)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import cached_property
from typing import Final

from .paris import at, paris, paris_day
from .rte import RtePortal
from .trouble import SignalError, Trouble
from .web import Json, number, rows, table

_PATH: Final = "ecowatt/v5/signals"

_KEPT: Final = timedelta(days=31)
"""Past days that are still shown."""


class EcowattLevel(IntEnum):
    """The level of an hour (`hvalue`) or of a day (`dvalue`, 1 to 3)."""

    LOW_CARBON = 0
    """No alert, and hours to prefer: electricity is made almost without carbon."""
    GREEN = 1
    ORANGE = 2
    """Strained: savings are welcome."""
    RED = 3
    """Very strained: cuts cannot be avoided if demand does not fall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EcowattSpan:
    """Hours in a row that have the same level."""

    start: datetime
    end: datetime
    level: EcowattLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class EcowattDay:
    """One civil day."""

    day: date
    level: EcowattLevel
    message: str
    hours: tuple[EcowattLevel | None, ...]
    """24, by the hour that the clock in Paris shows; None where it is not said."""


@dataclass(frozen=True, kw_only=True)
class Ecowatt:
    """What is announced, and what was."""

    days: Mapping[date, EcowattDay]
    """In order."""

    def level_at(self, now: datetime) -> EcowattLevel | None:
        """Return the level of the hour that runs."""
        wall = paris(now)
        day = self.days.get(wall.date())
        return None if day is None else day.hours[wall.hour]

    @cached_property
    def spans(self) -> tuple[EcowattSpan, ...]:
        """Hours of one level in a row as one, in order."""
        joined: list[EcowattSpan] = []
        for span in self._hours():
            last = joined[-1] if joined else None
            if last and last.end == span.start and last.level is span.level:
                joined[-1] = EcowattSpan(
                    start=last.start, end=span.end, level=last.level
                )
            else:
                joined.append(span)
        return tuple(joined)

    def _hours(self) -> Iterator[EcowattSpan]:
        for day in self.days.values():
            for hour, level in enumerate(day.hours):
                start, end = at(day.day, hour), at(day.day, hour + 1)
                # One hour in March does not exist, one in October lasts for two
                if level is not None and start.timestamp() < end.timestamp():
                    yield EcowattSpan(start=start, end=end, level=level)


class EcowattClient:
    """Asks RTE for EcoWatt: once in a quarter of an hour at most, or it refuses."""

    def __init__(self, portal: RtePortal) -> None:
        """Ask with the token of an application."""
        self._portal = portal

    async def ask(self, now: datetime) -> Json:
        """Return the days that are announced."""
        reply = await self._portal.get(_PATH, now)
        reply.raise_for_status()
        return {**table(reply.json()), "day": paris(now).date().isoformat()}

    def read(self, body: Json) -> Ecowatt:
        """Return what a body says."""
        days = sorted(
            (_day(row) for row in rows(body, "signals")), key=lambda day: day.day
        )
        return Ecowatt(days={day.day: day for day in days})

    def join(self, before: Json, body: Json) -> Json:
        """Keep the past days: RTE only has those to come."""
        today = date.fromisoformat(str(table(body)["day"]))
        past = [
            row
            for row in rows(before, "signals")
            if today - _KEPT <= _day(row).day < today
        ]
        return {**table(body), "signals": [*past, *rows(body, "signals")]}


def _day(row: Mapping[str, Json]) -> EcowattDay:
    level = _level(row.get("dvalue"))
    try:
        day = paris_day(str(row["jour"]))
    except (KeyError, ValueError) as err:
        raise SignalError(Trouble.MALFORMED, f"no day: {row.get('jour')!r}") from err
    if level is None:
        raise SignalError(Trouble.MALFORMED, f"no level: {row.get('dvalue')!r}")
    hours: list[EcowattLevel | None] = [None] * 24
    for value in rows(row, "values"):
        hour = number(value.get("pas"))
        if hour is not None and hour in range(24):
            hours[int(hour)] = _level(value.get("hvalue"))
    message = row.get("message")
    return EcowattDay(
        day=day,
        level=level,
        message=message.strip() if isinstance(message, str) else "",
        hours=tuple(hours),
    )


def _level(value: Json) -> EcowattLevel | None:
    level = number(value)
    return None if level is None or level not in range(4) else EcowattLevel(int(level))
