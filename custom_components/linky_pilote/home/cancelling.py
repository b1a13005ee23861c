"""What it would cost to heat all the same, told before somebody asks for it."""

from ..engine.regulation.wishes import EMERGENCY
from ..grid.board import price_of
from .coordinator import HomeCoordinator

_HOUR = 3600.0


def cost_of_heat(coordinator: HomeCoordinator) -> float | None:
    """Return about what HEAT costs, in EUR, until what is shed now would have ended.

    It is what the heaters usually draw, at the price of the period that runs. None
    while there is nothing to cancel, and where the price or the end is not known.
    """
    shown = None if coordinator.data is None else coordinator.data.thermostat
    if shown is None or shown.until is None or not shown.cancellable:
        return None
    accounts = coordinator.memory.accounts
    usual = sum(accounts.of(key).usual for key in coordinator.heaters)
    if not usual:  # none of them has been watched yet
        return None
    return _cost(coordinator, usual, shown.until - coordinator.now())


def cost_of_emergency(coordinator: HomeCoordinator) -> float | None:
    """Return what the hour of an emergency costs at most, in EUR: all heaters on."""
    verdicts = [coordinator.verdict(key) for key in coordinator.heaters]
    full = sum(verdict.figures["full_w"] for verdict in verdicts if verdict is not None)
    return _cost(coordinator, full, EMERGENCY)


def say_cost(coordinator: HomeCoordinator, cost: float | None) -> str | None:
    """Return a cost as a tile of the dashboard shows it: an attribute has no unit."""
    if cost is None:
        return None
    text = f"≈ {cost:.2f} €"
    return text.replace(".", ",") if coordinator.hass.config.language == "fr" else text


def _cost(coordinator: HomeCoordinator, power: float, seconds: float) -> float | None:
    reading = coordinator.meter.data
    price = price_of(coordinator.hass, reading.period if reading else None)
    if price is None:
        return None
    return round(power / 1000 * max(seconds, 0.0) / _HOUR * price, 2)
