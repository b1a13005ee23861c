"""Measures a run: per second what must be, the rest every 10 s or every minute."""

from collections.abc import Mapping
from math import sqrt
from typing import Final

from custom_components.linky_pilote.engine.regulation.model import (
    Load,
    Order,
    Setting,
    Settings,
    Signals,
    Verdict,
    Wishes,
)

from .outcome import RATIOS, Outcome, Overload, Sample
from .rules import RED, may_be_cold, may_be_written, may_draw
from .site import Site
from .watch import LoadWatch

_HOUR_S: Final = 3600.0
_TICK: Final = 10.0
_RECENT: Final = 60.0
"""s after a high power in which switching a load off is shedding."""
_HIGH: Final = 0.95
_FITS: Final = 0.97
"""Shares of the cut-off power."""
_HAND: Final = 3600.0
_LEAVING: Final = 300.0
"""s in which a load that is not to be touched any more may get back what it had."""


class Tally:
    """The figures of a run, in the making."""

    def __init__(self, loads: tuple[Load, ...], settings: Settings, site: Site) -> None:
        self._site = site
        self._settings = settings
        self._watches = {
            load.key: LoadWatch(load, site.devices[load.key]) for load in loads
        }
        ranked = [key for group in settings.ranks for key in group]
        order = {key: place for place, key in enumerate(ranked)}
        self._ranked = sorted(
            self._watches.values(),
            key=lambda watch: order.get(watch.load.key, len(order)),
        )
        self._heaters = [
            watch.device for watch in self._ranked if watch.load.heating is not None
        ]
        self._overload = Overload()
        self._stretch = 0
        self._tripped = False
        self._imported = 0.0
        self._exported = 0.0
        self._produced = 0.0
        self._red = 0.0
        self._high_at = -_HOUR_S
        self._explained = [0, 0]
        self._blocked = [0, 0]
        self._decisions = [0, 0.0, 0.0]
        self._touchable: dict[str, float] = {}
        self._commanded: list[float] = []

    # --- orders ---

    def decided(self, seconds: float) -> None:
        """Note how long a decision took."""
        count, total, slowest = self._decisions
        self._decisions = [count + 1, total + seconds, max(slowest, seconds)]

    def by_hand(self, key: str) -> None:
        """Note that somebody used a load by hand."""
        self._watches[key].hand = self._site.now

    def ordered(
        self, order: Order, wishes: Wishes, verdicts: Mapping[str, Verdict]
    ) -> None:
        """Count a command that is sent."""
        watch = self._watches[order.key]
        watch.ordered(order.setting)
        self._explained[0] += 1
        self._explained[1] += order.key in verdicts
        now = self._site.now
        self._commanded.append(now)
        on = order.setting.power > 0
        if may_be_written(watch.load, wishes, now, on=on):
            held = watch.hand is not None and now - watch.hand < _HAND
            forbidden = held and not order.protective
        else:
            left = self._touchable.get(order.key)
            forbidden = left is None or now - left > _LEAVING
        watch.figures.forbidden_writes += forbidden

    def arrives(self, key: str, setting: Setting) -> None:
        """See a command reach its appliance, which has not obeyed yet."""
        now = self._site.now
        overloaded = now - self._high_at <= _RECENT
        self._watches[key].arrives(setting, now, overloaded=overloaded)

    # --- time ---

    def second(self) -> None:
        """See one second go by."""
        site, overload = self._site, self._overload
        net = site.net
        if net > 0:
            self._imported += net
            if site.period in RED:
                heating = sum([device.power for device in self._heaters])
                self._red += min(heating, net)
        else:
            self._exported -= net
        self._produced += site.production
        cutoff = site.meter.cutoff
        apparent = max(site.apparent)
        overload.highest = max(overload.highest, apparent)
        if apparent > _HIGH * cutoff:
            self._high_at = site.now
        if apparent > cutoff:
            overload.above += 1
            overload.volt_ampere_seconds += apparent - cutoff
            self._stretch += 1
        elif self._stretch:
            overload.stretches.append(self._stretch)
            self._stretch = 0
        square = max([phase.square for phase in site.meter.filters])
        if square > cutoff * cutoff or self._tripped:
            self._filter(sqrt(square) / cutoff)
        overload.highest_ratio = max(overload.highest_ratio, square / cutoff**2)

    def _filter(self, ratio: float) -> None:
        overload = self._overload
        for guard in RATIOS:
            overload.filter_above[guard] += ratio > guard
        trips = ratio > RATIOS[-1]
        overload.trips += trips and not self._tripped
        self._tripped = trips

    def tick(self, wishes: Wishes, signals: Signals) -> None:
        """See 10 s go by."""
        site = self._site
        now, period = site.now, site.period
        drawn = list(site.apparent)
        limit = _FITS * site.meter.cutoff
        for watch in self._ranked:
            load = watch.load
            if may_be_written(load, wishes, now, on=True):
                self._touchable[load.key] = now
            if load.heating is not None:
                cold = may_be_cold(
                    load, self._settings, wishes, signals, period=period, now=now
                )
                watch.tick(_TICK, cold_allowed=cold, now=now)
                may = not cold
            else:
                watch.tick(_TICK, cold_allowed=True, now=now)
                may = may_draw(load, wishes, period, now)
            if not watch.shed:
                continue
            if not may or not watch.wants:
                watch.forget_shed()
                continue
            share = watch.least / len(load.phases)
            fits = all(drawn[phase - 1] + share <= limit for phase in load.phases)
            if fits:
                for phase in load.phases:
                    drawn[phase - 1] += share
            watch.fits(_TICK, fits=fits)

    def minute(self, verdicts: Mapping[str, Verdict]) -> None:
        """See a minute go by."""
        minute_of_day = self._site.around.second // 60
        for key, watch in self._watches.items():
            watch.minute(minute_of_day)
            verdict = verdicts.get(key)
            if verdict is None:
                self._blocked[0] += watch.device.wants and not watch.device.is_on
            elif verdict.setting and verdict.wanted > verdict.setting.power:
                self._blocked[0] += 1
                self._blocked[1] += verdict.blocked_by is not None

    # --- the end ---

    def outcome(
        self, scenario: str, seconds: int, samples: tuple[Sample, ...]
    ) -> Outcome:
        """Return all figures."""
        site, overload = self._site, self._overload
        if self._stretch:
            overload.stretches.append(self._stretch)
        overload.highest_ratio = sqrt(overload.highest_ratio)
        energies = {key: device.energy for key, device in site.devices.items()}
        imported, exported = self._imported / _HOUR_S, self._exported / _HOUR_S
        used = site.base_energy + sum(energies.values())
        decisions, deciding, slowest = self._decisions
        return Outcome(
            scenario=scenario,
            seconds=seconds,
            imported=imported,
            exported=exported,
            produced=self._produced / _HOUR_S,
            shortfall=site.shortfall(),
            energies=energies,
            balance_error=used - (imported - exported),
            red_heating=self._red / _HOUR_S,
            overload=overload,
            loads={key: watch.close() for key, watch in self._watches.items()},
            commands_explained=_share(self._explained),
            blocked_explained=_share(self._blocked),
            decisions=int(decisions),
            slowest_decision=slowest,
            deciding=deciding,
            commanded=tuple(self._commanded),
            samples=samples,
        )


def _share(of_all: list[int]) -> float | None:
    whole, part = of_all
    return part / whole if whole else None
