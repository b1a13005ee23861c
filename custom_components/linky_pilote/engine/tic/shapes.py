"""What a JSON object says of a meter, whatever shape a bridge gave it.

Labels are looked for at any level: `{"PAPP": 720}`, `{"TIC": {"PAPP": "00720"}}`
(Tasmota), `{"PAPP": {"raw": "00720", "value": 720}}` (teleinfo2mqtt). Sections that
are made of labels are in `sections`.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
import json
import re
from typing import Final, NamedTuple

from ..reading import TicMode
from .labels import LABELS
from .sections import (
    ALERT,
    CONTRACT,
    METER,
    RELAY,
    SECTIONS,
    Section,
    mode_of,
    read_sections,
)

MODES: Final[Mapping[str, TicMode]] = {spec.label: spec.mode for spec in LABELS}
"""The mode of each known label: the two modes share none."""

UNKNOWN_LABEL: Final = re.compile(r"[A-Z][A-Z0-9_+-]{1,8}")

_DEEPEST: Final = 3
"""Levels below the top that are looked at."""

_SEASONS: Final = {"winter": "H", "summer": "E"}
_DATE: Final = re.compile(
    r"20([0-9]{2})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})"
)

BATTERY: Final = frozenset({"battery_voltage", "capa.vmin", "vbat", "vbatt", "vcc"})
"""Keys and topics, in small letters, of the voltage that a bridge runs on. The second
is the capacitor of a Winky; Tasmota says `Vcc`."""

_VOLTS: Final = (0.5, 20.0)
_MILLIVOLTS: Final = 1000


class Field(NamedTuple):
    """A value under a name that may be a label."""

    label: str
    value: object
    stamp: str | None = None


@dataclass(slots=True, kw_only=True)
class Object:
    """What was found in a JSON object."""

    mode: TicMode | None = None
    """The mode that its sections show."""
    fields: list[Field] = field(default_factory=list)
    battery: float | None = None
    """Voltage that the bridge runs on, in V."""


def parse_object(payload: bytes, mode: TicMode | None) -> Object | None:
    """Return what a payload says of a meter; None when it is no JSON object.

    `mode` is the meter's, if it is known: a part of the sections does not show it.
    """
    try:
        found = json.loads(payload)
    except ValueError, RecursionError:
        return None
    if not isinstance(found, dict):
        return None
    result = Object()
    for name, section in _sections(found):
        _read_section(name, section, result)
    meter, contract, relay, alert = (
        _section(found, name) for name in (METER, CONTRACT, RELAY, ALERT)
    )
    result.mode = mode_of(contract)
    known = result.mode or mode
    if known is not None and (meter or contract):
        result.fields += [
            Field(label, value)
            for label, value in read_sections(meter, contract, relay, alert, known)
        ]
    return result


def voltage(name: str, value: object) -> float | None:
    """Return the voltage that a bridge runs on, in V, if this is it."""
    if name.lower() not in BATTERY or isinstance(value, bool):
        return None
    try:
        volts = float(value)  # type: ignore[arg-type]
    except TypeError, ValueError, OverflowError:
        return None
    lowest, highest = _VOLTS
    if not lowest <= volts <= highest:
        volts /= _MILLIVOLTS
    return volts if lowest <= volts <= highest else None


def _section(found: Mapping[str, object], name: str) -> Section:
    section = found.get(name)
    return section if isinstance(section, dict) else {}


def _sections(found: Section) -> Iterator[tuple[str, Section]]:
    """Yield an object and those in it, the outer ones first."""
    waiting = deque([("", found, 0)])
    while waiting:
        name, section, depth = waiting.popleft()
        yield name, section
        if depth < _DEEPEST:
            waiting.extend(
                (key, value, depth + 1)
                for key, value in section.items()
                if isinstance(value, dict) and key not in SECTIONS and key not in MODES
            )


def _read_section(name: str, section: Section, result: Object) -> None:
    has_labels = not MODES.keys().isdisjoint(section)
    for key, value in section.items():
        volts = voltage(key, value) or voltage(f"{name}.{key}", value)
        if volts is not None:
            result.battery = volts
        elif key in MODES:
            result.fields.append(_field(key, value))
        elif (
            has_labels
            and UNKNOWN_LABEL.fullmatch(key)
            and isinstance(value, str | int | float)
        ):
            result.fields.append(Field(key, value))


def _field(label: str, value: object) -> Field:
    if not isinstance(value, dict):
        return Field(label, value)
    return Field(
        label, value.get("raw", value.get("value")), _stamp(value.get("timestamp"))
    )


def _stamp(found: object) -> str | None:
    """Return the horodate that teleinfo2mqtt took apart.

    Its date is the meter's legal time, whatever the Z at its end says.
    """
    if not isinstance(found, dict):
        return None
    season = _SEASONS.get(str(found.get("dst")))
    date = _DATE.match(str(found.get("date")))
    return season + "".join(date.groups()) if season and date else None
