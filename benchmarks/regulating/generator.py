"""Homes and skies from a seed, for when no measured ones are at hand."""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
import math
from typing import Final

from demo.appliances import Stage
from demo.chance import between, key as key_of, unit, wave
from demo.moment import DAY_S

from .traces import Home, Sky

_HOUR_S: Final = 3600
_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """Something that people do each day or some days, at about the same hour."""

    name: str
    hour: float
    spread: float
    """Hours before and after it."""
    stages: tuple[Stage, ...]
    chance: float = 1.0


def _boil(hour: float, chance: float = 1.0, spread: float = 0.4) -> _Use:
    # a stage's length and power are scaled by the seed
    stages = (Stage(185.0, 2350.0),)
    return _Use(name="kettle", hour=hour, spread=spread, stages=stages, chance=chance)


_WASH: Final = (
    Stage(4 * _MINUTE, 90),
    Stage(22 * _MINUTE, 2050, duty=0.85, period_s=330),
    Stage(55 * _MINUTE, 180, duty=0.6, period_s=24),
    Stage(9 * _MINUTE, 480),
)
_DRY: Final = (
    Stage(35 * _MINUTE, 2400),
    Stage(50 * _MINUTE, 2300, duty=0.6, period_s=240),
)
_DISHES: Final = (
    Stage(6 * _MINUTE, 70),
    Stage(16 * _MINUTE, 1950),
    Stage(35 * _MINUTE, 70),
    Stage(13 * _MINUTE, 1950),
)
_HOB: Final = (
    Stage(12 * _MINUTE, 1650),
    Stage(22 * _MINUTE, 1400, duty=0.6, period_s=110),
)
_OVEN: Final = (
    Stage(12 * _MINUTE, 1900),
    Stage(26 * _MINUTE, 1900, duty=0.4, period_s=210),
)
_USES: Final = (
    _boil(7.0),
    _boil(7.8),
    _boil(10.3),
    _boil(12.9),
    _boil(14.0, 0.6),
    _boil(16.2),
    _boil(19.15, spread=0.12),
    _boil(19.75),
    _boil(20.8),
    _boil(22.0, 0.6),
    _boil(9.0),
    _Use(name="washing", hour=9.4, spread=0.7, stages=_WASH, chance=0.9),
    _Use(name="dryer", hour=14.2, spread=1.2, stages=_DRY, chance=0.8),
    _Use(name="dishwasher", hour=21.2, spread=0.5, stages=_DISHES),
    _Use(name="hob", hour=12.3, spread=0.3, stages=_HOB, chance=0.6),
    _Use(name="hob", hour=19.0, spread=0.05, stages=_HOB),
    _Use(name="oven", hour=19.0, spread=0.05, stages=_OVEN),
    _Use(name="microwave", hour=7.4, spread=0.4, stages=(Stage(100, 1250),)),
    _Use(name="microwave", hour=12.6, spread=0.4, stages=(Stage(240, 1250),)),
    _Use(name="microwave", hour=19.8, spread=0.6, stages=(Stage(180, 1250),)),
    _Use(
        name="iron",
        hour=17.0,
        spread=1.0,
        stages=(Stage(30 * _MINUTE, 1800, duty=0.35, period_s=120),),
        chance=0.6,
    ),
)


def home(seed: int) -> Home:
    """Return a day of a home without electric heating."""
    own = seed ^ key_of("home")
    parts = {"stand_by": array("f", _stand_by(own)), "fridge": array("f", _fridge(own))}
    for number, use in enumerate(_USES):
        if unit(own, number, 0) < use.chance:
            part = parts.setdefault(use.name, array("f", bytes(4 * DAY_S)))
            _lay(part, use, own, number)
    columns = zip(*parts.values(), strict=True)
    watts = array("f", (sum(column) for column in columns))
    return Home(name=f"generated {seed}", watts=watts, parts=parts)


def _stand_by(seed: int) -> Iterator[float]:
    own = seed ^ key_of("stand_by")
    for second in range(DAY_S):
        if second % 20 == 0:
            hour = second / _HOUR_S
            evening = max(0.0, 1 - abs(hour - 20.0) / 4.0)
            level = 215 + 25 * wave(second / 900, own) + 300 * evening
        yield level + 6 * unit(own, second // 7)


def _fridge(seed: int) -> Iterator[float]:
    own = seed ^ key_of("fridge")
    cycle, end, stop = -1, 0.0, 0.0
    for second in range(DAY_S):
        if second >= end:
            cycle += 1
            length = between(2300, 3100, own, cycle)
            stop = second + length * between(0.3, 0.45, own, cycle, 1)
            end = second + length
        yield 95.0 if second < stop else 0.0


def _lay(part: array[float], use: _Use, seed: int, number: int) -> None:
    """Put one use on the day; where two meet, the later one wins."""
    hour = use.hour + use.spread * (2 * unit(seed, number, 1) - 1)
    second = int(hour * _HOUR_S)
    stretch = between(0.6, 1.45, seed, number, 2)
    strength = between(0.93, 1.07, seed, number, 3)
    for stage in use.stages:
        for since in range(int(stage.length_s * stretch)):
            if second >= DAY_S:
                return
            on = since % stage.period_s < stage.duty * stage.period_s
            part[second] = stage.power_w * strength if on else 0.0
            second += 1


class SkyKind(StrEnum):
    """What the sun does on a day."""

    CLEAR = "clear"
    PARTLY_CLOUDY = "partly_cloudy"
    """A clear morning, then clouds with soft edges."""
    BROKEN_CLOUDS = "broken_clouds"
    """Hard edges all day."""
    OVERCAST = "overcast"
    CLEAR_WINTER = "clear_winter"


_NOON_H: Final = 12.9
_SEASONS: Final = {SkyKind.CLEAR_WINTER: (8.4, 0.55)}
_SPRING: Final = (12.4, 0.95)
"""Hours of sun, highest share of the peak power."""
_EDGE_S: Final = 8.0


def sky(kind: SkyKind, seed: int) -> Sky:
    """Return a day of sun."""
    length, highest = _SEASONS.get(kind, _SPRING)
    seen = _SKIES[kind](seed ^ key_of(kind.value))
    dawn = (_NOON_H - length / 2) * _HOUR_S
    dusk = (_NOON_H + length / 2) * _HOUR_S
    shares = array("f", bytes(4 * DAY_S))
    for second, through in zip(range(DAY_S), seen, strict=False):
        if dawn < second < dusk:
            height = math.sin(math.pi * (second - dawn) / (dusk - dawn))
            shares[second] = min(1.0, highest * height**1.3 * through)
    return Sky(name=f"{kind.value} {seed}", shares=shares)


def _clear(_seed: int) -> Iterator[float]:
    while True:
        yield 1.0


def _partly_cloudy(seed: int) -> Iterator[float]:
    for second in range(DAY_S):
        clouds = max(0.0, min(1.0, (second / _HOUR_S - 11.5) / 1.5))
        veil = max(0.0, wave(second / 700, seed) + 0.3 * wave(second / 90, seed, 1))
        yield 1.0 - 0.75 * clouds * min(1.0, veil)


def _broken(seed: int) -> Iterator[float]:
    number, level = 0, 1.0
    while True:
        number += 1
        covered = number % 2
        # the edge of a cloud reflects: more than without any
        low, high = (0.15, 0.4) if covered else (0.95, 1.08)
        aim = between(low, high, seed, number)
        longest = 240.0 if covered else 520.0
        for _ in range(int(longest * unit(seed, number, 1) ** 2) + 25):
            level += (aim - level) / _EDGE_S
            yield level


def _overcast(seed: int) -> Iterator[float]:
    for second in range(DAY_S):
        yield 0.17 + 0.08 * wave(second / 2400, seed) + 0.02 * wave(second / 200, seed)


_SKIES: Final[dict[SkyKind, Callable[[int], Iterator[float]]]] = {
    SkyKind.CLEAR: _clear,
    SkyKind.PARTLY_CLOUDY: _partly_cloudy,
    SkyKind.BROKEN_CLOUDS: _broken,
    SkyKind.OVERCAST: _overcast,
    SkyKind.CLEAR_WINTER: _clear,
}
