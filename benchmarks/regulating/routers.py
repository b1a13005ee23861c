"""What others do with surplus, restated in our own words.

- `PhotovoltaicOptimizer`: each 5 s the whole excess is given or taken back, in order;
- `Fork`: the same with a quarter of it, and a wider band;
- `IntegralRouter`: the opening of a dimmer integrates the excess, relays have two powers.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import override

from custom_components.linky_pilote.engine.regulation.ladder import (
    at_most,
    lowest_power,
)
from custom_components.linky_pilote.engine.regulation.model import (
    Load,
    Reading,
    Setting,
    Settings,
    Status,
)

from .baselines import Nothing, full


class PhotovoltaicOptimizer(Nothing):
    """Gives away what is exported and takes back what is drawn, each 5 s."""

    gain = 1.0
    band = 20.0
    """W of export at which nothing is done."""
    every = 5.0
    least = 150.0
    """W below which a load is not modulated."""

    def __init__(self, loads: Sequence[Load], settings: Settings) -> None:
        """Start with all off."""
        super().__init__(loads, settings)
        self._given: dict[str, float] = {}
        self._last = -inf

    @override
    def _adapted(
        self,
        now: float,
        reading: Reading | None,
        statuses: Mapping[str, Status],
        free: Mapping[str, Setting],
    ) -> dict[str, Setting]:
        forced = {key for key, setting in free.items() if setting.power > 0}
        routed = [
            load
            for load in self.loads
            if load.heating is None and load.surplus and load.key not in forced
        ]
        for key in forced:
            self._given.pop(key, None)
        # it has a clock of its own: what a slow meter said last counts again
        if reading is not None and now >= self._last + self.every:
            self._last = now
            self._share(routed, -reading.net - self.band)
        return {
            load.key: at_most(load, full(load), self._given.get(load.key, 0.0), None)
            for load in routed
        }

    def _share(self, loads: Sequence[Load], excess: float) -> None:
        if excess < 0:
            for load in reversed(loads):
                excess = self._move(load, excess)
                if excess >= 0:
                    return
        elif excess >= self.band:
            for load in loads:
                excess = self._move(load, excess)

    def _move(self, load: Load, excess: float) -> float:
        """Change a load's power by no more than the excess; return what is left."""
        given = self._given.get(load.key, 0.0)
        power = full(load)
        if load.modulation is None:
            goal = power if excess >= 0 and given + excess >= power else 0.0
            goal = power if excess >= 0 and given > 0 else goal
        else:
            goal = min(max(given + self.gain * excess, 0.0), power)
            goal = goal if goal >= max(self.least, lowest_power(load, power)) else 0.0
        self._given[load.key] = goal
        return excess - (goal - given)


class Fork(PhotovoltaicOptimizer):
    """Acts on a quarter of the excess only."""

    gain = 0.25
    band = 50.0


class IntegralRouter(Nothing):
    """Opens a dimmer by the integral of the excess; switches relays by two powers."""

    rate = 0.005
    """% of opening in a second for each W."""
    target = 0.0
    """W drawn that it aims at."""
    on_at = 1000.0
    off_at = 200.0
    """W exported and drawn at which a relay goes on and off."""
    hold = 300.0
    """s that a relay stays as it is."""

    def __init__(self, loads: Sequence[Load], settings: Settings) -> None:
        """Start closed."""
        super().__init__(loads, settings)
        self._opening: dict[str, float] = {}
        self._held: tuple[float, float] | None = None
        """When it was last called, and the excess that it knew since."""
        self._switched_at: dict[str, float] = {}

    @override
    def _adapted(
        self,
        now: float,
        reading: Reading | None,
        statuses: Mapping[str, Status],
        free: Mapping[str, Setting],
    ) -> dict[str, Setting]:
        since, excess = self._held or (now, 0.0)
        moved = self.rate * excess * (now - since)
        known = 0.0 if reading is None else self.target - reading.net
        self._held = (now, known)
        adapted = {}
        for load in self.loads:
            if load.heating is not None or not load.surplus:
                continue
            if free[load.key].power > 0:
                self._opening.pop(load.key, None)
                continue
            before = self._opening.get(load.key, 0.0)
            if load.modulation is None:
                opening = self._relay(load.key, before, known, now)
            else:
                opening = min(max(before + moved, 0.0), 100.0)
                # the next dimmer takes what this one is too small for
                moved -= opening - before
            self._opening[load.key] = opening
            adapted[load.key] = at_most(
                load, full(load), full(load) * opening / 100, None
            )
        return adapted

    def _relay(self, key: str, before: float, excess: float, now: float) -> float:
        held = now - self._switched_at.get(key, -inf) < self.hold
        on = excess > -self.off_at if before > 0 else excess >= self.on_at
        if held or on == (before > 0):
            return before
        self._switched_at[key] = now
        return 100.0 if on else 0.0
