"""What persons wish: taken or refused, and ended when it is over (SEMANTICS, section 3).

Every function returns new wishes. A refusal raises, because HomeKit asks for the state
again only after a call that failed.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import inf, isfinite
from typing import Final

from .hours import METER_LATE, Hours
from .model import (
    Heating,
    HeatingMode,
    HouseMode,
    Level,
    Load,
    LoadMode,
    LoadWish,
    Reason,
    Settings,
    Wishes,
)

LONGEST_HEAT: Final = 86_400.0
"""s that HEAT lasts at most."""

EMERGENCY: Final = 3600.0
"""s that heating in a red peak lasts."""

_NOTICES: Final[Mapping[LoadMode, Reason]] = {
    LoadMode.FORCED: Reason.FORCED,
    LoadMode.OFF: Reason.SWITCHED_OFF,
    LoadMode.PAUSED: Reason.PAUSED,
}


class RefusedError(ValueError):
    """A wish that cannot be granted."""

    def __init__(self, reason: Reason, until: float | None = None) -> None:
        """Say why, and until when, as far as that is known."""
        super().__init__(reason)
        self.reason = reason
        self.until = until


# --- heating --------------------------------------------------------------------------


def ask_heating(
    mode: HeatingMode, now: float, hours: Hours, wishes: Wishes, settings: Settings
) -> Wishes:
    """Set the thermostat's mode.

    Raises:
        RefusedError: HEAT in a red peak, or while the house is left or not
            regulated; OFF unless it is enabled.
    """
    if mode is HeatingMode.OFF and not settings.off_is_absence:
        raise RefusedError(Reason.NOT_ENABLED)
    if mode is not HeatingMode.HEAT:
        return _without_heat(wishes, mode)
    _refuse_in_red(hours)
    if wishes.house is HouseMode.OFF:
        raise RefusedError(Reason.HOUSE_OFF)
    ends = (now + LONGEST_HEAT, hours.off_peak_at, hours.red_ahead)
    heat = replace(
        wishes,
        heating=mode,
        heat_since=now,
        heat_until=min(end for end in ends if end is not None),
    )
    _refuse_when_absent(heat)
    return heat


def set_preset(level: Level, wishes: Wishes) -> Wishes:
    """Set what heating has when nothing sheds it; it cancels nothing.

    Raises:
        RefusedError: off is a mode, which has to be enabled, and no preset.
    """
    if level is Level.OFF:
        raise RefusedError(Reason.NOT_ENABLED)
    return replace(wishes, preset=level)


def set_target(
    target: float, heating: Heating, wishes: Wishes, *, degrees: bool
) -> Wishes:
    """Set by a temperature, in °C, what heating has when nothing sheds it.

    `heating` is the heater that the thermostat stands for. Above its eco that is
    comfort, which becomes as warm where `degrees` can be ordered; otherwise it is the
    nearest of what there is. It cancels nothing.
    """
    if degrees and target > heating.eco:
        shift = target - heating.comfort
        return replace(wishes, preset=Level.COMFORT, comfort_shift=shift)
    known = {
        Level.FROST: heating.frost,
        Level.ECO: heating.eco,
        Level.COMFORT: heating.comfort,
    }
    nearest = min(known, key=lambda level: abs(known[level] - target))
    return replace(wishes, preset=nearest)


def ask_emergency(now: float, wishes: Wishes) -> Wishes:
    """Heat in a red peak for one hour; the cost has been shown and confirmed.

    Raises:
        RefusedError: heating is off, or the house is left.
    """
    _refuse_when_absent(wishes)
    return replace(wishes, emergency_until=now + EMERGENCY)


# --- loads ----------------------------------------------------------------------------


def force(
    load: Load, power: float | None, until: float, hours: Hours, wishes: Wishes
) -> Wishes:
    """Run a load with some W (None: all it can) until a moment.

    Raises:
        RefusedError: a heater in a red peak, or while the house is left.
    """
    _refuse_heater_in_red(load, hours)
    if load.heating is not None:
        _refuse_when_absent(wishes)
    return _wished(
        load, LoadWish(mode=LoadMode.FORCED, until=until, power=power), wishes
    )


def pause(load: Load, until: float, hours: Hours, wishes: Wishes) -> Wishes:
    """Leave a load alone as it is, until a moment.

    Raises:
        RefusedError: a heater in a red peak.
    """
    _refuse_heater_in_red(load, hours)
    return _wished(load, LoadWish(mode=LoadMode.PAUSED, until=until), wishes)


def release(load: Load, hours: Hours, wishes: Wishes) -> Wishes:
    """Give a load back to the rules.

    Raises:
        RefusedError: a heater in a red peak.
    """
    _refuse_heater_in_red(load, hours)
    others = {key: wish for key, wish in wishes.loads.items() if key != load.key}
    return replace(wishes, loads=others)


def switch_off(load: Load, until: float, wishes: Wishes) -> Wishes:
    """Keep a load off until a moment."""
    return _wished(load, LoadWish(mode=LoadMode.OFF, until=until), wishes)


def arm(key: str, wishes: Wishes) -> Wishes:
    """Let a load be commanded."""
    return replace(wishes, armed=wishes.armed | {key})


def disarm(key: str, wishes: Wishes) -> Wishes:
    """Only observe a load."""
    return replace(wishes, armed=wishes.armed - {key})


# --- the house ------------------------------------------------------------------------


def set_house(mode: HouseMode, until: float, wishes: Wishes) -> Wishes:
    """Set what is done at all; `until` is the end of an absence, which ends HEAT."""
    if mode is not HouseMode.ABSENT:
        return replace(wishes, house=mode, absent_until=inf)
    if wishes.heating is HeatingMode.HEAT:
        wishes = _without_heat(wishes, HeatingMode.AUTO)
    return replace(wishes, house=mode, absent_until=until)


# --- their end ------------------------------------------------------------------------


def settle(
    now: float, hours: Hours, before: Hours | None, wishes: Wishes
) -> tuple[Wishes, tuple[Reason, ...]]:
    """End what is over; return what is left, and for each wish why it is told of.

    `before` are the hours at the last call. HEAT is told of by what ended it, the
    others by what they were.
    """
    notices: list[Reason] = []
    if wishes.heating is HeatingMode.HEAT:
        ended = _end_of_heat(now, hours, before, wishes)
        if ended is not None:
            wishes = _without_heat(wishes, HeatingMode.AUTO)
            notices.append(ended)
    if wishes.house is HouseMode.ABSENT and now >= wishes.absent_until:
        wishes = replace(wishes, house=HouseMode.AUTOMATIC, absent_until=inf)
        notices.append(Reason.ABSENT)
    if -inf < wishes.emergency_until <= now:
        wishes = replace(wishes, emergency_until=-inf)
        notices.append(Reason.EMERGENCY)
    over = {key: wish.mode for key, wish in wishes.loads.items() if now >= wish.until}
    if over:
        left = {key: wish for key, wish in wishes.loads.items() if key not in over}
        wishes = replace(wishes, loads=left)
        notices.extend(_NOTICES[mode] for mode in dict.fromkeys(over.values()))
    return wishes, tuple(notices)


def _end_of_heat(
    now: float, hours: Hours, before: Hours | None, wishes: Wishes
) -> Reason | None:
    """Return what ends HEAT now, if something does."""
    if hours.red:
        return hours.red
    peak_before = before is not None and before.off_peak is False
    # Nobody may have watched when the meter switched, which it does late
    missed = not peak_before and now >= wishes.heat_until + METER_LATE
    if missed or (peak_before and hours.off_peak):
        return Reason.OFF_PEAK
    return Reason.HEAT if now >= wishes.heat_since + LONGEST_HEAT else None


def _without_heat(wishes: Wishes, mode: HeatingMode) -> Wishes:
    return replace(wishes, heating=mode, heat_since=-inf, heat_until=inf)


def _wished(load: Load, wish: LoadWish, wishes: Wishes) -> Wishes:
    return replace(wishes, loads={**wishes.loads, load.key: wish})


def _refuse_in_red(hours: Hours) -> None:
    if hours.red:
        raise RefusedError(hours.red, hours.until)


def _refuse_heater_in_red(load: Load, hours: Hours) -> None:
    if load.heating is not None:
        _refuse_in_red(hours)


def _refuse_when_absent(wishes: Wishes) -> None:
    away = wishes.house is HouseMode.ABSENT
    if away or wishes.heating is HeatingMode.OFF:
        until = wishes.absent_until
        raise RefusedError(Reason.ABSENT, until if away and isfinite(until) else None)
