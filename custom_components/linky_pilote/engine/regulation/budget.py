"""What there is to give at one moment, with a meter or without one."""

from collections.abc import Sequence
from math import inf

from .claims import Context
from .constants import SATISFIED_BELOW, SUN_OVER
from .memory import State
from .model import Reading, Reason, Settings
from .sky import is_night
from .views import Home, View
from .watch import bearable_share, expected, for_battery, is_old, limits, unseen


def home_now(
    context: Context, state: State, views: Sequence[View], seconds: float
) -> Home:
    """Return what there is to give, `seconds` after the last time; `state` learns."""
    reading, settings = context.reading, context.settings
    old = is_old(state.now, state.reading_time, state)
    if reading is None or old or state.cutoff is None or not state.base:
        why = Reason.METER_SUSPECT if reading else Reason.DATA_LOST
        return _blind(why, reading, state, settings, views)
    suspect = state.now < state.suspect_until or reading.time > state.reading_time
    others = [view for view in views if not (view.commanded or view.vague)]
    left = sum(view.drawn for view in others) + settings.export
    beside = for_battery(context.signals.battery, settings) - left
    most = _most_sun(context, views) - left
    sun = min(beside - state.base_power, most)
    state.sun_mean += min(seconds / SUN_OVER, 1.0) * (max(sun, 0.0) - state.sun_mean)
    given, bearable = (
        limits(state, settings, state.cutoff, share)
        for share in (
            settings.limit_share,
            bearable_share(settings.guard.ratio),
        )
    )
    return Home(
        limits=given,
        bearable=bearable,
        drawn=expected(state, views),
        sun=sun,
        sun_usual=state.sun_mean,
        overloaded=reading.overload,
        contact_open=reading.dry_contact_closed is False,
        doubt=Reason.METER_SUSPECT if suspect else None,
        sun_mean=min(beside - state.base_mean, most),
    )


def _most_sun(context: Context, views: Sequence[View]) -> float:
    """Return the W of surplus that there can be at most.

    What is told on and has no sensor may have stopped by itself: without sun it leaves
    none. By day the sensor may be that of some of the panels only.
    """
    produced = context.signals.production
    guessed = any(view.on and view.status.power is None for view in views)
    dark = is_night(context.now) if produced is None else produced < SATISFIED_BELOW
    return 0.0 if guessed and dark else inf


def _blind(
    why: Reason,
    reading: Reading | None,
    state: State,
    settings: Settings,
    views: Sequence[View],
) -> Home:
    """Return what there is to give without a meter: the rest of a static budget."""
    drawn = unseen(state, reading, views)
    given = ((state.cutoff or 0.0) * settings.limit_share,) * len(drawn)
    home = Home(
        limits=given,
        bearable=given,
        drawn=drawn,
        sun=0.0,
        sun_usual=0.0,
        sun_mean=0.0,
        blind=True,
        doubt=why,
    )
    for view in views:
        home.add(view.phases, max(view.drawn, view.memory.power))
    return home
