"""Rooms lend their warmth to what was promised energy, and get it back."""

from collections.abc import Sequence
from math import inf
from typing import Final

from .constants import COLD, LENT, LENT_AGAIN, WARM_AGAIN, WARM_ENOUGH
from .memory import State
from .model import Reason
from .owed import OWED
from .views import View

_NOT_LENT: Final = 1.0
"""K below its target from which a room is not cold because it has lent."""


def let_warm_rooms_wait(now: float, state: State, views: Sequence[View]) -> None:
    """Put heaters of rooms that are warm enough behind what others are owed.

    The rooms lend their warmth together, the warmest one first. Once they have all
    become colder they are heated up, before they lend again; meanwhile only what runs
    at its pace, or is late, goes before them.
    """
    rooms = [view for view in views if view.load.heating]
    for view in rooms:
        memory = view.memory
        if view.missing == inf:
            memory.coldest = 0.0
            continue
        if view.missing <= WARM_AGAIN:
            memory.coldest = 0.0
        memory.coldest = max(memory.coldest, view.missing)
        view.warm = memory.coldest < WARM_ENOUGH
    # what is much colder is so for another reason: a window, a sensor, nobody heats it
    rooms = [view for view in rooms if view.missing < _NOT_LENT]
    lenders = [view for view in rooms if view.armed]
    # without one no claims are made, which the breaker does not wait for
    owed = [view for view in views if lenders and _is_owed(now, view)]
    if not owed:
        state.lending = False
        return
    lent = sum(max(view.missing, 0.0) * view.full for view in lenders) / sum(
        view.full for view in lenders
    )
    state.lending = lent < (LENT if state.lending else LENT_AGAIN)
    steady = [view for view in owed if _goes_first(now, view)]
    served = [view.rank for view in steady]
    if state.lending:
        served.append(min(view.rank for view in owed))  # the others one by one
    if not served:
        return
    behind = max(served)
    for view in rooms:
        if view.memory.coldest < COLD:
            view.lends = True
            view.waits = view.warm and state.lending
            view.rank = behind + (0.5 if view.warm else 0.25)
    if not state.lending:
        for view in owed:
            if view not in steady:
                view.rank = behind + 0.75


def _is_owed(now: float, view: View) -> bool:
    """Tell whether a load waits for what it was promised, or for what is forced."""
    if not view.armed or view.satisfied(now):
        return False
    owed = view.claim.reason in OWED or view.claim.reason is Reason.FORCED
    return view.commanded and view.claim.firm and owed


def _goes_first(now: float, view: View) -> bool:
    """Tell whether what is owed cannot wait until the rooms are warm again."""
    at_its_pace = view.modulated and view.claim.pace < view.full
    late = view.memory.pressing > now
    at_once = view.claim.reason in {Reason.FORCED, Reason.TOO_COLD}
    return at_its_pace or late or at_once
