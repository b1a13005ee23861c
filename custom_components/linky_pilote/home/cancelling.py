"""What it would cost to heat all the same, told before somebody asks for it."""

from ..engine.regulation.wishes import EMERGENCY
from ..grid.board import price_of
from .coordinator import HomeCoordinator

_KWH = 3_600_000.0
"""Ws."""


def cost_of_heat(coordinator: HomeCoordinator, room: str | None = None) -> float | None:
    """Return about what HEAT costs, in EUR, until what is shed now would have ended.

    It is what the heaters that it gives heat to usually draw, or that of one room, at the
    price of the period that runs. None while there is nothing to cancel, and where the
    price or the end is not known.
    """
    decision = coordinator.data
    shown = None if decision is None else decision.shown(room)
    if decision is None or shown is None:
        return None
    heated = {
        key: one.until
        for key, one in decision.rooms.items()
        if room in (None, key) and one.cancellable and one.observed is shown.observed
    }
    accounts, now = coordinator.memory.accounts, coordinator.now()
    energy = 0.0
    for key, until in heated.items():
        if until is None:
            return None
        energy += accounts.of(key).usual * max(until - now, 0.0)
    if not energy:  # there is nothing to cancel, or none of them has been watched yet
        return None
    return _cost(coordinator, energy)


def cost_of_emergency(coordinator: HomeCoordinator) -> float | None:
    """Return what the hour of an emergency costs at most, in EUR: all heaters on."""
    verdicts = [coordinator.verdict(key) for key in coordinator.heaters]
    full = sum(verdict.figures["full_w"] for verdict in verdicts if verdict is not None)
    return _cost(coordinator, full * EMERGENCY)


def say_cost(coordinator: HomeCoordinator, cost: float | None) -> str | None:
    """Return a cost as a tile of the dashboard shows it: an attribute has no unit."""
    if cost is None:
        return None
    text = f"≈ {cost:.2f} €"
    return text.replace(".", ",") if coordinator.hass.config.language == "fr" else text


def _cost(coordinator: HomeCoordinator, energy: float) -> float | None:
    """Return the EUR of an energy in Ws."""
    reading = coordinator.meter.data
    price = price_of(coordinator.hass, reading.period if reading else None)
    return None if price is None else round(energy / _KWH * price, 2)
