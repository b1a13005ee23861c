"""What may still be drawn before the subscribed power is reached.

Powers are in VA. With three phases each has a third of the subscribed power, and
the most loaded one sets the limit of all.
"""

from typing import Final

from ..engine.reading import MeterReading

_NOMINAL_VOLTAGE: Final = 200
"""V; the contract counts 200 VA for each A (54E, section 5.3.6)."""


def phase_limit(reading: MeterReading) -> int | None:
    """Return what one phase may draw; None when the meter gives no limit."""
    if not reading.subscribed_power:
        return None
    return reading.subscribed_power // reading.phases


def phase_headrooms(reading: MeterReading) -> tuple[int, ...]:
    """Return what each phase may still draw, below 0 in an overload.

    A phase that injects draws nothing: what it injects is no room for the others.
    """
    limit = phase_limit(reading)
    powers = phase_powers(reading)
    if limit is None or len(powers) != reading.phases:
        return ()
    return tuple(limit - power for power in powers)


def headroom(reading: MeterReading) -> int | None:
    """Return what any appliance may still draw."""
    return min(phase_headrooms(reading), default=None)


def headroom_percent(reading: MeterReading) -> int | None:
    """Return the headroom in whole percent of the limit that it is counted from."""
    room, limit = headroom(reading), phase_limit(reading)
    return None if room is None or not limit else round(100 * room / limit)


def phase_powers(reading: MeterReading) -> tuple[int, ...]:
    """Return what each phase draws; by its current where the power is not sent."""
    if reading.phases == 1 and reading.apparent_power is not None:
        return (reading.apparent_power,)
    if reading.mode is None and not reading.apparent_power_by_phase:
        # no more is known than the active power: what it lacks is a margin's affair
        return tuple(max(power, 0) for power in reading.active_power_by_phase)
    return reading.apparent_power_by_phase or tuple(
        current * _NOMINAL_VOLTAGE for current in reading.currents
    )
