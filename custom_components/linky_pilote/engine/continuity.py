"""Cumulative values that go on whatever becomes of the meter's indexes.

A home's statistics must not move because the meter was replaced, its output was
switched to the other mode or its contract changed. What is shown of an index is
therefore its value in the meter and an offset, chosen whenever the index takes a step
that nobody can have consumed.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Final, NamedTuple, Self

from .reading import Contract, MeterReading, TicMode

_LARGEST_POWER: Final = 36_000
"""VA; the largest contract that a Linky serves."""

_ROUNDING: Final = 5
"""Wh that an index may rise whatever the time: it counts whole Wh, and frames lag."""

_MISSES: Final = 2
"""Whole frames without an index before it counts as one that the meter has not."""


class Origin(NamedTuple):
    """What gives the indexes their meaning; with another one they may be others."""

    number: str | None
    mode: TicMode | None
    contract: Contract | None


def index_key(name: str) -> str:
    """Return the key of an index by its name in a reading."""
    return name if name.startswith("index_") else f"index_{name}"


@dataclass(slots=True)
class _Index:
    raw: int
    """What the meter said last, in Wh or varh."""
    shown: int
    time: float
    """When it said so."""
    epoch: int
    """The origin that it said so under, counted from the first one."""
    missed: int = 0
    """Whole frames without it since then; those after the second are not counted."""


def _indexes(reading: MeterReading) -> Iterator[tuple[str, int, int]]:
    """Yield the key of each index, its value, and the VA that it can rise with."""
    drawn = reading.subscribed_power or _LARGEST_POWER
    named: dict[str, int | None] = {
        **reading.indexes,
        "total": reading.total_index,
        **{f"distributor_{n}": i for n, i in reading.distributor_indexes.items()},
    }
    unbounded: dict[str, int | None] = {
        "injected": reading.injected_index,
        **{f"reactive_{n}": i for n, i in reading.reactive_indexes.items()},
    }
    for indexes, power in ((named, drawn), (unbounded, _LARGEST_POWER)):
        for name, value in indexes.items():
            if value is not None:
                yield index_key(name), value, power


class Continuity:
    """The cumulative values of one home: they never fall and never leap.

    While the origin is the same a rise is what was consumed, and after a fall the
    value goes on from where it was. Under a new origin an index goes on as it is if
    it can be the old one (a rise of 5 Wh and what the subscribed power gives in the
    time since), else from where it was: no more is lost than was consumed meanwhile.
    """

    def __init__(self) -> None:
        """Begin without a history: the first values are shown as they are."""
        self.origin: Origin | None = None
        self._epoch = 0
        self._indexes: dict[str, _Index] = {}

    def shown(self, key: str) -> int | None:
        """Return what is to be shown, in Wh or varh; None for what the meter has not.

        What is only missing for now stays as it was last.
        """
        index = self._indexes.get(key)
        return None if index is None or index.missed >= _MISSES else index.shown

    def displaced(self, key: str) -> int | None:
        """Return what the meter says of an index, where something else is shown."""
        index = self._indexes.get(key)
        return None if index is None or index.raw == index.shown else index.raw

    def take(self, reading: MeterReading, now: float) -> bool:
        """Take what a meter says; tell whether it is to be remembered at once.

        `now` is in s of a clock that never goes back during a run; time that seems
        to is none at all. A reading of another meter or mode whose contract is not
        known yet is left alone: nobody can tell what its indexes are.
        """
        origin = Origin(reading.serial, reading.mode, reading.contract)
        if self.origin is not None and reading.contract is None:
            if origin[:2] == self.origin[:2]:
                origin = self.origin
            elif not reading.complete:
                return False
        changed = origin != self.origin
        if changed:
            self.origin = origin
            self._epoch += 1
        seen = set()
        for key, raw, power in _indexes(reading):
            seen.add(key)
            changed |= self._follow(key, raw, now, power)
        if reading.complete:
            for key in self._indexes.keys() - seen:
                index = self._indexes[key]
                index.missed = min(index.missed + 1, _MISSES)
        return changed

    def _follow(self, key: str, raw: int, now: float, power: int) -> bool:
        """Take the value of an index; tell whether it was given another offset."""
        index = self._indexes.get(key)
        if index is None:
            self._indexes[key] = _Index(raw, raw, now, self._epoch)
            return False
        step = raw - index.raw
        if index.epoch == self._epoch:
            goes_on = step >= 0
        else:
            # One that comes back after a time may have counted something else in it.
            elapsed = max(now - index.time, 0.0)
            possible = _ROUNDING + power * elapsed / 3600
            goes_on = index.missed < _MISSES and 0 <= step <= possible
        shown = index.shown + step if goes_on else index.shown
        self._indexes[key] = _Index(raw, shown, now, self._epoch)
        return not goes_on

    def dump(self) -> dict[str, Any]:
        """Return all that is to be remembered, as JSON takes it."""
        return {
            "origin": self.origin,
            "epoch": self._epoch,
            "indexes": {key: asdict(index) for key, index in self._indexes.items()},
        }

    @classmethod
    def load(cls, data: Any) -> Self:
        """Return what was dumped; raises `ValueError` when it cannot have been."""
        continuity = cls()
        try:
            if data["origin"] is not None:
                number, mode, contract = data["origin"]
                continuity.origin = Origin(
                    None if number is None else _text(number),
                    None if mode is None else TicMode(mode),
                    None if contract is None else Contract(contract),
                )
            continuity._epoch = _whole(data["epoch"])
            continuity._indexes = {
                _text(key): _Index(
                    raw=_whole(index["raw"]),
                    shown=_whole(index["shown"]),
                    time=_instant(index["time"]),
                    epoch=_whole(index["epoch"]),
                    missed=_whole(index["missed"]),
                )
                for key, index in data["indexes"].items()
            }
        except (AttributeError, KeyError, TypeError) as err:
            raise ValueError(f"not what was kept of indexes: {err}") from err
        return continuity


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not a whole number")
    return value


def _instant(value: Any) -> float:
    if type(value) not in (int, float) or not isfinite(value):
        raise ValueError("not an instant")
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004
    return value
