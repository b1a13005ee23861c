"""From the last good group of each label to a `MeterReading`."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

from ..reading import Contract, MeterReading, TariffPeriod, TicMode
from . import tariff
from .events import Group
from .historical import HISTORICAL
from .parts import Facts, Fields, Make, Part
from .standard import STANDARD
from .values import Values

_THREE_PHASE_LABELS: Final = frozenset(
    {"ADIR1", "ADIR2", "ADIR3", "IINST2", "IMAX2", "IRMS2", "PMAX", "PPOT", "SINSTS2"}
)

_PARTS: Final = {TicMode.HISTORICAL: HISTORICAL, TicMode.STANDARD: STANDARD}

_PARTS_OF: Final = {
    mode: {
        label: tuple(part for part in parts if label in part.labels)
        for label in chain.from_iterable(part.labels for part in parts)
    }
    for mode, parts in _PARTS.items()
}
"""The parts that hang on a label."""


def is_three_phase(labels: Iterable[str]) -> bool:
    """Tell whether a meter that sends these labels has three phases."""
    return not _THREE_PHASE_LABELS.isdisjoint(labels)


def read_contract(
    groups: Mapping[str, Group],
) -> tuple[Contract | None, TariffPeriod | None]:
    """Return the contract and the period that run, in either mode."""
    values = Values(groups)
    if (option := values.raw("OPTARIF")) is not None:
        code = values.raw("PTEC") or ""
        return tariff.contract_of_option(option), tariff.HISTORICAL_PERIODS.get(code)
    text = values.text("LTARF")
    period = tariff.period_of_text(text) if text else None
    return tariff.contract_of_text(values.text("NGTF"), period), period


class ReadingBuilder:
    """Makes the readings of one meter.

    Most groups repeat from frame to frame: what hangs on them is not read again.
    """

    def __init__(self) -> None:
        """Begin without a reading."""
        self._mode: TicMode | None = None
        self._fields: Fields = {}
        self._made_of: dict[Make, tuple[object, ...]] = {}

    def build(
        self, groups: Mapping[str, Group], facts: Facts, *, complete: bool
    ) -> MeterReading:
        """Make a reading of the last good group of each label."""
        if facts.mode is not self._mode:
            self._mode = facts.mode
            self._fields, self._made_of = {}, {}
        for part in _PARTS[facts.mode]:
            source = (*map(groups.get, part.labels), facts)
            if self._made_of.get(part.make) != source:
                self._make(part, Values(groups), facts)
                self._made_of[part.make] = source
        return self._reading(facts, complete=complete)

    def renew(
        self, groups: Mapping[str, Group], facts: Facts, label: str
    ) -> MeterReading:
        """Make the last reading again with what hangs on one label.

        It is urgent: what else has come waits for the end of the frame. What is made
        of it is made again then, as parts that it takes fields of may be older.
        """
        for part in _PARTS_OF[facts.mode][label]:
            self._make(part, Values(groups), facts)
            self._made_of.pop(part.make, None)
        return self._reading(facts, complete=False)

    def _make(self, part: Part, values: Values, facts: Facts) -> None:
        self._fields |= part.make(values, facts, self._fields)

    def _reading(self, facts: Facts, *, complete: bool) -> MeterReading:
        return MeterReading(
            mode=facts.mode, phases=facts.phases, complete=complete, **self._fields
        )
