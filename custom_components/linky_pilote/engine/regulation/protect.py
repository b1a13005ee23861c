"""The breaker's side: what is shed, at once, so that it does not act."""

from collections.abc import Sequence
from typing import NamedTuple

from .constants import (
    FAILED_WITHIN,
    FUTILE_AFTER,
    LAG,
    LASTS_AFTER,
    LINKY_RATIO,
    MOST_AT_ONCE,
    SATISFIED_BELOW,
    SLOW_AFTER,
)
from .ladder import OFF, at_most, lowest_power
from .memory import State
from .model import Guard, Reading, Reason, Setting, Settings
from .views import Home, View, add_watts
from .watch import (
    bearable_share,
    shed_ahead,
    time_left,
    unseen,
    unseen_rise_passes,
)


class Danger(NamedTuple):
    """How near the breaker is."""

    seconds: float
    """To the guard, if nothing changes."""
    acts: bool
    """Loads have to be shed now."""
    excess: Sequence[float]
    """VA by phase that are too much."""


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
    ratio, highest = settings.guard.ratio, max(home.drawn)
    excess = _above(home.drawn, home.bearable)
    state.slow_since = _since(now, state.slow_since, any(excess))
    state.over_since = _since(now, state.over_since, highest > ratio * cutoff)
    slow = _has_lasted(now, state.slow_since, SLOW_AFTER)
    slow |= any(excess) and unseen_rise_passes(state, settings, cutoff, home.drawn)
    lasts = _has_lasted(now, state.over_since, LASTS_AFTER)
    seconds = time_left(state, settings, cutoff, home.drawn)
    strict = settings.guard is Guard.STRICT
    above = strict and any(excess)
    acts = above or slow or lasts or seconds < shed_ahead(state, follow)
    if not (slow or strict):
        # room for what a slow meter does not see is made in time, not at once
        steady = bearable_share(ratio) * cutoff
        excess = _above(home.drawn, [steady] * len(home.drawn))
    return Danger(seconds, acts, excess)


def unseen_excess(
    state: State, reading: Reading | None, views: Sequence[View]
) -> Sequence[float]:
    """Return the VA by phase that are too much without a meter that is believed.

    The breaker would act on them if the home itself drew its highest.
    """
    drawn = unseen(state, reading, views)
    if state.cutoff is None:
        return [0.0] * len(drawn)
    for view in views:
        add_watts(drawn, view.phases, view.drawn)
    return _above(drawn, [LINKY_RATIO * state.cutoff] * len(drawn))


def shed(
    state: State,
    home: Home,
    views: Sequence[View],
    now: float,
    excess: Sequence[float],
) -> bool:
    """Take an excess, in VA by phase, from the loads.

    Those of the last rank give first, each is throttled before it is stopped; where that
    is not enough, heaters that rest are told off as well. Returns whether it is; `home`
    and the views hold what was decided.
    """
    if state.futile >= FUTILE_AFTER:
        return False
    why = (home.doubt if home.blind else None) or Reason.OVERLOAD
    promised = state.promised
    needed = list(excess)
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
    given = _without_excess(home, taken, excess)
    state.promised += sum(_drawn(view) - setting.power for view, setting in given)
    if any(needed) and not home.blind:
        # those that rest would come on top of it
        given += [
            (view, OFF)
            for view in views
            if _may_come_on(view, now) and _adds_to(view, home, needed)
        ]
    for view, setting in given:
        home.add(view.phases, setting.power - _drawn(view))
        view.setting, view.reason = setting, why
        view.blocked, view.protective = why, True
        memory = view.memory
        if now - memory.returned_at < FAILED_WITHIN:
            memory.failures += 1
        memory.shed, memory.shed_at = why, now
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


def _may_come_on(view: View, now: float) -> bool:
    """Tell whether a heater that rests would draw again, and may be told not to."""
    return may_be_shed(view) and view.rests(now)


def _adds_to(view: View, home: Home, needed: Sequence[float]) -> bool:
    return any(needed[place] for place in home.places(view.phases))


def _is_enough(
    view: View, home: Home, needed: Sequence[float], places: Sequence[int]
) -> bool:
    """Tell whether a load can give all that is needed, on these places."""
    share, of_it = _drawn(view) / len(view.phases), home.places(view.phases)
    return all(place in of_it and needed[place] <= share for place in places)


def _since(now: float, since: float | None, holds: bool) -> float | None:
    """Return since when something holds, None where it does not."""
    if not holds:
        return None
    return now if since is None else since


def _has_lasted(now: float, since: float | None, seconds: float) -> bool:
    return since is not None and now - since >= seconds


def _above(drawn: Sequence[float], limits: Sequence[float]) -> list[float]:
    return [max(had - most, 0.0) for had, most in zip(drawn, limits, strict=True)]


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
    home: Home, taken: list[tuple[View, Setting]], excess: Sequence[float]
) -> list[tuple[View, Setting]]:
    """Leave out what a later, bigger load makes needless."""
    if len(taken) < 2:
        return taken
    left = list(excess)
    shares = [
        (_drawn(view) - setting.power) / len(view.phases) for view, setting in taken
    ]
    for (view, _), share in zip(taken, shares, strict=True):
        for place in home.places(view.phases):
            left[place] -= share
    kept = []
    for pair, share in zip(reversed(taken), reversed(shares), strict=True):
        without = list(left)
        for place in home.places(pair[0].phases):
            without[place] += share
        if all(without[place] <= 0 for place in home.places(pair[0].phases)):
            left = without
        else:
            kept.append(pair)
    return kept[::-1]
