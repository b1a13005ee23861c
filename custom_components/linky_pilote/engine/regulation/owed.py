"""What loads were promised: disinfection, a daily guarantee, what they can still take."""

from typing import Final

from ..reading import TariffPeriod
from .hours import QUARTER, Hours, deadline, in_windows, off_peak_blocks
from .memory import LoadMemory
from .model import Load, PeakKind, Quantity, Reason, Signals, Status

_LATE: Final = 1.25
"""Times what the rest of a guarantee takes, from which it does not wait any more."""

_PACE: Final = 1.1
"""Times the mean power that it takes, at which it goes on."""

_USUAL_CAPACITY: Final = 350.0
"""Wh that 1 K is in 300 l of water (1.163 Wh/(l·K)), a big tank, where nobody said it."""

OWED: Final = frozenset({Reason.DISINFECTION, Reason.GUARANTEE, Reason.TOO_COLD})
"""Why a load gets what it was promised."""


def guarantee_left(load: Load, status: Status, memory: LoadMemory) -> float:
    """Return how much is missing to a guarantee, in its unit."""
    guarantee = load.guarantee
    if guarantee is None:
        return 0.0
    match guarantee.quantity:
        case Quantity.MINUTES:
            had = memory.seconds / 60
        case Quantity.ENERGY:
            had = memory.energy
        case Quantity.TEMPERATURE:
            if status.temperature is None:
                return 0.0
            had = status.temperature
    return max(guarantee.amount - had, 0.0)


def need(load: Load, status: Status, memory: LoadMemory) -> float | None:
    """Return the Wh that a load could still take today; None: nobody knows."""
    guarantee = load.guarantee
    if guarantee is None:
        return None
    thermal, temperature = load.thermal, status.temperature
    if guarantee.capacity and thermal is not None and temperature is not None:
        return max(thermal.surplus - temperature, 0.0) * guarantee.capacity
    if guarantee.quantity is Quantity.ENERGY:
        return guarantee_left(load, status, memory)
    return None


def is_due(load: Load, memory: LoadMemory, now: float, hours: Hours) -> bool:
    """Tell whether a tank has to be disinfected now."""
    disinfection = load.disinfection
    if disinfection is None:
        return False
    done = memory.disinfected_at
    if done is None or memory.hot_for >= disinfection.hold:
        return False
    late = now - done - disinfection.every
    # off-peak where it can be, for the next day in any hour; a tank that does not get so
    # hot then tries by night
    in_time = hours.off_peak is not False or 86_400 <= late < 2 * 86_400
    return late >= 0 and in_time


def pace(
    load: Load,
    status: Status,
    memory: LoadMemory,
    power: float,
    *,
    now: float,
    signals: Signals,
    period: TariffPeriod | None,
) -> float | None:
    """Return the W that the rest of a guarantee asks of the grid from now on.

    `power` is the load's full power in W. None: nothing has to come from the grid yet.
    What runs out of time gets full power, and `memory` notes that it waits no more.
    """
    guarantee = load.guarantee
    if guarantee is None:
        return None
    left = guarantee_left(load, status, memory)
    end = deadline(now, guarantee.by)
    if left <= 0:
        return None
    if memory.pressing == end:
        return power
    match guarantee.quantity:
        case Quantity.MINUTES:
            seconds = left * 60
        case Quantity.ENERGY:
            seconds = left * 3600 / max(power, 1.0)
        case Quantity.TEMPERATURE:
            seconds = (
                left * (guarantee.capacity or _USUAL_CAPACITY) * 3600 / max(power, 1.0)
            )
    needed = _LATE * seconds
    blocks = off_peak_blocks(now, end, signals, period)
    block = next((one for one in blocks if one.start <= now < one.end), None)
    later = sum(
        _usable(load, signals, one.start, one.end) for one in blocks if one.start > now
    )
    cheap = later if block is None else later + _usable(load, signals, now, block.end)
    # the last block; an earlier one for what it cannot hold, if no panels may give that
    waits = later > 0 and (signals.production is not None or needed <= later)
    in_block = block is not None and not waits
    last = in_block and later == 0
    if needed >= (cheap if last else _usable(load, signals, now, end)):
        memory.pressing = end
        return power
    if not in_block:
        return None
    by_time = guarantee.quantity is Quantity.MINUTES  # at its usual power, that is
    return power if by_time or needed >= cheap else power * _PACE * seconds / cheap


def _usable(load: Load, signals: Signals, start: float, end: float) -> float:
    """Return the s between two moments in which a load may run on the grid.

    Its windows are open then, and no peak is announced that nothing may heat in.
    """
    hard = [span for span in signals.peaks if span.kind is not PeakKind.WHITE]
    if not hard and not load.windows:
        return max(end - start, 0.0)
    usable = 0.0
    while start < end:
        after = min(start - start % QUARTER + QUARTER, end)
        red = any(span.start < after and start < span.end for span in hard)
        if not red and in_windows(start, load.windows):
            usable += after - start
        start = after
    return usable
