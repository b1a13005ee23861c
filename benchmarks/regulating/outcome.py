"""What a run is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from custom_components.linky_pilote.engine.regulation.model import Reason

RATIOS = (1.0, 1.1, 1.3)
"""Of the guards."""


@dataclass(slots=True)
class LoadFigures:
    """One managed load."""

    energy: float = 0.0
    """Wh."""
    switchings: int = 0
    """Times that an order switched it on or off, or changed a heater's level."""
    commands: int = 0
    idle_commands: int = 0
    """Commands that changed nothing."""
    missing: float = 0.0
    """Wh missing at its deadlines, of its guarantee or of a car that leaves."""
    cold: float = 0.0
    """Degree-hours below comfort - 0.5 K that no rule excuses."""
    coldest: float | None = None
    """°C of its room."""
    shed: float = 0.0
    """s held off by an overload."""
    shed_though_fit: float = 0.0
    """s of them in which it would have fitted."""
    longest_shed_though_fit: float = 0.0
    restores_undone: int = 0
    """Restores followed by a shed within 2 min."""
    forbidden_writes: int = 0
    """Commands to it while it was not to be touched."""
    cuts: int = 0
    """Times that it was stopped although it must not be."""


@dataclass(slots=True)
class Overload:
    """How the breaker fared, on the worst phase of each second."""

    above: int = 0
    """s above the cut-off power."""
    volt_ampere_seconds: float = 0.0
    """VA·s above it."""
    stretches: list[int] = field(default_factory=list)
    """s of each time above it, from the crossing to back under."""
    highest: float = 0.0
    """VA."""
    highest_ratio: float = 0.0
    """Of the filtered to the cut-off power."""
    filter_above: dict[float, int] = field(
        default_factory=lambda: dict.fromkeys(RATIOS, 0)
    )
    """s with the filter above each guard."""
    trips: int = 0
    """Times that the Linky would have opened; the run goes on."""

    @property
    def longest(self) -> int:
        """Longest stretch above, in s."""
        return max(self.stretches, default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A moment of a run, for a plot."""

    time: float
    net: float
    """W."""
    apparent: tuple[float, ...]
    """VA by phase."""
    filtered: tuple[float, ...]
    """VA by phase."""
    limit: float
    """VA by phase."""
    powers: Mapping[str, float]
    """W of each device."""
    reasons: Mapping[str, Reason]
    """Of each load that has a verdict: what blocks it, else why it has what it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one run gave; powers in W, energies in Wh."""

    scenario: str
    seconds: int
    imported: float
    exported: float
    produced: float
    shortfall: float
    """Wh stored less than at the start (room, tank, battery), or missing in a car."""
    energies: Mapping[str, float]
    """By device."""
    balance_error: float
    """What the parts used minus what the meter saw."""
    red_heating: float
    """Of managed heaters, from the grid, in red peak hours."""
    overload: Overload
    loads: Mapping[str, LoadFigures]
    commands_explained: float | None
    """Share of the commands to a load that has a verdict; None: no command."""
    blocked_explained: float | None
    """Share of the loads that have not what they want, by minute, that say why."""
    decisions: int
    slowest_decision: float = field(compare=False)
    """s."""
    deciding: float = field(compare=False)
    """s, all of them."""
    commanded: tuple[float, ...] = ()
    """When commands were sent."""
    samples: tuple[Sample, ...] = ()

    @property
    def completed_import(self) -> float:
        """Import once all stores are given what they had at the start."""
        return self.imported + self.shortfall

    @property
    def self_consumption(self) -> float | None:
        """Share of the production that stayed at home."""
        return 1 - self.exported / self.produced if self.produced else None

    @property
    def worst_room(self) -> tuple[str, float]:
        """The load with most degree-hours, and those."""
        key = max(self.loads, key=lambda key: self.loads[key].cold, default="")
        return key, self.loads[key].cold if key else 0.0

    def total(self, name: str) -> float:
        """Return the sum of one of the loads' figures."""
        return float(sum(getattr(load, name) for load in self.loads.values()))


def share_of_saving(none: Outcome, outcome: Outcome, bound: Outcome) -> float | None:
    """Return G: 0 for no control, 1 for the perfect one; None: nothing to save."""
    possible = none.completed_import - bound.completed_import
    if possible <= 0:
        return None
    return (none.completed_import - outcome.completed_import) / possible
