"""Who gives room to whom: what is kept for those that come first, and displaced."""

from collections.abc import Sequence

from .constants import ROTATE_AFTER, SATISFIED_BELOW, SPARE
from .ladder import OFF, at_most, lowest_power
from .model import Reason
from .protect import may_be_shed
from .views import Home, View


def held(now: float, view: View) -> tuple[Reason, float | None] | None:
    """Return why a load that is on must stay on, for the rules, and until when."""
    if view.claim.at_once:
        return None
    if view.load.never_cut and (view.drawn >= SATISFIED_BELOW or view.idles(now)):
        return Reason.IN_CYCLE, None
    since = view.memory.on_since
    if since is not None and view.load.heating is None:
        end = since + view.load.min_on
        if now < end:
            return Reason.MIN_ON, end
    return None


class Rooms:
    """The room of one moment; `home` and the views hold what is decided."""

    def __init__(self, now: float, home: Home, views: Sequence[View]) -> None:
        """Take the views in the order of their ranks."""
        self._now = now
        self._home = home
        self._views = views
        self._kept: list[tuple[tuple[int, ...], float]] = []
        """Phases and W of those that have room and wait for their time."""
        self._cold: list[View] = []
        """Rooms that are not warm enough and wait for room."""

    def to_start(self, view: View) -> float:
        """Return the W that a load may start with: those before it come first."""
        if self.is_left_to_cold(view):
            return 0.0
        kept = sum(
            power for phases, power in self._kept if set(phases) & set(view.phases)
        )
        if view.lends:
            # all others as they may be: that much is bearable for as long as it lasts
            others = sum(
                _rest(other, self._now) for other in self._views if _meet(other, view)
            )
            room = self._home.bearable_room(view.phases, self._lower(view))
            return room - kept - others
        room = self._home.room(view.phases, self._lower(view))
        if view.claim.reason is Reason.FREQUENCY:
            return room - kept  # it is for a minute, heaters rest for longer
        return room - kept - self.coming(view)

    def is_left_to_cold(self, view: View) -> bool:
        """Tell whether a warm room leaves what there is to a cold one that waits."""
        return view.warm and any(_meet(cold, view) for cold in self._cold)

    def coming(self, view: View) -> float:
        """Return the W that heaters before a load draw again when they have rested."""
        return sum(
            _rest(other, self._now)
            for other in self._views
            if other.rank < view.rank and _meet(other, view)
        )

    def unclaimed(self, view: View) -> float:
        """Return the W that a load may add without any other that waits or rests."""
        others = sum(
            (other.memory.power or other.claim.wanted) - other.drawn
            for other in self._views
            if other is not view
            and other.commanded
            and other.claim.firm
            and not (other.on and not other.rests(self._now))
            and _meet(other, view)
        )
        return self._home.bearable_room(view.phases) - others - SPARE

    def keep(self, view: View, power: float) -> None:
        """Keep room for a load that was shed and will soon have waited long enough."""
        waits = view.memory.shed is not None and view.claim.firm
        if waits and view.load.heating and not view.warm:
            self._cold.append(view)
        if waits and self.to_start(view) >= power:
            self._kept.append((view.phases, power))

    def displace(self, view: View, power: float) -> None:
        """Stop loads of lower ranks, the last first, so that this one fits.

        Heaters that rest will draw again: one that is stopped now is not shed later.
        """
        lower = [other for other in self._views if other.rank > view.rank]
        resting = sum(_rest(other, self._now) for other in lower if _meet(other, view))
        needed = power
        if self._home.overloaded:  # what is free is not given away, then
            needed += max(self._home.bearable_room(view.phases), 0.0)
        ways = [other for other in lower if self._gives_way(other, view)]
        while ways:
            missing = needed + resting - self._home.bearable_room(view.phases)
            short = self._short(view, needed + resting)
            helpful = [way for way in ways if self._is_on(way, short)]
            if missing <= 0 or not helpful:
                return
            other = min(
                helpful,
                key=lambda way: (
                    -way.rank,
                    # one rather than two of a rank
                    way.drawn + _rest(way, self._now) < missing,
                    way.missing,
                    way.memory.shed_at,
                ),
            )
            ways.remove(other)
            setting = OFF
            least = lowest_power(other.load, other.full)
            if other.modulated and other.drawn - missing >= least:
                has = other.memory.ordered
                phases = has.phases if has else None
                left = other.drawn - missing
                setting = at_most(other.load, other.full, left, phases)
            resting -= _rest(other, self._now)
            self._home.add(other.phases, setting.power - other.drawn)
            other.setting, other.reason = setting, Reason.NO_ROOM
            other.memory.shed, other.memory.shed_at = Reason.NO_ROOM, self._now

    def _short(self, view: View, needed: float) -> Sequence[int]:
        """Return the places of the phases that lack room for what a load needs."""
        home, share = self._home, needed / len(view.phases)
        return [
            place
            for place in home.places(view.phases)
            if home.bearable[place] - home.drawn[place] < share
        ]

    def _is_on(self, view: View, places: Sequence[int]) -> bool:
        return any(place in places for place in self._home.places(view.phases))

    def makes_room(self, view: View, power: float) -> bool:
        """Tell whether others would give back all that a load draws."""
        return self._home.given(view.phases, self._lower(view)) >= power

    def _lower(self, view: View) -> Sequence[View]:
        """Return the loads of lower ranks that would give way to this one."""
        return [
            other
            for other in self._views
            if other.rank > view.rank and self._gives_way(other, view)
        ]

    def _gives_way(self, other: View, view: View) -> bool:
        return (
            may_be_shed(other)
            and other.setting is None
            and (other.drawn >= SATISFIED_BELOW or other.rests(self._now))
            and not other.settling(self._now)
            and held(self._now, other) is None
            and not (other.lends and self._has_just_come(other))
            and _meet(other, view)
        )

    def _has_just_come(self, view: View) -> bool:
        since = view.memory.on_since
        return since is not None and self._now - since < ROTATE_AFTER


def _rest(view: View, now: float) -> float:
    """Return the W that a heater draws again when it has rested."""
    return view.memory.power - view.drawn if view.rests(now) else 0.0


def _meet(one: View, other: View) -> bool:
    """Tell whether two loads share a phase."""
    return not set(one.phases).isdisjoint(other.phases)
