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
    return not (
        _is_frozen(now, state, reading, views) or _is_mute(reading, signals, views)
    )


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


def _is_mute(reading: Reading, signals: Signals, views: Sequence[View]) -> bool:
    """Tell whether it says next to nothing while loads draw much.

    Not while a battery or a load on surplus keeps the meter at nothing: that is their
    work.
    """
    if max(abs(reading.net), *reading.apparent) >= MUTE_BELOW or signals.battery:
        return False
    measured = sum(view.status.power or 0.0 for view in views)
    return measured >= MUCH and all(view.claim.firm or not view.on for view in views)
