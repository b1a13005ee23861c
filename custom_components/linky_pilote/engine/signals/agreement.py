"""The colour of a Tempo day, out of what meter, RTE and others say, and when.

RTE is bound by the colour that it published at 10:30 on the day before; what it shows
earlier is an indication, and changes were seen until about 11:00 (users' reports). So
a colour that was read on the web before 11:00 is told, and not taken for known. A meter
only announces a colour that is decided, and is believed first: its indexes make the
bill.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from ..reading import MeterReading, TempoColor
from .paris import ONE_DAY, at, paris
from .tempo import DAY_STARTS, TempoCalendar, TempoSource, tempo_day

BINDING_HOUR: Final = 11
"""On the day before, from which a colour on the web is final."""

METER_LATE: Final = timedelta(minutes=20)
"""How much later than at 06:00 a meter may begin its day (SEMANTICS, section 2)."""

_TRUST: Final = {source: -place for place, source in enumerate(TempoSource)}
_DEARNESS: Final = {color: place for place, color in enumerate(TempoColor)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What one source said of one Tempo day."""

    source: TempoSource
    day: date
    color: TempoColor
    said: datetime
    """When it was last heard."""

    @property
    def final(self) -> bool:
        """Whether it cannot change any more."""
        return self.source is TempoSource.METER or self.said >= at(
            self.day - ONE_DAY, BINDING_HOUR
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known of one Tempo day."""

    day: date
    color: TempoColor | None = None
    """None: not known, which is no colour."""
    source: TempoSource | None = None
    """Who is believed."""
    said: datetime | None = None
    """When that was last heard."""
    dearest: TempoColor | None = None
    """The dearest of what is final: what is shed by when sources disagree."""
    indication: TempoColor | None = None
    """What may still change, where nothing is final."""
    voices: Mapping[TempoSource, TempoColor]
    """All that is final, by who says it."""

    @property
    def disputed(self) -> bool:
        """Whether two sources say different colours."""
        return len(set(self.voices.values())) > 1


def decide(day: date, words: Iterable[Word]) -> Verdict:
    """Return the colour of a Tempo day."""
    about = [word for word in words if word.day == day]
    final = {
        word.source: word
        for word in sorted(about, key=lambda word: word.said)
        if word.final
    }
    voices = {source: final[source].color for source in TempoSource if source in final}
    if final:
        best = final[next(iter(voices))]
        return Verdict(
            day=day,
            color=best.color,
            source=best.source,
            said=best.said,
            dearest=max(voices.values(), key=_DEARNESS.__getitem__),
            voices=voices,
        )
    if not about:
        return Verdict(day=day, voices={})
    early = max(about, key=lambda word: (_TRUST[word.source], word.said))
    return Verdict(
        day=day,
        source=early.source,
        said=early.said,
        indication=early.color,
        voices={},
    )


def words_of_calendar(
    calendar: TempoCalendar, said: datetime, today: date
) -> tuple[Word, ...]:
    """Return what a calendar that was heard at an instant says from a day on."""
    return tuple(
        Word(source=calendar.source, day=day, color=color, said=said)
        for day, color in calendar.colors.items()
        if day >= today
    )


def words_of_meter(reading: MeterReading, now: datetime) -> tuple[Word, ...]:
    """Return what a meter says of the Tempo day that runs, and of the next one.

    Just after 06:00 it may still speak of the days before, and be misunderstood.
    """
    wall = paris(now)
    just_begun = wall.hour >= DAY_STARTS > (wall - METER_LATE).hour
    if reading.clock_degraded or just_begun:
        return ()
    today = tempo_day(now)
    said = (
        (today, reading.color_today),
        (today + ONE_DAY, reading.color_tomorrow),
    )
    return tuple(
        Word(source=TempoSource.METER, day=day, color=color, said=now)
        for day, color in said
        if color is not None
    )
