"""How much of a day's sun is still to come: the sun's height over France."""

from functools import lru_cache
from math import acos, cos, pi, radians, sin

_LATITUDE = radians(46.5)
_LONGITUDE_H = 2.5 / 15
"""The middle of the country: hours that its noon is before that of Greenwich."""

_TILT = radians(23.44)
_DAY = 86_400.0
_SOLSTICE = 10.0
"""Days from the winter solstice to the new year."""

_LOW = 0.1
"""Sine of a height below which the power tells nothing of the day."""


def hours_left(now: float) -> float:
    """Return for how many h the present power, falling with the sun, would last.

    The energy that is still to come is the present power times that.
    """
    return _hours_left(int(now // 60))


@lru_cache(maxsize=8)
def _hours_left(minute: int) -> float:
    days = minute * 60 / _DAY
    tilt = -_TILT * cos((days % 365.25 + _SOLSTICE) * 2 * pi / 365.25)
    angle = ((days % 1) * 24 + _LONGITUDE_H - 12) * pi / 12
    steady = sin(_LATITUDE) * sin(tilt)
    swing = cos(_LATITUDE) * cos(tilt)
    height = steady + swing * cos(angle)
    sunset = acos(-steady / swing)
    if angle >= sunset:
        return 0.0
    from_now = max(angle, -sunset)
    area = steady * (sunset - from_now) + swing * (sin(sunset) - sin(from_now))
    return area * 12 / pi / max(height, _LOW)
