"""Draws that depend on a seed and on what is asked, never on the order of the asking."""

from functools import cache, lru_cache
import math

_MASK = (1 << 64) - 1
_SPREAD = 0x9E3779B97F4A7C15
_MIX = 0xBF58476D1CE4E5B9


# the same places are asked for again and again while time goes on
@lru_cache(maxsize=4096)
def unit(*parts: int) -> float:
    """Return a number from 0 to 1 (excluded) that only depends on the parts."""
    mixed = _SPREAD
    for part in parts:
        mixed = ((mixed ^ (part & _MASK)) * _MIX + _SPREAD) & _MASK
        mixed ^= mixed >> 29
    mixed = (mixed * _MIX) & _MASK
    return (mixed >> 11) / (1 << 53)


def between(low: float, high: float, *parts: int) -> float:
    """Return a number from low to high that only depends on the parts."""
    return low + (high - low) * unit(*parts)


def wave(position: float, *parts: int) -> float:
    """Return a smooth random curve, -1 to 1; it has about one hill in two units."""
    left = math.floor(position)
    share = (1 - math.cos((position - left) * math.pi)) / 2
    before = unit(*parts, left)
    after = unit(*parts, left + 1)
    return 2 * (before + (after - before) * share) - 1


@cache
def key(name: str) -> int:
    """Return a number for a name, the same in every process."""
    value = 0
    for byte in name.encode():
        value = (value * 257 + byte) & _MASK
    return value
