"""Figures of merit of a run, and the gates that they must pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from custom_components.linky_pilote.engine.regulation.model import Guard, House

from .outcome import RATIOS, LoadFigures, Outcome, share_of_saving
from .run import Scenario

DAY_S: Final = 86_400
_LEAST_SAVING: Final = 500.0
"""Wh that must be at stake for a share of them to tell something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One run, with what it is compared with."""

    outcome: Outcome
    none: Outcome | None = None
    """The same without control."""
    bound: Outcome | None = None
    """The same with perfect control."""
    houses: frozenset[House] = frozenset()
    """What the controller said that it was about, if it says so."""

    def a_day(self, count: float) -> float:
        """Return how much of something there is in a day."""
        return count * DAY_S / self.outcome.seconds

    def loads(self, name: str) -> float:
        """Return the sum of one of the loads' figures."""
        return self.outcome.total(name)

    def worst(self, of: Callable[[LoadFigures], float]) -> float:
        """Return the highest of the loads' figures."""
        return max(map(of, self.outcome.loads.values()), default=0.0)


type Measure = Callable[[Result], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Something that is measured; None where it does not apply."""

    name: str
    measure: Measure
    digits: int = 0
    more_is_better: bool = False

    def fold(self, values: Sequence[float | None]) -> tuple[float, float] | None:
        """Return the mean and the worst of some days."""
        known = [value for value in values if value is not None]
        if not known:
            return None
        worst = min if self.more_is_better else max
        return sum(known) / len(known), worst(known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A figure that must not be missed."""

    figure: Figure
    limit: float
    mean: bool = False
    """The mean of the days counts, otherwise the worst of them."""

    def passes(self, values: Sequence[float | None]) -> bool:
        """Return whether some days pass; what does not apply passes."""
        folded = self.figure.fold(values)
        if folded is None:
            return True
        value = folded[0] if self.mean else folded[1]
        if self.figure.more_is_better:
            return value >= self.limit
        return value <= self.limit

    @property
    def text(self) -> str:
        """What must be, in words."""
        figure = self.figure
        sign = ">=" if figure.more_is_better else "<="
        days = " (mean)" if self.mean else ""
        return f"{figure.name}{days} {sign} {self.limit:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A row of the table: the days of a variant, what is shown and what must be."""

    name: str
    days: tuple[Scenario, ...]
    columns: tuple[Figure, ...]
    gates: tuple[Gate, ...] = ()
    record: bool = False
    """Its figures look at samples."""
    saving: bool = False
    """Its figures ask for the perfect control."""
    others: frozenset[str] = frozenset()
    """Names of the controllers that it makes sense for besides ours."""


def _saving(result: Result) -> float | None:
    none, bound = result.none, result.bound
    if none is None or bound is None:
        return None
    if none.completed_import - bound.completed_import < _LEAST_SAVING:
        return None
    return share_of_saving(none, result.outcome, bound)


def _saved(result: Result) -> float | None:
    if result.none is None:
        return None
    return (result.none.completed_import - result.outcome.completed_import) / 1000


def _self_use(result: Result) -> float | None:
    share = result.outcome.self_consumption
    return None if share is None else 100 * share


def _needless(result: Result) -> float | None:
    """Return the minutes shed on a day on which nothing had to be."""
    none = result.none
    if none is None or none.overload.highest_ratio > Guard.BRANCH_BREAKER.ratio:
        return None
    return result.loads("shed") / 60


def _filtered_above(guard: float, result: Result) -> float:
    return result.a_day(result.outcome.overload.filter_above[guard])


SAVING: Final = Figure(name="G", measure=_saving, digits=3, more_is_better=True)
SAVED: Final = Figure(name="kWh saved", measure=_saved, digits=2, more_is_better=True)
IMPORT: Final = Figure(
    name="kWh drawn",
    measure=lambda r: r.a_day(r.outcome.completed_import) / 1000,
    digits=2,
)
SELF_USE: Final = Figure(
    name="self-use %", measure=_self_use, digits=1, more_is_better=True
)
SWITCHINGS: Final = Figure(
    name="on/off", measure=lambda r: r.a_day(r.loads("switchings"))
)
COMMANDS: Final = Figure(
    name="commands", measure=lambda r: r.a_day(r.loads("commands"))
)
ABOVE: Final = Figure(
    name="s above", measure=lambda r: r.a_day(r.outcome.overload.above)
)
LONGEST: Final = Figure(name="longest s", measure=lambda r: r.outcome.overload.longest)
HIGHEST: Final = Figure(name="max VA", measure=lambda r: r.outcome.overload.highest)
RATIO: Final = Figure(
    name="filter", measure=lambda r: r.outcome.overload.highest_ratio, digits=3
)
FILTER: Final = {
    guard: Figure(name=f"s > {guard}", measure=partial(_filtered_above, guard))
    for guard in RATIOS
}
COLD: Final = Figure(name="K·h cold", measure=lambda r: r.loads("cold"), digits=1)
MISSING: Final = Figure(name="Wh missing", measure=lambda r: r.loads("missing"))
SHED_THOUGH_FIT: Final = Figure(
    name="min shed though fit",
    measure=lambda r: r.worst(lambda load: load.longest_shed_though_fit) / 60,
    digits=1,
)
NEEDLESS: Final = Figure(name="needless min", measure=_needless)
UNDONE: Final = Figure(
    name="undone", measure=lambda r: r.a_day(r.loads("restores_undone"))
)
FORBIDDEN: Final = Figure(
    name="forbidden writes", measure=lambda r: r.loads("forbidden_writes")
)
CUTS: Final = Figure(name="cycles cut", measure=lambda r: r.loads("cuts"))
TRIPS: Final = Figure(name="trips", measure=lambda r: r.outcome.overload.trips)
BALANCE: Final = Figure(
    name="Wh unaccounted", measure=lambda r: abs(r.outcome.balance_error), digits=2
)
RED_HEATING: Final = Figure(
    name="Wh red heating", measure=lambda r: r.outcome.red_heating
)
EXPLAINED: Final = Figure(
    name="commands explained",
    measure=lambda r: r.outcome.commands_explained,
    digits=2,
    more_is_better=True,
)
REFUSALS_EXPLAINED: Final = Figure(
    name="refusals explained",
    measure=lambda r: r.outcome.blocked_explained,
    digits=2,
    more_is_better=True,
)
DECISION: Final = Figure(
    name="ms a decision",
    measure=lambda r: 1000 * r.outcome.deciding / max(r.outcome.decisions, 1),
    digits=2,
)
HOLDS: Final = Figure(
    name="says hold",
    measure=lambda r: float(House.HOLD in r.houses),
    more_is_better=True,
)
DEGRADED: Final = Figure(
    name="says degraded",
    measure=lambda r: float(House.DEGRADED in r.houses),
    more_is_better=True,
)

ALWAYS: Final = (
    Gate(figure=FORBIDDEN, limit=0),
    Gate(figure=CUTS, limit=0),
    Gate(figure=TRIPS, limit=0),
    Gate(figure=SHED_THOUGH_FIT, limit=30),
    Gate(figure=BALANCE, limit=1),
    Gate(figure=EXPLAINED, limit=1),
    Gate(figure=REFUSALS_EXPLAINED, limit=1),
    Gate(figure=DECISION, limit=5),
)
"""What no scenario may miss."""
UNSEEN: Final = tuple(gate for gate in ALWAYS if gate.figure is not SHED_THOUGH_FIT)
"""The same where nobody knows in time what fits: without a meter for hours, or with a
strict guard and a meter that tells late."""
