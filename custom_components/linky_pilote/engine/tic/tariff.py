"""The contract and its periods, from the words that the meter uses.

Historical mode has codes (Enedis-NOI-CPT_54E, section 6.1.2), standard mode has
texts that each supplier words as it likes: they are read word by word.
"""

from functools import lru_cache
import re
from typing import Final

from ..reading import Contract, TariffPeriod, TempoColor

_OPTIONS: Final = {
    "BAS": Contract.BASE,
    "HC.": Contract.OFF_PEAK,
    "EJP": Contract.EJP,
    "BBR": Contract.TEMPO,
}

HISTORICAL_PERIODS: Final = {
    "TH..": TariffPeriod.BASE,
    "HC..": TariffPeriod.OFF_PEAK,
    "HP..": TariffPeriod.PEAK,
    "HN..": TariffPeriod.NORMAL,
    "PM..": TariffPeriod.MOVING_PEAK,
    "HCJB": TariffPeriod.BLUE_OFF_PEAK,
    "HPJB": TariffPeriod.BLUE_PEAK,
    "HCJW": TariffPeriod.WHITE_OFF_PEAK,
    "HPJW": TariffPeriod.WHITE_PEAK,
    "HCJR": TariffPeriod.RED_OFF_PEAK,
    "HPJR": TariffPeriod.RED_PEAK,
}

HISTORICAL_INDEX_PERIODS: Final = {
    "HCHC": TariffPeriod.OFF_PEAK,
    "HCHP": TariffPeriod.PEAK,
    "EJPHN": TariffPeriod.NORMAL,
    "EJPHPM": TariffPeriod.MOVING_PEAK,
    "BBRHCJB": TariffPeriod.BLUE_OFF_PEAK,
    "BBRHPJB": TariffPeriod.BLUE_PEAK,
    "BBRHCJW": TariffPeriod.WHITE_OFF_PEAK,
    "BBRHPJW": TariffPeriod.WHITE_PEAK,
    "BBRHCJR": TariffPeriod.RED_OFF_PEAK,
    "BBRHPJR": TariffPeriod.RED_PEAK,
}

HISTORICAL_INDEXES_OF: Final[dict[Contract | None, tuple[str, ...]]] = {
    Contract.OFF_PEAK: ("HCHC", "HCHP"),
    Contract.EJP: ("EJPHN", "EJPHPM"),
    Contract.TEMPO: tuple(
        label for label in HISTORICAL_INDEX_PERIODS if label.startswith("BBR")
    ),
}
"""The indexes of a contract in historical mode; BASE is the total itself."""

TEMPO_PERIODS: Final = (
    TariffPeriod.BLUE_OFF_PEAK,
    TariffPeriod.BLUE_PEAK,
    TariffPeriod.WHITE_OFF_PEAK,
    TariffPeriod.WHITE_PEAK,
    TariffPeriod.RED_OFF_PEAK,
    TariffPeriod.RED_PEAK,
)
"""Periods of EASF01 to EASF06 under EDF Tempo; all known dumps agree."""

OFF_PEAK_PERIODS: Final = (TariffPeriod.OFF_PEAK, TariffPeriod.PEAK)
"""Periods of EASF01 and EASF02 under a two-index contract, unless LTARF differs."""

COLOR_OF_PERIOD: Final = {
    TariffPeriod(f"{color}_{hours}"): color
    for color in TempoColor
    for hours in ("off_peak", "peak")
}

ANNOUNCED_COLORS: Final = {
    "BLEU": TempoColor.BLUE,
    "BLAN": TempoColor.WHITE,
    "ROUG": TempoColor.RED,
}

_COLOR_WORDS: Final = {
    "BLEU": TempoColor.BLUE,
    "BLANC": TempoColor.WHITE,
    "ROUGE": TempoColor.RED,
}
_OFF_PEAK_WORDS: Final = {"HC", "CREUSE", "CREUSES"}
_PEAK_WORDS: Final = {"HP", "PLEINE", "PLEINES"}
_WEEKEND_WORDS: Final = {"WE", "WEEK", "WEEKEND"}
_WORDS: Final = re.compile(r"[A-Z]+")


def _words(text: str) -> set[str]:
    return set(_WORDS.findall(text.upper()))


def contract_of_option(option: str) -> Contract:
    """Return the contract of OPTARIF; its fourth character may be anything."""
    return _OPTIONS[option[:3]]


# A meter has few wordings, and a change of period is told at once.
@lru_cache(maxsize=64)
def period_of_text(text: str) -> TariffPeriod:
    """Return the period that LTARF words, in any order and any case."""
    words = _words(text)
    color = next((_COLOR_WORDS[word] for word in _COLOR_WORDS if word in words), None)
    off_peak, peak = bool(words & _OFF_PEAK_WORDS), bool(words & _PEAK_WORDS)
    if words & _WEEKEND_WORDS:
        return TariffPeriod.WEEKEND
    if off_peak != peak:
        hours = "off_peak" if off_peak else "peak"
        return TariffPeriod(hours if color is None else f"{color}_{hours}")
    if "BASE" in words:
        return TariffPeriod.BASE
    if "PM" in words or {"POINTE", "MOBILE"} <= words:
        return TariffPeriod.MOVING_PEAK
    if "HN" in words or words & {"NORMALE", "NORMALES"}:
        return TariffPeriod.NORMAL
    return TariffPeriod.OTHER


@lru_cache(maxsize=64)
def contract_of_text(name: str | None, period: TariffPeriod | None) -> Contract | None:
    """Return the contract that NGTF words; without it, what the period tells."""
    if not name:
        return Contract.TEMPO if period in COLOR_OF_PERIOD else None
    words = _words(name)
    if "PRODUCTEUR" in words:
        return Contract.PRODUCER
    if "TEMPO" in words:
        return Contract.TEMPO
    if "EJP" in words:
        return Contract.EJP
    if words & (_WEEKEND_WORDS | {"SEM", "SEMAINE"}):
        return Contract.OTHER
    if words & _OFF_PEAK_WORDS and words & (_PEAK_WORDS | {"H"}):
        return Contract.OFF_PEAK
    return Contract.BASE if "BASE" in words else Contract.OTHER


def index_periods(
    contract: Contract | None, running: int | None, period: TariffPeriod | None
) -> tuple[TariffPeriod, ...]:
    """Return the periods of the supplier's indexes 1, 2, ..., where they are known.

    `running` is the index that counts now (NTARF) and `period` what LTARF calls it:
    where the two contradict the usual order of a two-index contract, they win.
    """
    if contract is Contract.TEMPO:
        return TEMPO_PERIODS
    if contract is not Contract.OFF_PEAK:
        return ()
    if period in OFF_PEAK_PERIODS and running in (1, 2):
        usual = OFF_PEAK_PERIODS[running - 1] is period
        return OFF_PEAK_PERIODS if usual else OFF_PEAK_PERIODS[::-1]
    return OFF_PEAK_PERIODS


def period_of_words(text: str) -> TariffPeriod | None:
    """Return the period by whatever entities call it: PTEC, LTARF, or our own names."""
    code = text.strip().upper()
    named = re.sub("[- ]", "_", code.lower()).replace("offpeak", "off_peak")
    if (period := HISTORICAL_PERIODS.get(code.ljust(4, "."))) is not None:
        return period
    if named in TariffPeriod:
        period = TariffPeriod(named)
    else:
        period = period_of_text(text.replace("_", " "))
    return None if period is TariffPeriod.OTHER else period
