"""What happened to loads, as events tell it."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from ..engine.regulation import Decision
from ..engine.regulation.model import Reason, Verdict

SHED: Final = "shed"
RESTORED: Final = "restored"
REFUSED: Final = "refused"
NOT_FOLLOWING: Final = "not_following"
ENDED: Final = "ended"
"""What a person chose is over; the reason is what ended it, or what it was."""
KINDS: Final = (SHED, RESTORED, REFUSED, NOT_FOLLOWING, ENDED)

_REMEMBERED: Final = 50


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happened to a load, or to the house where there is no key."""

    kind: str
    key: str | None
    reason: Reason
    at: float
    until: float | None = None


class Occurrences:
    """The last things that happened, numbered."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.count = 0
        self._last: deque[Occurrence] = deque(maxlen=_REMEMBERED)

    def add(self, occurrence: Occurrence) -> None:
        """Note that something happened."""
        self.count += 1
        self._last.append(occurrence)

    def since(self, count: int) -> list[Occurrence]:
        """Return what happened after that many, as far as it is remembered."""
        new = min(self.count - count, len(self._last))
        return list(self._last)[-new:] if new > 0 else []

    def compare(self, before: Decision | None, after: Decision, now: float) -> None:
        """Note what a decision changed."""
        for notice in after.notices:
            self.add(Occurrence(ENDED, None, notice, now))
        if before is None:
            return
        for key, verdict in after.verdicts.items():
            known = before.verdicts.get(key)
            if known is None or verdict.observed:
                continue
            kind = _kind(known, verdict)
            if kind is not None:
                reason = verdict.blocked_by or verdict.reason
                self.add(Occurrence(kind, key, reason, now, verdict.until))


def _kind(before: Verdict, after: Verdict) -> str | None:
    if after.reason is Reason.NOT_FOLLOWING:
        return None if before.reason is Reason.NOT_FOLLOWING else NOT_FOLLOWING
    if before.observed or before.shed == after.shed:
        return None
    return SHED if after.shed else RESTORED
