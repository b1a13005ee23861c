"""A scenario, and how a controller fares in it, second by second."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import sqrt
from time import thread_time
from typing import Final

from custom_components.linky_pilote.engine.regulation.model import (
    Load,
    Reading,
    Settings,
    Signals,
    Verdict,
    Wishes,
)

from .controller import Controller
from .meter import MeterFault
from .outcome import Outcome, Sample
from .site import Site
from .tally import Tally

TICK: Final = 10
"""s between two decisions when no reading comes."""
NO_SIGNALS: Final = Signals()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens; it may change the site and the controller's wishes."""

    at: float
    """s since the start."""
    act: Callable[[float, Site, Controller], None]
    """Given the time, the site and the controller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A home, what happens in it, and what its household chose."""

    name: str
    seconds: int
    start: float
    make_site: Callable[[int], Site]
    """A fresh site from the seed; it begins at `start`."""
    loads: tuple[Load, ...]
    """Each has a device of its key."""
    settings: Settings
    wishes: Wishes
    seed: int = 0
    events: tuple[Event, ...] = ()
    signals: Callable[[float], Signals] = lambda _now: NO_SIGNALS
    """By time; production and battery are added from the site."""


def run(scenario: Scenario, controller: Controller, *, record: bool = False) -> Outcome:
    """Let a controller regulate a home and measure it."""
    return _Run(scenario, controller, record=record).outcome()


class _Run:
    def __init__(
        self, scenario: Scenario, controller: Controller, *, record: bool
    ) -> None:
        self._scenario = scenario
        self._controller = controller
        self._keys = tuple(load.key for load in scenario.loads)
        self._site = scenario.make_site(scenario.seed)
        self._tally = Tally(scenario.loads, scenario.settings, self._site)
        self._record = record
        self._samples: list[Sample] = []
        self._reading: Reading | None = None
        self._signals = NO_SIGNALS
        controller.wishes = scenario.wishes

    def outcome(self) -> Outcome:
        scenario, site, tally = self._scenario, self._site, self._tally
        events = sorted(scenario.events, key=lambda event: event.at, reverse=True)
        for second in range(1, scenario.seconds + 1):
            while events and events[-1].at < second:
                events.pop().act(site.now, site, self._controller)
            for key, setting in site.channel.arrive(site.now):
                tally.arrives(key, setting)
                site.devices[key].command(setting)
            site.step()
            tally.second()
            reading = site.meter.says(
                site.now,
                period=site.period,
                contact_closed=site.around.contact_closed,
            )
            if reading is not None:
                self._reading = reading
            if reading is not None or not second % TICK:
                self._decide()
            if not second % TICK:
                tally.tick(self._controller.wishes, self._signals)
                if self._record:
                    self._samples.append(self._sample())
            if not second % 60:
                tally.minute(self._controller.verdicts)
        return tally.outcome(scenario.name, scenario.seconds, tuple(self._samples))

    def _decide(self) -> None:
        site, controller = self._site, self._controller
        now = site.now
        signals = self._signals = self._all_signals(now)
        reading = self._reading
        if site.meter.fault is MeterFault.UNAVAILABLE:
            reading = None
        statuses = site.statuses(self._keys)
        for key, status in statuses.items():
            if status.by_hand:
                self._tally.by_hand(key)
        begin = thread_time()
        orders = tuple(controller.decide(now, reading, statuses, signals))
        self._tally.decided(thread_time() - begin)
        if orders:
            verdicts: Mapping[str, Verdict] = controller.verdicts
            for order in orders:
                self._tally.ordered(order, controller.wishes, verdicts)
                site.channel.send(now, order.key, order.setting)

    def _all_signals(self, now: float) -> Signals:
        site = self._site
        signals = self._scenario.signals(now)
        battery = site.battery_reading()
        if battery is None and not site.has_panels:
            return signals
        return replace(
            signals,
            production=site.production if site.has_panels else None,
            battery=battery,
        )

    def _sample(self) -> Sample:
        site = self._site
        verdicts = self._controller.verdicts
        return Sample(
            time=site.now,
            net=site.net,
            apparent=site.apparent,
            filtered=tuple(sqrt(phase.square) for phase in site.meter.filters),
            limit=site.meter.cutoff,
            powers={key: device.power for key, device in site.devices.items()},
            reasons={
                key: verdict.blocked_by or verdict.reason
                for key, verdict in verdicts.items()
            },
        )
