"""The account of one load: what it drew, from where, for how much, and what was moved.

Energies in Wh, costs in EUR, moments in s since 1970.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from .machine import DAY, HOUR, Cycles, Standby

UNKNOWN_PERIOD: Final = "unknown"


@dataclass(kw_only=True)
class Spent:
    """What was drawn from the grid in the hours of one tariff period."""

    energy: float = 0.0
    cost: float = 0.0
    unpriced: float = 0.0
    """Wh of it whose price was not known: they are in no cost."""


@dataclass(kw_only=True)
class LoadAccount:
    """What a load had since it is managed; nothing of it ever falls."""

    since: float = 0.0
    sun: float = 0.0
    spent: dict[str, Spent] = field(default_factory=dict)
    """From the grid, by the name of the meter's period."""
    moved: float = 0.0
    """Wh that it was refused, and drew later."""
    usual: float = 0.0
    """W, the mean of what it draws while nothing is taken from it."""
    watched: float = 0.0
    """s that this mean is made of, up to a day."""
    owed: float = 0.0
    """Wh that it was refused, and may still draw."""
    owed_at: float = 0.0
    """When it was last refused some."""
    cycles: Cycles = field(default_factory=Cycles)
    standby: Standby = field(default_factory=Standby)

    @property
    def grid(self) -> float:
        """Wh from the grid."""
        return sum(spent.energy for spent in self.spent.values())

    @property
    def energy(self) -> float:
        """Wh in all."""
        return self.sun + self.grid

    @property
    def cost(self) -> float:
        """EUR, for what had a price."""
        return sum(spent.cost for spent in self.spent.values())

    @property
    def unpriced(self) -> float:
        """Wh from the grid that had none."""
        return sum(spent.unpriced for spent in self.spent.values())

    def draw(
        self, energy: float, share: float, period: str, price: float | None
    ) -> float:
        """Count some Wh, of which a share is the sun's; return those of the grid."""
        self.sun += energy * share
        bought = energy * (1 - share)
        spent = self.spent.setdefault(period, Spent())
        spent.energy += bought
        if price is None:
            spent.unpriced += bought
        else:
            spent.cost += bought / 1000 * price
        return bought

    def refuse(self, now: float, seconds: float, power: float) -> float:
        """Note what it would have drawn by its habit; return the Wh.

        It is owed a day of its habit at most.
        """
        refused = max(self.usual - power, 0.0) * seconds / HOUR
        self.owed = min(self.owed + refused, self.usual * DAY / HOUR)
        self.owed_at = now
        return refused

    def catch_up(
        self, now: float, seconds: float, power: float, *, satisfied: bool
    ) -> float:
        """Note what it draws unhindered; return the Wh that it had been refused.

        What it did not draw when it was satisfied, or within a day, it never will.
        """
        if satisfied or now - self.owed_at > DAY:
            self.owed = 0.0
        caught = min(self.owed, power * seconds / HOUR)
        self.owed -= caught
        self.moved += caught
        if not self.owed and not caught and seconds:
            self.watched = min(self.watched + seconds, DAY)
            self.usual += (power - self.usual) * seconds / self.watched
        return caught

    @classmethod
    def of(cls, saved: Mapping[str, Any]) -> Self:
        """Return what was saved with `dataclasses.asdict`."""
        return cls(
            **{
                **saved,
                "spent": {key: Spent(**spent) for key, spent in saved["spent"].items()},
                "cycles": Cycles(**saved["cycles"]),
                "standby": Standby(**saved["standby"]),
            }
        )
