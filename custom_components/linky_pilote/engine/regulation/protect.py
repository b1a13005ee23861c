"""The breaker's side: what is shed, at once, so that it does not act."""

from collections.abc import Sequence
from typing import NamedTuple

from .constants import (
    FAILED_WITHIN,
    FUTILE_AFTER,
    LAG,
    MOST_AT_ONCE,
    SATISFIED_BELOW,
    SLOW_AFTER,
)
from .ladder import OFF, at_most, lowest_power
from .memory import State
from .model import Guard, Reading, Reason, Setting, Settings
from .views import Home, View
from .watch import shed_ahead, time_left


class Danger(NamedTuple):
    """How near the breaker is."""

    seconds: float
    """To the guard, if nothing changes."""
    acts: bool
    """Loads have to be shed now."""


def danger(
    now: float,
    state: State,
    settings: Settings,
    home: Home,
    follow: float,
) -> Danger:
    """Tell how near the breaker is; `state` remembers what is too much for long.

    `follow` is in s, what loads take to follow; the cut-off power is known.
    """
    cutoff = state.cutoff
    assert cutoff is not None
    highest = max(home.drawn)
    if not any(_needed(home)):
        state.slow_since = None
    elif state.slow_since is None:
        state.slow_since = now
    slow = state.slow_since is not None and now - state.slow_since >= SLOW_AFTER
    seconds = time_left(state, settings, cutoff, home.drawn)
    strict = settings.guard is Guard.STRICT and highest > cutoff
    acts = strict or slow or seconds < shed_ahead(state, follow)
    return Danger(seconds, acts)


def shed(state: State, home: Home, views: Sequence[View], now: float) -> bool:
    """Take as much from the loads as brings each phase back to what is bearable.

    Those of the last rank give first, each is throttled before it is stopped. Returns
    whether that is enough; `home` and the views hold what was decided.
    """
    if state.futile >= FUTILE_AFTER:
        return False
    promised = state.promised
    needed = _needed(home)
    places = [place for place, watts in enumerate(needed) if watts]
    givers = sorted(
        [view for view in views if _may_give(view)],
        key=lambda view: (
            -view.rank,
            not _is_enough(view, home, needed, places),  # one rather than two of a rank
            view.missing,
            view.memory.shed_at,
        ),
    )
    taken: list[tuple[View, Setting]] = []
    # what was shed a moment ago has to show before more is
    most = MOST_AT_ONCE - sum(
        view.memory.protective and view.settling(now) for view in views
    )
    for view in givers:
        if not any(needed) or len(taken) >= most:
            break
        share = max(needed[place] for place in home.places(view.phases))
        if share <= 0:
            continue
        setting = _less(view, share * len(view.phases))
        saved = _drawn(view) - setting.power
        taken.append((view, setting))
        for place in home.places(view.phases):
            needed[place] = max(needed[place] - saved / len(view.phases), 0.0)
    for view, setting in _without_excess(home, taken):
        home.add(view.phases, setting.power - _drawn(view))
        view.setting, view.reason = setting, Reason.OVERLOAD
        view.blocked, view.protective = Reason.OVERLOAD, True
        state.promised += _drawn(view) - setting.power
        memory = view.memory
        if now - memory.returned_at < FAILED_WITHIN:
            memory.failures += 1
        memory.shed, memory.shed_at = Reason.OVERLOAD, now
        memory.fits_since = None
    if state.promised > promised:
        follow = max(view.load.follow for view, _ in taken)
        state.shed_from = state.shed_from if promised else state.apparent
        state.shed_settles_at = now + follow + LAG
    return not any(needed)


def judge_shedding(state: State, reading: Reading) -> None:
    """See whether the meter shows half of what shedding has promised."""
    if not state.promised or reading.time < state.shed_settles_at:
        return
    fell = sum(state.shed_from) - sum(state.apparent)
    state.futile = 0 if fell >= state.promised / 2 else state.futile + 1
    state.promised = 0.0


def _drawn(view: View) -> float:
    """Return what a load draws once it follows what it was told last."""
    return min(view.drawn, view.memory.power) if view.modulated else view.drawn


def may_be_shed(view: View) -> bool:
    """Tell whether a load may be told to draw less for the breaker's sake."""
    load = view.load
    return view.commanded and load.sheddable and not (load.never_cut and view.on)


def _may_give(view: View) -> bool:
    return may_be_shed(view) and view.on and view.drawn >= SATISFIED_BELOW


def _is_enough(
    view: View, home: Home, needed: Sequence[float], places: Sequence[int]
) -> bool:
    """Tell whether a load can give all that is needed, on these places."""
    share, of_it = _drawn(view) / len(view.phases), home.places(view.phases)
    return all(place in of_it and needed[place] <= share for place in places)


def _needed(home: Home) -> list[float]:
    return [
        max(drawn - limit, 0.0)
        for drawn, limit in zip(home.drawn, home.bearable, strict=True)
    ]


def _less(view: View, excess: float) -> Setting:
    """Return a setting that gives back an excess in W, the lowest, or off."""
    if not view.modulated:
        return OFF
    load, full = view.load, view.full
    least = lowest_power(load, full)
    phases = view.memory.ordered.phases if view.memory.ordered else None
    left = _drawn(view) - excess
    return at_most(load, full, left, phases) if left >= least else OFF


def _without_excess(
    home: Home, taken: list[tuple[View, Setting]]
) -> list[tuple[View, Setting]]:
    """Leave out what a later, bigger load makes needless."""
    if len(taken) < 2:
        return taken
    after = list(home.drawn)
    shares = [
        (_drawn(view) - setting.power) / len(view.phases) for view, setting in taken
    ]
    for (view, _), share in zip(taken, shares, strict=True):
        for place in home.places(view.phases):
            after[place] -= share
    kept = []
    for pair, share in zip(reversed(taken), reversed(shares), strict=True):
        without = list(after)
        for place in home.places(pair[0].phases):
            without[place] += share
        if all(
            drawn <= limit for drawn, limit in zip(without, home.bearable, strict=True)
        ):
            after = without
        else:
            kept.append(pair)
    return kept[::-1]
