"""Regulation benchmark: our engine beside the controllers of others and their bounds.

    python -m benchmarks.regulation [--traces DIR] [--scenario S1 ...] [--case TEXT]
        [--days N] [--seed N] [--controllers NAME ...] [--jobs N] [--json]
        [--plot FILE [--language fr]]

Homes live second by second (`benchmarks/regulating/`), each case for some days; a line
is a controller, with the mean of the days and the worst of them. `none` lets all run
and starts at night what waits for it; G is the share of what a perfect control saves.
`--traces` takes measured homes and skies, without it a generator makes them from the
seed. The gates are ours to pass; the others are there to compare with.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
import json
from os import process_cpu_count
from pathlib import Path
import sys
from time import process_time
from typing import Any, Final, NamedTuple

from custom_components.linky_pilote.engine.regulation.model import Load, Settings

from .regulating.baselines import HeatingOnly, Nothing, TwoThresholds
from .regulating.bound import bound
from .regulating.controller import Controller
from .regulating.gates import Case, Figure, Result
from .regulating.ours import Ours
from .regulating.parts import World, world
from .regulating.plot import LANGUAGES, plot
from .regulating.routers import Fork, IntegralRouter, PhotovoltaicOptimizer
from .regulating.run import Scenario, run
from .regulating.scenarios import (
    NONE,
    battery,
    french_house,
    kettle,
    overload,
    surplus,
    three_phases,
)
from .regulating.tempo_week import tempo_week
from .regulating.trials import faults, frequency, persons, unmanaged

OURS: Final = "ours"
CONTROLLERS: Final[dict[str, Callable[[Sequence[Load], Settings], Controller]]] = {
    NONE: Nothing,
    OURS: Ours,
    "optimizer": PhotovoltaicOptimizer,
    "fork": Fork,
    "router": IntegralRouter,
    "heating": HeatingOnly,
    "thresholds": TwoThresholds,
}
SCENARIOS: Final[dict[str, Callable[[World, int], Iterable[Case]]]] = {
    "S1": surplus,
    "S2": overload,
    "S3": french_house,
    "S4": kettle,
    "S5": tempo_week,
    "S6": three_phases,
    "S7": battery,
    "S8": faults,
    "S9": unmanaged,
    "S10": frequency,
    "S11": persons,
}
_DAYS: Final = 20


class Choice(NamedTuple):
    """What decides on the cases; a worker makes them again from it."""

    traces: Path | None
    seed: int
    days: int
    scenario: str


class Job(NamedTuple):
    """A day of a case, for all its controllers."""

    choice: Choice
    case: int
    day: int
    controllers: tuple[str, ...]


type Values = dict[str, float | None]
"""By name of the figure."""


@dataclass(slots=True)
class Row:
    """A case and what came of it."""

    case: Case
    values: dict[str, list[Values]] = field(default_factory=dict)
    """By controller, of each day."""
    seconds: float = 0.0
    """Of the processor."""

    def figure(self, controller: str, figure: Figure) -> tuple[float, float] | None:
        """Return the mean and the worst day of a figure."""
        return figure.fold(self.column(controller, figure))

    def column(self, controller: str, figure: Figure) -> list[float | None]:
        """Return a figure of each day."""
        return [values[figure.name] for values in self.values[controller]]

    @property
    def missed(self) -> list[str]:
        """The gates that ours did not pass."""
        if OURS not in self.values:
            return []
        missed = []
        for gate in self.case.gates:
            if not gate.passes(self.column(OURS, gate.figure)):
                folded = self.figure(OURS, gate.figure)
                assert folded is not None
                value = folded[0] if gate.mean else folded[1]
                missed.append(f"{gate.text}: {value:.{gate.figure.digits + 1}f}")
        return missed

    def as_json(self) -> dict[str, Any]:
        """Return it as it is printed for programs."""
        figures = {figure.name: figure for figure in _figures(self.case)}
        return {
            "case": self.case.name,
            "days": len(self.case.days),
            "seconds": round(self.seconds, 1),
            "controllers": {
                controller: {
                    name: {"mean": folded[0], "worst": folded[1]}
                    for name, figure in figures.items()
                    if (folded := self.figure(controller, figure)) is not None
                }
                for controller in self.values
            },
            "missed": self.missed,
        }


@cache
def cases(choice: Choice) -> tuple[Case, ...]:
    """Return the cases of a scenario."""
    where = world(choice.traces, choice.seed, choice.days)
    return tuple(SCENARIOS[choice.scenario](where, choice.seed))


def _figures(case: Case) -> dict[Figure, None]:
    return dict.fromkeys((*case.columns, *(gate.figure for gate in case.gates)))


def live(job: Job) -> tuple[dict[str, Values], float]:
    """Let the controllers live a day; return their figures and the seconds it took."""
    begin = process_time()
    case = cases(job.choice)[job.case]
    scenario = case.days[job.day]
    perfect = bound(scenario) if case.saving else None
    none = None
    found = {}
    for name in job.controllers:
        controller = CONTROLLERS[name](scenario.loads, scenario.settings)
        outcome = run(scenario, controller, record=case.record)
        none = outcome if name == NONE else none
        result = Result(
            outcome=outcome,
            none=none,
            bound=perfect,
            houses=frozenset(getattr(controller, "houses", ())),
        )
        found[name] = {figure.name: figure.measure(result) for figure in _figures(case)}
    return found, process_time() - begin


def measure(
    choices: Iterable[Choice], text: str, controllers: Sequence[str], jobs: int
) -> Iterator[Row]:
    """Let all days of all cases be lived, and give each case as it is done."""
    rows = [
        (row, [Job(choice, number, day, names) for day in range(len(case.days))])
        for choice in choices
        for number, case in enumerate(cases(choice))
        if text in case.name
        for row in [Row(case)]
        for names in [_those(case, controllers)]
    ]
    every = [job for _, its in rows for job in its]
    if jobs == 1:
        yield from _gathered(rows, map(live, every))
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from _gathered(rows, pool.map(live, every))


def _gathered(
    rows: Iterable[tuple[Row, list[Job]]],
    lived: Iterator[tuple[dict[str, Values], float]],
) -> Iterator[Row]:
    for row, its in rows:
        for _ in its:
            found, seconds = next(lived)
            row.seconds += seconds
            for controller, values in found.items():
                row.values.setdefault(controller, []).append(values)
        yield row


def _those(case: Case, controllers: Sequence[str]) -> tuple[str, ...]:
    known = {OURS, *case.others}
    # what all are compared with comes first, wanted or not
    first = (NONE,) if NONE in known else ()
    return first + tuple(name for name in controllers if name in known - {NONE})


def _print(row: Row) -> None:
    columns = row.case.columns
    print(f"\n{row.case.name}, {len(row.case.days)} days, mean / worst")
    print(f"{'':12}" + "".join(f"{figure.name:>16}" for figure in columns))
    for controller in row.values:
        cells = ""
        for figure in columns:
            folded = row.figure(controller, figure)
            text = "-" if folded is None else f"{{:.{figure.digits}f}}"
            both = text if folded is None else f"{text} / {text}".format(*folded)
            cells += f"{both:>16}"
        print(f"{controller:12}{cells}")
    if OURS in row.values:
        passed = len(row.case.gates) - len(row.missed)
        print(f"gates passed: {passed} of {len(row.case.gates)}")
    for text in row.missed:
        print(f"  MISSED  {text}")
    sys.stdout.flush()


def _plot(scenario: Scenario, name: str, path: Path, language: str) -> None:
    controller = CONTROLLERS[name](scenario.loads, scenario.settings)
    outcome = run(scenario, controller, record=True)
    plot(outcome, scenario, path, language)


def main(argv: list[str] | None = None) -> int:
    """Measure, print; exit status 1 when a gate of ours is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--traces", type=Path, help="folder of measured homes and skies"
    )
    parser.add_argument(
        "--scenario", nargs="+", choices=SCENARIOS, default=[*SCENARIOS]
    )
    parser.add_argument("--case", default="", help="only cases with that in their name")
    parser.add_argument("--days", type=int, default=_DAYS, help="of a case, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--controllers", nargs="+", choices=CONTROLLERS, default=[*CONTROLLERS]
    )
    parser.add_argument("--jobs", type=int, default=process_cpu_count() or 1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--plot", type=Path, help="draw the first day of the first case"
    )
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    args = parser.parse_args(argv)
    choices = [
        Choice(args.traces, args.seed, args.days, name) for name in args.scenario
    ]
    if args.plot:
        drawn = next(
            case
            for choice in choices
            for case in cases(choice)
            if args.case in case.name
        )
        name = OURS if OURS in args.controllers else args.controllers[0]
        _plot(drawn.days[0], name, args.plot, args.language)
        return 0
    rows = []
    for row in measure(choices, args.case, args.controllers, args.jobs):
        rows.append(row)
        if not args.json:
            _print(row)
    missed = sum(len(row.missed) for row in rows)
    if args.json:
        print(
            json.dumps(
                {"cases": [row.as_json() for row in rows], "passed": missed == 0}
            )
        )
    else:
        print(f"\n{sum(row.seconds for row in rows):.0f} s of the processor")
        print(f"{missed} gates missed" if missed else "all gates passed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
