"""Every label a meter can send: its mode, length, character set, unit and stamp.

Source: Enedis-NOI-CPT_54E version 3, sections 6.1 (historical) and 6.2 (standard);
for older meters Enedis-NOI-CPT_02E and the meters' manuals. A new label is one row.
"""

from dataclasses import dataclass
import re
from typing import Final

from ..reading import TicMode

_DATE = rb"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_TIME = rb"(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]"
_NEVER = rb"0{12}"
"""All zeros: a maximum that was never reached."""
_STAMP = rb"[HEhe](?:" + _DATE + _TIME + rb"|" + _NEVER + rb")"
_PEAK_STAMP = rb"[HEhe ](?:" + _DATE + _TIME + rb"|" + _NEVER + rb")"
"""Moving peaks have a space for the season (54E, section 6.2.1)."""
_BLOCK = rb"(?:(?:[01][0-9]|2[0-3])[0-5][0-9][0-9A-F]{4}|NONUTILE)"


def _hexadecimal(count: int) -> bytes:
    return rb"[0-9A-F]{%d}" % count


def _text(count: int) -> bytes:
    """Printable characters but those a flipped bit 6 makes of a space or a dot."""
    return rb"[ -_a-z]{%d}" % count


@dataclass(frozen=True, slots=True)
class LabelSpec:
    """What a group with this label must look like."""

    label: str
    mode: TicMode
    data: int | bytes
    """How many digits the data has, or a regular expression of it."""
    unit: str | None = None
    stamp: bytes | None = None
    """Regular expression of the stamp, where the group is stamped."""

    def compile(self) -> re.Pattern[bytes]:
        """Return the pattern of what follows the label and its separator."""
        data = rb"[0-9]{%d}" % self.data if isinstance(self.data, int) else self.data
        stamp = rb"" if self.stamp is None else rb"(" + self.stamp + rb")\t"
        return re.compile(stamp + rb"(" + data + rb")")


def _historical(
    labels: str, data: int | bytes, unit: str | None = None
) -> tuple[LabelSpec, ...]:
    return tuple(
        LabelSpec(label, TicMode.HISTORICAL, data, unit) for label in labels.split()
    )


def _standard(
    labels: str, data: int | bytes, unit: str | None = None, stamp: bytes | None = None
) -> tuple[LabelSpec, ...]:
    return tuple(
        LabelSpec(label, TicMode.STANDARD, data, unit, stamp)
        for label in labels.split()
    )


HISTORICAL_INDEXES: Final = (
    "BASE HCHC HCHP EJPHN EJPHPM BBRHCJB BBRHPJB BBRHCJW BBRHPJW BBRHCJR BBRHPJR"
)
SUPPLIER_INDEXES: Final = (
    "EASF01 EASF02 EASF03 EASF04 EASF05 EASF06 EASF07 EASF08 EASF09 EASF10"
)
DISTRIBUTOR_INDEXES: Final = "EASD01 EASD02 EASD03 EASD04"
REACTIVE_INDEXES: Final = "ERQ1 ERQ2 ERQ3 ERQ4"

LABELS: Final = (
    *_historical("ADCO", 12),
    *_historical("OPTARIF", rb"BASE|HC\.\.|EJP[. ]|BBR[\x28-\x3f]"),
    *_historical("ISOUSC", 2, "A"),
    *_historical(HISTORICAL_INDEXES, 9, "Wh"),
    *_historical("PEJP", 2, "min"),
    *_historical("PTEC", rb"TH\.\.|H[CPN]\.\.|PM\.\.|H[CP]J[BWR]"),
    *_historical("DEMAIN", rb"----|BLEU|BLAN|ROUG"),
    *_historical("IINST IINST1 IINST2 IINST3", 3, "A"),
    *_historical("ADPS ADIR1 ADIR2 ADIR3", 3, "A"),
    *_historical("IMAX IMAX1 IMAX2 IMAX3", 3, "A"),
    *_historical("PMAX", 5, "VA"),
    *_historical("PAPP", 5, "VA"),
    *_historical("HHPHC", rb"[0-9A-Z]"),
    *_historical("MOTDETAT", _hexadecimal(6)),
    *_historical("PPOT", rb"0[02468ACE]"),
    *_standard("ADSC", 12),
    *_standard("VTIC", 2),
    *_standard("DATE", 0, stamp=_STAMP),
    *_standard("NGTF LTARF", _text(16)),
    *_standard("EAST EAIT", 9, "Wh"),
    *_standard(SUPPLIER_INDEXES, 9, "Wh"),
    *_standard(DISTRIBUTOR_INDEXES, 9, "Wh"),
    *_standard(REACTIVE_INDEXES, 9, "varh"),
    *_standard("IRMS1 IRMS2 IRMS3", 3, "A"),
    *_standard("URMS1 URMS2 URMS3", 3, "V"),
    *_standard("PREF PCOUP", 2, "kVA"),
    *_standard("SINSTS SINSTS1 SINSTS2 SINSTS3 SINSTI", 5, "VA"),
    *_standard("SMAXSN SMAXSN1 SMAXSN2 SMAXSN3", 5, "VA", _STAMP),
    *_standard("SMAXSN-1 SMAXSN1-1 SMAXSN2-1 SMAXSN3-1", 5, "VA", _STAMP),
    *_standard("SMAXIN SMAXIN-1", 5, "VA", _STAMP),
    *_standard("CCASN CCASN-1 CCAIN CCAIN-1", 5, "W", _STAMP),
    *_standard("UMOY1 UMOY2 UMOY3", 3, "V", _STAMP),
    *_standard("STGE", _hexadecimal(8)),
    *_standard("DPM1 FPM1 DPM2 FPM2 DPM3 FPM3", 2, stamp=_PEAK_STAMP),
    *_standard("MSG1", _text(32)),
    *_standard("MSG2", _text(16)),
    *_standard("PRM", 14),
    *_standard("RELAIS", rb"[01][0-9]{2}|2[0-4][0-9]|25[0-5]"),
    *_standard("NTARF", rb"0[0-9]|10"),
    *_standard("NJOURF NJOURF+1", 2),
    *_standard("PJOURF+1 PPOINTE", _BLOCK + rb"(?: " + _BLOCK + rb"){10}"),
    # The pilot meters (VTIC 01) have other names for three labels.
    *_standard("SINST1", 5, "VA"),
    *_standard("SMAXN SMAXN-1", 5, "VA", _STAMP),
)

IDENTITY_LABELS: Final = frozenset({"ADCO", "ADSC", "PRM"})
"""Labels whose value says which home this is."""

CONFIRMED_LABELS: Final = IDENTITY_LABELS | {
    "OPTARIF",
    "NGTF",
    "ISOUSC",
    "PREF",
    "PCOUP",
}
"""Labels that hardly ever change: another value must come twice to be believed."""

METER_NUMBER_LABELS: Final = frozenset({"ADCO", "ADSC"})

INDEX_LABELS: Final = frozenset(
    spec.label for spec in LABELS if spec.unit in {"Wh", "varh"}
)
