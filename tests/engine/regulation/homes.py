"""A home in a few lines: its meter, and appliances that follow their orders."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation import (
    Decision,
    Regulator,
    State,
)
from custom_components.linky_pilote.engine.regulation.hours import PARIS
from custom_components.linky_pilote.engine.regulation.ladder import spread
from custom_components.linky_pilote.engine.regulation.model import (
    Level,
    Load,
    Order,
    Reading,
    Setting,
    Settings,
    Signals,
    Status,
    Verdict,
    Wishes,
)


def at(text: str) -> float:
    """Return the moment when a clock in Paris shows that."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


WINTER = at("2026-12-15 10:00")
"""A Tuesday."""
SUMMER = at("2026-07-15 12:00")
"""A Wednesday."""


class Sent(NamedTuple):
    """An order, and when it was given."""

    at: float
    order: Order


class Bench:
    """Steps through time: reads the meter, decides, and lets appliances follow."""

    def __init__(
        self,
        *loads: Load,
        base: float | Sequence[float] = 500.0,
        on: Iterable[str] = (),
        now: float = WINTER,
        every: float = 2.0,
        cutoff: float | None = 6000.0,
        period: TariffPeriod | None = None,
        wishes: Wishes | None = None,
        **settings: Any,
    ) -> None:
        """Build a home; all loads are armed and have a power sensor by default."""
        ranks = tuple((load.key,) for load in loads)
        self.loads = {load.key: load for load in loads}
        self.settings = Settings(**{"ranks": ranks, **settings})
        self.regulator = Regulator(loads, self.settings)
        self.base = [base] if isinstance(base, (int, float)) else list(base)
        self.now, self.every, self.delay = now, every, 1.0
        self.cutoff, self.period = cutoff, period
        self.peak_today: tuple[float, ...] = ()
        self.signals = Signals()
        wishes = wishes or Wishes(armed=frozenset(self.loads))
        self.state = State(wishes=wishes)
        self.real = {load.key: load.power or 1500.0 for load in loads}
        """W that each draws at its full power."""
        self.idle: set[str] = set()
        self.deaf: set[str] = set()
        self.sensors = set(self.loads)
        self.more: dict[str, dict[str, Any]] = {key: {} for key in self.loads}
        """What else the loads' entities say."""
        self.silent = False
        self.garble: Callable[[Reading], Reading] = lambda reading: reading
        self.has = {
            key: self._first(load, key in on) for key, load in self.loads.items()
        }
        self.reading: Reading | None = None
        self.pending: list[Sent] = []
        self.sent: list[Sent] = []
        self.decisions: list[Decision] = []

    def _first(self, load: Load, on: bool) -> Setting:
        high = load.modulation.high if load.modulation else 1.0
        level = (Level.COMFORT if on else Level.FROST) if load.heating else None
        power = self.real[load.key] if on else 0.0
        return Setting(power=power, value=high if on else 0.0, level=level)

    # --- what there is ---

    def draws(self, key: str) -> float:
        """Return the W that a load draws."""
        load, has = self.loads[key], self.has[key]
        if key in self.idle or has.power == 0:
            return 0.0
        if load.modulation is None:
            return self.real[key]
        if load.power is None:
            return self.real[key] * has.value / load.modulation.high
        return has.power

    def phases(self) -> list[float]:
        """Return the W of the home by phase, negative where it injects."""
        drawn = list(self.base)
        for key, load in self.loads.items():
            phases = spread(load, self.has[key])
            for phase in phases:
                place = min(phase, len(drawn)) - 1
                drawn[place] += self.draws(key) / len(phases)
        return drawn

    def measure(self) -> Reading:
        """Return what the meter says now."""
        drawn = self.phases()
        return Reading(
            time=self.now,
            net=sum(drawn),
            apparent=tuple(max(value, 0.0) for value in drawn),
            cutoff=self.cutoff,
            period=self.period,
            peak_today=self.peak_today,
        )

    def statuses(self) -> dict[str, Status]:
        """Return what the loads' entities say now."""
        return {
            key: replace(
                Status(
                    setting=has.value,
                    level=has.level,
                    power=self.draws(key) if key in self.sensors else None,
                ),
                **self.more[key],
            )
            for key, has in self.has.items()
        }

    # --- time ---

    def step(self) -> Decision:
        """Go on to the next decision."""
        self.now += self.every
        for sent in [one for one in self.pending if one.at + self.delay <= self.now]:
            self.pending.remove(sent)
            if sent.order.key not in self.deaf:
                self.has[sent.order.key] = sent.order.setting
        if not self.silent:
            self.reading = self.garble(self.measure())
        decision = self.regulator.decide(
            self.now, self.reading, self.signals, self.statuses(), self.state
        )
        new = [Sent(self.now, order) for order in decision.orders]
        self.pending += new
        self.sent += new
        self.decisions.append(decision)
        self.state = decision.state
        return decision

    def run(self, seconds: float) -> list[Sent]:
        """Go on for some time; return the orders of it."""
        end, before = self.now + seconds, len(self.sent)
        while self.now < end:
            self.step()
        return self.sent[before:]

    def until_told(self, most: float = 900.0) -> list[Sent]:
        """Go on until there are orders; return those of that decision."""
        end = self.now + most
        while self.now < end:
            if self.step().orders:
                return [one for one in self.sent if one.at == self.now]
        return []

    def wish(self, **wishes: Any) -> None:
        """Change what persons wish."""
        self.state = self.state.with_wishes(replace(self.state.wishes, **wishes))

    # --- what came of it ---

    @property
    def last(self) -> Decision:
        """Return the last decision."""
        return self.decisions[-1]

    def verdict(self, key: str) -> Verdict:
        """Return what was last decided about a load."""
        return self.last.verdicts[key]

    def on(self) -> set[str]:
        """Return the loads that were told that they may draw."""
        return {
            key
            for key, memory in self.state.loads.items()
            if memory.ordered is not None and memory.ordered.power > 0
        }


def told(sent: Iterable[Sent]) -> list[tuple[str, bool]]:
    """Return who was switched, and whether on."""
    return [(one.order.key, one.order.setting.power > 0) for one in sent]
