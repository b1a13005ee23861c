"""How often a bridge speaks, and after which silence it is lost.

One speaks every second, another sleeps ten minutes to spare its battery: nothing but
listening tells.
"""

from typing import Final

_SHORTEST: Final = 15.0
"""Least seconds of silence that mean a loss: ten frames at the longest."""

_LONGEST: Final = 4 * 3600.0
"""Most seconds of silence that do not: some bridges speak once an hour."""

_TIMES: Final = 3
"""Longest gaps that a silence has to last: one message, or two, may be lost."""

_LEARNING: Final = 300.0
"""Seconds of listening before the rhythm counts as known: a bridge that sleeps stays
awake for less, and seems quick meanwhile."""

_PATIENCE: Final = 1800.0
"""Seconds of silence allowed until then: three times the ten minutes for which a
bridge on batteries sleeps."""

_SPAN: Final = 6 * 3600.0
"""Seconds for which a gap counts, twice that at most."""


class Rhythm:
    """The longest gap between messages of late."""

    def __init__(self, longest: float | None = None) -> None:
        """Begin with the longest gap of an earlier run, in s, if there was one."""
        self.sleep = 0.0
        """Seconds for which the bridge said that it would sleep."""
        self._known = longest is not None
        self._former = longest or 0.0
        self._recent = 0.0
        self._since = 0.0
        self._heard = 0.0
        self._last: float | None = None
        self._outage = 0.0

    @property
    def longest(self) -> float | None:
        """The longest gap of late, in s; None while that is not known."""
        if self._known or self._heard >= _LEARNING:
            return max(self._former, self._recent)
        return None

    @property
    def expiry(self) -> float:
        """Seconds of silence after which the bridge is lost."""
        longest = self.longest
        learnt = _PATIENCE if longest is None else _TIMES * longest
        return min(max(learnt, _TIMES * self.sleep, _SHORTEST), _LONGEST)

    def note(self, now: float) -> None:
        """Note a message, at this time in s."""
        last, self._last = self._last, now
        if last is None:
            self._since = self._since or now
            return
        gap = now - last
        self._heard += gap
        if gap > self.expiry:
            # An outage tells nothing; two like it are a new rhythm.
            gap, self._outage = min(gap, self._outage), gap
        if now - self._since >= _SPAN:
            self._former, self._recent, self._since = self._recent, 0.0, now
        self._recent = max(self._recent, gap)

    def pause(self) -> None:
        """Note that messages could not be heard for a while."""
        self._last = None
