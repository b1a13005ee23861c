"""What the grid's frequency asks of a home: a courtesy, on storable loads only."""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf

from .chance import share_of
from .constants import (
    COARSE_RESOLUTION,
    DEADBAND,
    FINE_RESOLUTION,
    FRESH,
    FULL_DROOP,
    HIGH,
    LONGEST_HELP,
    LOW,
    LOW_FOR,
    RETURN_FROM,
    RETURN_WITHIN,
    VERY_LOW,
)
from .model import Frequency


class Step(StrEnum):
    """How far the frequency has gone."""

    NORMAL = "normal"
    LOW = "low"
    """Storable loads off, heating to eco."""
    VERY_LOW = "very_low"
    """All that may be shed is off."""
    HIGH = "high"
    """Storable loads take what they can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """How the grid is being helped."""

    step: Step = Step.NORMAL
    usable: bool = False
    """The source is fine and fresh enough for the steps."""
    share: float = 0.0
    """Of the storable loads that is off, 0 to 1."""
    beyond: Step = Step.NORMAL
    beyond_since: float = -inf
    """Since when the frequency is where `beyond` says."""
    since: float = -inf
    """Since when the grid is helped."""
    ended: float = -inf
    """When that ended."""


def help_now(now: float, frequency: Frequency | None, before: Help) -> Help:
    """Return how to help, from the frequency and how it was before."""
    if (
        frequency is None
        or frequency.resolution > COARSE_RESOLUTION
        or now - frequency.time > FRESH
    ):
        if before.usable or before.beyond is not Step.NORMAL:
            before = replace(before, usable=False, beyond=Step.NORMAL)
        return _ended(now, before)
    beyond = _step(frequency.value)
    since = before.beyond_since if beyond is before.beyond else frequency.time
    held = now - since >= LOW_FOR
    step = beyond if held else before.step
    share = 0.0
    if frequency.resolution <= FINE_RESOLUTION:
        away = 50.0 - frequency.value
        share = min(max((away - DEADBAND) / (FULL_DROOP - DEADBAND), 0.0), 1.0)
    now_so = replace(before, usable=True, beyond=beyond, beyond_since=since)
    if step is Step.NORMAL and share == 0:
        return _ended(now, now_so)
    start = before.since if before.since > before.ended else now
    if now - start > LONGEST_HELP:
        # it has helped long enough, until the frequency has been good again
        return replace(now_so, step=Step.NORMAL, share=0.0, since=start)
    return replace(now_so, step=step, share=share, since=start)


def is_off_for_grid(help_: Help, key: str) -> bool:
    """Tell whether a storable load is to be off for the grid's sake."""
    if help_.step in (Step.LOW, Step.VERY_LOW):
        return True
    # each load has a threshold of its own: together they follow the droop
    return help_.share > 0.1 + 0.8 * share_of(key, help_.since)


def return_at(help_: Help, key: str) -> float:
    """Return when a load that was off may come back, each at a moment of its own."""
    return help_.ended + RETURN_FROM + RETURN_WITHIN * share_of(key, help_.since)


def _ended(now: float, help_: Help) -> Help:
    helping = help_.since > help_.ended
    if not helping and help_.step is Step.NORMAL and help_.share == 0:
        return help_
    ended = now if helping else help_.ended
    return replace(help_, step=Step.NORMAL, share=0.0, ended=ended)


def _step(value: float) -> Step:
    if value < VERY_LOW:
        return Step.VERY_LOW
    if value < LOW:
        return Step.LOW
    return Step.HIGH if value > HIGH else Step.NORMAL
