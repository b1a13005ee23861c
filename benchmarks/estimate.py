"""Active power benchmark: estimates beside the truth of simulated homes.

    python -m benchmarks.estimate [--hours N] [--home NAME] [--json]

Each home is heard frame by frame, as long as its line takes; the truth is that of the
instant at which a frame has come. `ratio` is the estimate's mean absolute error over
that of the apparent power taken for W, `slope ratio` over that of the plain slope of
the indexes over 60 s. `lag` is what the power did while the frame was on the line:
no estimate can know it.
"""

import argparse
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
import json
import sys

from custom_components.linky_pilote.engine.estimate import (
    ActivePowerEstimator,
    Estimate,
)
from custom_components.linky_pilote.engine.reading import (
    Contract,
    MeterReading,
    TicMode,
)
from custom_components.linky_pilote.engine.tic import Assembler, Decoder, encode_frame
from demo.historical import long_frame
from demo.meter import Snapshot, VirtualMeter
from demo.moment import PARIS
from demo.setup import MeterSetup
from demo.standard import standard_frame
from demo.uart import BITS_PER_CHARACTER
from demo.wire import BAUD, FRAME_GAP_S

COVERAGE_GOAL = 0.95
"""Share of the readings whose truth lies within the error."""

RATIO_GOAL = 1.0

_SLOPE_S = 60.0
_LEAST_WH = 100.0
"""Hours with less drawn and injected are not judged."""
_WH = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A meter with a house behind it, and the day on which it is watched."""

    name: str
    mode: TicMode
    day: str
    phases: int = 1
    solar: bool = False
    producer: bool = False
    energy_goal: float | None = 0.03
    """Share by which an hour's energy may be wrong. More where phases draw while
    others inject; none where the meter sends no power of what is injected."""

    def meter(self) -> VirtualMeter:
        """Return its meter, in the night before the day."""
        setup = MeterSetup(
            seed=3,
            contract=Contract.TEMPO,
            phases=self.phases,
            subscribed_kva=6 if self.phases == 1 else 12,
            solar=self.solar,
            producer=self.producer,
        )
        start = datetime.fromisoformat(self.day).replace(tzinfo=PARIS)
        return VirtualMeter.new(setup, start.timestamp())


_HISTORICAL, _STANDARD = TicMode.HISTORICAL, TicMode.STANDARD
HOMES = (
    Home(name="historical, 1 phase", mode=_HISTORICAL, day="2026-01-15"),
    Home(name="historical, 3 phases", mode=_HISTORICAL, day="2026-02-10", phases=3),
    Home(name="standard, 1 phase", mode=_STANDARD, day="2026-01-15"),
    Home(name="standard, 3 phases", mode=_STANDARD, day="2026-03-10", phases=3),
    Home(
        name="standard, 1 phase, producer",
        mode=_STANDARD,
        day="2026-05-10",
        solar=True,
        producer=True,
    ),
    Home(
        name="standard, 3 phases, producer",
        mode=_STANDARD,
        day="2026-06-10",
        phases=3,
        solar=True,
        producer=True,
        energy_goal=0.1,
    ),
    Home(
        name="standard, 1 phase, sun",
        mode=_STANDARD,
        day="2026-05-10",
        solar=True,
        energy_goal=None,
    ),
    Home(
        name="standard, 3 phases, sun",
        mode=_STANDARD,
        day="2026-06-10",
        phases=3,
        solar=True,
        energy_goal=None,
    ),
    Home(
        name="historical, 1 phase, sun",
        mode=_HISTORICAL,
        day="2026-05-10",
        solar=True,
        energy_goal=None,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A reading, what was made of it, and what was true when it came."""

    time: float
    reading: MeterReading
    estimate: Estimate
    truth: float
    """W, negative while the home injects."""
    truth_sent: float
    """The same when the frame began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a home showed; errors are means over its readings, in W."""

    home: str
    readings: int
    coverage: float
    drawing_coverage: float | None
    injecting_coverage: float | None
    claimed: float
    """The error that the estimates gave."""
    error: float
    apparent_error: float
    slope_error: float
    lag: float
    ratio: float
    slope_ratio: float
    worst_hour: float
    """Largest error of an hour's energy, over what was drawn and injected in it."""
    changes: float
    """Estimates that differ from the one before, over such apparent powers."""
    passed: bool


def listen(home: Home, hours: float) -> Iterator[Heard]:
    """Hear a meter for some hours."""
    meter = home.meter()
    decoder, assembler = Decoder(), Assembler()
    estimator = ActivePowerEstimator()
    groups = long_frame if home.mode is _HISTORICAL else standard_frame
    now = meter.state.epoch_s
    end = now + hours * 3600
    while now < end:
        sent = meter.snapshot()
        frame = encode_frame(home.mode, groups(sent))
        now += len(frame) * BITS_PER_CHARACTER / BAUD[home.mode] + FRAME_GAP_S
        meter.advance(now)
        for event in decoder.feed(frame):
            reading = assembler.take(event, now)
            if not isinstance(reading, MeterReading) or not reading.complete:
                continue
            estimate = estimator.take(reading, now)
            assert estimate is not None
            yield Heard(
                time=now,
                reading=reading,
                estimate=estimate,
                truth=_active(meter.snapshot()),
                truth_sent=_active(sent),
            )


def _active(snapshot: Snapshot) -> float:
    return sum(power.active_w for power in snapshot.powers)


def _apparent(reading: MeterReading) -> int:
    return (reading.apparent_power or 0) - (reading.injected_power or 0)


def _net_index(reading: MeterReading) -> int:
    return (reading.total_index or 0) - (reading.injected_index or 0)


@dataclass(slots=True)
class _Hour:
    number: int
    missed: float = 0.0
    moved: float = 0.0


@dataclass(slots=True)
class _Sums:
    """What is added up over the readings of a home."""

    error: float = 0.0
    claimed: float = 0.0
    apparent_error: float = 0.0
    slope_error: float = 0.0
    lag: float = 0.0
    changes: int = 0
    apparent_changes: int = 0
    within: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    count: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})


def measure(home: Home, hours: float) -> Row:
    """Compare a home's estimates with the truth."""
    sums = _Sums()
    window: deque[tuple[float, int]] = deque()
    hour = _Hour(0)
    worst = 0.0
    before: Heard | None = None
    for heard in listen(home, hours):
        estimate, truth = heard.estimate, heard.truth
        apparent = _apparent(heard.reading)
        window.append((heard.time, _net_index(heard.reading)))
        while window[0][0] < heard.time - _SLOPE_S:
            window.popleft()
        (first_s, first_wh), (last_s, last_wh) = window[0], window[-1]
        seconds = last_s - first_s
        slope = (last_wh - first_wh) * _WH / seconds if seconds else apparent
        error = abs(estimate.power - truth)
        drawing = truth >= 0
        sums.count[drawing] += 1
        sums.within[drawing] += error <= estimate.error
        sums.error += error
        sums.claimed += estimate.error
        sums.apparent_error += abs(apparent - truth)
        sums.slope_error += abs(slope - truth)
        sums.lag += abs(heard.truth_sent - truth)
        if before is not None:
            sums.changes += estimate != before.estimate
            sums.apparent_changes += apparent != _apparent(before.reading)
            elapsed = (heard.time - before.time) / _WH
            hour.missed += (estimate.power - truth) * elapsed
            hour.moved += abs(truth) * elapsed
            if int(heard.time // _WH) != hour.number:
                if hour.moved >= _LEAST_WH:
                    worst = max(worst, abs(hour.missed) / hour.moved)
                hour = _Hour(int(heard.time // _WH))
        before = heard
    readings = sum(sums.count.values())
    coverage = sum(sums.within.values()) / readings
    ratio = sums.error / sums.apparent_error

    def covered(drawing: bool) -> float | None:
        count = sums.count[drawing]
        return sums.within[drawing] / count if count else None

    return Row(
        home=home.name,
        readings=readings,
        coverage=coverage,
        drawing_coverage=covered(True),
        injecting_coverage=covered(False),
        claimed=sums.claimed / readings,
        error=sums.error / readings,
        apparent_error=sums.apparent_error / readings,
        slope_error=sums.slope_error / readings,
        lag=sums.lag / readings,
        ratio=ratio,
        slope_ratio=sums.error / sums.slope_error,
        worst_hour=worst,
        changes=sums.changes / max(sums.apparent_changes, 1),
        passed=coverage >= COVERAGE_GOAL
        and ratio <= RATIO_GOAL
        and (home.energy_goal is None or worst <= home.energy_goal),
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def main(argv: list[str] | None = None) -> int:
    """Measure, print; exit status 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--home", action="append", choices=[h.name for h in HOMES])
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    rows = []
    if not args.json:
        print(
            f"{'home':30}{'readings':>9}{'within':>8}{'drawing':>8}{'inject.':>8}"
            f"{'claimed':>8}{'error':>7}{'S as W':>8}{'slope':>8}{'lag':>7}{'ratio':>7}"
            f"{'slope r.':>9}{'hour':>7}{'changes':>8}"
        )
    for home in HOMES:
        if args.home and home.name not in args.home:
            continue
        row = measure(home, args.hours)
        rows.append(row)
        if not args.json:
            print(
                f"{row.home:30}{row.readings:>9}{row.coverage:>8.1%}"
                f"{_percent(row.drawing_coverage):>8}"
                f"{_percent(row.injecting_coverage):>8}"
                f"{row.claimed:>8.1f}{row.error:>7.1f}{row.apparent_error:>8.1f}"
                f"{row.slope_error:>8.1f}{row.lag:>7.1f}{row.ratio:>7.2f}{row.slope_ratio:>9.2f}"
                f"{row.worst_hour:>7.1%}{row.changes:>8.2f}",
                flush=True,
            )
    passed = all(row.passed for row in rows)
    if args.json:
        print(json.dumps({"homes": [asdict(r) for r in rows], "passed": passed}))
    else:
        print("\nall goals met" if passed else "\na goal was missed")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
