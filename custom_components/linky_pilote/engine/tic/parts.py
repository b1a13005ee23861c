"""What a reading is made of, part by part."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..reading import TariffPeriod, TicMode
from .values import Values

type Fields = dict[str, Any]
"""Fields of a `MeterReading`."""


class Facts(NamedTuple):
    """What is known of the meter beside its groups."""

    mode: TicMode
    phases: int
    periods: tuple[TariffPeriod, ...] | None
    """Those of the supplier's indexes 1, 2, ... in standard mode; None while it is
    not known what they count: they are left out then."""
    warnings: Mapping[int, int]
    """The overload warnings in force, in A by phase."""


type Make = Callable[[Values, Facts, Fields], Fields]
"""Makes fields of the groups, the facts and the fields of the parts before."""


class Part(NamedTuple):
    """Fields of a reading that hang on these labels, and on no others."""

    labels: tuple[str, ...]
    make: Make


def part(make: Make, *labels: str) -> Part:
    """Return a part; its labels are separated by spaces."""
    return Part(tuple(" ".join(labels).split()), make)
