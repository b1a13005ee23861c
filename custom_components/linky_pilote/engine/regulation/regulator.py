"""Decides, from a reading to orders: state over time around one pass by rank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, sqrt
from types import MappingProxyType
from typing import Final

from .allocate import Allocator
from .claims import Context, claim, shed_level
from .constants import (
    LAG,
    ROTATE_AFTER,
    SATISFIED_BELOW,
    SPARE,
    STAGE,
    SUN_OVER,
    WATCH_SHARE,
)
from .follow import adopted, count, is_lying, note_effect, note_hand, retry, verify
from .frequency import help_now
from .heating import HeatingRule, thermostat
from .hours import hours_at, paris
from .ladder import OFF
from .memory import LoadMemory, State
from .model import (
    House,
    HouseMode,
    Load,
    Order,
    Reading,
    Reason,
    Setting,
    Settings,
    Signals,
    Status,
    Thermostat,
    Verdict,
)
from .protect import danger, may_be_shed, shed
from .sky import hours_left
from .views import Home, View, drawn_power, full_power, note_satisfied
from .watch import (
    expected,
    for_battery,
    is_stale,
    limits,
    period_of,
    take_reading,
)
from .wishes import settle

_LONGEST_PASS: Final = 60.0
"""s that are counted between two passes at most."""

_SILENT: Final = Status(available=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done, and why."""

    orders: tuple[Order, ...]
    """Those that lower first."""
    verdicts: Mapping[str, Verdict]
    house: House
    thermostat: Thermostat | None
    """None without a heater."""
    notices: tuple[Reason, ...]
    """What ended by itself: HEAT in a red peak, an absence, a wish."""
    figures: Mapping[str, float]
    """limit_va, drawn_va, filter_va of the worst phase, seconds_to_guard, sun_w."""
    state: State


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

    def decide(
        self,
        now: float,
        reading: Reading | None,
        signals: Signals,
        statuses: Mapping[str, Status],
        state: State,
    ) -> Decision:
        """Decide at one moment, in s since 1970; `state` is left as it is."""
        state = state.copy()
        if now < state.now:
            state.moved(now - state.now)
        seconds = min(now - state.now, _LONGEST_PASS) if state.now > 0 else 0.0
        state.now = now
        period = reading.period if reading else None
        hours = hours_at(now, period, signals, state.hours)
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
        views, rules = self._look(seconds, statuses, state, context)
        if reading is not None and reading.time > state.reading_time:
            self._take(state, reading, views)
        home = self._home(now, seconds, state, reading, signals, views)
        house, left = self._protect(now, state, home, views)
        if signals.power_cut:
            _stage(now, state, views)
        Allocator(now, seconds, state, home, views).run()
        self._rotate(now, home, views)
        again = retry(now, views)
        orders = [
            order
            for view in views
            if (order := self._order(now, state, reading, view, again)) is not None
        ]
        return Decision(
            orders=tuple(sorted(orders, key=lambda order: order.setting.power > 0)),
            verdicts=MappingProxyType(
                {view.key: self._verdict(view) for view in views}
            ),
            house=house,
            thermostat=self._thermostat(context, views, rules),
            notices=notices,
            figures=_figures(state, home, left),
            state=state,
        )

    def _new_day(self, now: float, state: State) -> None:
        day = paris(now).toordinal()
        if day != state.day:
            state.day = day
            state.highest = tuple(sqrt(square) for square in state.squares)
            state.peak_seen = ()
            for memory in state.loads.values():
                memory.starts = 0

    def _look(
        self,
        seconds: float,
        statuses: Mapping[str, Status],
        state: State,
        context: Context,
    ) -> tuple[list[View], dict[str, HeatingRule]]:
        """Return the loads as they are, in order, and the rules of the heaters."""
        now = context.now
        observing = state.wishes.house is HouseMode.OBSERVE
        views: list[View] = []
        rules: dict[str, HeatingRule] = {}
        for rank, load in self._ranked:
            memory = state.loads.setdefault(load.key, LoadMemory())
            status = statuses.get(load.key, _SILENT)
            if is_lying(memory):
                status = replace(status, power=None)
            armed = load.key in state.wishes.armed and not observing
            full = full_power(load, memory)
            if status.available and (memory.ordered is None or not armed):
                memory.ordered = adopted(load, status, full)
            drawn = drawn_power(load, status, memory, full)
            if armed:
                note_satisfied(now, status, memory)
            asked, rule = claim(load, status, memory, full, context)
            if rule is not None:
                rules[load.key] = rule
            view = View(
                load=load,
                status=status,
                memory=memory,
                rank=rank,
                claim=asked,
                drawn=drawn,
                full=full,
                armed=armed,
                reason=asked.reason,
                blocked=asked.blocked,
                until=asked.until,
            )
            if status.by_hand and armed:
                note_hand(now, view)
                view.claim, _ = claim(load, status, memory, full, context)
                view.reason = view.claim.reason
            note_effect(now, view)
            count(now, seconds, view)
            views.append(view)
        # equals: the farthest from its target, then the one that waits for longest
        views.sort(key=lambda view: (view.rank, -view.missing, view.memory.shed_at))
        return views, rules

    def _take(self, state: State, reading: Reading, views: Sequence[View]) -> None:
        state.cutoff = reading.cutoff or state.cutoff
        take_reading(state, reading, views)
        for view in views:
            if view.memory.settles_at <= reading.time:
                verify(state, reading, view)

    def _home(
        self,
        now: float,
        seconds: float,
        state: State,
        reading: Reading | None,
        signals: Signals,
        views: Sequence[View],
    ) -> Home:
        blind = (
            is_stale(now, reading, state)
            or now < state.suspect_until
            or state.cutoff is None
            or not state.base
        )
        if blind:
            # what a home may draw by itself, as it was seen, and what the loads say
            phases = max(len(state.base), 1)
            share = self._settings.limit_share
            drawn = [state.base_high] * phases
            home = Home(
                limits=((state.cutoff or 0.0) * share,) * phases,
                drawn=drawn,
                sun=0.0,
                sun_left=0.0,
                sun_mean=0.0,
                blind=True,
            )
            for view in views:
                home.add(view.phases, max(view.drawn, view.memory.power))
            return home
        assert state.cutoff is not None
        left = (
            sum(view.drawn for view in views if not view.commanded)
            + self._settings.export
        )
        hidden = for_battery(signals.battery, self._settings)
        sun = hidden - state.base_power - left
        state.sun_mean += min(seconds / SUN_OVER, 1.0) * (
            max(sun, 0.0) - state.sun_mean
        )
        return Home(
            limits=limits(state, self._settings, state.cutoff),
            drawn=expected(state, views),
            sun=sun,
            sun_left=state.sun_mean * hours_left(now),
            sun_mean=hidden - state.base_mean - left,
        )

    def _protect(
        self, now: float, state: State, home: Home, views: Sequence[View]
    ) -> tuple[House, float]:
        """Shed what has to be; return what the house is about, and the s left."""
        if state.wishes.house is HouseMode.OFF:
            return House.OFF, inf
        if home.blind:
            return House.DEGRADED, inf
        assert state.cutoff is not None  # or it would be blind
        follow = max((view.load.follow for view in views), default=0.0)
        risk = danger(now, state, self._settings, home, follow)
        if risk.acts:
            enough = shed(state, home, views, now)
            return (House.SHEDDING if enough else House.HOLD), risk.seconds
        if state.wishes.house is HouseMode.OBSERVE:
            return House.OBSERVE, risk.seconds
        if any(view.memory.shed is Reason.OVERLOAD for view in views):
            return House.RESTORING, risk.seconds
        guard = self._settings.guard.ratio * state.cutoff * WATCH_SHARE
        watching = any(square > guard * guard for square in state.squares)
        return (House.WATCH if watching else House.NORMAL), risk.seconds

    def _rotate(self, now: float, home: Home, views: Sequence[View]) -> None:
        """Let equals take turns where there is no room for all (cascado-cyclic)."""
        for view in views:
            memory = view.memory
            waits = memory.shed is Reason.OVERLOAD and view.setting is None
            if not waits or now - memory.shed_at < ROTATE_AFTER or home.blind:
                continue
            for other in views:
                since = other.memory.on_since
                if (
                    other.rank == view.rank
                    and other.on
                    and may_be_shed(other)
                    and other.drawn >= SATISFIED_BELOW
                    and since is not None
                    and now - since >= ROTATE_AFTER
                    and view.missing >= other.missing
                    and home.room(view.phases) + other.drawn >= view.full + SPARE
                ):
                    other.setting, other.reason = OFF, Reason.OVERLOAD
                    other.memory.shed, other.memory.shed_at = Reason.OVERLOAD, now
                    view.setting = Setting(power=view.claim.wanted, value=1.0)
                    return

    def _order(
        self,
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
                memory.settles_at = now + view.load.follow + LAG
                return Order(
                    key=view.key,
                    setting=memory.ordered,
                    reason=memory.reason,
                    protective=memory.protective,
                )
            return None
        setting = _complete(view)
        same = memory.ordered is not None and _same(setting, memory.ordered)
        if same and view not in again:
            return None
        before = memory.power
        settles = now + view.load.follow + LAG
        view.setting = setting
        reason = view.reason if setting.power > 0 else (view.blocked or view.reason)
        self._remember(now, reading, view, setting, reason)
        if setting.power > before:
            pause = STAGE if now < state.staged_until else period_of(state)
            state.next_start = settles + pause
        return Order(
            key=view.key,
            setting=setting,
            reason=reason,
            protective=view.protective,
        )

    def _remember(
        self,
        now: float,
        reading: Reading | None,
        view: View,
        setting: Setting,
        reason: Reason,
    ) -> None:
        memory = view.memory
        was_on = view.on
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
        memory.drift, memory.drift_since = 0.0, now
        memory.short_since, memory.short_energy = None, 0.0
        if setting.power > 0 and not was_on:
            memory.on_since = memory.returned_at = now
            memory.starts += 1
            memory.shed = None
            memory.fits_since = None
        elif setting.power == 0 and was_on:
            memory.on_since = None
            memory.off_since = now

    def _verdict(self, view: View) -> Verdict:
        memory, asked = view.memory, view.claim
        setting = memory.ordered if view.commanded else None
        if not view.armed and not asked.alone:
            on = asked.firm
            setting = _told(view, Setting(power=asked.wanted, value=1.0) if on else OFF)
        blocked = view.blocked
        if memory.shed is not None and view.commanded:
            blocked = memory.shed
        return Verdict(
            key=view.key,
            setting=setting,
            reason=view.reason if view.commanded else asked.reason,
            wanted=0.0 if view.satisfied(memory.ordered_at) else asked.wanted,
            blocked_by=blocked,
            until=view.until,
            shed=memory.shed is not None
            or (asked.blocked is not None and memory.power < asked.wanted),
            observed=not view.armed,
            figures={
                "drawn_w": view.drawn,
                "full_w": view.full,
                "granted_w": memory.power,
                "grid_w": min(asked.grid, asked.wanted),
                "failures": memory.failures,
            },
        )

    def _thermostat(
        self, context: Context, views: Sequence[View], rules: Mapping[str, HeatingRule]
    ) -> Thermostat | None:
        if not rules:
            return None
        heaters = [view for view in views if view.key in rules]
        return thermostat(
            rules,
            context.wishes,
            drawing=any(view.drawn >= SATISFIED_BELOW for view in heaters),
            shed=any(
                view.memory.shed is not None or rules[view.key].blocked_by is not None
                for view in heaters
            ),
        )


def _stage(now: float, state: State, views: Sequence[View]) -> None:
    """After a power cut nothing comes back all at once."""
    stopped = [view for view in views if may_be_shed(view) and view.claim.wanted > 0]
    for view in stopped:
        view.setting, view.reason = OFF, Reason.STAGED_START
        view.blocked = view.memory.shed = Reason.STAGED_START
        view.memory.shed_at = now
    state.staged_until = now + STAGE * (len(stopped) + 1)
    state.next_start = now + STAGE


def _complete(view: View) -> Setting:
    """Return a decided setting with the level and the target of a heater."""
    assert view.setting is not None
    return _told(view, view.setting)


def _told(view: View, setting: Setting) -> Setting:
    heating = view.load.heating
    if heating is None:
        return setting
    asked = view.claim
    if setting.power > 0 or asked.wanted == 0:
        return replace(setting, level=asked.level, target=asked.target)
    level = shed_level(view.load)
    return replace(setting, level=level, target=heating.frost)


def _same(one: Setting, other: Setting) -> bool:
    return (one.value, one.level, one.target, one.phases) == (
        other.value,
        other.level,
        other.target,
        other.phases,
    )


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
