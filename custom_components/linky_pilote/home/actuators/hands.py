"""Whose doing a change is: a pure table of cases."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ECHO: Final = 3.0
"""Times what a load takes to follow, within which an old state is an echo."""


class Doing(StrEnum):
    """What a change of a controlled entity means."""

    NOTHING = "nothing"
    """It follows, or it is no choice of anybody."""
    HAND = "hand"
    """A person: hands off for a while."""
    AUTOMATION = "automation"
    """Another automation or script: the same, and it is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of what an entity says it was told."""

    since_order: float
    """s since our last order."""
    follow: float
    """s that the load may take to follow it."""
    as_ordered: bool
    """It says what was ordered."""
    as_before: bool
    """It says what it did before the order, or what an order before it said."""
    ours: bool = False
    """It came with our own call."""
    by_user: bool = False
    """It came with somebody's call."""
    by_automation: bool = False
    step: bool = False
    """It may be a step on the way to what was ordered."""
    returned: bool = False
    """It was not available until now, or until a moment ago."""


def whose(change: Change) -> Doing:
    """Return whose doing a change is."""
    rows = (
        (change.as_ordered, Doing.NOTHING),  # it follows, however late
        (change.by_automation, Doing.AUTOMATION),  # even if our call triggered it
        (change.ours, Doing.NOTHING),  # a step on the way to it
        (change.by_user, Doing.HAND),
        (change.step, Doing.NOTHING),
        (change.returned, Doing.NOTHING),  # a restart: the order is sent again
        (change.since_order < change.follow, Doing.NOTHING),  # on its way, maybe
        (
            # word of what was before the order, from a slow cloud
            change.as_before and change.since_order < ECHO * change.follow,
            Doing.NOTHING,
        ),
    )
    return next((doing for applies, doing in rows if applies), Doing.HAND)
