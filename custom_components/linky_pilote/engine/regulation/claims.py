"""What each load wants now, and how much of it the grid may give: the rules.

A rule only changes what a load may draw from the grid; who gets what there is, is for
the allocator.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from typing import Final, NamedTuple

from .constants import FLOOR_HYSTERESIS
from .frequency import Help, Step, is_off_for_grid, return_at
from .heating import HeatingRule, heating_rule, nearest_level, shed_level
from .hours import PEAK_REASONS, Hours, deadline, in_windows, next_window
from .memory import LoadMemory
from .model import (
    GridUse,
    HouseMode,
    Level,
    Load,
    LoadMode,
    LoadWish,
    PeakKind,
    Reading,
    Reason,
    Settings,
    Signals,
    Status,
    Wishes,
)
from .owed import is_due, pace

_ABOVE_THE_GRID: Final = frozenset(
    {Reason.EMERGENCY, Reason.FLOOR, Reason.FORCED, Reason.HEAT}
)
"""What a heater has that the grid's frequency does not take away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a load wants and may have."""

    wanted: float = 0.0
    """W; 0: nothing."""
    grid: float = 0.0
    """W of it that the grid may give."""
    pace: float = inf
    """W of it that others make room for: it is had in time with no more."""
    sun: bool = False
    """Surplus may give it."""
    reason: Reason
    """Why it has what it has."""
    blocked: Reason | None = None
    """Why the grid gives it no more."""
    until: float | None = None
    alone: bool = False
    """It is left as it is."""
    at_once: bool = False
    """It goes off at once, whatever its least time on."""
    level: Level | None = None
    target: float | None = None
    """Of a heater, while it has what it wants."""

    @property
    def firm(self) -> bool:
        """The grid gives all that is wanted."""
        return self.grid >= self.wanted > 0


class Context(NamedTuple):
    """What all loads have in common."""

    now: float
    reading: Reading | None
    settings: Settings
    signals: Signals
    wishes: Wishes
    hours: Hours
    help: Help


class _Asking(NamedTuple):
    """A load that asks."""

    load: Load
    status: Status
    memory: LoadMemory
    power: float
    """Its full power."""
    wish: LoadWish
    rule: HeatingRule | None


def claim(
    load: Load, status: Status, memory: LoadMemory, power: float, context: Context
) -> tuple[Claim, HeatingRule | None]:
    """Return what a load may have, and the rule that its heating follows."""
    wish = context.wishes.loads.get(load.key, LoadWish())
    rule = None
    heating = load.heating
    if heating is not None:
        warmed = load
        if heating.floor is not None and memory.reason is Reason.FLOOR:
            # a room at its floor is warmed a little above it before it waits again
            floor = heating.floor + FLOOR_HYSTERESIS
            warmed = replace(load, heating=replace(heating, floor=floor))
        rule = heating_rule(
            context.now,
            warmed,
            status,
            settings=context.settings,
            signals=context.signals,
            wishes=context.wishes,
            hours=context.hours,
        )
    asking = _Asking(load, status, memory, power, wish, rule)
    return next(found for step in _STEPS if (found := step(asking, context))), rule


def is_left_alone(
    load: Load, status: Status, memory: LoadMemory, context: Context
) -> bool:
    """Tell whether a load cannot or must not be commanded."""
    return _why_alone(load, status, memory, context) is not None


def _why_alone(
    load: Load, status: Status, memory: LoadMemory, context: Context
) -> tuple[Reason, float | None] | None:
    now = context.now
    if not status.available:
        return Reason.UNAVAILABLE, None
    if memory.fault_until > now:
        return Reason.NOT_FOLLOWING, memory.fault_until
    if context.wishes.house is HouseMode.OFF:
        return Reason.HOUSE_OFF, None
    wish = context.wishes.loads.get(load.key)
    # never a heater in a red peak, whatever the door; what it took away is given back
    heats = load.heating is not None
    in_red = heats and (context.hours.red or memory.reason in _RED)
    if wish is not None and wish.mode is LoadMode.PAUSED and not in_red:
        return Reason.PAUSED, wish.until
    if heats and not status.connected:
        return Reason.NOT_CONNECTED, None  # a heater that a person left off stays off
    return (Reason.HAND, memory.hand_until) if memory.hand_until > now else None


def _alone(asking: _Asking, context: Context) -> Claim | None:
    why = _why_alone(asking.load, asking.status, asking.memory, context)
    return why and Claim(reason=why[0], until=why[1], alone=True)


def _never(asking: _Asking, context: Context) -> Claim | None:
    """Refuse what is not safe, not wanted or not there, at once."""
    load, status = asking.load, asking.status
    thermal, temperature = load.thermal, status.temperature
    cases = (
        (asking.wish.mode is LoadMode.OFF, Reason.SWITCHED_OFF, asking.wish.until),
        (thermal is not None and temperature is None, Reason.SENSOR_LOST, None),
        (
            thermal is not None
            and temperature is not None
            and temperature >= thermal.highest,
            Reason.HOT,
            None,
        ),
        (not status.connected, Reason.NOT_CONNECTED, None),
    )
    return next(
        (
            Claim(reason=reason, until=until, at_once=True, level=_coldest(load))
            for applies, reason, until in cases
            if applies
        ),
        None,
    )


def _forced(asking: _Asking, context: Context) -> Claim | None:
    """Give what a person forces; a heater has it from its own table."""
    if asking.wish.mode is not LoadMode.FORCED or asking.rule is not None:
        return None
    power = asking.power
    if asking.load.modulation is not None:
        power = min(asking.wish.power or inf, power)
    return Claim(
        wanted=power,
        grid=inf,
        sun=True,
        reason=Reason.FORCED,
        until=asking.wish.until,
    )


def _grid_in_need(asking: _Asking, context: Context) -> Claim | None:
    """Help a grid whose frequency is far too low: heating to eco, then all that may."""
    load, step = asking.load, context.help.step
    rule = asking.rule
    if rule is not None and rule.reason in _ABOVE_THE_GRID:
        return None
    if step is Step.VERY_LOW and load.sheddable:
        return Claim(
            reason=Reason.FREQUENCY, blocked=Reason.FREQUENCY, level=_coldest(load)
        )
    if step is Step.LOW and rule and load.heating and not rule.on_sun:
        wanted = min(rule.level, Level.ECO, key=lambda level: level.warmth)
        level = nearest_level(load.heating.levels, wanted, warmer=False)
        return Claim(
            wanted=asking.power if level.warmth > Level.FROST.warmth else 0.0,
            grid=inf,
            reason=Reason.FREQUENCY,
            blocked=Reason.FREQUENCY,
            level=level,
            target=min(rule.target, load.heating.eco),
        )
    return None


def _heating(asking: _Asking, context: Context) -> Claim | None:
    """Give a heater the level that its thermostat's table says."""
    rule, load = asking.rule, asking.load
    if rule is None or load.heating is None:
        return None
    if rule.on_sun:
        return Claim(
            wanted=asking.power,
            sun=True,
            reason=Reason.SURPLUS,
            blocked=rule.blocked_by,
            until=rule.until,
            level=Level.COMFORT,
            target=load.heating.comfort,
        )
    warm = rule.level.warmth > Level.FROST.warmth
    return Claim(
        wanted=asking.power if warm else 0.0,
        grid=inf,
        sun=True,
        reason=rule.reason,
        blocked=rule.blocked_by,
        until=rule.until,
        at_once=not warm,
        level=rule.level,
        target=rule.target,
    )


def _out_of_time(asking: _Asking, context: Context) -> Claim | None:
    """Refuse what has a time of its own, and for the frequency's sake."""
    load, memory, now = asking.load, asking.memory, context.now
    if load.storable:
        if context.help.usable and is_off_for_grid(context.help, load.key):
            memory.for_grid = True
            return Claim(
                reason=Reason.FREQUENCY,
                blocked=Reason.FREQUENCY,
                at_once=context.help.step in {Step.LOW, Step.VERY_LOW},
            )
        if memory.for_grid and now < (back := return_at(context.help, load.key)):
            return Claim(reason=Reason.FREQUENCY, blocked=Reason.FREQUENCY, until=back)
        memory.for_grid = False
        if context.help.step is Step.HIGH and not context.hours.red:
            return _all(asking, Reason.FREQUENCY)
    if not in_windows(now, load.windows):
        return Claim(
            reason=Reason.SCHEDULE,
            blocked=Reason.SCHEDULE,
            until=next_window(now, load.windows),
        )
    return None


def _all(asking: _Asking, reason: Reason, until: float | None = None) -> Claim:
    return Claim(wanted=asking.power, grid=inf, sun=True, reason=reason, until=until)


def _owed(asking: _Asking, context: Context) -> Claim | None:
    """Give what a load must have: disinfection, its least temperature, a guarantee."""
    load, status = asking.load, asking.status
    if context.hours.red or context.wishes.house is HouseMode.ABSENT:
        return None
    memory = asking.memory
    if is_due(load, memory, context.now, context.hours):
        return _all(asking, Reason.DISINFECTION)
    thermal = load.thermal
    if thermal and status.temperature is not None:
        again = thermal.hysteresis if asking.memory.reason is Reason.TOO_COLD else 0.0
        if status.temperature < thermal.must + again:
            return _all(asking, Reason.TOO_COLD)
    needed = pace(
        load,
        status,
        memory,
        asking.power,
        now=context.now,
        signals=context.signals,
        period=context.reading.period if context.reading else None,
    )
    if needed is not None:
        until = deadline(context.now, load.guarantee.by) if load.guarantee else None
        return replace(_all(asking, Reason.GUARANTEE, until), pace=needed)
    return None


def _by_grid_use(asking: _Asking, context: Context) -> Claim:
    """Give what the hours, the announcements and the sun allow."""
    load = asking.load
    wanted, grid_wanted = _demand(asking)
    blocked, until = _forbidden(asking, context)
    grid = inf if blocked is None and grid_wanted else 0.0
    if blocked is None and not grid_wanted:
        blocked = Reason.NO_SURPLUS if wanted else Reason.HOT
    if grid == 0 and load.surplus and blocked not in PEAK_REASONS.values():
        grid = (1 - load.sun_share) * wanted
    return Claim(
        wanted=wanted,
        grid=grid,
        sun=load.surplus,
        reason=Reason.SURPLUS if grid < wanted or not wanted else _why(context),
        blocked=blocked,
        until=until,
    )


def _why(context: Context) -> Reason:
    return Reason.OFF_PEAK if context.hours.off_peak else Reason.ASKED


def _demand(asking: _Asking) -> tuple[float, bool]:
    """Return what a load wants in W, and whether it wants it from the grid too."""
    thermal, temperature = asking.load.thermal, asking.status.temperature
    if thermal is None or temperature is None:
        return asking.power, True
    wants, from_grid = (
        temperature < target and asking.memory.reached < target
        for target in (thermal.surplus, thermal.eco)
    )
    return (asking.power if wants or from_grid else 0.0), from_grid


def _forbidden(asking: _Asking, context: Context) -> tuple[Reason | None, float | None]:
    """Return why the grid gives nothing, and until when; None: it does."""
    load, hours, signals, now = (
        asking.load,
        context.hours,
        context.signals,
        context.now,
    )
    use = load.grid
    if hours.dear_day:
        use = max(use, load.grid_on_dear_days, key=_STRICTNESS.__getitem__)
    if context.wishes.house is HouseMode.ABSENT:
        return Reason.ABSENT, context.wishes.absent_until
    if use is not GridUse.ANY and hours.peak is not None:
        return PEAK_REASONS[hours.peak], hours.until
    if use is GridUse.NEVER:
        return Reason.NO_SURPLUS, None
    if use is GridUse.OFF_PEAK and not hours.off_peak:
        return Reason.SCHEDULE, hours.until
    if load.ecowatt:
        for span in signals.ecowatt:
            announced = span.level >= context.settings.ecowatt_level
            if announced and span.start <= now < span.end:
                return Reason.ECOWATT, span.end
    if load.green:
        for value, limit, reason in (
            (signals.carbon, context.settings.carbon_limit, Reason.CARBON),
            (signals.price, context.settings.price_limit, Reason.PRICE),
        ):
            if value is not None and limit is not None and value > limit:
                return reason, None
    return None, None


_RED: Final = {why for kind, why in PEAK_REASONS.items() if kind is not PeakKind.WHITE}
"""Why a heater is reduced that nothing cancels."""

_STRICTNESS: Final = {use: place for place, use in enumerate(GridUse)}


def _coldest(load: Load) -> Level | None:
    """Return the level that a heater is shed to: frost protection where it has it."""
    return shed_level(load.heating) if load.heating else None


_STEPS: Final[tuple[Callable[[_Asking, Context], Claim | None], ...]] = (
    _alone,
    _never,
    _forced,
    _grid_in_need,
    _heating,
    _out_of_time,
    _owed,
    _by_grid_use,
)
"""The first that has something to say decides."""
