"""The Linky's own filter: how near the breaker is, and when it would act.

Each second `Y = 0.008 X² + 0.992 Y` on the drawn apparent power X of a phase, in VA; the
Linky opens when Y passes `(1.3 PCOUP)²` (Enedis-NOI-CPT_54E version 3, section 7). The
day's highest square root of Y is SMAXSN.
"""

from math import inf, log, sqrt
from typing import Final

from .constants import FILTER_KEPT

_LOG_KEPT: Final = log(FILTER_KEPT)


def filtered(square: float, apparent: float, seconds: float) -> float:
    """Return the filtered square, in VA², after some seconds at one power."""
    now = apparent * apparent
    return float(now + (square - now) * FILTER_KEPT**seconds)


def seconds_to(square: float, apparent: float, limit: float) -> float:
    """Return after how many s at one power the filter passes a limit, in VA."""
    goal, now = limit * limit, apparent * apparent
    if square >= goal:
        return 0.0
    if now <= goal:
        return inf
    return log((now - goal) / (now - square)) / _LOG_KEPT


def bounded(
    square: float, seen: float, seen_before: float | None, seconds: float
) -> float:
    """Return the filtered square as the meter's own highest of the day bounds it.

    It was never above the highest, and when that has just risen the filter was there
    within the last `seconds`.
    """
    highest = seen * seen
    if seen_before is not None and seen > seen_before:
        square = max(square, filtered(highest, 0.0, seconds))
    return min(square, highest)


def blind_limit(limit: float, rise: float, seconds: float) -> float:
    """Return the steady power, in VA, that leaves room for what nobody sees coming.

    From it, `rise` VA more pass the limit of the filter not before `seconds`.
    """
    kept: float = FILTER_KEPT**seconds
    new = (1 - kept) * rise
    # X² kept + (X + rise)² (1 - kept) = limit², solved for X
    return max(sqrt(max(limit * limit - new * rise + new * new, 0.0)) - new, 0.0)


def limit_before(limit: float, apparent: float, seconds: float) -> float:
    """Return the steady power, in VA, from which the filter bears another for a time.

    After `seconds` at `apparent` VA it has just reached `limit`; `inf` where it never
    does.
    """
    if apparent <= limit:
        return inf
    kept: float = FILTER_KEPT**seconds
    return sqrt(max(limit * limit - apparent * apparent * (1 - kept), 0.0) / kept)
