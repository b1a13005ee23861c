"""A load as one decision sees it, and the room and surplus that there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from .claims import Claim, Context, claim
from .constants import (
    RESTS_FOR,
    SATISFIED_AFTER,
    SATISFIED_BELOW,
    UNKNOWN_POWER,
)
from .heating import HeatingRule
from .ladder import highest_power
from .memory import LoadMemory
from .model import Load, Reason, Setting, Status


@dataclass(slots=True, kw_only=True)
class View:
    """A load, what is known of it, and what it claims."""

    load: Load
    status: Status
    memory: LoadMemory
    rank: float
    """Number of its group, 0 is served first."""
    context: Context
    drawn: float
    """W that it draws now, measured or by its order."""
    full: float
    """W at its full power."""
    armed: bool
    phases: tuple[int, ...]
    """Those that it draws on now."""
    alone: bool = False
    """It is left as it is, by its claim."""
    warm: bool = False
    """It is a heater whose room is warm enough."""
    waits: bool = False
    """It is warm enough, and others come first."""
    lends: bool = False
    """It is a heater that goes behind what is owed."""
    setting: Setting | None = None
    """What this decision tells it, once it is decided."""
    reason: Reason = Reason.ASKED
    """Why."""
    blocked: Reason | None = None
    until: float | None = None
    protective: bool = False
    _asked: tuple[Claim, HeatingRule | None] | None = None
    _missing: float | None = None

    @property
    def key(self) -> str:
        """Its key."""
        return self.load.key

    @property
    def claim(self) -> Claim:
        """What it wants and may have."""
        return self._ask()[0]

    @property
    def rule(self) -> HeatingRule | None:
        """What its heating follows."""
        return self._ask()[1]

    def _ask(self) -> tuple[Claim, HeatingRule | None]:
        # The breaker does not wait for it: what is shed is told before most are made
        if self._asked is None:
            self._asked = claim(
                self.load, self.status, self.memory, self.full, self.context
            )
        return self._asked

    @property
    def commanded(self) -> bool:
        """It may be told something."""
        return self.armed and not self.alone

    @property
    def on(self) -> bool:
        """It has been told that it may draw."""
        return self.memory.power > 0

    @property
    def modulated(self) -> bool:
        """Its power can be set."""
        return self.load.modulation is not None

    @property
    def vague(self) -> bool:
        """What it draws is not known: a heater has a thermostat of its own.

        Not one that may heat on the sun: for that it has to count.
        """
        heating = self.load.heating
        return (
            heating is not None
            and not heating.on_sun_in_red
            and self.status.power is None
        )

    def satisfied(self, now: float) -> bool:
        """Tell whether it is on and has not wanted anything for a while."""
        since = self.memory.satisfied_since
        return since is not None and now - since >= SATISFIED_AFTER

    def idles(self, now: float) -> bool:
        """Tell whether it is on and has drawn nothing for less than a long while."""
        since = self.memory.satisfied_since
        return self.on and since is not None and now - since < RESTS_FOR

    def rests(self, now: float) -> bool:
        """Tell whether it is a heater that will soon draw again by its thermostat."""
        return self.load.heating is not None and self.idles(now)

    def patient(self, now: float) -> bool:
        """Tell whether it is owed something and has the time to wait for room."""
        claim = self.claim
        return claim.reason is Reason.GUARANTEE and self.memory.pressing <= now

    def settling(self, now: float) -> bool:
        """Tell whether its last order is not to be seen yet."""
        return now < self.memory.settles_at

    @property
    def missing(self) -> float:
        """How many K it is colder than its target; infinite where nobody knows."""
        if self._missing is None:
            self._missing = self._compare()
        return self._missing

    def _compare(self) -> float:
        if self.status.temperature is None:
            return inf
        target = self.claim.target
        thermal = self.load.thermal
        if target is None and thermal is not None:
            target = thermal.eco
        return inf if target is None else target - self.status.temperature


def full_power(load: Load, memory: LoadMemory) -> float:
    """Return the W of a load at its full power, as far as it is known."""
    return highest_power(load, load.power or memory.learnt or UNKNOWN_POWER)


def drawn_power(
    load: Load,
    status: Status,
    memory: LoadMemory,
    full: float,
    *,
    contact_open: bool = False,
) -> float:
    """Return the W that a load draws: measured, or by what it was told.

    What the meter's own contact switches draws nothing while it is open.
    """
    if status.power is not None:
        return status.power
    forbidden = load.forbid_only and contact_open
    if not status.available or memory.power == 0 or forbidden:
        return 0.0
    return min(memory.power, full)


def note_satisfied(now: float, status: Status, memory: LoadMemory) -> None:
    """Remember since when a load that is on draws nothing."""
    little = min(SATISFIED_BELOW, memory.power / 2)
    wants_nothing = status.power is not None and status.power < little
    if not wants_nothing:
        memory.satisfied_since = None
    elif memory.satisfied_since is None:
        memory.satisfied_since = now


def places_of(phases: Sequence[int], count: int) -> Sequence[int]:
    """Return the places of phases in a home of `count`; one takes them all."""
    if count == 1:
        return (0,) * len(phases)
    return [min(phase, count) - 1 for phase in phases]


def add_watts(drawn: list[float], phases: Sequence[int], watts: float) -> None:
    """Add what is shared between some phases to what is drawn on each."""
    for place in places_of(phases, len(drawn)):
        drawn[place] += watts / len(phases)


@dataclass(slots=True, kw_only=True)
class Home:
    """What there is to give at one moment."""

    limits: tuple[float, ...]
    """VA by phase that are given away."""
    bearable: tuple[float, ...]
    """VA by phase that are not too much for long: a little more than the limit."""
    drawn: list[float]
    """VA by phase that the home draws, as far as it is known; negative: it injects."""
    sun: float
    """W of surplus if all loads were off; negative: what is drawn without them."""
    sun_mean: float
    """Its mean."""
    sun_usual: float
    """Its mean over half an hour, that tells how the day is."""
    blind: bool = False
    """The meter says nothing that can be believed."""
    overloaded: bool = False
    """The meter says that the subscribed power is exceeded."""
    contact_open: bool = False
    """The meter's own contact is."""
    doubt: Reason | None = None
    """Why nothing more is given: that, or loads and meter contradict each other."""

    def room(self, phases: tuple[int, ...], without: Iterable[View] = ()) -> float:
        """Return the W that may be added on some phases, shared between them.

        What is drawn by those `without` which it is counted is free.
        """
        return self._room(self.limits, phases, without)

    def bearable_room(
        self, phases: tuple[int, ...], without: Iterable[View] = ()
    ) -> float:
        """Return the same up to what is bearable for long."""
        return self._room(self.bearable, phases, without)

    def _room(
        self, limits: Sequence[float], phases: tuple[int, ...], without: Iterable[View]
    ) -> float:
        free = [limit - drawn for limit, drawn in zip(limits, self.drawn, strict=True)]
        for view in without:
            add_watts(free, view.phases, view.drawn)
        return len(phases) * min(free[place] for place in self.places(phases))

    def given(self, phases: tuple[int, ...], givers: Iterable[View]) -> float:
        """Return the W that some loads would give back to others on some phases."""
        return self._room(self.drawn, phases, givers)

    def add(self, phases: tuple[int, ...], watts: float) -> None:
        """Take into account what is about to be drawn more, or less."""
        add_watts(self.drawn, phases, watts)

    def reserve(self, view: View, phases: tuple[int, ...], watts: float) -> None:
        """Take into account what a load is about to draw on some phases.

        What it gives back, on others or on the same, is not free before it shows.
        """
        more = [0.0] * len(self.drawn)
        add_watts(more, view.phases, -view.drawn)
        add_watts(more, phases, watts)
        for place, added in enumerate(more):
            self.drawn[place] += max(added, 0.0)

    def places(self, phases: Sequence[int]) -> Sequence[int]:
        """Return the places of phases in tuples by phase."""
        return places_of(phases, len(self.drawn))
