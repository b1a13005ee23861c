"""Who gives room to whom: what is kept for those that come first, and displaced."""

from collections.abc import Sequence

from .constants import SATISFIED_BELOW
from .ladder import OFF, at_most, lowest_power
from .model import Reason
from .protect import may_be_shed
from .views import Home, View


def held(now: float, view: View) -> tuple[Reason, float | None] | None:
    """Return why a load that is on must stay on, for the rules, and until when."""
    if view.claim.at_once:
        return None
    if view.load.never_cut and view.drawn >= SATISFIED_BELOW:
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

    def to_start(self, view: View) -> float:
        """Return the W that a load may start with: those before it come first."""
        kept = sum(
            power for phases, power in self._kept if set(phases) & set(view.phases)
        )
        room = self._home.room(view.phases) + self._displaceable(view)
        return room - kept - self.coming(view)

    def coming(self, view: View) -> float:
        """Return the W that heaters before a load draw again when they have rested."""
        return sum(
            other.memory.power - other.drawn
            for other in self._views
            if other.rank < view.rank
            and other.rests(self._now)
            and set(other.phases) & set(view.phases)
        )

    def keep(self, view: View, power: float) -> None:
        """Keep room for a load that was shed and will soon have waited long enough."""
        waits = view.memory.shed is not None and view.claim.firm
        if waits and self.to_start(view) >= power:
            self._kept.append((view.phases, power))

    def displace(self, view: View, power: float) -> None:
        """Stop loads of lower ranks, the last first, so that this one fits."""
        lower = [other for other in self._views if other.rank > view.rank]
        for other in reversed(lower):
            missing = power - self._home.room(view.phases)
            if missing <= 0:
                return
            if self._gives_way(other, view):
                setting = OFF
                least = lowest_power(other.load, other.full)
                if other.modulated and other.drawn - missing >= least:
                    setting = at_most(
                        other.load, other.full, other.drawn - missing, None
                    )
                self._home.add(other.phases, setting.power - other.drawn)
                other.setting, other.reason = setting, Reason.NO_ROOM
                other.memory.shed, other.memory.shed_at = Reason.NO_ROOM, self._now

    def _displaceable(self, view: View) -> float:
        """Return the W that loads of lower ranks would give back for this one."""
        return sum(
            other.drawn
            for other in self._views
            if other.rank > view.rank and self._gives_way(other, view)
        )

    def _gives_way(self, other: View, view: View) -> bool:
        return (
            may_be_shed(other)
            and other.setting is None
            and other.drawn >= SATISFIED_BELOW
            and not other.settling(self._now)
            and held(self._now, other) is None
            and bool(set(other.phases) & set(view.phases))
        )
