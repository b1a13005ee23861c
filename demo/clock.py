"""One clock for a whole Home Assistant: simulated, and faster than that of the world.

libfaketime is loaded into the process and answers each question for the time. It takes
a new rate whenever the environment variable changes, and goes on from the present.

A thread that waits with a time limit waits by the real clock for an instant of the
simulated one (libfaketime 0.9.10 does not know `sem_clockwait`): for ever, that is.
"""

from collections.abc import MutableMapping
import os
from pathlib import Path
import time
from typing import Final

_ENVIRONMENT: Final = "FAKETIME"
_LIBRARY: Final = "libfaketimeMT.so.1"
_FOLDERS: Final = ("/usr/lib", "/usr/lib64", "/usr/local/lib")
_PATTERNS: Final = (f"*/faketime/{_LIBRARY}", f"faketime/{_LIBRARY}")
_NO_STEP_BACK_S: Final = 0.0002
"""Seconds of the world that a change of rate may take: the clock must not go back."""
FASTEST: Final = 600


def find_library() -> Path | None:
    """Return where libfaketime is, None on a machine that does not have it."""
    for folder in _FOLDERS:
        for pattern in _PATTERNS:
            for found in sorted(Path(folder).glob(pattern)):
                return found
    return None


def variables(library: Path, start_s: float) -> dict[str, str]:
    """Return the environment of a process whose clock starts there, at speed 1.

    `start_s` is in seconds since 1970.
    """
    return {
        "LD_PRELOAD": str(library),
        _ENVIRONMENT: _text(start_s, 1.0),
        "FAKETIME_FMT": "%s",
        # a new rate counts at once
        "FAKETIME_NO_CACHE": "1",
    }


def is_simulated(environment: MutableMapping[str, str] = os.environ) -> bool:
    """Say whether this process lives on such a clock."""
    return _ENVIRONMENT in environment


def set_speed(speed: float) -> None:
    """Let this process's clock go on at that many seconds in a second of the world.

    Raises `ValueError` for a speed out of range, or without such a clock.
    """
    if not 1 <= speed <= FASTEST:
        raise ValueError(f"the speed is 1 to {FASTEST}")
    if not is_simulated():
        raise ValueError("time is real here: the demo was started without --speed")
    os.environ[_ENVIRONMENT] = _text(time.time() + speed * _NO_STEP_BACK_S, speed)


def _text(start_s: float, speed: float) -> str:
    return f"@{start_s:.6f} x{speed:g}"
