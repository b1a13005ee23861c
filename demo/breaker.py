"""The breaker of a Linky: the low-pass filter that decides, and the two limits.

Each second Y = 0.008 X² + 0.992 Y on the apparent power X drawn on a phase; it opens
above (1.3 PCOUP)² (Enedis-NOI-CPT_54E, section 7).
"""

_KEPT = 0.992
_TRIP_RATIO = 1.3
# how long the household takes to find the button
RECLOSE_AFTER_S = 120.0


def filtered_square(before: float, apparent_va: float, seconds: float) -> float:
    """Return Y after some seconds at one apparent power."""
    square = apparent_va * apparent_va
    return float(square + (before - square) * _KEPT**seconds)


def trip_square(cutoff_va: float) -> float:
    """Return the Y above which a breaker set to that power opens."""
    return (_TRIP_RATIO * cutoff_va) ** 2
