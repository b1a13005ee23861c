"""The last good group of each label, read as numbers, texts and peaks."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from ..reading import Peak
from . import registers
from .events import Group

_PHASES: Final = (1, 2, 3)


class Values:
    """Reads the groups that are there."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        """Take the groups by label."""
        self._groups = groups

    def raw(self, label: str) -> str | None:
        """Return the data of a label."""
        group = self._groups.get(label)
        return None if group is None else group.data

    def stamp(self, label: str) -> str | None:
        """Return the stamp of a label."""
        group = self._groups.get(label)
        return None if group is None else group.stamp

    def number(self, *labels: str) -> int | None:
        """Return the number of the first of these labels that is there."""
        for label in labels:
            if (group := self._groups.get(label)) is not None:
                return int(group.data)
        return None

    def text(self, label: str) -> str | None:
        """Return a text without its padding; None when nothing is left."""
        return " ".join((self.raw(label) or "").split()) or None

    def parse[T, A](self, label: str, parser: Callable[[str], T], absent: A) -> T | A:
        """Return what a parser makes of a label's data, or what stands for none."""
        data = self.raw(label)
        return absent if data is None else parser(data)

    def phases(self, pattern: str, count: int) -> tuple[int, ...]:
        """Return the numbers of that many phases, or nothing when one is missing."""
        numbers = [self.number(pattern.format(phase)) for phase in _PHASES[:count]]
        known = tuple(number for number in numbers if number is not None)
        return known if len(known) == count else ()

    def numbered(self, labels: str) -> dict[int, int]:
        """Return the numbers of labels counted from 1, by their count."""
        numbers = {
            count: self.number(label)
            for count, label in enumerate(labels.split(), start=1)
        }
        return {
            count: number for count, number in numbers.items() if number is not None
        }

    def peak(self, *labels: str) -> Peak | None:
        """Return the peak of the first of these labels that is there."""
        for label in labels:
            if (group := self._groups.get(label)) is not None:
                moment = registers.parse_stamp(group.stamp) if group.stamp else None
                return Peak(power=int(group.data), time=moment)
        return None

    def peaks(self, pattern: str) -> tuple[Peak, ...]:
        """Return the peaks of three phases, or nothing when one is missing."""
        peaks = [self.peak(pattern.format(phase)) for phase in _PHASES]
        known = tuple(peak for peak in peaks if peak is not None)
        return known if len(known) == len(_PHASES) else ()

    def moment(self, label: str) -> datetime | None:
        """Return the instant of a label's stamp."""
        stamp = self.stamp(label)
        return None if stamp is None else registers.parse_stamp(stamp)
