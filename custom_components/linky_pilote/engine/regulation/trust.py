"""Whether a meter's word fits what the loads say by their own sensors."""

from collections.abc import Sequence

from .constants import MUCH, MUTE_BELOW, SAME_FOR
from .memory import State
from .model import Reading, Signals
from .views import View


def is_believed(
    now: float,
    state: State,
    reading: Reading,
    signals: Signals,
    views: Sequence[View],
) -> bool:
    """Tell whether a reading may be taken; `state` remembers since when it is said."""
    frozen = _is_frozen(now, state, reading, views)
    if max(abs(reading.net), *reading.apparent) >= MUTE_BELOW:
        return not frozen
    # at nothing: a battery keeps it there, and a meter may say so of all that is fed in
    explained = reading.injecting or signals.battery is not None
    explained |= bool(signals.production)
    return explained or not (frozen or _is_mute(views))


def _is_frozen(
    now: float, state: State, reading: Reading, views: Sequence[View]
) -> bool:
    """Tell whether it says the same to the last VA although the loads draw other power.

    What changes as the word does, or shortly after it, is a load's sensor that is late.
    """
    said = (reading.net, *reading.apparent)
    if said != state.said:
        state.said, state.said_since = said, now
    if now - state.said_since < SAME_FOR:
        for view in views:
            view.memory.power_then = view.status.power
        return False
    change = sum(
        view.status.power - then
        for view in views
        if view.status.power is not None
        and (then := view.memory.power_then) is not None
    )
    return abs(change) >= MUCH


def _is_mute(views: Sequence[View]) -> bool:
    """Tell whether loads draw much of which a meter says nothing.

    Not while a load follows the surplus: keeping the meter at nothing is its work.
    """
    measured = sum(view.status.power or 0.0 for view in views)
    return measured >= MUCH and all(view.claim.firm or not view.on for view in views)
