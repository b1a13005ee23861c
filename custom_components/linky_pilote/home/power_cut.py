"""Whether the power was cut: then loads come back one by one."""

import time
from typing import Final

from ..meter.coordinator import MeterCoordinator
from ..sources.base import Problem
from .store import HomeMemory

_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

GATHER: Final = 60.0
"""s after the start in which loads appear, and all of them wait."""

SILENCE: Final = 60.0
"""s: a meter that has power is never mute for that long."""

_KNOWN: Final = 40.0
"""s of it in which it was known: a clock that leaps is no silence."""


def booted_at() -> float:
    """Return when this machine was switched on, in s since 1970."""
    return time.time() - time.clock_gettime(_CLOCK)


def was_cut(memory: HomeMemory) -> bool:
    """Tell whether the machine stopped without a farewell, and was switched on since.

    A crash of Home Assistant alone is none: the loads ran on.
    """
    return not memory.stopped and booted_at() > memory.state.now


def has_come_back(meter: MeterCoordinator) -> bool:
    """Tell whether a meter on an open line was mute for long, as without power.

    Home Assistant has a battery, then; the loads have none.
    """
    return meter.down_for >= _KNOWN and meter.back_from is Problem.SILENT_LINE
