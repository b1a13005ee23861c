"""The meter of a simulated home: what it measures, when it says it, how it fails."""

from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt

from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.model import Reading
from demo.breaker import filtered_square


class MeterFault(StrEnum):
    """How a meter, or what carries its word, fails."""

    FROZEN = "frozen"
    """It says the same again and again, with a fresh time."""
    SILENT = "silent"
    """Nothing comes any more; the last reading stays."""
    UNAVAILABLE = "unavailable"
    """Nothing comes, and that is known."""
    SIGN = "sign"
    """The net power has the wrong sign."""
    KILO = "kilo"
    """kW and kVA instead of W and VA."""


@dataclass(slots=True)
class PhaseFilter:
    """The breaker's filter on one phase, and its highest value of the day."""

    square: float = 0.0
    highest: float = 0.0
    """Of Y, so the square of what the meter tells."""

    def feed(self, apparent: float) -> float:
        """Return Y after a second at some VA."""
        self.square = square = filtered_square(self.square, apparent, 1.0)
        self.highest = max(self.highest, square)
        return square


class Meter:
    """A Linky that says something every `period` s, and `lag` s after it was so.

    `resolution` is in VA and W: 1 in standard mode, 10 in the historical one, which
    tells no peak either. `cutoff` is in VA for each phase.
    """

    def __init__(
        self,
        *,
        phases: int = 1,
        cutoff: float = 6000.0,
        period: int = 2,
        lag: int = 1,
        resolution: float = 1.0,
    ) -> None:
        """All times are whole seconds."""
        self.cutoff = cutoff
        self.period = period
        self.fault: MeterFault | None = None
        self.filters = [PhaseFilter() for _ in range(phases)]
        self._resolution = resolution
        self._told: Reading | None = None
        self._past: deque[tuple[float, tuple[float, ...]]] = deque(maxlen=lag + 1)

    def measure(self, net: float, apparent: tuple[float, ...]) -> None:
        """See the power of one second."""
        self._past.append((net, apparent))
        for phase, seen in zip(self.filters, apparent, strict=True):
            phase.feed(seen)

    def start_day(self) -> None:
        """Forget the peaks of yesterday."""
        for phase in self.filters:
            phase.highest = phase.square

    def says(
        self, now: float, *, period: TariffPeriod | None, contact_closed: bool
    ) -> Reading | None:
        """Return what comes from it at that second; None: nothing does."""
        if int(now) % self.period:
            return None
        if self.fault in {MeterFault.SILENT, MeterFault.UNAVAILABLE}:
            return None
        if self.fault is MeterFault.FROZEN and self._told is not None:
            return replace(self._told, time=now)
        net, apparent = self._past[0]
        step = self._resolution
        net = round(net / step) * step
        apparent = tuple([round(seen / step) * step for seen in apparent])
        overload = max(apparent) > self.cutoff
        if self.fault is MeterFault.SIGN:
            net = -net
        elif self.fault is MeterFault.KILO:
            net /= 1000
            apparent = tuple(seen / 1000 for seen in apparent)
        peaks: tuple[float, ...] = ()
        if self._resolution <= 1:
            peaks = tuple([round(sqrt(phase.highest)) for phase in self.filters])
        self._told = Reading(
            time=now,
            net=net,
            apparent=apparent,
            cutoff=self.cutoff,
            period=period,
            peak_today=peaks,
            overload=overload,
            dry_contact_closed=contact_closed,
        )
        return self._told
