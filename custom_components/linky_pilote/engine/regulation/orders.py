"""What is told to a load, and what is told of it."""

from collections.abc import Sequence
from typing import Final

from .constants import LAG, STAGE
from .heating import shed_level
from .ladder import OFF
from .memory import State
from .model import Level, Order, Reading, Reason, Setting, Verdict
from .views import View
from .watch import period_of

_OWN_WAITS: Final = frozenset(
    {
        Reason.DATA_LOST,
        Reason.DRY_CONTACT,
        Reason.HOT,
        Reason.MIN_OFF,
        Reason.NO_SURPLUS,
        Reason.SCHEDULE,
        Reason.SETTLING,
    }
)
"""What a load waits for by its own rules: nothing is taken from it."""


def order_for(
    now: float,
    state: State,
    reading: Reading | None,
    view: View,
    again: Sequence[View],
) -> Order | None:
    """Return the command to send, if there is one; remember it."""
    memory = view.memory
    if not view.commanded:
        return None
    if view.setting is None:
        if view in again and memory.ordered is not None:
            return Order(
                key=view.key,
                setting=memory.ordered,
                reason=memory.reason,
                protective=memory.protective,
            )
        return None
    setting = told(view, view.setting)
    asked = state.wishes.of(view.key).comfort_shift is not None
    asked |= view.reason is Reason.PREHEATING
    same = memory.ordered is not None and _same(setting, memory.ordered, asked=asked)
    if same and view not in again:
        return None
    before, staged = memory.power, memory.shed is Reason.STAGED_START
    settles = now + view.load.follow + LAG
    view.setting = setting
    reason = view.reason if setting.power > 0 else (view.blocked or view.reason)
    _remember(now, reading, view, setting, reason)
    if setting.power > before:
        pause = STAGE if staged else period_of(state)
        state.next_start = settles + pause
    return Order(
        key=view.key,
        setting=setting,
        reason=reason,
        protective=view.protective,
    )


def _remember(
    now: float,
    reading: Reading | None,
    view: View,
    setting: Setting,
    reason: Reason,
) -> None:
    memory = view.memory
    was, was_on = memory.power, view.on
    if memory.ordered and memory.ordered.phases != setting.phases:
        memory.phases_at = now
    memory.ordered, memory.reason = setting, reason
    memory.ordered_at = now
    memory.settles_at = now + view.load.follow + LAG
    memory.expected = setting.power - view.drawn
    memory.net_then = reading.net if reading else None
    memory.drawn_then = view.drawn
    memory.protective = view.protective
    memory.changes += 1
    memory.changes_today += 1
    memory.room_since = None
    if setting.power > was:
        memory.shed = None
    memory.drift, memory.drift_since = 0.0, now
    memory.short_since, memory.short_energy = None, 0.0
    if setting.power > 0 and not was_on:
        memory.on_since = memory.returned_at = now
        memory.starts += 1
        memory.fits_since = None
    elif setting.power == 0 and was_on:
        memory.on_since = None
        memory.off_since = now


def verdict_on(now: float, view: View) -> Verdict:
    """Return what was decided about a load, and why."""
    memory, asked = view.memory, view.claim
    setting = memory.ordered if view.commanded else None
    if not view.armed and not asked.alone:
        on = asked.firm
        setting = told(view, Setting(power=asked.wanted, value=1.0) if on else OFF)
    blocked = view.blocked
    if memory.shed is not None and view.commanded:
        blocked = memory.shed
    if blocked is None and view.commanded and memory.power < asked.wanted:
        blocked = Reason.NO_ROOM if asked.firm else Reason.NO_SURPLUS
    reason, wanted = view.reason, asked.wanted
    if view.commanded and view.satisfied(now):
        reason, blocked, wanted = Reason.SATISFIED, None, 0.0
    return Verdict(
        key=view.key,
        setting=setting,
        reason=reason if view.commanded else asked.reason,
        wanted=wanted,
        blocked_by=blocked,
        until=view.until,
        shed=blocked not in _OWN_WAITS and _has_less(view),
        observed=not view.armed,
        figures={
            "drawn_w": view.drawn,
            "full_w": view.full,
            "granted_w": memory.power,
            "grid_w": min(asked.grid, asked.wanted),
            "failures": memory.failures,
        },
    )


def _has_less(view: View) -> bool:
    """Tell whether a load has less than it would have without rules and breaker."""
    memory, asked = view.memory, view.claim
    return memory.shed is not None or (
        asked.blocked is not None
        and (memory.power < asked.wanted or view.load.heating is not None)
        and not (asked.sun and view.on and asked.level is Level.COMFORT)
    )


def told(view: View, setting: Setting) -> Setting:
    """Return a setting with the level and the target of a heater."""
    heating = view.load.heating
    if heating is None:
        return setting
    asked = view.claim
    if setting.power > 0 or asked.wanted == 0:
        level = asked.level
        target = heating.frost if asked.target is None else asked.target
    else:
        level, target = shed_level(heating), heating.frost
    return Setting(power=setting.power, value=setting.value, level=level, target=target)


def _same(new: Setting, old: Setting, *, asked: bool) -> bool:
    """Tell whether a load has been told that; what others told it may not be known.

    Their temperature is left alone until somebody asked for one.
    """
    return (
        new.value == old.value
        and new.level == old.level
        and (new.target == old.target or (old.target is None and not asked))
        and (old.phases is None or new.phases == old.phases)
    )
