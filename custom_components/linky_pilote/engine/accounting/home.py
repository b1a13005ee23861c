"""The accounts of a home: each stretch of time is counted once, over restarts too.

Powers in W, energies in Wh, prices in EUR/kWh, moments in s since 1970.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from ..reading import TariffPeriod
from ..signals import PARIS, Season, tempo_day
from .loads import UNKNOWN_PERIOD, LoadAccount
from .machine import HOUR

LONGEST_STEP = 300.0
"""s that are counted at once at most: a busy machine may be late, and no power is taken
to have stayed the same for longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is known at the end of a stretch of time."""

    now: float
    net: float | None
    """W that the home draws, negative while it injects; None: the meter is silent."""
    production: float | None = None
    sunny: bool = True
    """The home has sun: production that is measured, or injection that is counted."""
    period: TariffPeriod | None = None
    """The index that runs."""
    price: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a load does in it."""

    power: float
    measured: bool = True
    """By a sensor; otherwise it is what the load was told."""
    shed: bool = False
    satisfied: bool = False
    """It is on and wants nothing."""


@dataclass(kw_only=True)
class HomeAccounts:
    """The accounts of all loads, and what shedding has saved this season."""

    until: float = 0.0
    """Up to when all is counted; 0: nothing is yet."""
    season: int = 0
    """Year of its first of September, as Tempo's."""
    season_since: float = 0.0
    """When the first of it was counted."""
    saved: float = 0.0
    """EUR: what was refused at the price of then, less what was drawn later at its."""
    loads: dict[str, LoadAccount] = field(default_factory=dict)

    def of(self, key: str) -> LoadAccount:
        """Return the account of a load, which begins now if it has none."""
        return self.loads.setdefault(key, LoadAccount(since=self.until))

    def take(self, step: Step, loads: Mapping[str, Drawn]) -> float:
        """Count the time since the last step; return the s that were counted."""
        seconds = self._advance(step.now)
        managed = sum(load.power for load in loads.values())
        share = sun_share(step.net, step.production, managed) if step.sunny else 0.0
        for key, load in loads.items():
            self._count(self.of(key), step, load, seconds=seconds, share=share)
        return seconds

    def _advance(self, now: float) -> float:
        """Return the s since the last step, none after a clock was set back."""
        since, self.until = self.until, now
        day = tempo_day(datetime.fromtimestamp(now, PARIS))
        if (season := Season.of(day).start.year) != self.season:
            self.season, self.season_since, self.saved = season, now, 0.0
        return min(max(now - since, 0.0), LONGEST_STEP) if since else 0.0

    def _count(
        self,
        account: LoadAccount,
        step: Step,
        load: Drawn,
        *,
        seconds: float,
        share: float,
    ) -> None:
        account.since = account.since or step.now
        energy = load.power * seconds / HOUR
        account.draw(energy, share, step.period or UNKNOWN_PERIOD, step.price)
        if load.measured:
            account.cycles.take(step.now, seconds, load.power)
            account.standby.take(step.now, seconds, load.power)
        if load.shed:
            refused = account.refuse(step.now, seconds, load.power)
            free = max(-(step.net or 0.0), 0.0) * seconds / HOUR
            kept = max(refused - free, 0.0)
        else:
            caught = account.catch_up(
                step.now, seconds, load.power, satisfied=load.satisfied
            )
            kept = -caught * (1 - share)
        if step.price is not None:
            self.saved += kept / 1000 * step.price

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """Return what was saved with `dataclasses.asdict`.

        The time since then is counted by nobody.
        """
        loads = {key: LoadAccount.of(load) for key, load in saved["loads"].items()}
        return cls(**{**saved, "loads": loads, "until": 0.0})


def sun_share(net: float | None, production: float | None, managed: float) -> float:
    """Return the share of what is drawn now that the sun gives.

    With a known production it is the same for every appliance; else the sun gives what
    the loads draw more than the home takes from the grid. Without a meter: nothing.
    """
    if net is None:
        return 0.0
    drawn = max(net, 0.0)
    if production is not None:
        own = max(production - max(-net, 0.0), 0.0)
        return own / (own + drawn) if own + drawn > 0 else 0.0
    return max(1 - drawn / managed, 0.0) if managed > 0 else 0.0
