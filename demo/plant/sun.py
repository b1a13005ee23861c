"""Panels, and a battery beside the meter that keeps the grid at zero."""

from typing import Final

from .device import Device, Surroundings

_HOUR_S: Final = 3600.0


class Panels(Device):
    """Solar panels; they deliver a share of their peak power."""

    produces = True

    def __init__(
        self, key: str, *, peak: float, phases: tuple[int, ...] = (1,)
    ) -> None:
        """`peak` in W."""
        super().__init__(key, phases=phases)
        self.peak = peak

    def _draw(self, now: float, seconds: float, around: Surroundings) -> float:
        return -self.peak * around.sun


class HomeBattery(Device):
    """A battery that follows its own meter so that the grid gives and takes nothing.

    What it draws is a load to the meter; the losses are on the way in.
    """

    def __init__(
        self,
        key: str,
        *,
        capacity: float = 5000.0,
        rated: float = 2500.0,
        soc: float = 20.0,
        lowest: float = 10.0,
        efficiency: float = 0.9,
        response: float = 1.5,
        phases: tuple[int, ...] = (1,),
    ) -> None:
        """`capacity` in Wh, `soc` and `lowest` in %, `response` in s."""
        super().__init__(key, phases=phases)
        self.capacity = capacity
        self.rated = rated
        self.stored = capacity * soc / 100
        """Wh."""
        self.enabled = True
        self._lowest = capacity * lowest / 100
        self._begun = self.stored
        self._efficiency = efficiency
        self._response = response

    @property
    def soc(self) -> float:
        """State of charge in %."""
        return 100 * self.stored / self.capacity

    def shortfall(self) -> float:
        """Return the Wh that it has less than at the start; negative: more."""
        return self._begun - self.stored

    def _draw(self, now: float, seconds: float, around: Surroundings) -> float:
        if not self.enabled:
            return 0.0
        share = min(1.0, seconds / self._response)
        power = self.power - around.net * share
        hours = seconds / _HOUR_S
        room = max(0.0, self.capacity - self.stored) / hours / self._efficiency
        left = max(0.0, self.stored - self._lowest) / hours
        power = max(-self.rated, -left, min(self.rated, room, power))
        gain = self._efficiency if power > 0 else 1.0
        self.stored += power * gain * hours
        return power
