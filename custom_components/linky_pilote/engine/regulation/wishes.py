"""What persons wish: taken or refused, and ended when it is over (SEMANTICS, section 3).

Every function returns new wishes. A refusal raises, because HomeKit asks for the state
again only after a call that failed.

A thermostat is the home's, or with `room`, the key of a heater, that of one room. The
last choice counts: what the home is asked for holds in every room, until a room is
asked for something else.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial
from math import inf, isfinite
from typing import Any, Final

from .heating import why_off
from .hours import METER_LATE, Hours
from .model import (
    Heating,
    HeatingMode,
    HeatingWish,
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

_NO_HEAT: Final[Mapping[str, Any]] = {
    "heating": HeatingMode.AUTO,
    "heat_since": -inf,
    "heat_until": inf,
}
"""What a thermostat has when HEAT is over."""

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
    mode: HeatingMode,
    now: float,
    hours: Hours,
    wishes: Wishes,
    settings: Settings,
    *,
    room: str | None = None,
) -> Wishes:
    """Set a thermostat's mode.

    Raises:
        RefusedError: HEAT in a red peak, or while the house is left or not
            regulated, or in a room that is kept off; OFF unless it is enabled.
    """
    if mode is HeatingMode.OFF and not settings.off_is_absence:
        raise RefusedError(Reason.NOT_ENABLED)
    if mode is not HeatingMode.HEAT:
        return _chosen(wishes, room, {**_NO_HEAT, "heating": mode})
    _refuse_in_red(hours)
    if wishes.house is HouseMode.OFF:
        raise RefusedError(Reason.HOUSE_OFF)
    kept = None if room is None else wishes.loads.get(room)
    if kept is not None and kept.mode is LoadMode.OFF:
        raise RefusedError(Reason.SWITCHED_OFF)
    ends = (now + LONGEST_HEAT, hours.off_peak_at, hours.red_ahead)
    until = min(end for end in ends if end is not None)
    choice = {"heating": mode, "heat_since": now, "heat_until": until}
    heat = _chosen(wishes, room, choice)
    _refuse_when_absent(heat, room)
    return heat


def set_preset(level: Level, wishes: Wishes, *, room: str | None = None) -> Wishes:
    """Set what heating has when nothing sheds it; it cancels nothing.

    Raises:
        RefusedError: off is a mode, which has to be enabled, and no preset.
    """
    if level is Level.OFF:
        raise RefusedError(Reason.NOT_ENABLED)
    return _chosen(wishes, room, {"preset": level})


def set_target(
    target: float,
    heating: Heating,
    wishes: Wishes,
    *,
    degrees: bool,
    room: str | None = None,
) -> Wishes:
    """Set by a temperature, in °C, what heating has when nothing sheds it.

    `heating` is the heater that the thermostat stands for. Above its eco that is
    comfort, which becomes as warm where `degrees` can be ordered; otherwise it is the
    nearest of what there is. It cancels nothing.
    """
    if degrees and target > heating.eco:
        shift = target - heating.comfort
        choice = {"preset": Level.COMFORT, "comfort_shift": shift}
        return _chosen(wishes, room, choice)
    known = {
        Level.FROST: heating.frost,
        Level.ECO: heating.eco,
        Level.COMFORT: heating.comfort,
    }
    nearest = min(known, key=lambda level: abs(known[level] - target))
    return set_preset(nearest, wishes, room=room)


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
        _refuse_when_absent(wishes, load.key)
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
    cold = _each(wishes, lambda wish: _NO_HEAT if _heats(wish) else {})
    before = wishes.house_before if wishes.house is mode else wishes.house
    return replace(cold, house=mode, absent_until=until, house_before=before)


# --- their end ------------------------------------------------------------------------


def settle(
    now: float, hours: Hours, before: Hours | None, wishes: Wishes
) -> tuple[Wishes, tuple[Reason, ...]]:
    """End what is over; return what is left, and for each wish why it is told of.

    `before` are the hours at the last call. HEAT is told of by what ended it, the
    others by what they were.
    """
    end = partial(_end_of_heat, now, hours, before)
    ends = [end(wish) for wish in (wishes, *wishes.rooms.values())]
    notices = list(dict.fromkeys(reason for reason in ends if reason is not None))
    if notices:
        wishes = _each(wishes, lambda wish: {} if end(wish) is None else _NO_HEAT)
    if wishes.house is HouseMode.ABSENT and now >= wishes.absent_until:
        wishes = replace(wishes, house=wishes.house_before, absent_until=inf)
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
    now: float, hours: Hours, before: Hours | None, wish: HeatingWish
) -> Reason | None:
    """Return what ends a thermostat's HEAT now, if something does."""
    if not _heats(wish):
        return None
    if hours.red:
        return hours.red
    peak_before = before is not None and before.off_peak is False
    # Nobody may have watched when the meter switched, which it does late
    missed = not peak_before and now >= wish.heat_until + METER_LATE
    if missed or (peak_before and hours.off_peak):
        return Reason.OFF_PEAK
    return Reason.HEAT if now >= wish.heat_since + LONGEST_HEAT else None


# --- of the home, and of one room -----------------------------------------------------


def _heats(wish: HeatingWish) -> bool:
    return wish.heating is HeatingMode.HEAT


def _chosen(wishes: Wishes, room: str | None, choice: Mapping[str, Any]) -> Wishes:
    """Take in what was chosen for one room, or for the home and so for every room."""
    if room is None:
        return _each(wishes, lambda wish: choice)
    wish = replace(_heating_of(wishes.of(room)), **choice)
    return _with_rooms(wishes, {**wishes.rooms, room: wish})


def _each(wishes: Wishes, change: Callable[[HeatingWish], Mapping[str, Any]]) -> Wishes:
    """Change what the home is asked for, and what each room is."""
    rooms = {key: replace(wish, **change(wish)) for key, wish in wishes.rooms.items()}
    return _with_rooms(replace(wishes, **change(wishes)), rooms)


def _with_rooms(wishes: Wishes, rooms: Mapping[str, HeatingWish]) -> Wishes:
    """Return wishes with those of rooms; what asks for the same follows the home again."""
    home = _heating_of(wishes)
    others = {key: wish for key, wish in rooms.items() if wish != home}
    return replace(wishes, rooms=others)


def _heating_of(wish: HeatingWish) -> HeatingWish:
    """Return what a thermostat was asked for, and no more."""
    return HeatingWish(
        **{item.name: getattr(wish, item.name) for item in fields(HeatingWish)}
    )


def _wished(load: Load, wish: LoadWish, wishes: Wishes) -> Wishes:
    return replace(wishes, loads={**wishes.loads, load.key: wish})


def _refuse_in_red(hours: Hours) -> None:
    if hours.red:
        raise RefusedError(hours.red, hours.until)


def _refuse_heater_in_red(load: Load, hours: Hours) -> None:
    if load.heating is not None:
        _refuse_in_red(hours)


def _refuse_when_absent(wishes: Wishes, room: str | None = None) -> None:
    if wishes.house is HouseMode.ABSENT:
        until = wishes.absent_until
        raise RefusedError(Reason.ABSENT, until if isfinite(until) else None)
    if wishes.of(room).heating is HeatingMode.OFF:
        raise RefusedError(why_off(wishes))
