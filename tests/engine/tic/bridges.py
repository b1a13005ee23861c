"""What bridges make of a meter's frame: the shapes of `engine/tic/payload.py`."""

from collections.abc import Callable, Iterable, Iterator
import json
from typing import Any, Final

from custom_components.linky_pilote.engine.tic import encode_frame

from .lines import HISTORICAL, STANDARD, Sent

type Message = tuple[str, bytes]
"""Topic and payload."""

type Bridge = Callable[[Iterable[Sent]], list[Message]]

STAMPED: Final = 3
"""Fields of a group that has a horodate."""


def _encode(found: object) -> bytes:
    return json.dumps(found).encode()


def _frame(sent: Iterable[Sent]) -> bytes:
    groups = list(sent)
    mode = HISTORICAL if groups[0][0] == "ADCO" else STANDARD
    return encode_frame(mode, groups)


def raw(sent: Iterable[Sent]) -> list[Message]:
    """Publish the bytes of a frame."""
    return [("tele/linky/RAW", _frame(sent))]


def fragments(sent: Iterable[Sent]) -> list[Message]:
    """Publish the bytes of a frame as they come from a serial port."""
    frame = _frame(sent)
    return [
        ("tele/linky/RAW", frame[start : start + 15])
        for start in range(0, len(frame), 15)
    ]


def text(sent: Iterable[Sent]) -> list[Message]:
    """Publish a frame as text: other line ends, no marks around it."""
    lines = _frame(sent).strip(b"\x02\x03\r\n").replace(b"\r\n", b"\n")
    return [("linky/frame", lines)]


def text_with_marks(sent: Iterable[Sent]) -> list[Message]:
    """Publish a frame whose line ends went through a terminal."""
    return [("linky/frame", _frame(sent).replace(b"\r\n", b"\n\n"))]


def flat(sent: Iterable[Sent]) -> list[Message]:
    """Publish labels and texts; Tasmota of N. Bernaerts does, on tele/…/TIC.

    The horodates are lost.
    """
    found = {label: data for label, data, *_ in sent}
    return [("tele/linky/TIC", _encode(found))]


def numbers(sent: Iterable[Sent]) -> dict[str, Any]:
    """Return labels with numbers where all characters are digits, as Tasmota does."""
    return {
        label: int(data)
        if data.isdigit() and label not in {"ADCO", "ADSC", "PRM"}
        else data
        for label, data, *_ in sent
    }


def tasmota(sent: Iterable[Sent]) -> list[Message]:
    """Publish a section TIC beside what else Tasmota knows."""
    found = {
        "Time": "2026-11-20T18:42:00",
        "ENERGY": {
            "Total": 35802.467,
            "Power": 720,
            "Voltage": 230,
            "Current": 3.0,
            "BASE": 12,
        },
        "TIC": numbers(sent),
    }
    return [("tele/linky/SENSOR", _encode(found))]


def _timestamp(stamp: str) -> dict[str, str]:
    return {
        "date": f"20{stamp[1:3]}-{stamp[3:5]}-{stamp[5:7]}"
        f"T{stamp[7:9]}:{stamp[9:11]}:{stamp[11:13]}.000Z",
        "dst": "winter" if stamp[0] == "H" else "summer",
    }


def teleinfo2mqtt(sent: Iterable[Sent]) -> list[Message]:
    """Publish raw text, value and time of each label; powers in VA, not in kVA.

    What it leaves out: horodates of moving peaks and of a clock that was not set.
    """
    found = {}
    for item in sent:
        label, data, *stamp = item
        if stamp and stamp[0][0] not in "HE":
            continue
        shown = data + "000" if label in {"PREF", "PCOUP"} else data
        value: object = int(shown) if shown.isdigit() else shown.replace("..", "")
        entry: dict[str, object] = {"raw": shown, "value": value}
        if stamp:
            entry["timestamp"] = _timestamp(stamp[0])
        found[label] = entry
    number = next(data for label, data, *_ in sent if label in {"ADCO", "ADSC"})
    return [(f"teleinfo/{number}", _encode(found))]


def teleinfo2mqtt_values(sent: Iterable[Sent]) -> list[Message]:
    """Publish the same without the raw texts: codes have lost their dots."""
    ((topic, payload),) = teleinfo2mqtt(sent)
    found = json.loads(payload)
    for entry in found.values():
        del entry["raw"]
    return [(topic, _encode(found))]


def teleinfokit(sent: Iterable[Sent]) -> list[Message]:
    """Publish a topic a label; a topic has no +, and the horodates are lost."""
    return [
        (f"teleinfokit-a1b2c3/data/{label.replace('+', '_')}", data.encode())
        for label, data, *_ in sent
    ]


def teleinfokit_1(sent: Iterable[Sent]) -> list[Message]:
    """Publish some labels under the names that the first versions gave them."""
    names = {
        "ADCO": "adc0",
        "ISOUSC": "isousc",
        "IINST": "iinst",
        "PAPP": "papp",
        "IMAX": "imax",
        "HCHP": "hp",
        "HCHC": "hc",
        "BASE": "base",
        "PTEC": "ptec",
    }
    return [
        (
            f"teleinfokit/{names[label]}",
            str(int(data)).encode() if data.isdigit() else data.encode(),
        )
        for label, data, *_ in sent
        if label in names
    ]


def linkytop(sent: Iterable[Sent]) -> list[Message]:
    """Publish five labels on topics without a prefix, PTEC cut to two letters."""
    lengths = {"HCHC": 9, "HCHP": 9, "PTEC": 2, "IINST": 3, "PAPP": 5}
    found = {label: data for label, data, *_ in sent}
    return [
        (label, found[label][:length].encode())
        for label, length in lengths.items()
        if label in found
    ]


def optimiser(sent: Iterable[Sent]) -> list[Message]:
    """Publish the powers, and the sum of the reactive indexes, which is no label."""
    found = {label: data for label, data, *_ in sent}
    total = sum(int(found.get(f"ERQ{quadrant}", "0")) for quadrant in range(1, 5))
    labels = ("SINSTI", "SINSTS")
    values = {label: int(found[label]) for label in labels if label in found}
    values["ERQT"] = total
    return [(f"tic/{label}", str(value).encode()) for label, value in values.items()]


_CODES: Final = {
    "BASE": "TH..",
    "HCHC": "HC..",
    "HCHP": "HP..",
    "EJPHN": "HN..",
    "EJPHPM": "PM..",
    "BBRHCJB": "HCJB",
    "BBRHPJB": "HPJB",
    "BBRHCJW": "HCJW",
    "BBRHPJW": "HPJW",
    "BBRHCJR": "HCJR",
    "BBRHPJR": "HPJR",
}
_NAMES: Final = {
    "TH..": "Toutes Heures",
    "HC..": "Creuses",
    "HP..": "Pleines",
    "HN..": "Normale",
    "PM..": "Pointe Mobile",
    "HCJB": "Creuses Bleu",
    "HPJB": "Pleines Bleu",
    "HCJW": "Creuses Blanc",
    "HPJW": "Pleines Blanc",
    "HCJR": "Creuses Rouge",
    "HPJR": "Pleines Rouge",
}
_COLORS: Final = {"----": "Inconnu", "BLEU": "Bleu", "BLAN": "Blanc", "ROUG": "Rouge"}
_TEMPO: Final = ("HC BLEU", "HP BLEU", "HC BLANC", "HP BLANC", "HC ROUGE", "HP ROUGE")


def _phases(found: dict[str, str], pattern: str) -> Iterator[tuple[int, str]]:
    for phase in (1, 2, 3):
        label = pattern.format(phase)
        if label in found:
            yield phase, found[label]


def bernaerts(sent: Iterable[Sent]) -> list[Message]:
    """Publish the sections that N. Bernaerts' Tasmota makes of the labels.

    Standard mode under EDF Tempo only, where the names of the indexes are known.
    """
    found = {label: data for label, data, *_ in sent}
    historical = "ADCO" in found
    phases = 3 if "IINST2" in found or "IRMS2" in found else 1
    current = "I{}" if historical else "IRMS{}"
    if historical:
        current = "IINST{}" if phases > 1 else "IINST"
    meter: dict[str, object] = {"PH": phases, "PMAX": 9000}
    if historical:
        meter["ISUB"] = int(found["ISOUSC"])
        meter["PSUB"] = 200 * int(found["ISOUSC"])
    else:
        meter["ISUB"] = 1000 * int(found["PREF"]) // 200 // phases
        meter["PSUB"] = 1000 * int(found["PREF"]) // phases
    for phase, amperes in list(_phases(found, current))[:phases]:
        meter[f"I{phase}"] = int(amperes) + 0.04
        meter[f"U{phase}"] = 230 if historical else int(found[f"URMS{phase}"])
        meter[f"P{phase}"] = int(found.get(f"SINSTS{phase}", "0"))
        meter[f"W{phase}"] = 600
    meter |= {"P": int(found.get("PAPP") or found["SINSTS"]), "W": 600, "C": 0.85}
    contract: dict[str, object] = {
        "serial": int(found.get("ADCO") or found["ADSC"]),
        "name": "Tempo" if "BBRHCJB" in found or not historical else "HC/HP",
        "period": _NAMES[found["PTEC"]] if historical else "Pleines Bleu",
        "tday": "Bleu",
        "tmrw": _COLORS[found.get("DEMAIN", "----")],
    }
    if historical:
        indexes = {code: int(found[x]) for x, code in _CODES.items() if x in found}
        contract["CONSO"] = sum(indexes.values())
    else:
        indexes = {
            code: int(found[f"EASF{n:02d}"]) for n, code in enumerate(_TEMPO, start=1)
        }
        contract["CONSO"] = int(found["EAST"])
    states = int(found.get("RELAIS", "0"))
    return [
        (
            "tele/linky/SENSOR",
            _encode(
                {
                    "Time": "2026-11-20T18:42:00",
                    "METER": meter,
                    "CONTRACT": {**contract, **indexes},
                    "CAL": {"level": 1, "hp": 1},
                    "RELAY": {
                        **{f"V{n}": states >> (n - 1) & 1 for n in range(1, 9)},
                        "P1": 0,
                        "W1": 0,
                    },
                    "ALERT": {"Load": 0, "Volt": 0, "Preavis": 0, "Label": ""},
                }
            ),
        )
    ]
