"""The shedding thermostat: what a heater gets, and why (SEMANTICS, section 3).

The precedence is: a load that was switched off, absence, the room's floor, a red peak,
what was asked for, white peak hours and the other soft rules, the preset. The overload
and the frequency, which come before and between, are the regulator's.
"""

from dataclasses import dataclass, replace
from math import isfinite
from typing import Final

from .hours import Hours, in_windows, next_window
from .model import (
    Heating,
    HeatingMode,
    HouseMode,
    Level,
    Load,
    LoadMode,
    LoadWish,
    PeakKind,
    Reason,
    Settings,
    Signals,
    Status,
    Wishes,
)

COMFORT_STEP: Final = 1.0
"""K from comfort to comfort-1, and from there to comfort-2 (six-order pilot wire)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatingRule:
    """What a heater gets by the rules, before the breaker has its say."""

    level: Level
    """One that it has."""
    target: float
    """°C that this level stands for."""
    reason: Reason
    blocked_by: Reason | None = None
    """What keeps it from having what is asked for."""
    cancellable: bool = False
    """HEAT would end that."""
    until: float | None = None
    on_sun: bool = False
    """It may have comfort as long as the sun alone gives it (row 10)."""
    cancelled: bool = False
    """HEAT keeps it from being shed just now."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A level that is asked for, or that a rule sheds to."""

    level: Level
    reason: Reason
    until: float | None = None


_AUTOMATIC: Final = LoadWish()


def heating_rule(
    now: float,
    load: Load,
    status: Status,
    *,
    settings: Settings,
    signals: Signals,
    wishes: Wishes,
    hours: Hours,
) -> HeatingRule:
    """Return what a heater gets by the rules; `load` has `heating`."""
    heating = load.heating
    assert heating is not None
    wish, room = wishes.loads.get(load.key, _AUTOMATIC), wishes.of(load.key)
    away = _first(
        (
            wish.mode is LoadMode.OFF,
            _Part(Level.OFF, Reason.SWITCHED_OFF, _known(wish.until)),
        ),
        (
            wishes.house is HouseMode.ABSENT,
            _Part(Level.FROST, Reason.ABSENT, _known(wishes.absent_until)),
        ),
        (
            room.heating is HeatingMode.OFF,
            _Part(Level.FROST, why_off(wishes)),
        ),
    )
    if away is not None:
        return _rule(heating, away)

    emergency = bool(hours.red) and now < wishes.emergency_until
    hard = None if emergency else hours.red
    asked = _first(
        (
            emergency,
            _Part(Level.COMFORT, Reason.EMERGENCY, wishes.emergency_until),
        ),
        (
            wish.mode is LoadMode.FORCED,
            _Part(Level.COMFORT, Reason.FORCED, _known(wish.until)),
        ),
        (
            room.heating is HeatingMode.HEAT,
            _Part(Level.COMFORT, Reason.HEAT, _known(room.heat_until)),
        ),
    )
    wanted = asked or _Part(room.preset, Reason.ASKED)
    if hard:
        shed: _Part | None = _Part(Level.FROST, hard, hours.until)
    else:
        shed = _softly_shed(now, load, settings, signals, hours)
    colder = shed is not None and shed.level.warmth < wanted.level.warmth

    if shed is None or not colder or (asked is not None and not hard):
        rule = _preheated(now, _rule(heating, wanted), heating, settings, hours)
        cancelled = colder and wanted.reason is Reason.HEAT
        return replace(rule, cancelled=True) if cancelled else rule
    cold = _above(heating.floor, status.temperature)
    keeps = min(_keeps(heating), wanted.level, key=lambda level: level.warmth)
    kept = cold and Level.ECO.warmth <= keeps.warmth > shed.level.warmth
    held = replace(shed, level=keeps, reason=Reason.FLOOR) if kept else shed
    return replace(
        _rule(heating, held, warmer=kept),
        blocked_by=shed.reason,
        cancellable=not hard and not kept,
        on_sun=bool(hard) and heating.on_sun_in_red and not kept,
    )


def _keeps(heating: Heating) -> Level:
    """Return the coldest level, eco or warmer, that keeps a room at its floor."""
    floor = heating.floor or 0.0
    warm = [level for level in Level if level.warmth >= Level.ECO.warmth]
    return min(
        (level for level in warm if target_of(heating, level) >= floor),
        key=lambda level: level.warmth,
        default=Level.COMFORT,
    )


def why_off(wishes: Wishes) -> Reason:
    """Return why a thermostat is off: nobody is there, or it is that of one room."""
    away = wishes.heating is HeatingMode.OFF
    return Reason.ABSENT if away else Reason.SWITCHED_OFF


def _softly_shed(
    now: float, load: Load, settings: Settings, signals: Signals, hours: Hours
) -> _Part | None:
    """Return the coldest of what a person may cancel, the first of equals."""
    ecowatt = [
        span.end
        for span in signals.ecowatt
        if span.start <= now < span.end and span.level >= settings.ecowatt_level
    ]
    open_now = in_windows(now, load.windows)
    rows = (
        (
            hours.peak is PeakKind.WHITE and settings.shed_in_white,
            _Part(settings.white_level, Reason.WHITE_PEAK, hours.until),
        ),
        (
            load.ecowatt and bool(ecowatt),
            _Part(Level.ECO, Reason.ECOWATT, max(ecowatt, default=None)),
        ),
        (
            load.green and _above(signals.carbon, settings.carbon_limit),
            _Part(Level.ECO, Reason.CARBON),
        ),
        (
            load.green and _above(signals.price, settings.price_limit),
            _Part(Level.ECO, Reason.PRICE),
        ),
        (
            not open_now,
            _Part(
                Level.ECO,
                Reason.SCHEDULE,
                None if open_now else next_window(now, load.windows),
            ),
        ),
    )
    return min(
        (part for applies, part in rows if applies),
        key=lambda part: part.level.warmth,
        default=None,
    )


def _preheated(
    now: float, rule: HeatingRule, heating: Heating, settings: Settings, hours: Hours
) -> HeatingRule:
    """Return a rule with some more heat if a red peak is near."""
    ahead = hours.red_ahead
    if ahead is None or ahead - now > settings.preheat or rule.target <= heating.frost:
        return rule
    return replace(
        rule,
        target=rule.target + settings.preheat_by,
        reason=Reason.PREHEATING,
        until=ahead,
    )


def _rule(heating: Heating, part: _Part, *, warmer: bool = False) -> HeatingRule:
    level = nearest_level(heating.levels, part.level, warmer=warmer)
    return HeatingRule(
        level=level,
        target=target_of(heating, level),
        reason=part.reason,
        until=part.until,
    )


def shed_level(heating: Heating) -> Level:
    """Return the order with which a heater draws nothing: frost protection, or off."""
    return nearest_level(heating.levels, Level.FROST, warmer=False)


def nearest_level(levels: frozenset[Level], wanted: Level, *, warmer: bool) -> Level:
    """Return a level that a heater has: that one, or else the next colder or warmer.

    Where there is none on that side it is the last one on the other.
    """
    order = sorted(levels, key=lambda level: level.warmth, reverse=warmer)
    within = [
        level
        for level in order
        if (level.warmth >= wanted.warmth if warmer else level.warmth <= wanted.warmth)
    ]
    return within[-1] if within else order[0]


def target_of(heating: Heating, level: Level) -> float:
    """Return the °C that a level stands for."""
    return {
        Level.OFF: heating.frost,
        Level.FROST: heating.frost,
        Level.ECO: heating.eco,
        Level.COMFORT_2: heating.comfort - 2 * COMFORT_STEP,
        Level.COMFORT_1: heating.comfort - COMFORT_STEP,
        Level.COMFORT: heating.comfort,
    }[level]


def _first(*rows: tuple[bool, _Part]) -> _Part | None:
    """Return the part of the first row that applies."""
    return next((part for applies, part in rows if applies), None)


def _above(value: float | None, limit: float | None) -> bool:
    return value is not None and limit is not None and value > limit


def _known(moment: float) -> float | None:
    return moment if isfinite(moment) else None
