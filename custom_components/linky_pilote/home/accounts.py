"""What is counted of a home and its loads: for good, and by day."""

from collections.abc import Mapping

from ..engine.accounting import Drawn, Step
from ..engine.reading import MeterReading
from ..engine.regulation import Decision
from ..engine.regulation.hours import paris
from ..engine.regulation.model import Reason, Verdict
from ..meter.headroom import headroom
from .actuators.driver import Driver
from .readings import tells_injection
from .store import HomeDay, HomeMemory

_HOUR: float = 3600.0
_UNTOLD: float = 0.02
"""Share of the production that may have been injected unseen."""


def count(
    memory: HomeMemory,
    decision: Decision,
    drivers: Mapping[str, Driver],
    *,
    reading: MeterReading | None,
    step: Step,
) -> None:
    """Count the time since the last step; `reading` is None while the meter is silent."""
    day = paris(step.now).toordinal()
    if memory.today.day != day:
        memory.today = HomeDay(day=day)
    today, accounts = memory.today, memory.accounts
    loads = {
        key: _drawn(verdict, measured=drivers[key].load.power_sensor is not None)
        for key, verdict in decision.verdicts.items()
    }
    told = (
        step.production is not None and reading is not None and tells_injection(reading)
    )
    before = {key: (accounts.of(key).sun, accounts.of(key).grid) for key in loads}
    seconds = accounts.take(step, loads)
    for key, (sun, grid) in before.items():
        load, account = today.of(key), accounts.of(key)
        load.sun += account.sun - sun
        load.grid += account.grid - grid
        if not told:
            today.sun += account.sun - sun
        load.shed += seconds if loads[key].shed else 0.0
        load.switches += drivers[key].writes
        drivers[key].writes = 0
    room = headroom(reading) if reading is not None else None
    if room is not None and room < 0:
        today.over_limit += seconds
    if step.net is not None and step.production is not None:
        produced = step.production * seconds / _HOUR
        injected = max(-step.net, 0.0) * seconds / _HOUR
        today.produced += produced
        today.injected += injected
        if told:
            today.sun += max(produced - injected, 0.0)
        else:
            today.untold += produced


def _drawn(verdict: Verdict, *, measured: bool) -> Drawn:
    return Drawn(
        power=max(verdict.figures["drawn_w"], 0.0),
        measured=measured,
        shed=verdict.shed and not verdict.observed,
        satisfied=verdict.reason is Reason.SATISFIED,
    )


def self_consumption(today: HomeDay) -> float | None:
    """Return the % of today's production that the home used itself, where it is told."""
    if today.produced <= 0 or today.untold > _UNTOLD * today.produced:
        return None
    return 100 * max(1 - today.injected / today.produced, 0.0)
