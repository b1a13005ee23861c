"""Active power, which the meter does not send, and how wrong it can be.

What is sent is the apparent power S, which follows at once, and indexes, which count
active energy in whole Wh. What S holds beside the active power P is the non-active
power N: S² = P² + N². A heater, an oven, a kettle, the sun through an inverter change
P and leave N alone; the rest changes N by a part of what it draws. So N moves little,
and what an index counts while S is steady shows it: P is known as soon as the index
has stepped twice, and from then on it follows S at once.

N is held as an interval, so that the error is known at any time: it is wide after a
load has come or gone, and narrows with every step of the index.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from math import copysign, floor, inf, log10, sqrt
from typing import Final, NamedTuple, Self

from .reading import MeterReading, TicMode

_DRIFT: Final = 0.2
"""VA a second that N may move while S does not: in a real home, where S came back
within 50 VA, the reactive power had moved by 50 VA or less after 2 minutes and by 122
or less after 10 in 95 % of all cases (20 winter days of Hébrail and Bérard's
household, UCI)."""

_MEMORY: Final = 900.0
"""s; N may be anything again after that."""

_LONGEST_STRETCH: Final = 300.0
"""s; enough for the index to step 5 times at 60 W."""

_GAP: Final = 30.0
"""s without a complete reading after which nobody knows what S did meanwhile."""

_JITTER: Final = 0.5
"""s by which a frame may be early or late."""

_UNREST_SHARE: Final = 0.1
"""Weight of the last reading in the mean of what S does from one to the next."""

_ROUNDING: Final[Mapping[TicMode | None, float]] = {
    TicMode.HISTORICAL: 5.0,
    TicMode.STANDARD: 0.5,
    None: 0.5,
}
"""VA; PAPP comes in tens, SINSTS and what sensors measure in whole VA."""

_HALF_AMPERE: Final = 0.5
"""Currents come in whole A."""

_NOMINAL_VOLTAGE: Final = 230
_HIGHEST_VOLTAGE: Final = 253
"""V where the meter sends none, and at most (EN 50160: 10 % more)."""

_DIGITS: Final = ((1, 1), (2, 2), (3, 2), (5, 5), (10, 10))
"""First digit of an error, and in what units of the place behind it the power comes:
a state that moves by less than it is known by would only fill the recorder."""

_WH: Final = 3600
"""J."""


def _usual(apparent: float) -> float:
    """Return the highest N at some S, in VA.

    97 % of that home's minutes had less reactive power.
    """
    return min(100 + 0.3 * apparent, apparent)


def _margin(change: float) -> float:
    """Return by how much N may move when S changes, both in VA.

    That is a motor with a power factor of 0.8, or up to 1.5 kVA with one of 0.9. Most
    changes are less: in that home 96 % of the 3978 changes of 300 VA or more from one
    minute to the next moved the reactive power by less than 30 VA + 0.2 times that.
    """
    return min(0.6 * change, 60 + 0.4 * change)


def _leg(hypotenuse: float, leg: float) -> float:
    """Return the other leg of a right triangle; 0 where there is none."""
    return sqrt(max(hypotenuse**2 - leg**2, 0.0))


class EstimateMethod(StrEnum):
    """What an estimate was made of."""

    INDEXES = "indexes"
    """The apparent power, less what the indexes showed to be non-active."""
    APPARENT_POWER = "apparent_power"
    """The apparent power, less what is usual."""
    CURRENTS = "currents"
    """Voltages times currents, where no apparent power is sent."""
    MEASURED = "measured"
    """Nothing: another sensor measures it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """An active power in W, negative while the home injects.

    Both are rounded: an error of 30 W comes with a power in steps of 2 W.
    """

    power: int
    error: int
    """W by which it may be wrong either way, as at least 95 % of the readings of
    simulated homes showed (`benchmarks/estimate.py`); 0 for what a sensor measures,
    which does not say."""
    method: EstimateMethod

    @classmethod
    def rounded(cls, power: float, error: float, method: EstimateMethod) -> Self:
        """Return it with no more digits than are known."""
        wide = max(1.05 * error, 1.0)  # rounding the power must not make it wrong
        decade = 10 ** floor(log10(wide))
        digit, unit = next(pair for pair in _DIGITS if pair[0] * decade >= wide)
        step = max(unit * decade // 10, 1)
        return cls(
            power=round(power / step) * step, error=digit * decade, method=method
        )


class _Flow(NamedTuple):
    """An apparent power with the sign of the active one, and its error, in VA."""

    power: float
    error: float
    measured: bool
    """The meter sent it as a power."""


class _NonActive(NamedTuple):
    """An interval that holds N, in VA."""

    low: float
    high: float

    def widened(self, margin: float) -> Self:
        """Return it for another S or another time."""
        return self._replace(low=max(self.low - margin, 0.0), high=self.high + margin)

    def narrowed(self, other: _NonActive) -> Self:
        """Return what both allow; this one where they contradict each other."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return self._replace(low=low, high=high) if low <= high else self


class _Lesson(NamedTuple):
    """What N was, at which power and until when."""

    power: float
    time: float
    non_active: _NonActive


class _Step(NamedTuple):
    """When an index came to a value: after `after`, and not later than `by`."""

    value: int
    after: float
    by: float


class _Stretch:
    """A time of steady apparent power in one direction."""

    def __init__(self, flow: _Flow, now: float) -> None:
        self.start = now
        self.lesson: _Lesson | None = None
        self._flow = flow
        self._time = now
        self._area = 0.0
        self._first: _Step | None = None
        self._last: _Step | None = None
        self._index = 0
        self._looked = now

    @property
    def _mean(self) -> float:
        seconds = self._time - self.start
        return self._area / seconds if seconds > 0 else self._flow.power

    def holds(self, flow: _Flow) -> bool:
        """Tell whether a power goes on with it."""
        mean = self._mean
        same_way = (flow.power > 0) is (mean > 0)
        return same_way and abs(flow.power - mean) <= 30 + 0.05 * abs(mean)

    def follow(self, flow: _Flow, now: float) -> float:
        """Take the next power and return by how much it changed."""
        change = abs(flow.power - self._flow.power)
        self._area += (self._flow.power + flow.power) / 2 * (now - self._time)
        self._flow, self._time = flow, now
        return change

    def count(self, index: int, now: float) -> None:
        """Look at the index that counts in this direction, and learn N from it."""
        if self._first is None or index < self._index:
            self._begin(index, now)
            return
        if index > self._index:
            step = _Step(index, self._looked, now)
            if self._first.after == -inf:
                self._first = step
            else:
                self._last = step
        self._index, self._looked = index, now
        mean, error = abs(self._mean), self._flow.error
        low, high = self._active(self._first)
        if low > mean + error:  # A leap: no such power flowed
            self._begin(index, now)
            return
        self.lesson = _Lesson(
            power=self._mean,
            time=now,
            non_active=_NonActive(
                _leg(max(mean - error, 0.0), high), _leg(mean + error, low)
            ),
        )

    def _begin(self, index: int, now: float) -> None:
        """Begin to count; nobody knows how long the index has had its value."""
        self._first = _Step(index, -inf, now)
        self._last = self.lesson = None
        self._index, self._looked = index, now

    def _active(self, first: _Step) -> tuple[float, float]:
        """Return between what the mean active power lies, in W."""
        # The Wh that is being counted is not full yet.
        seconds = self._looked - first.by - _JITTER
        high = _power(self._index + 1 - first.value, seconds)
        if self._last is None:
            return 0.0, high
        last, energy = self._last, self._last.value - first.value
        low = _power(energy, last.by - first.after + _JITTER)
        return low, min(high, _power(energy, last.after - first.by - _JITTER))


class ActivePowerEstimator:
    """Estimates the active power at each reading of one meter."""

    def __init__(self) -> None:
        """Begin without knowing the home."""
        self._mode: TicMode | None = None
        self._heard = -inf
        self._stretch: _Stretch | None = None
        self._past: deque[_Lesson] = deque()
        self._guess = 0.0
        self._unrest = 0.0

    def take(self, reading: MeterReading, now: float) -> Estimate | None:
        """Return the active power; None where the meter sends nothing to tell it by.

        `now` is in s of a clock that never goes back.
        """
        if reading.active_power is not None:
            return Estimate(
                power=reading.active_power, error=0, method=EstimateMethod.MEASURED
            )
        if reading.mode is not self._mode or now - self._heard > _GAP:
            self._mode = reading.mode
            self._end_stretch()
        if reading.complete:
            self._heard = now
        flow = _flow(reading)
        if flow is None:
            return None
        opposed = _opposed(reading, flow)
        if opposed is not None or not flow.measured:
            self._end_stretch()
        else:
            self._learn(reading, flow, now)
        while self._past and now - self._past[-1].time > _MEMORY:
            self._past.pop()
        if opposed is not None:
            error = flow.error + opposed
            return Estimate.rounded(flow.power, error, _method(flow, known=False))
        return self._estimate(flow, now)

    def _end_stretch(self) -> None:
        """Keep what was learnt; what the index counts from now on is another power."""
        if self._stretch is not None and self._stretch.lesson is not None:
            self._past.appendleft(self._stretch.lesson)
        self._stretch = None

    def _learn(self, reading: MeterReading, flow: _Flow, now: float) -> None:
        stretch = self._stretch
        if stretch is not None and stretch.holds(flow):
            change = stretch.follow(flow, now)
            self._unrest += _UNREST_SHARE * (change - self._unrest)
            if now - stretch.start > _LONGEST_STRETCH:
                self._end_stretch()
        else:
            self._end_stretch()
        if self._stretch is None:
            self._stretch = _Stretch(flow, now)
        index = reading.total_index if flow.power > 0 else reading.injected_index
        if reading.complete and index is not None:
            self._stretch.count(index, now)

    def _estimate(self, flow: _Flow, now: float) -> Estimate:
        known = self._known(flow, now)
        usual = _NonActive(0.0, _usual(abs(flow.power)))
        non_active = usual if known is None else known.narrowed(usual)
        # Most changes are resistive: N is what it was unless the interval forbids it.
        self._guess = min(max(self._guess, non_active.low), non_active.high)
        apparent = abs(flow.power)
        power = _leg(apparent, self._guess)
        highest = _leg(apparent + flow.error, min(non_active.low, apparent))
        lowest = _leg(max(apparent - flow.error, 0.0), non_active.high)
        return Estimate.rounded(
            copysign(power, flow.power),
            max(highest - power, power - lowest) + 2 * self._unrest,
            _method(flow, known=known is not None),
        )

    def _known(self, flow: _Flow, now: float) -> _NonActive | None:
        """Return what the indexes say of N; the latest lesson is right in doubt."""
        known: _NonActive | None = None
        current = self._stretch.lesson if self._stretch is not None else None
        for lesson in chain([current] if current is not None else [], self._past):
            margin = _margin(abs(flow.power - lesson.power))
            said = lesson.non_active.widened(margin + _DRIFT * (now - lesson.time))
            known = said if known is None else known.narrowed(said)
        return known


def _method(flow: _Flow, *, known: bool) -> EstimateMethod:
    if not flow.measured:
        return EstimateMethod.CURRENTS
    return EstimateMethod.INDEXES if known else EstimateMethod.APPARENT_POWER


def _power(energy: int, seconds: float) -> float:
    """Return the mean power of an energy in Wh, in W."""
    return energy * _WH / seconds if seconds > 0 else inf


def _flow(reading: MeterReading) -> _Flow | None:
    """Return what the meter says of the apparent power and its direction."""
    drawn = reading.apparent_power
    rounding = _ROUNDING[reading.mode]
    if drawn:
        return _Flow(drawn, rounding, measured=True)
    if reading.injected_power is not None:
        return _Flow(-reading.injected_power, rounding, measured=True)
    if drawn is None:
        return _flow_by_currents(reading)
    if reading.status is None and reading.currents:
        # It may inject and cannot say so: up to what the currents allow.
        amperes = sum(reading.currents) + _HALF_AMPERE * len(reading.currents)
        return _Flow(0.0, _HIGHEST_VOLTAGE * amperes, measured=False)
    if reading.status is not None and reading.status.exporting:
        by_currents = _flow_by_currents(reading)
        if by_currents is not None:
            return by_currents._replace(power=-by_currents.power)
    return _Flow(0.0, rounding, measured=True)


def _flow_by_currents(reading: MeterReading) -> _Flow | None:
    """Return the voltages times the currents, less what other phases draw."""
    currents = reading.currents
    if not currents:
        return None
    voltages = reading.voltages or (_NOMINAL_VOLTAGE,) * len(currents)
    drawn = reading.apparent_power_by_phase or (0,) * len(currents)
    power = error = 0.0
    for volts, amperes, drawn_here in zip(voltages, currents, drawn, strict=True):
        if drawn_here:
            power -= drawn_here
        else:
            power += volts * amperes
            error += volts * _HALF_AMPERE
    return _Flow(power, error, measured=False)


def _opposed(reading: MeterReading, flow: _Flow) -> float | None:
    """Return the error where phases flow in opposite directions; None elsewhere.

    What they draw less what they inject is then no bound of the active power: what
    is non-active on one side is missing on the other.
    """
    drawn = sum(reading.apparent_power_by_phase)
    injected = drawn - flow.power
    if min(drawn, injected) <= len(reading.apparent_power_by_phase):
        return None  # No more than rounding
    return max(power - _leg(power, _usual(power)) for power in (drawn, injected))
