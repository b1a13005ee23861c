"""Virtual meters: what they send, group by group."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from custom_components.linky_pilote.engine.reading import TicMode
from custom_components.linky_pilote.engine.tic import encode_frame

STAMP = "H261120184200"

SERIAL_HC = "022075000123"
SERIAL_TRI_TEMPO = "042176000456"
SERIAL_STD_TEMPO = "052261000789"
SERIAL_PRODUCER = "062376000321"
SERIAL_EJP = "031728000654"
SERIAL_PEAK_DAYS = "022175000987"


@dataclass(frozen=True, kw_only=True)
class Meter:
    """A meter and the groups of its frame, in order."""

    mode: TicMode
    groups: Mapping[str, str]
    stamps: Mapping[str, str]
    speed: int

    def frame(self, **changes: str | None) -> bytes:
        """Return a frame; labels are changed, or left out with None."""
        groups = {**self.groups, **changes}
        return encode_frame(
            self.mode,
            [
                (label, data, self.stamps.get(label))
                for label, data in groups.items()
                if data is not None
            ],
        )

    def with_period(self, period: str) -> Meter:
        """Return it with another period of a historical meter."""
        return replace(self, groups={**self.groups, "PTEC": period})

    @property
    def serial(self) -> str:
        """Return the meter's number."""
        return self.groups.get("ADCO") or self.groups["ADSC"]


def _historical(**groups: str) -> Meter:
    return Meter(mode=TicMode.HISTORICAL, groups=groups, stamps={}, speed=1200)


def _standard(**groups: str) -> Meter:
    stamped = ("DATE", "SMAXSN", "SMAXIN", "CCASN", "CCAIN", "UMOY1", "UMOY2", "UMOY3")
    return Meter(
        mode=TicMode.STANDARD,
        groups=groups,
        stamps=dict.fromkeys((*stamped, "SMAXSN1", "SMAXSN2", "SMAXSN3"), STAMP),
        speed=9600,
    )


HISTORICAL_HC = _historical(
    ADCO=SERIAL_HC,
    OPTARIF="HC..",
    ISOUSC="45",
    HCHC="012345678",
    HCHP="023456789",
    PTEC="HP..",
    IINST="003",
    IMAX="090",
    PAPP="00720",
    HHPHC="A",
    MOTDETAT="000000",
)

HISTORICAL_TRI_TEMPO = _historical(
    ADCO=SERIAL_TRI_TEMPO,
    OPTARIF="BBR(",
    ISOUSC="15",
    BBRHCJB="001000001",
    BBRHPJB="002000002",
    BBRHCJW="000300003",
    BBRHPJW="000400004",
    BBRHCJR="000050005",
    BBRHPJR="000060006",
    PTEC="HPJW",
    DEMAIN="----",
    IINST1="002",
    IINST2="009",
    IINST3="004",
    IMAX1="060",
    IMAX2="060",
    IMAX3="060",
    PMAX="05210",
    PAPP="03250",
    HHPHC="A",
    MOTDETAT="000000",
    PPOT="00",
)

STANDARD_TEMPO = _standard(
    ADSC=SERIAL_STD_TEMPO,
    VTIC="02",
    DATE="",
    NGTF="     TEMPO      ",
    LTARF="    HP  BLEU    ",
    EAST="015210345",
    EASF01="005000001",
    EASF02="010000002",
    EASF03="000100003",
    EASF04="000110339",
    EASF05="000000000",
    EASF06="000000000",
    EASF07="000000000",
    EASF08="000000000",
    EASF09="000000000",
    EASF10="000000000",
    EASD01="004000001",
    EASD02="003000002",
    EASD03="005210340",
    EASD04="003000002",
    IRMS1="004",
    URMS1="236",
    PREF="09",
    PCOUP="09",
    SINSTS="00912",
    SMAXSN="05120",
    CCASN="00880",
    UMOY1="235",
    STGE="013A0401",
    MSG1="PAS DE          MESSAGE         ",
    PRM="12345678901234",
    RELAIS="000",
    NTARF="02",
    NJOURF="00",
)

STANDARD_TRI_PRODUCER = _standard(
    ADSC=SERIAL_PRODUCER,
    VTIC="02",
    DATE="",
    NGTF="      BASE      ",
    LTARF="      BASE      ",
    EAST="007654321",
    EASF01="007654321",
    EASF02="000000000",
    EASF03="000000120",
    EASF04="000000000",
    EASF05="000000000",
    EASF06="000000000",
    EASF07="000000000",
    EASF08="000000000",
    EASF09="000000000",
    EASF10="000000000",
    EASD01="001000000",
    EASD02="002000000",
    EASD03="003000000",
    EASD04="001654321",
    EAIT="004321098",
    ERQ1="000111111",
    ERQ2="000022222",
    ERQ3="000003333",
    ERQ4="000444444",
    IRMS1="001",
    IRMS2="006",
    IRMS3="002",
    URMS1="233",
    URMS2="235",
    URMS3="236",
    PREF="12",
    PCOUP="12",
    SINSTS="00000",
    SINSTS1="00210",
    SINSTS2="00000",
    SINSTS3="00430",
    SMAXSN="06120",
    SMAXSN1="02100",
    SMAXSN2="03100",
    SMAXSN3="02800",
    SINSTI="00770",
    SMAXIN="05120",
    CCASN="00000",
    CCAIN="00740",
    UMOY1="233",
    UMOY2="235",
    UMOY3="236",
    STGE="003A0301",
    MSG1="PAS DE          MESSAGE         ",
    PRM="12345678904321",
    RELAIS="000",
    NTARF="01",
    NJOURF="00",
)

EJP = _historical(
    ADCO=SERIAL_EJP,
    OPTARIF="EJP.",
    ISOUSC="30",
    EJPHN="045678901",
    EJPHPM="001234567",
    PTEC="HN..",
    IINST="010",
    IMAX="028",
    PAPP="02310",
    HHPHC="Y",
    MOTDETAT="400000",
)

DAY_PLAN = "02004001 06004002 1430C001 16304002 2200800A" + 6 * " NONUTILE"

STANDARD_PEAK_DAYS = replace(
    STANDARD_TEMPO,
    groups={
        **STANDARD_TEMPO.groups,
        "ADSC": SERIAL_PEAK_DAYS,
        "NGTF": "  JOURS POINTE  ",
        "LTARF": " HEURE  PLEINE  ",
        "SMAXSN-1": "06980",
        "STGE": "103A0400",
        "DPM1": "00",
        "FPM1": "00",
        "MSG1": "COUPURE PREVUE  LE 25/11 A 9H   ",
        "MSG2": "COUPURE 25/11 9H",
        "RELAIS": "005",
        "NJOURF+1": "03",
        "PJOURF+1": DAY_PLAN,
        "PPOINTE": "06004003" + 10 * " NONUTILE",
    },
    stamps={
        **STANDARD_TEMPO.stamps,
        "SMAXSN-1": "H261119073000",
        "DPM1": " 261121060000",
        "FPM1": " 261122060000",
    },
)

METERS = {
    "historical_off_peak": HISTORICAL_HC,
    "historical_three_phase_tempo": HISTORICAL_TRI_TEMPO,
    "standard_tempo": STANDARD_TEMPO,
    "standard_three_phase_producer": STANDARD_TRI_PRODUCER,
    "historical_ejp": EJP,
    "standard_peak_days": STANDARD_PEAK_DAYS,
}
