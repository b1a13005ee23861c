"""What is counted of a home and its loads, by day."""

from collections.abc import Mapping

from ..engine.reading import MeterReading
from ..engine.regulation import Decision
from ..meter.headroom import headroom
from .store import HomeDay

_HOUR: float = 3600.0


def count(
    today: HomeDay,
    seconds: float,
    decision: Decision,
    *,
    powers: Mapping[str, float],
    reading: MeterReading | None,
    net: float | None,
    production: float | None,
) -> None:
    """Count some seconds; `powers` in W are those that the loads draw, `net` the home's.

    What comes from the sun: with a known production, the same share of every
    appliance; else what the loads draw more than the home takes from the grid.
    """
    hours = seconds / _HOUR
    room = headroom(reading) if reading is not None else None
    if room is not None and room < 0:
        today.over_limit += seconds
    for key, verdict in decision.verdicts.items():
        if verdict.shed and not verdict.observed:
            today.of(key).shed += seconds
    if net is None:
        return
    today.injected += max(-net, 0.0) * hours
    today.produced += (production or 0.0) * hours
    share = _sun_share(net, production, sum(powers.values()))
    for key, power in powers.items():
        load = today.of(key)
        load.sun += power * share * hours
        load.grid += power * (1 - share) * hours


def _sun_share(net: float, production: float | None, managed: float) -> float:
    """Return the share of what is drawn now that the sun gives."""
    drawn = max(net, 0.0)
    if production is not None:
        own = max(production - max(-net, 0.0), 0.0)
        return own / (own + drawn) if own + drawn > 0 else 0.0
    return max(1 - drawn / managed, 0.0) if managed > 0 else 0.0


def self_consumption(today: HomeDay) -> float | None:
    """Return the % of today's production that the home used itself."""
    if today.produced <= 0:
        return None
    return 100 * max(1 - today.injected / today.produced, 0.0)
