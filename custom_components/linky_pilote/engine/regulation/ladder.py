"""The powers that a load can have, and what it is told for each of them."""

from bisect import bisect_left
from math import floor
from typing import Final

from .model import Load, Modulation, Setting, Unit

VOLTS: Final = 230.0

OFF: Final = Setting(power=0.0, value=0.0)


def lowest_power(load: Load, power: float, phases: int | None = None) -> float:
    """Return the least W that a load draws while it is on; `power` is its full one.

    A charger that must not change its number of phases keeps `phases`.
    """
    modulation = load.modulation
    if modulation is None:
        return power
    counts = phase_counts(load) if phases is None else (phases,)
    return min(_watts(modulation, modulation.low, power, count) for count in counts)


def highest_power(load: Load, power: float) -> float:
    """Return the most W that a load draws; `power` is its full one."""
    modulation = load.modulation
    if modulation is None:
        return power
    return max(
        _watts(modulation, modulation.high, power, count)
        for count in phase_counts(load)
    )


def at_most(load: Load, power: float, watts: float, phases: int | None) -> Setting:
    """Return the highest setting that draws no more than some W.

    `power` is the load's full power; a charger that must not change its number of
    phases keeps `phases`.
    """
    return _setting(load, power, watts, phases, 1e-6)  # no step for a rounding error


def nearest(load: Load, power: float, watts: float, phases: int | None) -> Setting:
    """Return the setting that draws about some W, at most half a step more."""
    return _setting(load, power, watts, phases, 0.5)


def _setting(
    load: Load, power: float, watts: float, phases: int | None, up: float
) -> Setting:
    """Return the highest setting within some W and a part of a step."""
    modulation = load.modulation
    if modulation is None:
        return Setting(power=power, value=1.0) if watts >= power > 0 else OFF
    best = OFF
    for count in phase_counts(load) if phases is None else (phases,):
        value = _value(modulation, power, watts, count, up)
        if value is None:
            continue
        drawn = _watts(modulation, value, power, count)
        if drawn > best.power:
            several = count if modulation.phase_counts else None
            best = Setting(power=drawn, value=value, phases=several)
    return best


def power_at(
    load: Load, power: float, value: float, phases: int | None = None
) -> float:
    """Return the W that a load draws at a value of its unit, at its full power.

    `phases` is the number of those that it draws on; None: all of its own.
    """
    modulation = load.modulation
    if modulation is None:
        return power if value > 0 else 0.0
    count = len(load.phases) if phases is None else phases
    return _watts(modulation, value, power, count) if value > 0 else 0.0


def spread(load: Load, setting: Setting | None) -> tuple[int, ...]:
    """Return the phases that a load draws on."""
    if setting is not None and setting.phases is not None:
        return load.phases[: setting.phases]
    return load.phases


def phase_counts(load: Load) -> tuple[int, ...]:
    """Return the numbers of phases that a load whose power can be set may draw on."""
    modulation = load.modulation
    assert modulation is not None
    return modulation.phase_counts or (len(load.phases),)


def _value(
    modulation: Modulation, power: float, watts: float, phases: int, up: float
) -> float | None:
    """Return the highest value of the unit within some W and a part of a step."""
    match modulation.unit:
        case Unit.WATT:
            exact = watts
        case Unit.AMPERE:
            exact = watts / (VOLTS * phases)
        case Unit.PERCENT:
            exact = 100 * _inverse(modulation.curve, watts / power if power else 0.0)
    steps = floor((exact - modulation.low) / modulation.step + up)
    value = modulation.low + steps * modulation.step
    return min(value, modulation.high) if steps >= 0 else None


def _watts(modulation: Modulation, value: float, power: float, phases: int) -> float:
    match modulation.unit:
        case Unit.WATT:
            return value
        case Unit.AMPERE:
            return value * VOLTS * phases
        case Unit.PERCENT:
            return power * _interpolate(modulation.curve, value / 100)


def _interpolate(curve: tuple[tuple[float, float], ...], x: float) -> float:
    """Return y at x of a rising curve of points; its ends go on flat."""
    place = bisect_left(curve, (x,))
    if place == 0:
        return curve[0][1]
    if place == len(curve):
        return curve[-1][1]
    (x0, y0), (x1, y1) = curve[place - 1], curve[place]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0) if x1 > x0 else y1


def _inverse(curve: tuple[tuple[float, float], ...], y: float) -> float:
    return _interpolate(tuple((second, first) for first, second in curve), y)
