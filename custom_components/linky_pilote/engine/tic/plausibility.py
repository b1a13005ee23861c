"""What an index may do between two frames.

The checksum has 6 bits: on a noisy line a wrong value passes now and then, and one
wrong index poisons the statistics of a home for ever.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

_TOLERANCE: Final = 3.0
"""Times the subscribed power. The breaker lets 2.5 times pass for some 40 s
(Enedis-NOI-CPT_54E, section 7)."""

_LARGEST_POWER: Final = 36_000
"""VA; the largest contract that a Linky serves."""

_ROUNDING: Final = 5
"""Wh that an index may rise whatever the time: it counts whole Wh, and frames lag."""

_CONFIRMATIONS: Final = 3
"""Frames in a row that make an unlikely value true."""


class Mark(NamedTuple):
    """A value of an index that was believed, and when."""

    value: int
    """Wh or varh."""
    time: float
    """s of the clock that the values were judged by."""


class _Claim(NamedTuple):
    mark: Mark
    seen: int


def _follows(mark: Mark, value: int, now: float, power: int) -> bool:
    """Tell whether an index can have come from `mark` to `value` in that time."""
    elapsed = max(now - mark.time, 0.0)
    allowed = _ROUNDING + _TOLERANCE * power * elapsed / 3600
    return 0 <= value - mark.value <= allowed


class IndexGate:
    """Holds an index back that falls or leaps, until it persists."""

    def __init__(self, marks: Mapping[str, Mark] | None = None) -> None:
        """Start with the last good values of an earlier run, by label.

        Without one the first value of a label is believed.
        """
        self.held: Counter[str] = Counter()
        """Values held back, by label."""
        self._good = dict(marks or {})
        self._claims: dict[str, _Claim] = {}

    @property
    def marks(self) -> dict[str, Mark]:
        """Return the last good values, by label."""
        return dict(self._good)

    def admits(
        self,
        label: str,
        value: int,
        now: float,
        power: int | None,
        *,
        age: float = 0.0,
    ) -> bool:
        """Tell whether a value can be believed.

        `value` is in Wh or varh, `now` in s of a clock that never goes back (time
        that seems to is none at all), `power` the subscribed power in VA, or None where it is not known or does
        not bound this index. What was kept somewhere may be up to `age` s old: the
        next value may have risen since then.
        """
        limit = power or _LARGEST_POWER
        good = self._good.get(label)
        if good is None or _follows(good, value, now, limit):
            self._claims.pop(label, None)
        else:
            claim = self._claims.get(label)
            seen = 1
            if claim is not None and _follows(claim.mark, value, now, limit):
                seen = claim.seen + 1
            if seen < _CONFIRMATIONS:
                self._claims[label] = _Claim(Mark(value, now), seen)
                self.held[label] += 1
                return False
            del self._claims[label]
        then = now - age
        if age and good is not None:
            then = min(max(then, good.time), now)
        self._good[label] = Mark(value, then)
        return True
