"""Decides, from a reading to orders: state over time around one pass by rank."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf, sqrt
from types import MappingProxyType
from typing import Final

from ..reading import TariffPeriod
from .allocate import Allocator
from .budget import home_now
from .claims import Context, is_left_alone
from .constants import SATISFIED_BELOW, STAGE, WATCH_SHARE
from .follow import (
    adopted,
    count,
    is_lying,
    learn_power,
    note_effect,
    note_hand,
    retry,
    verify,
)
from .frequency import help_now
from .hours import RED_EARLY, Hours, hours_at, paris
from .ladder import OFF, spread
from .lending import let_warm_rooms_wait
from .memory import LoadMemory, State
from .model import (
    House,
    HouseMode,
    Load,
    Order,
    Reading,
    Reason,
    Settings,
    Signals,
    Status,
    Thermostat,
    Verdict,
    Wishes,
)
from .orders import order_for, verdict_on
from .protect import danger, judge_shedding, may_be_shed, shed, unseen_excess
from .thermostats import thermostats
from .trust import is_believed
from .views import Home, View, drawn_power, full_power, note_satisfied
from .watch import believable, is_old, take_reading
from .wishes import settle

_LONGEST_PASS: Final = 60.0
"""s that are counted between two passes at most."""

_SILENT: Final = Status(available=False)
_ONLY: Final = (1,)
"""The phases of a home that has one, whatever is said of its loads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done, and why."""

    orders: tuple[Order, ...]
    """Those that lower first."""
    verdicts: Mapping[str, Verdict]
    house: House
    thermostat: Thermostat | None
    """None without a heater."""
    rooms: Mapping[str, Thermostat]
    """The same of each heater alone, by its key."""
    notices: tuple[Reason, ...]
    """What ended by itself: HEAT in a red peak, an absence, a wish."""
    figures: Mapping[str, float]
    """limit_va, drawn_va, filter_va of the worst phase, seconds_to_guard, sun_w."""
    state: State

    def shown(self, room: str | None) -> Thermostat | None:
        """Return what the thermostat of a room shows, or that of the home (None)."""
        return self.thermostat if room is None else self.rooms.get(room)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A decision of which the breaker's part is made: the rest can wait for that."""

    urgent: tuple[Order, ...]
    """What is shed at once."""
    state: State
    """What is remembered so far; what finishes the decision goes on with it."""
    finish: Callable[[], Decision]
    """To be called once; its orders are the others."""


@dataclass(slots=True, kw_only=True)
class _Moment:
    """What one decision is made of."""

    seconds: float
    """Since the last one."""
    state: State
    context: Context
    notices: tuple[Reason, ...]
    views: Sequence[View]
    again: Sequence[View]
    """Those to be told again."""
    home: Home
    house: House
    left: float
    """s to the guard."""


class Regulator:
    """Decides for the loads of one home."""

    def __init__(self, loads: Sequence[Load], settings: Settings) -> None:
        """Take the loads; those that no rank names come last."""
        rank_of = {
            key: rank for rank, group in enumerate(settings.ranks) for key in group
        }
        last = len(settings.ranks)
        self._ranked = sorted(
            ((rank_of.get(load.key, last), load) for load in loads),
            key=lambda pair: pair[0],
        )
        self._settings = settings
        self._hours_for: tuple[float, TariffPeriod | None, Signals] | None = None
        self._hours: Hours | None = None

    def decide(
        self,
        now: float,
        reading: Reading | None,
        signals: Signals,
        statuses: Mapping[str, Status],
        state: State,
    ) -> Decision:
        """Decide at one moment, in s since 1970; `state` is left as it is."""
        begun = self.begin(now, reading, signals, statuses, state)
        rest = begun.finish()
        return replace(rest, orders=begun.urgent + rest.orders)

    def begin(
        self,
        now: float,
        reading: Reading | None,
        signals: Signals,
        statuses: Mapping[str, Status],
        state: State,
    ) -> Begun:
        """Decide what must not wait, as `decide` does, and how the rest is decided."""
        state = state.copy()
        if now < state.now:
            state.moved(now - state.now)
        passed = max(now - state.now, 0.0) if state.now > 0 else 0.0
        seconds = min(passed, _LONGEST_PASS)
        if now - state.now > _LONGEST_PASS:
            state.resumed_at = now
        state.now = now
        reading = believable(now, reading)
        if reading and is_old(now, reading.time, state):
            reading = None
        period = reading.period if reading else None
        hours = self._hours_at(now, period, signals, state.hours)
        state.wishes, notices = settle(now, hours, state.hours, state.wishes)
        state.hours = hours
        state.help = help_now(
            now,
            signals.frequency if self._settings.frequency else None,
            state.help,
        )
        self._new_day(now, state)
        context = Context(
            now, reading, self._settings, signals, state.wishes, hours, state.help
        )
        views = self._look(statuses, state, context)
        if (
            reading
            and reading.time > state.reading_time
            and is_believed(now, state, reading, signals, views)
        ):
            self._take(state, context, reading, views)
        again = retry(now, views)
        home = home_now(context, state, views, seconds)
        house, left = self._protect(now, reading, state, home, views)
        shed_now = [view for view in views if view.protective]
        moment = _Moment(
            seconds=seconds,
            state=state,
            context=context,
            notices=notices,
            views=views,
            again=[view for view in again if not view.protective],
            home=home,
            house=house,
            left=left,
        )
        return Begun(
            urgent=_orders(moment, shed_now),
            state=state,
            finish=partial(self._finish, moment),
        )

    def _finish(self, moment: _Moment) -> Decision:
        """Decide who else may draw what, by rank."""
        context, state, views = moment.context, moment.state, moment.views
        now = context.now
        for view in views:
            asked = view.claim
            view.until = asked.until
            if not view.protective:
                view.reason, view.blocked = asked.reason, asked.blocked
            count(now, moment.seconds, view)
            learn_power(moment.seconds, view, state.cutoff)
        if context.signals.power_cut:
            _stage(now, state, views)
        Allocator(now, moment.seconds, state, moment.home, views).run()
        orders = _orders(moment, views)
        home, rooms = thermostats(context, views)
        return Decision(
            orders=orders,
            verdicts=MappingProxyType(
                {view.key: verdict_on(now, view) for view in views}
            ),
            house=moment.house,
            thermostat=home,
            rooms=rooms,
            notices=moment.notices,
            figures=_figures(state, moment.home, moment.left),
            state=state,
        )

    def _hours_at(
        self,
        now: float,
        period: TariffPeriod | None,
        signals: Signals,
        before: Hours | None,
    ) -> Hours:
        """Return the hours that run; what they are made of changes on whole minutes."""
        asked = now // RED_EARLY, period, signals
        if self._hours is None or self._hours is not before or self._hours_for != asked:
            self._hours_for = asked
            self._hours = hours_at(now, period, signals, before)
        return self._hours

    def _new_day(self, now: float, state: State) -> None:
        day = paris(now).toordinal()
        if day != state.day:
            state.day = day
            state.highest = tuple(sqrt(square) for square in state.squares)
            state.peak_seen = ()
            for memory in state.loads.values():
                memory.starts = memory.changes_today = 0

    def _look(
        self, statuses: Mapping[str, Status], state: State, context: Context
    ) -> list[View]:
        """Return the loads as they are, in order."""
        now = context.now
        observing = state.wishes.house is HouseMode.OBSERVE
        reading = context.reading
        several = len(reading.apparent if reading else state.apparent) > 1
        contact_open = reading is not None and reading.dry_contact_closed is False
        views: list[View] = []
        for rank, known in self._ranked:
            load = _as_warm_as_asked(known, state.wishes)
            memory = state.loads.setdefault(load.key, LoadMemory())
            status = statuses.get(load.key, _SILENT)
            if status.power is not None and status.power >= SATISFIED_BELOW:
                memory.lies = 0
            if is_lying(memory):
                status = replace(status, power=None)
            armed = load.key in state.wishes.armed and not observing
            full = full_power(load, memory)
            if status.available and (memory.ordered is None or not armed):
                memory.ordered = adopted(load, status, full)
            drawn = drawn_power(load, status, memory, full, contact_open=contact_open)
            if armed:
                note_satisfied(now, status, memory)
            view = View(
                load=load,
                status=status,
                memory=memory,
                rank=rank,
                context=context,
                drawn=drawn,
                full=full,
                armed=armed,
                phases=spread(load, memory.ordered) if several else _ONLY,
            )
            if status.by_hand and armed:
                note_hand(now, view)
                view.phases = spread(load, memory.ordered) if several else _ONLY
            view.alone = is_left_alone(load, status, memory, context)
            note_effect(now, view)
            views.append(view)
        let_warm_rooms_wait(now, state, views)
        # equals: the farthest from its target, then the one that waits for longest
        views.sort(key=lambda view: (view.rank, -view.missing, view.memory.shed_at))
        return views

    def _take(
        self, state: State, context: Context, reading: Reading, views: Sequence[View]
    ) -> None:
        state.cutoff = reading.cutoff or state.cutoff
        take_reading(state, reading, views)
        judge_shedding(state, reading)
        verify(state, reading, context.signals.battery, views)

    def _protect(
        self,
        now: float,
        reading: Reading | None,
        state: State,
        home: Home,
        views: Sequence[View],
    ) -> tuple[House, float]:
        """Shed what has to be; return what the house is about, and the s left."""
        if state.wishes.house is HouseMode.OFF:
            return House.OFF, inf
        if home.blind:
            if is_old(now, state.resumed_at, state):  # after a start a meter may come
                excess = unseen_excess(state, reading, views)
                shed(state, home, views, now, excess)
            return House.DEGRADED, inf
        assert state.cutoff is not None  # or it would be blind
        follow = max((view.load.follow for view in views), default=0.0)
        risk = danger(now, state, self._settings, home, follow)
        if not risk.acts:
            state.futile = 0
        if risk.acts:
            enough = shed(state, home, views, now, risk.excess)
            return (House.SHEDDING if enough else House.HOLD), risk.seconds
        if home.doubt:
            return House.DEGRADED, risk.seconds
        if state.wishes.house is HouseMode.OBSERVE:
            return House.OBSERVE, risk.seconds
        if any(view.memory.shed is Reason.OVERLOAD for view in views):
            return House.RESTORING, risk.seconds
        guard = self._settings.guard.ratio * state.cutoff * WATCH_SHARE
        watching = any(square > guard * guard for square in state.squares)
        return (House.WATCH if watching else House.NORMAL), risk.seconds


def _orders(moment: _Moment, views: Sequence[View]) -> tuple[Order, ...]:
    """Return the orders for some loads, those that lower first."""
    context = moment.context
    orders = [
        order
        for view in views
        if (
            order := order_for(
                context.now, moment.state, context.reading, view, moment.again
            )
        )
        is not None
    ]
    return tuple(sorted(orders, key=lambda order: order.setting.power > 0))


def _as_warm_as_asked(load: Load, wishes: Wishes) -> Load:
    """Return a heater with its comfort as persons want it now."""
    heating = load.heating
    shift = wishes.of(load.key).comfort_shift
    if heating is None or not shift:
        return load
    # what another thermostat than that of the room asks for leaves it its eco, and its floor
    comfort = max(heating.comfort + shift, heating.eco, heating.floor or heating.eco)
    return replace(load, heating=replace(heating, comfort=comfort))


def _stage(now: float, state: State, views: Sequence[View]) -> None:
    """After a power cut nothing comes back all at once."""
    stopped = [view for view in views if may_be_shed(view) and view.claim.wanted > 0]
    for view in stopped:
        view.setting, view.reason = OFF, Reason.STAGED_START
        view.blocked = view.memory.shed = Reason.STAGED_START
        view.memory.shed_at = now
    state.next_start = now + STAGE


def _figures(state: State, home: Home, left: float) -> Mapping[str, float]:
    worst = max(
        range(len(home.drawn)), key=lambda place: home.drawn[place] - home.limits[place]
    )
    figures = {
        "limit_va": home.limits[worst],
        "drawn_va": home.drawn[worst],
        "sun_w": home.sun,
    }
    if worst < len(state.squares):
        figures["filter_va"] = sqrt(state.squares[worst])
    if left != inf:
        figures["seconds_to_guard"] = left
    return MappingProxyType(figures)
