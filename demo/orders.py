"""What can be asked of a running line, as words of a command."""

from collections.abc import Callable, Mapping
import shlex
from types import MappingProxyType
from typing import Protocol

from custom_components.linky_pilote.engine.reading import TicMode

from .meter import Clock


class Line(Protocol):
    """What the orders work on."""

    def plug(self) -> None:
        """Plug the adapter in."""

    def unplug(self) -> None:
        """Pull the adapter out."""

    def stop(self) -> None:
        """End the line."""

    def set_mode(self, mode: TicMode) -> None:
        """Switch the meter to another mode."""

    def set_fault(self, name: str, rate: float | None, seconds: float | None) -> None:
        """Damage the line, for some time or for good."""

    def clear_faults(self) -> None:
        """Repair the line."""

    def set_clock(self, clock: Clock) -> None:
        """Make the meter's clock wrong, or right."""

    def move_index(self, watt_hours: float, frames: int | None) -> None:
        """Make the index that counts leap, or fall, for some frames or for good."""

    def exchange_meter(self, serial: str | None) -> None:
        """Put another meter in the place of this one."""

    def status(self) -> str:
        """Say how it is."""


HELP = """\
plug, unplug           the adapter
mode historical|standard
fault silence [SECONDS]
fault noise [RATE]     one changed bit in that share of the characters
fault garbage [SECONDS]
fault lf-lost|lf-0f|cr-lf [RATE]   spoiled delimiters
fault parity           eight bits, the parity bit kept
fault none
index +WH|-WH [FRAMES] the index that counts leaps or falls, for good without FRAMES
clock SECONDS [degraded]   the meter's clock is ahead; 0 puts it right
meter [SERIAL]         another meter, with indexes of its own
status, help, quit"""

_DEGRADED = "degraded"
# the number after these is a time in seconds, after the others a rate
_TIMED = frozenset(("silence", "garbage"))


def obey(line: Line, text: str) -> str:
    """Carry out one command; return the answer, which starts with ok or error."""
    try:
        words = shlex.split(text)
        if not words:
            return "ok"
        return _ORDERS[words[0]](line, *words[1:]) or "ok"
    except KeyError:
        return f"error: unknown command {text.strip()!r}; try help"
    except (TypeError, ValueError) as error:
        return f"error: {error}"


def _fault(line: Line, name: str, value: str | None = None) -> None:
    if name == "none":
        line.clear_faults()
        return
    number = None if value is None else float(value)
    if name in _TIMED:
        line.set_fault(name, None, number)
    else:
        line.set_fault(name, number, None)


def _index(line: Line, energy: str, frames: str | None = None) -> None:
    line.move_index(float(energy), None if frames is None else int(frames))


def _clock(line: Line, ahead: str, flag: str = "") -> None:
    if flag not in ("", _DEGRADED):
        raise ValueError(f"the clock is {_DEGRADED}, or nothing is said of it")
    line.set_clock(Clock(ahead_s=float(ahead), degraded=bool(flag)))


def _meter(line: Line, serial: str | None = None) -> None:
    if serial is not None and not (len(serial) == 12 and serial.isdecimal()):
        raise ValueError("a meter number has 12 digits")
    line.exchange_meter(serial)


_ORDERS: Mapping[str, Callable[..., str | None]] = MappingProxyType(
    {
        "plug": lambda line: line.plug(),
        "unplug": lambda line: line.unplug(),
        "mode": lambda line, mode: line.set_mode(TicMode(mode)),
        "fault": _fault,
        "index": _index,
        "clock": _clock,
        "meter": _meter,
        "status": lambda line: f"ok {line.status()}",
        "help": lambda line: f"{HELP}\nok",
        "quit": lambda line: line.stop(),
    }
)
