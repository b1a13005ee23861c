"""Who waits, whatever there is, and which equals change places (cascado-cyclic)."""

from collections.abc import Sequence
from typing import Final

from .constants import (
    ROTATE_AFTER,
    SATISFIED_BELOW,
    SHED_FOR,
    STAGE,
    TURN_APART,
    WARM_WAIT,
)
from .model import Reason
from .owed import OWED
from .protect import may_be_shed
from .rooms import held
from .views import Home, View

_SOON_BACK: Final = frozenset({Reason.NO_ROOM, Reason.DATA_LOST, Reason.METER_SUSPECT})
"""Why a load was stopped that nobody saw to be too much."""
_NO_ROOM: Final = frozenset({Reason.OVERLOAD, *_SOON_BACK})
"""Why a load waits for room."""


def must_wait(now: float, home: Home, view: View) -> bool:
    """Tell whether a load that is off may not come on yet, whatever there is."""
    memory, load = view.memory, view.load
    due = load.heating is not None or view.claim.reason in OWED
    if home.doubt and not (home.blind and due and view.claim.firm):
        # without a meter, what is due comes back within what is surely there
        view.blocked = home.doubt
        return True
    end = now
    if memory.shed is not None:
        staged = memory.shed is Reason.STAGED_START
        patient = view.warm and memory.shed not in _SOON_BACK
        shed_for = WARM_WAIT if patient else SHED_FOR
        end = memory.shed_at + (STAGE if staged else shed_for)
    if load.heating is None and not view.on:
        end = max(end, memory.off_since + load.min_off)
    if now < end:
        view.blocked = memory.shed or Reason.MIN_OFF
        view.until = end
        return True
    if load.most_starts is not None and memory.starts >= load.most_starts:
        view.blocked = Reason.STARTS_USED_UP
        return True
    return False


def next_turn(
    now: float, home: Home, views: Sequence[View]
) -> tuple[View, View] | None:
    """Return one that waits, and the warmest equal whose place it may take."""
    for view in views:
        if not _waits_for_a_place(now, home, view):
            continue
        apart = TURN_APART if view.lends else 0.0
        equals = [
            other
            for other in views
            if other.rank == view.rank
            and _has_had_its_turn(now, other)
            and view.missing >= other.missing + apart
            and _room_without(home, view, other) >= view.full
        ]
        if equals:
            return view, min(equals, key=lambda equal: equal.missing)
    return None


def _room_without(home: Home, view: View, other: View) -> float:
    room = home.bearable_room(view.phases, (other,))
    if home.overloaded:  # a change of places, no more
        room = min(room, home.given(view.phases, (other,)))
    return room


def _waits_for_a_place(now: float, home: Home, view: View) -> bool:
    memory = view.memory
    if view.setting is not None or view.on or not view.commanded or view.warm:
        return False
    no_room = memory.shed in _NO_ROOM or view.blocked is Reason.NO_ROOM
    if not no_room or memory.fits_since is not None or must_wait(now, home, view):
        return False
    return now - max(memory.shed_at, memory.off_since) >= ROTATE_AFTER


def _has_had_its_turn(now: float, view: View) -> bool:
    since = view.memory.on_since
    return (
        view.on
        and may_be_shed(view)
        and view.drawn >= SATISFIED_BELOW
        and held(now, view) is None
        and (since is None or now - since >= ROTATE_AFTER)
    )
