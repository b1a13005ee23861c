"""What the power of a machine tells of it: its cycles, and what it draws at rest.

Powers in W, energies in Wh, moments in s since 1970.
"""

from dataclasses import dataclass, field
from typing import Final

HOUR: Final = 3600.0
DAY: Final = 86_400.0

RUNS_ABOVE: Final = 20.0
"""W. A display and a network module draw less, a pump or a motor more."""

CYCLE_QUIET: Final = 300.0
"""s without them after which a cycle is over: a machine soaks for less."""

SHORTEST_CYCLE: Final = 300.0
SMALLEST_CYCLE: Final = 20.0
"""s and Wh; what is less is a door that was opened, or a kettle."""

STEADY_FOR: Final = 300.0
"""s that a power must be steady for to be told."""

STEADY_WITHIN: Final = 0.1
STEADY_LEAST: Final = 1.0
"""Share of it, and W at least, that a steady power moves by."""

STANDBY_DAYS: Final = 7


@dataclass(kw_only=True)
class Cycles:
    """From a machine's start to its end, as a washing machine has them."""

    count: int = 0
    energy: float | None = None
    """Of the last one."""
    started_at: float | None = None
    ended_at: float | None = None
    running_since: float | None = None
    running: float = 0.0
    """Wh of the one that runs."""
    quiet_since: float | None = None
    quiet: float = 0.0
    """Wh drawn since then, which belong to the cycle if it goes on."""

    @property
    def seconds(self) -> float | None:
        """How long the last one took."""
        if self.started_at is None or self.ended_at is None:
            return None
        return self.ended_at - self.started_at

    def take(self, now: float, seconds: float, power: float) -> None:
        """Take in some seconds that end now."""
        energy = power * seconds / HOUR
        if power >= RUNS_ABOVE:
            if self.running_since is None:
                self.running_since = now - seconds
            self.running += self.quiet + energy
            self.quiet_since, self.quiet = None, 0.0
        elif self.running_since is not None:
            self.quiet += energy
            if self.quiet_since is None:
                self.quiet_since = now - seconds
            if now - self.quiet_since >= CYCLE_QUIET:
                self._end(self.running_since, self.quiet_since)

    def _end(self, start: float, end: float) -> None:
        if end - start >= SHORTEST_CYCLE and self.running >= SMALLEST_CYCLE:
            self.count += 1
            self.energy, self.started_at, self.ended_at = self.running, start, end
        self.running_since = self.quiet_since = None
        self.running = self.quiet = 0.0


@dataclass(kw_only=True)
class Standby:
    """The lowest power that was steady in the last days; a machine cut off has none."""

    lowest: dict[str, float] = field(default_factory=dict)
    """By ordinal of the day, as JSON writes keys."""
    low: float = 0.0
    high: float = 0.0
    held: float = 0.0
    """s that the power has stayed between the two."""
    energy: float = 0.0
    """Ws drawn meanwhile."""

    @property
    def power(self) -> float | None:
        """What is known of it."""
        return min(self.lowest.values(), default=None)

    def take(self, now: float, seconds: float, power: float) -> None:
        """Take in some seconds that end now."""
        low, high = min(self.low, power), max(self.high, power)
        steady = high - low <= max(STEADY_LEAST, STEADY_WITHIN * high)
        if power <= 0 or not self.held or not steady:
            low = high = power
            self.held = self.energy = 0.0
        self.low, self.high = low, high
        if power <= 0:
            return
        self.held += seconds
        self.energy += power * seconds
        if self.held >= STEADY_FOR:
            self._note(int(now // DAY), self.energy / self.held)

    def _note(self, day: int, power: float) -> None:
        before = self.lowest.get(str(day), power)
        self.lowest = {
            key: value
            for key, value in self.lowest.items()
            if day - STANDBY_DAYS < int(key) <= day
        } | {str(day): min(before, power)}
