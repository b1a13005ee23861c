"""Which rules hold for a load, whatever a controller makes of them."""

from datetime import datetime
from typing import Final

from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.model import (
    GridUse,
    HeatingMode,
    HouseMode,
    Level,
    Load,
    LoadMode,
    LoadWish,
    PeakKind,
    Settings,
    Signals,
    Span,
    Window,
    Wishes,
)
from demo.moment import PARIS

from .site import OFF_PEAK

RED: Final = frozenset({TariffPeriod.RED_PEAK, TariffPeriod.MOVING_PEAK})
_WHITE: Final = TariffPeriod.WHITE_PEAK
_COMFORTS: Final = frozenset({Level.COMFORT, Level.COMFORT_1, Level.COMFORT_2})
_HANDS_OFF: Final = frozenset({HouseMode.OFF, HouseMode.OBSERVE})
_NOT_TOUCHED: Final = frozenset({LoadMode.PAUSED})
_NOT_ASKED: Final = frozenset({LoadMode.OFF, LoadMode.PAUSED})
_NO_WISH: Final = LoadWish()


def may_be_cold(
    load: Load,
    settings: Settings,
    wishes: Wishes,
    signals: Signals,
    *,
    period: TariffPeriod | None,
    now: float,
) -> bool:
    """A rule or a person keeps that heater below its comfort."""
    mode = _wish(load, wishes, now).mode
    if (
        wishes.house is not HouseMode.AUTOMATIC
        or wishes.heating is HeatingMode.OFF
        or mode in _NOT_ASKED
    ):
        return True
    kinds = {peak.kind for peak in signals.peaks if _runs(peak, now)}
    if period in RED or kinds - {PeakKind.WHITE}:
        return now >= wishes.emergency_until
    if wishes.heating is HeatingMode.HEAT or mode is LoadMode.FORCED:
        return False
    white = period is _WHITE or bool(kinds)
    return (
        wishes.preset not in _COMFORTS
        or (settings.shed_in_white and white)
        or (load.ecowatt and _ecowatt(settings, signals, now))
        or (load.green and not _is_green(settings, signals))
        or not _in_windows(load, now)
    )


def may_draw(
    load: Load, wishes: Wishes, period: TariffPeriod | None, now: float
) -> bool:
    """Neither the hour nor a person keeps that load, no heater, from the grid."""
    if wishes.house is not HouseMode.AUTOMATIC:
        return False
    if _wish(load, wishes, now).mode in _NOT_ASKED:
        return False
    if not _in_windows(load, now):
        return False
    dear = period is _WHITE or period in RED
    use = load.grid_on_dear_days if dear else load.grid
    if use is GridUse.OFF_PEAK:
        return period is None or period in OFF_PEAK
    return use is GridUse.ANY


def may_be_written(load: Load, wishes: Wishes, now: float, *, on: bool) -> bool:
    """The household lets a controller command that load, switch it on perhaps."""
    forbidden = _NOT_ASKED if on else _NOT_TOUCHED
    return (
        load.key in wishes.armed
        and wishes.house not in _HANDS_OFF
        and _wish(load, wishes, now).mode not in forbidden
    )


def _runs(span: Span, now: float) -> bool:
    return span.start <= now < span.end


def _ecowatt(settings: Settings, signals: Signals, now: float) -> bool:
    return any(
        _runs(span, now) and span.level >= settings.ecowatt_level
        for span in signals.ecowatt
    )


def _is_green(settings: Settings, signals: Signals) -> bool:
    limits = (
        (signals.carbon, settings.carbon_limit),
        (signals.price, settings.price_limit),
    )
    return not any(
        value is not None and limit is not None and value > limit
        for value, limit in limits
    )


def _in_windows(load: Load, now: float) -> bool:
    return not load.windows or any(_holds(window, now) for window in load.windows)


def _wish(load: Load, wishes: Wishes, now: float) -> LoadWish:
    wish = wishes.loads.get(load.key, _NO_WISH)
    return wish if now < wish.until else _NO_WISH


def _holds(window: Window, now: float) -> bool:
    local = datetime.fromtimestamp(now, PARIS)
    minute = local.hour * 60 + local.minute
    day = local.weekday()
    if window.start < window.end:
        return day in window.days and window.start <= minute < window.end
    if minute >= window.start:
        return day in window.days
    return minute < window.end and (day - 1) % 7 in window.days
