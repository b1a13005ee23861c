"""Values that lost their form on the way, written as the meter writes them.

Bridges turn groups into numbers and texts: zeros on the left, dots and spaces on the
right and horodates get lost. What is written back still has to pass the grammar of
its label; there is no checksum any more.
"""

from collections.abc import Mapping
from dataclasses import replace
import re
from typing import Final, NamedTuple

from .events import Group
from .labels import IDENTITY_LABELS, LABELS, LabelSpec

_LONGEST: Final = 128
"""Characters of a value; PJOURF+1 has 98."""

_LARGEST: Final = 10**14
"""No label has more than 14 digits."""

_THOUSANDS: Final = frozenset({"PREF", "PCOUP"})
"""In kVA; some bridges give VA."""

_DIGITS_OF: Final = {
    "HHPHC": 1,
    "MOTDETAT": 6,
    "NTARF": 2,
    "PPOT": 2,
    "RELAIS": 3,
    "STGE": 8,
}
"""Characters of data that are no number, but look like one when all are digits."""

_PADDING: Final = {
    "OPTARIF": (4, "."),
    "PTEC": (4, "."),
    "NGTF": (16, " "),
    "LTARF": (16, " "),
    "MSG1": (32, " "),
    "MSG2": (16, " "),
}
"""Characters of a text, and what fills it up on the right."""


class _Form(NamedTuple):
    spec: LabelSpec
    digits: int
    """How long a number is; 0 where the data cannot be one."""
    data: re.Pattern[bytes]
    stamped: re.Pattern[bytes] | None


def _form(spec: LabelSpec) -> _Form:
    return _Form(
        spec,
        spec.data if isinstance(spec.data, int) else _DIGITS_OF.get(spec.label, 0),
        replace(spec, stamp=None).compile(),
        spec.compile() if spec.stamp is not None else None,
    )


_FORMS: Final[Mapping[str, _Form]] = {spec.label: _form(spec) for spec in LABELS}


def write_group(label: str, value: object, stamp: str | None = None) -> Group | None:
    """Write a known label's value as a group; None for a value that is none.

    `value` is a text or a number, `stamp` the horodate where it is known: a stamped
    label is taken without it, as most bridges drop it.
    """
    form = _FORMS[label]
    data = _text(value)
    if data is None:
        return None
    if form.spec.data == 0 and stamp is None:
        data, stamp = "", data  # DATE: its horodate is all it says
    if label in _PADDING:
        width, filler = _PADDING[label]
        data = data.ljust(width, filler)
    elif form.digits:
        data = _number(label, data.strip(), form.digits)
    else:
        data = data.strip()
    if form.stamped is None:
        stamp = None
    pattern, text = form.data, data
    if form.stamped is not None and stamp is not None:
        pattern, text = form.stamped, f"{stamp}\t{data}"
    if not text.isascii() or pattern.fullmatch(text.encode("ascii")) is None:
        return None
    return Group(form.spec.mode, label, data, stamp)


def _text(value: object) -> str | None:
    """Return a scalar as the text that it was; whole numbers only."""
    match value:
        case str() if len(value) <= _LONGEST:
            return value.rstrip("\r\n\0")
        case bool():
            return None
        case float() if value.is_integer() and 0 <= value < _LARGEST:
            return str(int(value))
        case int() if 0 <= value < _LARGEST:
            return str(value)
    return None


def _number(label: str, data: str, digits: int) -> str:
    """Return digits with the zeros that were dropped; anything else as it is."""
    if not (data.isascii() and data.isdigit()):
        return data
    if label in _THOUSANDS and len(data) > digits and data.endswith("000"):
        data = data[:-3]
    if label in IDENTITY_LABELS and len(data) < digits - 1:
        return data  # No meter and no home has a number that begins with two zeros.
    return data.zfill(digits)
