"""Whether loads follow their orders, and what that tells of them and of the meter."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import exp, inf
from statistics import median

from .constants import (
    FAILED_WITHIN,
    HAND,
    LAG,
    LEARNT_FROM,
    LEARNT_KEPT,
    LEAST_STEP,
    SATISFIED_BELOW,
    SUSPECT_AFTER,
    TRIES,
    TRY_AGAIN,
    UNKNOWN_POWER,
)
from .hours import deadline
from .ladder import OFF, power_at
from .memory import LoadMemory, State
from .model import Battery, Level, Load, Reading, Setting, Status, Thermal, Unit
from .views import View
from .watch import period_of

_HOUR = 3600.0
_CYCLES = 4.0
"""K that a tank's own thermostat lets it cool before it heats again."""
_LONGEST_DAY = 25 * _HOUR
"""s to a deadline at most; one that is later was told by a clock that was ahead."""


def adopted(load: Load, status: Status, full: float) -> Setting:
    """Return what a load was told by others, as its entities say it."""
    if load.heating is not None and status.level is not None:
        warm = status.level.warmth > Level.FROST.warmth
        power = full if warm else 0.0
        return Setting(power=power, value=float(warm), level=status.level)
    if status.setting is not None:
        switches = load.modulation is not None and load.modulation.phase_counts
        phases = status.phases if switches and status.setting > 0 else None
        power = power_at(load, full, status.setting, phases)
        return Setting(power=power, value=status.setting, phases=phases)
    if status.power is not None and status.power >= SATISFIED_BELOW:
        return Setting(power=status.power, value=1.0)
    return OFF


def note_hand(now: float, view: View) -> None:
    """Respect a person's hand for a while; what was set by it is what there is."""
    had = view.memory.ordered
    view.memory.hand_until = now + HAND
    view.memory.ordered = adopted(view.load, view.status, view.full)
    if had is not None and had.target is not None:
        # another temperature than the one that was ordered: that comes back later
        view.memory.ordered = replace(view.memory.ordered, target=0.0)
    view.memory.shed = None
    view.memory.tries = 0


def note_effect(now: float, view: View) -> None:
    """See that an order has been followed: the meter shows it sooner, then."""
    memory, measured = view.memory, view.status.power
    if measured is None or now >= memory.settles_at:
        return
    if abs(measured - memory.power) <= max(SATISFIED_BELOW, 0.1 * memory.power):
        memory.settles_at = min(memory.settles_at, now + LAG)


def count(now: float, seconds: float, view: View) -> None:
    """Count what a load has had since the last pass, and what it makes of it."""
    memory, load, status = view.memory, view.load, view.status
    memory.changes *= exp(-seconds / _HOUR)
    if view.on and now - memory.returned_at >= FAILED_WITHIN:
        memory.failures = 0
    if load.guarantee is not None:
        if not now < memory.deadline <= now + _LONGEST_DAY:
            memory.deadline = deadline(now, load.guarantee.by)
            memory.energy = memory.seconds = 0.0
            if memory.pressing > memory.deadline:
                memory.pressing = -inf
        memory.energy += view.drawn * seconds / _HOUR
        # what is on and wants nothing has its time as well: its own thermostat is done
        has_it = view.drawn >= SATISFIED_BELOW or view.satisfied(now)
        memory.seconds += seconds if has_it else 0.0
    if load.thermal is not None and status.temperature is not None:
        _note_reached(memory, load.thermal, status.temperature)
    if load.disinfection is not None:
        _count_heat(now, seconds, memory, load.disinfection.temperature, status)
        if memory.hot_for >= load.disinfection.hold:
            memory.disinfected_at, memory.hot_for = now, 0.0


def learn_power(seconds: float, view: View, cutoff: float | None) -> None:
    """Learn the highest that a load's own sensor tells.

    Not for ever: a sensor may once have said anything, and a load that is taken for more
    than there is room for would never start again.
    """
    memory, measured = view.memory, view.status.power
    if view.load.power is not None:
        return
    if not view.on and memory.learnt is not None:
        more = max(memory.learnt - UNKNOWN_POWER, 0.0)
        memory.learnt -= more * (1 - LEARNT_KEPT**seconds)
    if measured is not None and measured >= SATISFIED_BELOW:
        _learn(view, max(measured, memory.learnt or 0.0), cutoff)


def _learn(view: View, watts: float, cutoff: float | None) -> None:
    """Take some W for a load's full power; no more than its phases can give."""
    most = inf if cutoff is None else cutoff * len(view.load.phases)
    view.memory.learnt = max(min(watts, most), SATISFIED_BELOW)


def _note_reached(memory: LoadMemory, thermal: Thermal, temperature: float) -> None:
    """Remember the target that a store has reached, until it has cooled down."""
    if temperature < memory.reached - thermal.hysteresis:
        memory.reached = -inf
    for target in (thermal.eco, thermal.surplus):
        if temperature >= target:
            memory.reached = max(memory.reached, target)


def _count_heat(
    now: float, seconds: float, memory: LoadMemory, wanted: float, status: Status
) -> None:
    if memory.disinfected_at is None:
        memory.disinfected_at = now  # as good as done when it begins to be managed
    temperature = status.temperature
    if temperature is None or temperature < wanted - _CYCLES:
        memory.hot_for = 0.0
    elif temperature >= wanted:
        memory.hot_for += seconds


def follows(view: View) -> bool:
    """Tell whether a load's entities show what it was told."""
    ordered, status, load = view.memory.ordered, view.status, view.load
    if ordered is None:
        return True
    if status.level is not None and ordered.level is not None:
        if status.level is not ordered.level:
            return False
    elif status.setting is not None:
        step = load.modulation.step if load.modulation else 1.0
        if abs(status.setting - ordered.value) >= step:
            return False
        if None not in (status.phases, ordered.phases) and (
            status.phases != ordered.phases
        ):
            return False
    if status.power is None or load.never_cut or load.forbid_only:
        return True
    heating = load.heating
    least = max(heating.frost, status.target or heating.frost) if heating else 0.0
    if heating and (status.temperature or 0.0) < least + 1:
        return True  # it may be protecting the room from frost, or cannot be set lower
    if ordered.power == 0:
        return status.power < max(SATISFIED_BELOW, 0.2 * view.full)
    if load.modulation is None:
        return True  # it is on, whatever its nominal power was said to be
    return status.power <= max(1.2 * ordered.power, ordered.power + SATISFIED_BELOW)


def verify(
    state: State, reading: Reading, battery: Battery | None, views: Sequence[View]
) -> None:
    """Compare what orders have changed with what they should have, once it shows.

    Those of one moment are judged together, and not where others came in between, nor
    where a battery may have made up for it.
    """
    due = [
        view
        for view in views
        if view.memory.net_then is not None and view.memory.settles_at <= reading.time
    ]
    if not due:
        return
    moments = {view.memory.ordered_at for view in due}
    first = min(moments) - LAG - period_of(state)
    alone = (
        battery is None
        and len(moments) == 1
        and not any(first < view.memory.ordered_at for view in views if view not in due)
    )
    seen = reading.net - (due[0].memory.net_then or 0.0)
    if alone:
        if len(due) == 1:
            _compare(due[0], seen, state.cutoff)
        _judge(state, due, seen)
    for view in due:
        view.memory.net_then = None


def _compare(view: View, seen: float, cutoff: float | None) -> None:
    """Learn from one order what a load draws, and whether its sensor is right."""
    memory, measured = view.memory, view.status.power
    if abs(memory.expected) < LEAST_STEP:
        return
    share = seen / memory.expected
    if measured is None:
        if view.load.power is None and share > 0 and (told := _share_told(view)):
            # something else may have been switched at the same moment
            memory.steps = (*memory.steps, abs(seen) / told)[-LEARNT_FROM:]
            _learn(view, median(memory.steps), cutoff)
    elif abs(measured - memory.drawn_then) < 0.2 * abs(memory.expected):
        # its own sensor shows nothing: it wants nothing, or the sensor is wrong
        memory.lies = memory.lies + 1 if 0.6 < share < 1.5 else 0


def _share_told(view: View) -> float:
    """Return the share of a load's full power that its last order is a step of.

    0: the step does not tell.
    """
    load, ordered = view.load, view.memory.ordered
    if load.modulation is None:
        return 1.0
    if load.modulation.unit is not Unit.PERCENT or ordered is None:
        return 0.0  # its full power is known by its highest setting
    return 0.0 if view.memory.drawn_then else power_at(load, 1.0, ordered.value)


def _judge(state: State, due: Sequence[View], seen: float) -> None:
    """See whether the meter shows what the loads say."""
    measured = [view.status.power for view in due]
    if None in measured:
        return
    change = sum((view.status.power or 0.0) - view.memory.drawn_then for view in due)
    if abs(change) < LEAST_STEP:
        return
    share = seen / change
    if share > 0.5:
        state.contradictions = 0
    elif share < 0.1:
        state.contradictions += 1
        if state.contradictions >= SUSPECT_AFTER:
            # it is believed again for one order, later
            state.suspect_until = state.now + TRY_AGAIN
            state.contradictions = SUSPECT_AFTER - 1


def is_lying(memory: LoadMemory) -> bool:
    """Tell whether a load's own sensor is not to be believed."""
    return memory.lies > 0


def retry(now: float, views: Iterable[View]) -> list[View]:
    """Return the loads to be told again; those told too often do not follow."""
    again = []
    for view in views:
        memory = view.memory
        if not view.commanded or now < memory.settles_at or memory.ordered is None:
            continue
        if follows(view):
            memory.tries = 0
        elif memory.tries >= TRIES:
            memory.fault_until = now + TRY_AGAIN
            memory.tries = 0
            view.alone = True
        else:
            memory.tries += 1
            memory.settles_at = now + view.load.follow + LAG
            again.append(view)
    return again
