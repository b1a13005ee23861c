"""What others do against overloads, restated in our own words, and nothing at all.

Each keeps the rule of a known kind of controller and its usual figures; what they have
in common is how a load is told. None says why.

- `Nothing`: thermostats and the off-peak contact, nobody watches;
- `HeatingOnly`: all heating to frost protection above 80 % for 4 min at least;
- `TwoThresholds`: after 30 s or 10 min above one of two powers a load each 10 s, given
  back one by one after 5 min with room.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from types import MappingProxyType
from typing import Final, override

from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.ladder import (
    at_most,
    highest_power,
)
from custom_components.linky_pilote.engine.regulation.model import (
    GridUse,
    HeatingMode,
    Level,
    Load,
    Order,
    Reading,
    Reason,
    Setting,
    Settings,
    Signals,
    Status,
    Verdict,
    Wishes,
)

from .controller import Controller

OFF_PEAK_PERIODS: Final = frozenset(
    {
        TariffPeriod.OFF_PEAK,
        TariffPeriod.BLUE_OFF_PEAK,
        TariffPeriod.WHITE_OFF_PEAK,
        TariffPeriod.RED_OFF_PEAK,
    }
)

_NO_VERDICTS: Final[Mapping[str, Verdict]] = MappingProxyType({})
_LEAST_CHANGE: Final = 1.0
"""W: what a smaller change would tell is what has been told."""


class Nothing(Controller):
    """Lets heaters heat and what waits for the night start with it."""

    def __init__(self, loads: Sequence[Load], settings: Settings) -> None:
        """Take the loads, the first of the ranks first."""
        ranks = [key for group in settings.ranks for key in group]
        places = {key: place for place, key in enumerate(ranks)}
        self.loads = sorted(loads, key=lambda load: places.get(load.key, len(places)))
        self.wishes = Wishes()
        self._told: dict[str, Setting] = {}
        self._hot: set[str] = set()
        self._levels: dict[tuple[str, Level], Setting] = {}
        self._switched: dict[tuple[str, bool], Setting] = {}

    @property
    @override
    def verdicts(self) -> Mapping[str, Verdict]:
        """Return none: these controllers do not say why."""
        return _NO_VERDICTS

    @override
    def decide(
        self,
        now: float,
        reading: Reading | None,
        statuses: Mapping[str, Status],
        signals: Signals,
    ) -> Iterable[Order]:
        """Return the commands that differ from what was told last."""
        night = _is_night(now, reading, signals)
        wanted = {
            load.key: self._free(load, statuses[load.key], night) for load in self.loads
        }
        wanted |= self._adapted(now, reading, statuses, wanted)
        return tuple(self._orders(wanted))

    def _adapted(
        self,
        _now: float,
        _reading: Reading | None,
        _statuses: Mapping[str, Status],
        _free: Mapping[str, Setting],
    ) -> dict[str, Setting]:
        """Return what is told otherwise than when nobody watches."""
        return {}

    def _free(self, load: Load, status: Status, night: bool) -> Setting:
        if load.heating is not None:
            return self._heated(load, self.wishes.preset)
        runs = {GridUse.ANY: True, GridUse.OFF_PEAK: night, GridUse.NEVER: False}
        return self._switch(load, runs[load.grid] and not self._is_hot(load, status))

    def _heated(self, load: Load, level: Level) -> Setting:
        # asked for at each decision: worked out once
        if (load.key, level) not in self._levels:
            self._levels[load.key, level] = heat(load, level)
        return self._levels[load.key, level]

    def _switch(self, load: Load, on: bool) -> Setting:
        if (load.key, on) not in self._switched:
            watts = full(load) if on else 0.0
            self._switched[load.key, on] = at_most(load, full(load), watts, None)
        return self._switched[load.key, on]

    def _is_hot(self, load: Load, status: Status) -> bool:
        """Return whether a tank has what the night is to give it."""
        if load.thermal is None or status.temperature is None:
            return False
        if status.temperature >= load.thermal.eco:
            self._hot.add(load.key)
        elif status.temperature < load.thermal.eco - load.thermal.hysteresis:
            self._hot.discard(load.key)
        return load.key in self._hot

    def _orders(self, wanted: Mapping[str, Setting]) -> Iterable[Order]:
        for key, setting in wanted.items():
            told = self._told.get(key)
            same = (
                told is not None
                and told.level is setting.level
                and abs(told.power - setting.power) < _LEAST_CHANGE
            )
            if not same:
                self._told[key] = setting
                yield Order(key=key, setting=setting, reason=Reason.SCHEDULE)


class HeatingOnly(Nothing):
    """Sheds all heating above 80 % of the limit, and in dear hours."""

    share = 0.8
    hold = 240.0
    """s of it, at least."""

    def __init__(self, loads: Sequence[Load], settings: Settings) -> None:
        """Start with the heating on."""
        super().__init__(loads, settings)
        self._over_at = -inf
        self._period: TariffPeriod | None = None

    @override
    def _adapted(
        self,
        now: float,
        reading: Reading | None,
        statuses: Mapping[str, Status],
        free: Mapping[str, Setting],
    ) -> dict[str, Setting]:
        if reading is not None:
            self._period = reading.period or self._period
            if load_share(reading) > self.share:
                self._over_at = now
        cancelled = self.wishes.heating is HeatingMode.HEAT
        dear = self._period is TariffPeriod.RED_PEAK or (
            self._period is TariffPeriod.WHITE_PEAK and not cancelled
        )
        if not dear and now - self._over_at >= self.hold:
            return {}
        return {
            load.key: self._heated(load, Level.FROST)
            for load in self.loads
            if load.heating is not None
        }


class TwoThresholds(Nothing):
    """Sheds one load after the other above two powers, and gives them back."""

    limits = ((1.0, 30.0), (0.9, 600.0))
    """Shares of the cut-off power, and s above them that are borne."""
    pace = 10.0
    """s between two sheddings."""
    room = 300.0
    """s below the lower limit before a load comes back, and between two of them."""
    least = 10.0
    """W: what draws less is not worth shedding."""
    most, within, blocked_for = 5, 600.0, 600.0
    """Sheddings of one load in a time, after which it stays shed for a time."""

    def __init__(self, loads: Sequence[Load], settings: Settings) -> None:
        """Start with nothing shed."""
        super().__init__(loads, settings)
        self._shed: dict[str, float] = {}
        """W that each drew, in the order in which they were shed."""
        self._above: dict[float, float] = {}
        """Since when each limit is passed."""
        self._below_since = -inf
        self._last_shed = self._last_back = -inf
        self._sheddings: dict[str, deque[float]] = {}

    @override
    def _adapted(
        self,
        now: float,
        reading: Reading | None,
        statuses: Mapping[str, Status],
        free: Mapping[str, Setting],
    ) -> dict[str, Setting]:
        if reading is not None and reading.cutoff:
            self._watch(now, load_share(reading))
            if self._is_due(now) and now - self._last_shed >= self.pace:
                self._shed_one(now, statuses)
            elif not self._above:
                self._give_back(now, reading)
        shed = {}
        for load in self.loads:
            if load.key in self._shed:
                off = load.heating is None
                shed[load.key] = (
                    self._switch(load, False)
                    if off
                    else self._heated(load, Level.FROST)
                )
        return shed

    def _watch(self, now: float, share: float) -> None:
        if not self._above:
            self._below_since = max(self._below_since, self._last_shed)
        for limit, _ in self.limits:
            if share > limit:
                self._above.setdefault(limit, now)
                self._below_since = now
            else:
                self._above.pop(limit, None)

    def _is_due(self, now: float) -> bool:
        return any(
            now - self._above[limit] >= borne
            for limit, borne in self.limits
            if limit in self._above
        )

    def _shed_one(self, now: float, statuses: Mapping[str, Status]) -> None:
        for load in reversed(self.loads):
            drawn = statuses[load.key].power or 0.0
            can = load.sheddable and not load.never_cut and load.key not in self._shed
            if can and drawn > self.least:
                self._shed[load.key] = drawn
                self._sheddings.setdefault(load.key, deque()).append(now)
                self._last_shed = now
                return

    def _give_back(self, now: float, reading: Reading) -> None:
        if now - max(self._below_since, self._last_back) < self.room:
            return
        lower = min(limit for limit, _ in self.limits)
        room = (lower - load_share(reading)) * sum((reading.cutoff or 0.0,))
        for load in self.loads:
            drawn = self._shed.get(load.key)
            if drawn is None or drawn > room * len(load.phases):
                continue
            if self._is_blocked(load.key, now):
                continue
            del self._shed[load.key]
            self._last_back = now
            return

    def _is_blocked(self, key: str, now: float) -> bool:
        times = self._sheddings[key]
        while times and times[0] < now - self.within - self.blocked_for:
            times.popleft()
        recent = [time for time in times if time >= times[-1] - self.within]
        return len(recent) > self.most and now - times[-1] < self.blocked_for


def full(load: Load) -> float:
    """Return a load's full power; the bench always says it."""
    assert load.power is not None
    return highest_power(load, load.power)


def heat(load: Load, level: Level) -> Setting:
    """Return what a heater is told for a level, or the warmest below that it knows."""
    heating = load.heating
    assert heating is not None
    known = [each for each in heating.levels if each.warmth <= level.warmth]
    told = max(known or heating.levels, key=lambda each: each.warmth)
    targets = {Level.OFF: heating.frost, Level.FROST: heating.frost}
    targets |= {Level.ECO: heating.eco}
    on = told not in {Level.OFF, Level.FROST}
    return Setting(
        power=full(load) if on else 0.0,
        value=1.0 if on else 0.0,
        level=told,
        target=targets.get(told, heating.comfort),
    )


def load_share(reading: Reading) -> float:
    """Return what the fullest phase draws, over the cut-off power."""
    return max(reading.apparent) / reading.cutoff if reading.cutoff else 0.0


def _is_night(now: float, reading: Reading | None, signals: Signals) -> bool:
    """Return whether off-peak hours run: as the contact does, else as announced."""
    if reading is not None and reading.period is not None:
        return reading.period in OFF_PEAK_PERIODS
    return any(span.start <= now < span.end for span in signals.off_peak)
