"""Sections in which a bridge publishes what it made of the meter's groups.

The Tasmota firmware of N. Bernaerts publishes METER, CONTRACT and RELAY instead of
labels: its documentation, teleinfo/README.md, "Publication MQTT". What means the same
as a label becomes that label again; the rest (active power, cos φ, totals of a day)
is its own estimate and is left out.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from ..reading import TicMode
from .tariff import HISTORICAL_INDEX_PERIODS, HISTORICAL_PERIODS

ALERT: Final = "ALERT"
METER: Final = "METER"
CONTRACT: Final = "CONTRACT"
RELAY: Final = "RELAY"

SECTIONS: Final = frozenset({ALERT, "CAL", CONTRACT, "ENERGY", METER, RELAY, "RTE"})
"""Sections whose keys are no labels, even where they have a label's name."""


class Labels(NamedTuple):
    """The labels of one value, by what kind of meter sends it."""

    historical: str | None = None
    historical_3: str | None = None
    standard: str | None = None
    standard_3: str | None = None

    def of(self, mode: TicMode, phases: int) -> str | None:
        """Return the label that a meter with so many phases uses in that mode."""
        first = 0 if mode is TicMode.HISTORICAL else 2
        return self[first + (phases > 1)]


_METER: Final = {
    "ISUB": Labels("ISOUSC", "ISOUSC"),
    "P": Labels("PAPP", "PAPP", "SINSTS", "SINSTS"),
    "I1": Labels("IINST", "IINST1", "IRMS1", "IRMS1"),
    "I2": Labels(None, "IINST2", None, "IRMS2"),
    "I3": Labels(None, "IINST3", None, "IRMS3"),
    # In historical mode the voltages are made up.
    "U1": Labels(None, None, "URMS1", "URMS1"),
    "U2": Labels(None, None, None, "URMS2"),
    "U3": Labels(None, None, None, "URMS3"),
    "P1": Labels(None, None, None, "SINSTS1"),
    "P2": Labels(None, None, None, "SINSTS2"),
    "P3": Labels(None, None, None, "SINSTS3"),
    "PP": Labels(None, None, "SINSTI", "SINSTI"),
}

_CONTRACT: Final = {
    "serial": Labels("ADCO", "ADCO", "ADSC", "ADSC"),
    "name": Labels(None, None, "NGTF", "NGTF"),
    "CONSO": Labels(None, None, "EAST", "EAST"),
    "PROD": Labels(None, None, "EAIT", "EAIT"),
}

_PERIODS: Final = {
    "Toutes Heures": ("TH..", "BASE"),
    "Creuses": ("HC..", "HEURE CREUSE"),
    "Pleines": ("HP..", "HEURE PLEINE"),
    "Normale": ("HN..", "HEURE NORMALE"),
    "Pointe Mobile": ("PM..", "POINTE MOBILE"),
    "Creuses Bleu": ("HCJB", "HC BLEU"),
    "Pleines Bleu": ("HPJB", "HP BLEU"),
    "Creuses Blanc": ("HCJW", "HC BLANC"),
    "Pleines Blanc": ("HPJW", "HP BLANC"),
    "Creuses Rouge": ("HCJR", "HC ROUGE"),
    "Pleines Rouge": ("HPJR", "HP ROUGE"),
}
"""Names of periods, and what PTEC and LTARF say then."""

_TOMORROW: Final = {"Inconnu": "----", "Bleu": "BLEU", "Blanc": "BLAN", "Rouge": "ROUG"}

_HISTORICAL_INDEXES: Final = {
    code: label
    for code, period in HISTORICAL_PERIODS.items()
    for label, counted in HISTORICAL_INDEX_PERIODS.items()
    if counted is period
} | {"TH..": "BASE"}

_STANDARD_INDEXES: Final = {
    "BASE": "EASF01",
    "HEURE CREUSE": "EASF01",
    "HEURE PLEINE": "EASF02",
    "HEURES CREUSES": "EASF01",
    "HEURES PLEINES": "EASF02",
    "HEURE NORMALE": "EASF01",
    "HEURE POINTE": "EASF02",
    "HC BLEU": "EASF01",
    "HP BLEU": "EASF02",
    "HC BLANC": "EASF03",
    "HP BLANC": "EASF04",
    "HC ROUGE": "EASF05",
    "HP ROUGE": "EASF06",
}

type Section = Mapping[str, object]


def mode_of(contract: Section) -> TicMode | None:
    """Return the mode whose names the indexes have; None where there are none."""
    if not contract.keys().isdisjoint(_HISTORICAL_INDEXES):
        return TicMode.HISTORICAL
    if not contract.keys().isdisjoint(_STANDARD_INDEXES):
        return TicMode.STANDARD
    return None


def read_sections(
    meter: Section, contract: Section, relay: Section, alert: Section, mode: TicMode
) -> Iterator[tuple[str, object]]:
    """Yield labels and values of the sections, empty where one was not published."""
    phases = 3 if "I2" in meter else 1
    for section, table in ((contract, _CONTRACT), (meter, _METER)):
        for key, labels in table.items():
            label = labels.of(mode, phases)
            if label is not None and key in section:
                yield label, _whole(section[key])
    indexes = _HISTORICAL_INDEXES if mode is TicMode.HISTORICAL else _STANDARD_INDEXES
    for code, label in indexes.items():
        if code in contract:
            yield label, contract[code]
    codes = _PERIODS.get(str(contract.get("period")))
    if mode is TicMode.HISTORICAL:
        if codes:
            yield "PTEC", codes[0]
        tomorrow = _TOMORROW.get(str(contract.get("tmrw")))
        if tomorrow and "HCJB" in contract:
            yield "DEMAIN", tomorrow
        if alert.get("Load") == 1 and phases == 1:
            yield "ADPS", _whole(meter.get("I1"))
        return
    if codes:
        yield "LTARF", codes[1]
    power = meter.get("PSUB")
    if isinstance(power, int):
        yield "PREF", power * phases
    states = [relay.get(f"V{number}") for number in range(1, 9)]
    if all(state in (0, 1) for state in states):
        yield "RELAIS", sum(1 << bit for bit, state in enumerate(states) if state)


def _whole(value: object) -> object:
    """Round currents, which have decimals that no meter gave."""
    if isinstance(value, float) and abs(value) < 1000:
        return round(value)
    return value
