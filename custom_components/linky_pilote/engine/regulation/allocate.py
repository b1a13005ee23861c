"""One pass by rank: who may draw how much, by the room and the surplus there is."""

from collections.abc import Sequence

from .constants import (
    BESIDE,
    CHANGE_ENERGY,
    CHANGE_LEAST,
    CHANGES_A_DAY,
    CHANGES_AN_HOUR,
    COLD,
    FIT_FOR,
    GROW_AFTER,
    HOLD_SURPLUS,
    LONGEST_SHED,
    LONGEST_WAIT,
    LOWEST_ENERGY,
    LOWEST_FOR,
    PATIENCE,
    PHASE_CHANGE,
    SPARE,
    START_FOR,
    START_SMALL,
    START_SMALL_FOR,
    START_SPARE,
    STARTS_EASY,
    STOP_AFTER,
    STOP_ENERGY,
    TRY_AGAIN,
    WARM_WAIT,
)
from .ladder import OFF, at_most, lowest_power, nearest, phase_counts
from .memory import State
from .model import Reason, Setting
from .owed import need
from .rooms import Rooms, held
from .sky import outlook
from .turns import must_wait, next_turn
from .views import Home, View


class Allocator:
    """Decides for one moment; it changes the memories, the home and the views."""

    def __init__(
        self,
        now: float,
        seconds: float,
        state: State,
        home: Home,
        views: Sequence[View],
    ) -> None:
        """Take the views in the order of their ranks, `seconds` after the last pass."""
        self._now = now
        self._seconds = seconds
        self._state = state
        self._home = home
        self._views = views
        self._sun = home.sun
        self._sun_mean = home.sun_mean
        self._may_start = now >= state.next_start
        self._rooms = Rooms(now, home, views)

    def run(self) -> None:
        """Decide for all loads, the first served first."""
        for view in self._views:
            if view.commanded and view.setting is None:
                self._decide(view)
            self._spend(view)
        self._take_turns()

    def _decide(self, view: View) -> None:
        claim = view.claim
        view.reason, view.blocked, view.until = claim.reason, claim.blocked, claim.until
        if claim.wanted == 0:
            self._stop(view)
        elif view.load.forbid_only:
            self._permit(view)
        elif view.modulated:
            self._modulate(view)
        elif view.on:
            self._keep(view)
        else:
            self._start(view, claim.wanted)

    def _spend(self, view: View) -> None:
        """Take what a load has from the surplus of those behind it."""
        if view.vague:
            return  # the surplus is what the meter leaves beside it
        power = view.drawn
        if view.setting is not None and not (view.on and view.satisfied(self._now)):
            power = view.setting.power
        elif view.settling(self._now):
            power = view.memory.power
        self._sun -= min(power, max(self._sun, 0.0))
        self._sun_mean -= min(power, max(self._sun_mean, 0.0))

    # --- going off ---

    def _stop(self, view: View) -> None:
        memory = view.memory
        memory.fits_since = memory.shed = None
        memory.failures = 0
        if not view.on:
            self._set(view, OFF)
        elif (why := held(self._now, view)) is not None:
            view.reason, view.until = why
        else:
            self._set(view, OFF)

    def _keep(self, view: View) -> None:
        """Keep a load that is on or off on; stop it when the sun has gone."""
        short = view.drawn - view.claim.grid
        short -= max(self._sun, 0.0) if view.claim.sun else 0.0
        if view.claim.firm or not self._lacks(
            view, short, STOP_AFTER, STOP_ENERGY, START_SPARE
        ):
            self._set(view, self._full_setting(view))
            return
        if (why := held(self._now, view)) is not None:
            view.reason, view.until = why
        else:
            view.blocked = view.blocked or Reason.NO_SURPLUS
            self._set(view, OFF)

    def _lacks(
        self, view: View, short: float, longest: float, most: float, spare: float
    ) -> bool:
        """Tell whether a load has drawn from the grid what it must not, for too long."""
        memory = view.memory
        if self._home.doubt:
            # the sun is not seen any more
            state = self._state
            suspected = self._now < state.suspect_until and not self._home.blind
            since = state.suspect_until - TRY_AGAIN if suspected else state.reading_time
            return self._now - since > HOLD_SURPLUS
        if short <= spare:
            memory.short_since, memory.short_energy = None, 0.0
            return False
        if memory.short_since is None:
            memory.short_since = self._now
        else:
            memory.short_energy += short * self._seconds
        return self._now - memory.short_since >= longest or memory.short_energy >= most

    # --- going on ---

    def _permit(self, view: View) -> None:
        """Leave a load to the contact that switches it."""
        if self._home.contact_open:
            view.blocked = Reason.DRY_CONTACT
        if view.memory.shed is not None and not self._fits(view, view.full):
            return
        self._set(view, Setting(power=view.full, value=1.0))

    def _start(self, view: View, power: float) -> None:
        """Switch a load on, once nothing is against it."""
        if not self._may_come(view, power):
            self._rooms.keep(view, power)
            return
        if self._is_early(view, power):
            return
        self._set(view, self._full_setting(view))

    def _may_come(self, view: View, power: float) -> bool:
        """Tell whether a load has waited long enough, for its rules and for room."""
        long = self._has_long_had_room(view, power)
        if must_wait(self._now, self._home, view):
            return False
        return long or self._fits(view, power)

    def _has_long_had_room(self, view: View, power: float) -> bool:
        """Tell whether what is drawn has left room for a shed load for very long."""
        memory = view.memory
        if memory.shed is None or self._home.room(view.phases) < power:
            memory.room_since = None
            return False
        if memory.room_since is None:
            memory.room_since = self._now
        long = self._now - memory.room_since >= LONGEST_SHED
        return long and view.claim.firm and not self._rooms.is_left_to_cold(view)

    def _is_early(self, view: View, power: float) -> bool:
        """Tell whether others have just started, or too much is drawn already."""
        if not self._may_start:
            view.blocked, view.until = Reason.SETTLING, self._state.next_start
            return True
        # a cold room may change places with others, all else has to wait
        may_swap = view.memory.coldest >= COLD and self._rooms.makes_room(view, power)
        if self._home.overloaded and not may_swap:
            view.blocked = Reason.NO_ROOM
            return True
        return False

    def _fits(self, view: View, power: float) -> bool:
        """Tell whether there has been room and surplus for a load for long enough."""
        memory, claim = view.memory, view.claim
        firm = claim.firm
        small = power < START_SMALL
        least = CHANGE_LEAST if small else START_SPARE
        sun = self._sun if small else self._sun_mean
        again = memory.shed is not None or memory.failures
        # after some time it is tried with less
        tried = self._now - memory.shed_at >= LONGEST_WAIT
        spare = SPARE if again and not (view.lends or tried) else 0.0
        if not firm and (not claim.sun or claim.grid + max(sun, 0.0) < power + least):
            memory.fits_since = None
            view.blocked = view.blocked or Reason.NO_SURPLUS
            if not view.load.forbid_only:
                memory.shed = None  # it waits for its hours or for the sun
            return False
        if self._rooms.to_start(view) < power + spare:
            memory.fits_since = None
            view.blocked = memory.shed or Reason.NO_ROOM
            return False
        if memory.fits_since is None:
            memory.fits_since = self._now
        wait = 0.0
        if not firm:
            # what has been switched often today waits longer: relays wear
            often = START_FOR * 2.0 ** (memory.starts // STARTS_EASY)
            wait = START_SMALL_FOR if small else often
            wait = min(wait, LONGEST_WAIT)
        if memory.shed is not None or memory.failures:
            # a warm room has waited already
            failures = 0 if view.warm else memory.failures
            wait = min(FIT_FOR * 2**failures, LONGEST_WAIT)
        gives_way = view.waits and memory.shed is not Reason.OVERLOAD
        if gives_way or (
            view.patient(self._now) and self._rooms.unclaimed(view) < power
        ):
            wait = max(wait, WARM_WAIT)
        if self._now - memory.fits_since < wait:
            view.blocked = memory.shed or Reason.SETTLING
            view.until = memory.fits_since + wait
            return False
        return True

    def _take_turns(self) -> None:
        """Let an equal change places with one that waits, if any may."""
        if not self._may_start:
            return
        if turn := next_turn(self._now, self._home, self._views):
            view, other = turn
            other.setting, other.reason = OFF, Reason.OVERLOAD
            other.memory.shed, other.memory.shed_at = Reason.OVERLOAD, self._now
            self._set(view, self._full_setting(view))

    # --- a power that can be set ---

    def _modulate(self, view: View) -> None:
        memory, claim, now = view.memory, view.claim, self._now
        if view.settling(now):
            return
        have = memory.power
        if not view.on:
            self._start_modulated(view)
            return
        if view.satisfied(now):
            return
        kept = None
        if memory.ordered and now - memory.phases_at < PHASE_CHANGE:
            kept = memory.ordered.phases
        lowest = lowest_power(view.load, view.full, kept)
        sun = max(self._sun, 0.0) if claim.sun else 0.0
        foreseen = self._outlook(view)
        beside = BESIDE * foreseen if sun > 0 else 0.0
        coming = self._rooms.coming(view)
        allowed = min(
            claim.wanted,
            claim.grid + sun - beside,
            max(claim.pace, have, self._rooms.unclaimed(view) + view.drawn),
        )
        goal = OFF
        for count, phases in self._ways(view, kept):
            room = self._home.room(phases, without=(view,)) - coming
            near = nearest if allowed < room else at_most
            setting = near(view.load, view.full, min(allowed, room), count)
            goal = max(goal, setting, key=lambda way: way.power)
        if allowed < lowest and not claim.firm:
            short = view.drawn - claim.grid - sun
            if self._lacks(view, short, LOWEST_FOR, LOWEST_ENERGY, 0.0):
                self._end_modulated(view)
                return
        else:
            memory.short_since, memory.short_energy = None, 0.0
        if goal.power == 0:
            goal = at_most(view.load, view.full, lowest, kept)
        if self._is_worth(view, goal.power - have, foreseen):
            self._set(view, goal)

    def _end_modulated(self, view: View) -> None:
        if (why := held(self._now, view)) is not None:
            view.reason, view.until = why
            return
        view.blocked = view.blocked or Reason.NO_SURPLUS
        self._set(view, OFF)

    def _start_modulated(self, view: View) -> None:
        """Start with what there is, on as many phases as give most."""
        claim = view.claim
        lowest = lowest_power(view.load, view.full)
        least = min(lowest, claim.wanted)
        was, ways = view.phases, self._ways(view, None)
        _, view.phases = ways[0]
        if not self._may_come(view, least):
            self._rooms.keep(view, least)
        elif not self._is_early(view, least):
            sun = max(self._sun, 0.0) if claim.sun else 0.0
            best = at_most(view.load, view.full, lowest, ways[0][0]), view.phases
            for count, view.phases in ways:
                watts = min(
                    claim.wanted,
                    claim.grid + sun,
                    self._rooms.to_start(view),
                    max(claim.pace, self._rooms.unclaimed(view)),
                )
                setting = at_most(view.load, view.full, watts, count)
                if setting.power > best[0].power:
                    best = setting, view.phases
            setting, view.phases = best
            self._set(view, setting)
            return
        view.phases = was

    def _ways(
        self, view: View, kept: int | None
    ) -> Sequence[tuple[int | None, tuple[int, ...]]]:
        """Return the numbers of phases that a load may have, and which those are.

        The fewest first; None where it cannot switch, and `kept` where it must not.
        """
        modulation = view.load.modulation
        if modulation is None or not modulation.phase_counts:
            return ((None, view.phases),)
        counts = phase_counts(view.load) if kept is None else (kept,)
        return tuple((count, self._first(view, count)) for count in sorted(counts))

    def _first(self, view: View, count: int) -> tuple[int, ...]:
        """Return the phases of a load that switches to a number of them."""
        several = len(self._home.limits) > 1
        return view.load.phases[:count] if several else view.phases

    def _is_worth(self, view: View, change: float, foreseen: int) -> bool:
        """Tell whether a change has become worth a command.

        What is given away or drawn adds up, so that small errors wait for long and
        large ones do not; a load that was changed often waits longer, and so does a
        change whose delay costs nothing, by what is foreseen of the sun.
        """
        memory = view.memory
        if memory.power - view.claim.wanted >= CHANGE_LEAST:
            return True  # nobody wants it any more
        if abs(change) < CHANGE_LEAST or (change > 0) is not (memory.drift > 0):
            memory.drift = 0.0
            memory.drift_since = self._now
        if abs(change) < CHANGE_LEAST or self._home.doubt:
            return False
        if change > 0 and self._home.overloaded:
            return False
        memory.drift += change * self._seconds
        if view.claim.firm:
            # room comes and goes with the household: what is taken must have lasted
            if change <= SPARE:
                memory.drift_since = self._now
            wait = min(GROW_AFTER * 2**memory.failures, LONGEST_WAIT)
            return bool(self._now - memory.drift_since >= wait)
        dear = 1 + (memory.changes / CHANGES_AN_HOUR) ** 2
        dear *= 1 + (memory.changes_today / CHANGES_A_DAY) ** 8
        patience = PATIENCE if change * foreseen > 0 else 1.0
        return abs(memory.drift) >= CHANGE_ENERGY * dear * patience

    def _outlook(self, view: View) -> int:
        """Return whether the sun still brings plenty for a load; 0: nobody knows."""
        wanted = need(view.load, view.status, view.memory)
        return 0 if wanted is None else outlook(self._now, self._home.sun_usual, wanted)

    def _full_setting(self, view: View) -> Setting:
        """Return what a load that is on or off is told to have all it wants."""
        if view.modulated:
            return at_most(view.load, view.full, view.claim.wanted, None)
        return Setting(power=view.claim.wanted, value=1.0)

    def _set(self, view: View, setting: Setting) -> None:
        """Decide for a setting; what it needs is taken from those behind."""
        view.setting = setting
        more = setting.power > view.memory.power
        if more and not view.on:
            self._rooms.displace(view, setting.power)
            self._may_start = False
        phases = view.phases
        if setting.phases is not None and view.on:
            phases = self._first(view, setting.phases)
        if more or phases != view.phases:
            self._home.reserve(view, phases, setting.power)
