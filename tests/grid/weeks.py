"""Weeks with services as bad as they come, and the truth about their colours."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Final

from ..bodies import (
    PARIS,
    eco2mix,
    eco2mix_row,
    ecowatt,
    ecowatt_day,
    rte_tempo,
    services_rte,
)
from ..upstream import (
    ECO2MIX,
    ECOWATT,
    RTE_TEMPO,
    TEMPO_LIGHT,
    TEMPO_SEASON,
    TOKEN,
    Reply,
    Upstream,
)

DAYS: Final = 14
TODAY: Final = "sensor.grid_tempo_today"
TOMORROW: Final = "sensor.grid_tempo_tomorrow"
MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)

_EDGES: Final = {(5, 5), (6, 0), (10, 5), (11, 0), (21, 5), (22, 0)}
"""Hours, and tens of minutes, in which every minute is looked at."""

FOUND: Final = timedelta(hours=4)
"""A colour is known that soon after it can be, with services that fail often: a fifth of
the answers is bad, two are needed, and each failure in a row makes the wait longer."""

QUOTAS: Final = {
    # the most requests of a day of 25 hours
    ECOWATT: 94,
    RTE_TEMPO: 100,
    TEMPO_LIGHT: 90,
    TEMPO_SEASON: 90,
    ECO2MIX: 150,
    TOKEN: 200,
    "": 400,  # the volunteer's copy, which does not answer at all here
}


class Weeks(Upstream):
    """Services that fail, are late, and give an indication that turns out wrong."""

    def __init__(self, first: date, seed: int) -> None:
        """Draw colours and the times that they are published at."""
        super().__init__()
        self._random = Random(seed)  # noqa: S311 - the same each time
        self.now = datetime(2000, 1, 1, tzinfo=UTC)
        self.colors: dict[date, str] = {}
        self.published: dict[date, datetime] = {}
        day = first - timedelta(40)
        while day < first + timedelta(DAYS + 3):
            self.colors[day] = self._random.choice(["BLUE", "WHITE", "RED"])
            eve = datetime(day.year, day.month, day.day, 10, 30, tzinfo=PARIS) - DAY
            late = self._random.choice([0, 0, 0, 5, 21])
            self.published[day] = eve + timedelta(hours=late)
            day += DAY
        self.granted: dict[str, datetime] = {}
        self.times: list[tuple[str, datetime]] = []
        self.healthy = False

    def binding(self, day: date) -> datetime:
        """Return when the colour of a day can be known for good."""
        eve = day - DAY
        eleven = datetime(eve.year, eve.month, eve.day, 11, tzinfo=PARIS)
        return max(eleven.astimezone(UTC), self.published[day].astimezone(UTC))

    def _shown(self) -> Iterator[tuple[date, str]]:
        """Yield what RTE shows now: wrong colours before they bind."""
        wall = self.now.astimezone(PARIS)
        for day, color in self.colors.items():
            if self.now >= self.published[day]:
                yield day, color
            elif day == wall.date() + DAY and 7 <= wall.hour < 10:
                yield day, {"BLUE": "RED", "WHITE": "BLUE", "RED": "WHITE"}[color]

    def _reply(self, path: str) -> Reply:
        known = next(kind for kind in QUOTAS if path.endswith(kind))
        self.times.append((known, self.now))
        fault = self._random.random()
        if not self.healthy and fault < 0.2:
            return self._random.choice(
                [
                    Reply(status=500, body={"error": "COMMON_ERROR_T03"}),
                    Reply(status=503, body="<html>maintenance</html>"),
                    Reply(body="<html>maintenance</html>"),
                    Reply(body=""),
                    Reply(status=429, headers={"Retry-After": "900"}),
                ]
            )
        if known == TOKEN:
            token = f"token-{len(self.granted)}"
            self.granted[token] = self.now
            return Reply(body={"access_token": token, "expires_in": 7200})
        if known in (ECOWATT, RTE_TEMPO):
            bearer = self.asked[-1].headers["Authorization"].removeprefix("Bearer ")
            if self.now >= self.granted[bearer] + timedelta(hours=2):
                return Reply(status=401)
        return self._content(known)

    def _content(self, known: str) -> Reply:
        today = self.now.astimezone(PARIS).date()
        match known:
            case "/open_api/ecowatt/v5/signals":
                days = [ecowatt_day(today + timedelta(n)) for n in range(4)]
                return Reply(body=ecowatt(*days))
            case "/catalog/datasets/eco2mix-national-tr/records":
                row = eco2mix_row(self.now - timedelta(hours=1))
                return Reply(body=eco2mix(row))
            case "/tempoLight":
                shown = dict(self._shown())
                near = (today, today + DAY)
                light = {day: shown[day] for day in near if day in shown}
                return Reply(body=services_rte(light))
            case "/tempo":
                return Reply(body=services_rte(dict(self._shown())))
            case _ if known:
                return Reply(body=rte_tempo(dict(self._shown())))
        return Reply(status=404)


class Oracle:
    """Compares what is shown with the table of colours, and counts what is unknown."""

    def __init__(self, weeks: Weeks) -> None:
        """Know the truth."""
        self.unknown: Counter[str] = Counter()
        self.steps = 0
        self._weeks = weeks

    def check(self, now: datetime, shown: Mapping[str, tuple[str, str | None]]) -> None:
        """Check states and why they are unknown, by entity, at one instant."""
        wall = now.astimezone(PARIS)
        day = wall.date() if wall.hour >= 6 else wall.date() - DAY
        self.steps += 1
        for entity, about in ((TODAY, day), (TOMORROW, day + DAY)):
            color, why = shown[entity]
            if color == "unknown":
                self.unknown[entity] += 1
                assert why, (now, entity)
                assert now < self._weeks.binding(about) + FOUND, (now, entity)
                continue
            assert color.upper() == self._weeks.colors[about], (now, entity)
            assert now >= self._weeks.published[about], (now, entity)

    def check_end(self) -> None:
        """Check that the services were bad, and that it was not unknown for long."""
        assert 0 < self.unknown[TODAY] < 0.1 * self.steps
        check_quotas(self._weeks)


def restarts(day: int) -> set[int]:
    """Return some hours of a day; in two weeks each hour comes."""
    return {(5 * day + n) % 24 for n in range(5)}


def moments(begin: datetime, end: datetime, minutes: int) -> Iterator[datetime]:
    """Yield an instant every so many minutes, and every minute where much changes.

    That is around the hours at which days, peaks and colours come, and in the two hours
    around a change of the clock.
    """
    now = begin
    while now < end:
        wall = now.astimezone(PARIS)
        later = (now + timedelta(hours=1)).astimezone(PARIS)
        earlier = (now - timedelta(hours=1)).astimezone(PARIS)
        close = (wall.hour, wall.minute // 10) in _EDGES
        changes = earlier.utcoffset() != later.utcoffset()
        if close or changes or wall.minute % minutes == 0:
            yield now
        now += MINUTE


def check_quotas(weeks: Weeks) -> None:
    """Count the requests of each day, and look at the gaps between those of EcoWatt."""
    by_day = Counter(
        (kind, time.astimezone(PARIS).date()) for kind, time in weeks.times
    )
    for (kind, day), count in by_day.items():
        assert count <= QUOTAS[kind], (kind, day)
    # A request that is sent again after a token was refused is the same to RTE
    times = sorted({time for kind, time in weeks.times if kind == ECOWATT})
    for earlier, later in pairwise(times):
        assert later - earlier >= timedelta(minutes=16)
