"""What the meter number says: maker, year and model.

Source: the Euridis list of maker and type codes, version 3.04A. The number reads
CC AA TT NNNNNN: maker, year, type, serial.
"""

from dataclasses import dataclass
from typing import Final

_MAKERS: Final = {
    "01": "Crouzet / Monetel",
    "02": "Sagemcom",
    "03": "Itron",
    "04": "Landis+Gyr",
    "05": "Sauter / Stepper",
    "06": "Itron",
    "07": "Maec",
    "08": "Enerdis",
    "10": "SIS",
    "11": "Elster",
    "14": "Ghielmetti",
    "18": "Schneider Electric",
    "21": "SCLE",
    "24": "Hager",
    "25": "Delta Dore",
    "27": "Iskraemeco",
    "30": "Michaud",
    "31": "Hexing",
    "34": "Honeywell",
    "39": "ZIV",
    "81": "Sagemcom",
    "82": "Landis+Gyr",
    "83": "Honeywell",
    "84": "Sagemcom",
    "85": "Itron",
}

_MODELS: Final = {
    **dict.fromkeys(("01", "05", "15", "20", "22", "23", "25"), "CBE (1 phase)"),
    **dict.fromkeys(("09", "21", "26", "27"), "CBE (3 phases)"),
    **dict.fromkeys(("28", "29"), "CBE 2007 (1 phase)"),
    **dict.fromkeys(("30", "31"), "CBE 2007 (3 phases)"),
    **dict.fromkeys(("06", "10", "33"), "CJE"),
    **dict.fromkeys(("07", "34"), "ICE / PRISME"),
    "36": "PME-PMI",
    "60": "Linky G1 60 A (1 phase)",
    "61": "Linky G3 60 A (1 phase)",
    "62": "Linky G1 90 A (1 phase)",
    "63": "Linky G1 60 A (3 phases)",
    "64": "Linky G3 60 A (1 phase)",
    "65": "Linky G3 90 A (1 phase)",
    "67": "Linky pilot G1 90 A (1 phase)",
    "68": "Linky pilot G1 (3 phases)",
    "70": "Linky G3 (1 phase)",
    "71": "Linky G3 (3 phases)",
    "75": "Linky G3 90 A (1 phase)",
    "76": "Linky G3 60 A (3 phases)",
    "86": "SEI (1 phase)",
    "87": "SEI (3 phases)",
}

_OLDEST_YEAR: Final = 90
"""Two-digit years from here on are of the last century."""

_NUMBER_LENGTH: Final = 12

PUBLIC_DIGITS: Final = 6
"""Digits of a meter number that say maker, year and type; the rest is private."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterIdentity:
    """What a meter number says; None for a code that is not in the list."""

    maker: str | None
    year: int | None
    model: str | None


def identify(serial: str) -> MeterIdentity:
    """Read a meter number of 12 digits; anything else says nothing."""
    if len(serial) != _NUMBER_LENGTH or not serial.isdecimal():
        return MeterIdentity(maker=None, year=None, model=None)
    year = int(serial[2:4])
    return MeterIdentity(
        maker=_MAKERS.get(serial[:2]),
        year=year + (1900 if year >= _OLDEST_YEAR else 2000),
        model=_MODELS.get(serial[4:6]),
    )
