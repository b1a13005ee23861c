"""How much of a day's sun is still to come: the sun's height over France."""

from functools import lru_cache
from math import acos, cos, pi, radians, sin

from .constants import FORESEEN, PLENTY, SCARCE

_LATITUDE = radians(46.5)
_LONGITUDE_H = 2.5 / 15
"""The middle of the country: hours that its noon is before that of Greenwich."""

_TILT = radians(23.44)
_DAY = 86_400.0
_SOLSTICE = 10.0
"""Days from the winter solstice to the new year."""

_LOW = 0.1
"""Sine of a height below which the power tells nothing of the day."""


def outlook(now: float, power: float, wanted: float) -> int:
    """Return 1 where the day still brings plenty of surplus, -1 where too little.

    `power` is the usual one now, in W, and `wanted` what a load can still take, in Wh.
    With plenty what is given away now comes again; with too little what is drawn now is
    not drawn at night. 0: nobody knows, and both cost the same.
    """
    hours = hours_left(now)
    if power * hours > PLENTY * wanted:
        return 1
    return -1 if hours <= FORESEEN and power * hours < SCARCE * wanted else 0


def hours_left(now: float) -> float:
    """Return for how many h the present power, falling with the sun, would last.

    The energy that is still to come is the present power times that.
    """
    return _hours_left(int(now // 60))


def is_night(now: float) -> bool:
    """Tell whether the sun is below the horizon."""
    _, _, angle, sunset = _sun(int(now // 60))
    return abs(angle) >= sunset


@lru_cache(maxsize=8)
def _hours_left(minute: int) -> float:
    steady, swing, angle, sunset = _sun(minute)
    if angle >= sunset:
        return 0.0
    height = steady + swing * cos(angle)
    from_now = max(angle, -sunset)
    area = steady * (sunset - from_now) + swing * (sin(sunset) - sin(from_now))
    return area * 12 / pi / max(height, _LOW)


@lru_cache(maxsize=8)
def _sun(minute: int) -> tuple[float, float, float, float]:
    """Return what the sine of the sun's height is made of, and two angles.

    It is the first and the second times the cosine of the third, the angle from noon;
    at the fourth the sun sets.
    """
    days = minute * 60 / _DAY
    tilt = -_TILT * cos((days % 365.25 + _SOLSTICE) * 2 * pi / 365.25)
    angle = ((days % 1) * 24 + _LONGITUDE_H - 12) * pi / 12
    steady = sin(_LATITUDE) * sin(tilt)
    swing = cos(_LATITUDE) * cos(tilt)
    return steady, swing, angle, acos(-steady / swing)
