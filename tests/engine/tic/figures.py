"""What real meters said, and the reading that it makes, field by field.

The figures are of real frames, carried over as labels and values; the numbers of
meters and homes are invented. Only the pilot meter is made up, from the differences
that the specification's first edition is known for.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from custom_components.linky_pilote.engine.reading import (
    Breaker,
    ColorSource,
    Contract,
    DayBlock,
    EuridisOutput,
    MeterReading,
    MovingPeak,
    Peak,
    PowerLineStatus,
    StatusRegister,
    TariffPeriod,
    TempoColor,
    TicMode,
)
from custom_components.linky_pilote.engine.tic import encode_frame

from .lines import Sent

WINTER: Final = timezone(timedelta(hours=1))
SUMMER: Final = timezone(timedelta(hours=2))
PARIS: Final = ZoneInfo("Europe/Paris")

NO_MESSAGE: Final = ("MSG1", "PAS DE          MESSAGE         ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A meter's frame, and what it must be read as."""

    name: str
    sent: tuple[Sent, ...]
    reading: MeterReading

    @property
    def mode(self) -> TicMode:
        """Return the language that the meter speaks."""
        assert self.reading.mode is not None
        return self.reading.mode

    @property
    def frame(self) -> bytes:
        """Return the frame as the meter sends it."""
        return encode_frame(self.mode, self.sent)


def _indexes(*used: str) -> tuple[Sent, ...]:
    """Return the ten supplier indexes, of which the first ones are given."""
    data = [*used, *["000000000"] * (10 - len(used))]
    return tuple((f"EASF{n:02d}", index) for n, index in enumerate(data, start=1))


def _network(*used: str) -> tuple[Sent, ...]:
    """Return the four distributor indexes, of which the first ones are given."""
    data = [*used, *["000000000"] * (4 - len(used))]
    return tuple((f"EASD{n:02d}", index) for n, index in enumerate(data, start=1))


def _plan(*blocks: str) -> str:
    return " ".join([*blocks, *["NONUTILE"] * (11 - len(blocks))])


def _unknown_indexes(first: int) -> dict[str, int]:
    return {f"index_{n:02d}": 0 for n in range(first, 11)}


def status(**fields: object) -> StatusRegister:
    """Return the commonest status register, but for some fields."""
    usual: dict[str, object] = {
        "dry_contact_open": True,
        "breaker": Breaker.CLOSED,
        "cover_open": False,
        "overvoltage": False,
        "over_subscribed_power": False,
        "producer": False,
        "exporting": False,
        "supplier_index": 1,
        "distributor_index": 1,
        "clock_degraded": False,
        "standard_output": True,
        "euridis": EuridisOutput.SECURED,
        "power_line": PowerLineStatus.NEW_LOCKED,
        "power_line_synchronised": False,
        "color_today": None,
        "color_tomorrow": None,
        "moving_peak_notice": None,
        "moving_peak": None,
    }
    return StatusRegister(**{**usual, **fields})  # type: ignore[arg-type]


def block(minute: int, index: int, contact: str = "tempo") -> DayBlock:
    """Return a block of a day profile without virtual contacts."""
    return DayBlock(
        minute=minute, index=index, dry_contact=contact, virtual_contacts=()
    )


TEMPO_DAY: Final = (block(0, 1), block(360, 2), block(1320, 1))

BASE_1 = Figures(
    name="historical, 1 phase, base",
    sent=(
        ("ADCO", "021861111111"),
        ("OPTARIF", "BASE"),
        ("ISOUSC", "30"),
        ("BASE", "002815235"),
        ("PTEC", "TH.."),
        ("IINST", "001"),
        ("IMAX", "090"),
        ("PAPP", "00260"),
        ("HHPHC", "A"),
        ("MOTDETAT", "000000"),
    ),
    reading=MeterReading(
        mode=TicMode.HISTORICAL,
        complete=True,
        serial="021861111111",
        contract=Contract.BASE,
        contract_name="BASE",
        period=TariffPeriod.BASE,
        period_name="TH..",
        total_index=2_815_235,
        apparent_power=260,
        currents=(1,),
        subscribed_current=30,
        subscribed_power=6000,
        max_currents=(90,),
        meter_status_word="000000",
        timetable_code="A",
    ),
)

OFF_PEAK_1 = Figures(
    name="historical, 1 phase, off-peak, older meter",
    sent=(
        ("ADCO", "050022111111"),
        ("OPTARIF", "HC.."),
        ("ISOUSC", "45"),
        ("HCHC", "094939439"),
        ("HCHP", "127970334"),
        ("PTEC", "HP.."),  # its checksum is a space
        ("IINST", "009"),  # this one's too
        ("IMAX", "049"),
        ("PAPP", "02160"),
        ("HHPHC", "E"),
        ("MOTDETAT", "400000"),
    ),
    reading=MeterReading(
        mode=TicMode.HISTORICAL,
        complete=True,
        serial="050022111111",
        contract=Contract.OFF_PEAK,
        contract_name="HC..",
        period=TariffPeriod.PEAK,
        period_name="HP..",
        indexes={"off_peak": 94_939_439, "peak": 127_970_334},
        contract_indexes=frozenset({"off_peak", "peak"}),
        total_index=222_909_773,
        apparent_power=2160,
        currents=(9,),
        subscribed_current=45,
        subscribed_power=9000,
        max_currents=(49,),
        meter_status_word="400000",
        timetable_code="E",
    ),
)

TEMPO_1 = Figures(
    name="historical, 1 phase, Tempo, red tomorrow",
    sent=(
        ("ADCO", "021861222222"),
        ("OPTARIF", "BBR("),
        ("ISOUSC", "30"),
        ("BBRHCJB", "018328856"),
        ("BBRHPJB", "023739545"),
        ("BBRHCJW", "001466099"),
        ("BBRHPJW", "002132883"),
        ("BBRHCJR", "000860118"),
        ("BBRHPJR", "000844115"),
        ("PTEC", "HCJB"),
        ("DEMAIN", "ROUG"),
        ("IINST", "012"),
        ("IMAX", "090"),
        ("PAPP", "02840"),
        ("HHPHC", "A"),
        ("MOTDETAT", "000000"),
    ),
    reading=MeterReading(
        mode=TicMode.HISTORICAL,
        complete=True,
        serial="021861222222",
        contract=Contract.TEMPO,
        contract_name="BBR(",
        period=TariffPeriod.BLUE_OFF_PEAK,
        period_name="HCJB",
        color_today=TempoColor.BLUE,
        color_today_source=ColorSource.TARIFF_PERIOD,
        color_tomorrow=TempoColor.RED,
        color_tomorrow_source=ColorSource.ANNOUNCEMENT,
        indexes={
            "blue_off_peak": 18_328_856,
            "blue_peak": 23_739_545,
            "white_off_peak": 1_466_099,
            "white_peak": 2_132_883,
            "red_off_peak": 860_118,
            "red_peak": 844_115,
        },
        contract_indexes=frozenset(
            {
                "blue_off_peak",
                "blue_peak",
                "white_off_peak",
                "white_peak",
                "red_off_peak",
                "red_peak",
            }
        ),
        total_index=47_371_616,
        apparent_power=2840,
        currents=(12,),
        subscribed_current=30,
        subscribed_power=6000,
        max_currents=(90,),
        meter_status_word="000000",
        timetable_code="A",
    ),
)

EJP_1 = Figures(
    name="historical, 1 phase, EJP with notice",
    sent=(
        ("ADCO", "020422111111"),
        ("OPTARIF", "EJP."),
        ("ISOUSC", "60"),
        ("EJPHN", "004669447"),
        ("EJPHPM", "000476413"),
        ("PEJP", "30"),
        ("PTEC", "HN.."),
        ("IINST", "009"),
        ("IMAX", "039"),
        ("PAPP", "02070"),
        ("HHPHC", "A"),
        ("MOTDETAT", "000000"),
    ),
    reading=MeterReading(
        mode=TicMode.HISTORICAL,
        complete=True,
        serial="020422111111",
        contract=Contract.EJP,
        contract_name="EJP.",
        period=TariffPeriod.NORMAL,
        period_name="HN..",
        peak_notice_minutes=30,
        indexes={"normal": 4_669_447, "moving_peak": 476_413},
        contract_indexes=frozenset({"normal", "moving_peak"}),
        total_index=5_145_860,
        apparent_power=2070,
        currents=(9,),
        subscribed_current=60,
        subscribed_power=12_000,
        max_currents=(39,),
        meter_status_word="000000",
        timetable_code="A",
    ),
)

BASE_3 = Figures(
    name="historical, 3 phases, base, older meter without HHPHC",
    sent=(
        ("ADCO", "021630111111"),
        ("OPTARIF", "BASE"),
        ("ISOUSC", "20"),
        ("BASE", "027986573"),
        ("PTEC", "TH.."),
        ("IINST1", "002"),
        ("IINST2", "002"),
        ("IINST3", "002"),
        ("IMAX1", "015"),
        ("IMAX2", "013"),
        ("IMAX3", "012"),
        ("PMAX", "08450"),
        ("PAPP", "01116"),
        ("MOTDETAT", "000000"),
        ("PPOT", "00"),
    ),
    reading=MeterReading(
        mode=TicMode.HISTORICAL,
        complete=True,
        serial="021630111111",
        phases=3,
        contract=Contract.BASE,
        contract_name="BASE",
        period=TariffPeriod.BASE,
        period_name="TH..",
        total_index=27_986_573,
        apparent_power=1116,
        currents=(2, 2, 2),
        subscribed_current=20,
        subscribed_power=12_000,
        max_currents=(15, 13, 12),
        peak_yesterday=Peak(power=8450),
        meter_status_word="000000",
    ),
)

OFF_PEAK_3 = Figures(
    name="historical, 3 phases, off-peak",
    sent=(
        ("ADCO", "040726111111"),
        ("OPTARIF", "HC.."),
        ("ISOUSC", "25"),
        ("HCHC", "024770643"),
        ("HCHP", "056535914"),
        ("PTEC", "HC.."),
        ("IINST1", "000"),
        ("IINST2", "001"),
        ("IINST3", "001"),
        ("IMAX1", "033"),
        ("IMAX2", "039"),
        ("IMAX3", "030"),
        ("PMAX", "17040"),
        ("PAPP", "00470"),
        ("HHPHC", "D"),
        ("MOTDETAT", "000000"),
        ("PPOT", "00"),
    ),
    reading=MeterReading(
        mode=TicMode.HISTORICAL,
        complete=True,
        serial="040726111111",
        phases=3,
        contract=Contract.OFF_PEAK,
        contract_name="HC..",
        period=TariffPeriod.OFF_PEAK,
        period_name="HC..",
        indexes={"off_peak": 24_770_643, "peak": 56_535_914},
        contract_indexes=frozenset({"off_peak", "peak"}),
        total_index=81_306_557,
        apparent_power=470,
        currents=(0, 1, 1),
        subscribed_current=25,
        subscribed_power=15_000,
        max_currents=(33, 39, 30),
        peak_yesterday=Peak(power=17_040),
        meter_status_word="000000",
        timetable_code="D",
    ),
)

TEMPO_3 = Figures(
    name="historical, 3 phases, Tempo, blue tomorrow",
    sent=(
        ("ADCO", "031663111111"),
        ("OPTARIF", "BBR("),
        ("ISOUSC", "30"),
        ("BBRHCJB", "012000135"),
        ("BBRHPJB", "009920022"),
        ("BBRHCJW", "000802009"),
        ("BBRHPJW", "000234878"),
        ("BBRHCJR", "000027700"),
        ("BBRHPJR", "000055029"),
        ("PTEC", "HPJB"),
        ("DEMAIN", "BLEU"),
        ("IINST1", "001"),
        ("IINST2", "000"),
        ("IINST3", "004"),
        ("IMAX1", "060"),
        ("IMAX2", "060"),
        ("IMAX3", "060"),
        ("PMAX", "05695"),
        ("PAPP", "01220"),
        ("HHPHC", "A"),
        ("MOTDETAT", "000000"),
        ("PPOT", "00"),
    ),
    reading=MeterReading(
        mode=TicMode.HISTORICAL,
        complete=True,
        serial="031663111111",
        phases=3,
        contract=Contract.TEMPO,
        contract_name="BBR(",
        period=TariffPeriod.BLUE_PEAK,
        period_name="HPJB",
        color_today=TempoColor.BLUE,
        color_today_source=ColorSource.TARIFF_PERIOD,
        color_tomorrow=TempoColor.BLUE,
        color_tomorrow_source=ColorSource.ANNOUNCEMENT,
        indexes={
            "blue_off_peak": 12_000_135,
            "blue_peak": 9_920_022,
            "white_off_peak": 802_009,
            "white_peak": 234_878,
            "red_off_peak": 27_700,
            "red_peak": 55_029,
        },
        contract_indexes=TEMPO_1.reading.contract_indexes,
        total_index=23_039_773,
        apparent_power=1220,
        currents=(1, 0, 4),
        subscribed_current=30,
        subscribed_power=18_000,
        max_currents=(60, 60, 60),
        peak_yesterday=Peak(power=5695),
        meter_status_word="000000",
        timetable_code="A",
    ),
)

STANDARD_BASE_1 = Figures(
    name="standard, 1 phase, base, another supplier's wording, dry contact closed",
    sent=(
        ("ADSC", "041875111111"),
        ("VTIC", "02"),
        ("DATE", "", "H240210121413"),
        ("NGTF", "base            "),
        ("LTARF", "BASE            "),
        ("EAST", "003519703"),
        *_indexes("003519703"),
        *_network("003519703"),
        ("IRMS1", "001"),
        ("URMS1", "241"),
        ("PREF", "06"),
        ("PCOUP", "06"),
        ("SINSTS", "00260"),
        ("SMAXSN", "00986", "H240210110331"),
        ("SMAXSN-1", "01422", "H240209211759"),
        ("CCASN", "00108", "H240210120000"),
        ("CCASN-1", "00300", "H240210113000"),
        ("UMOY1", "241", "H240210121000"),
        ("STGE", "003A0000"),
        NO_MESSAGE,
        ("PRM", "99111111111111"),
        ("RELAIS", "001"),
        ("NTARF", "01"),
        ("NJOURF", "00"),
        ("NJOURF+1", "00"),
        ("PJOURF+1", _plan("0000C001")),
    ),
    reading=MeterReading(
        mode=TicMode.STANDARD,
        complete=True,
        serial="041875111111",
        delivery_point="99111111111111",
        tic_version=2,
        contract=Contract.BASE,
        contract_name="base",
        period=TariffPeriod.BASE,
        period_name="BASE",
        period_index=1,
        indexes={"index_01": 3_519_703, **_unknown_indexes(2)},
        contract_indexes=frozenset({"index_01"}),
        distributor_indexes={1: 3_519_703, 2: 0, 3: 0, 4: 0},
        total_index=3_519_703,
        apparent_power=260,
        currents=(1,),
        voltages=(241,),
        mean_voltages=(241,),
        subscribed_power=6000,
        cutoff_power=6000,
        peak_today=Peak(
            power=986, time=datetime(2024, 2, 10, 11, 3, 31, tzinfo=WINTER)
        ),
        peak_yesterday=Peak(
            power=1422, time=datetime(2024, 2, 9, 21, 17, 59, tzinfo=WINTER)
        ),
        load_curve=Peak(power=108, time=datetime(2024, 2, 10, 12, 0, tzinfo=WINTER)),
        load_curve_before=Peak(
            power=300, time=datetime(2024, 2, 10, 11, 30, tzinfo=WINTER)
        ),
        status=status(dry_contact_open=False),
        relays=(True, *(False,) * 7),
        day_profile_today=0,
        day_profile_tomorrow=0,
        next_day_plan=(block(0, 1, "closed"),),
        clock=datetime(2024, 2, 10, 11, 14, 13, tzinfo=UTC),
    ),
)

STANDARD_TEMPO_1 = Figures(
    name="standard, 1 phase, Tempo, white peak announced, messages",
    sent=(
        ("ADSC", "811875111111"),
        ("VTIC", "02"),
        ("DATE", "", "H250314200511"),
        ("NGTF", "     TEMPO      "),
        ("LTARF", "    HC  BLEU    "),
        ("EAST", "120684765"),
        *_indexes(
            "083957312",
            "031765917",
            "001219877",
            "002681581",
            "000607543",
            "000452535",
        ),
        *_network("076241272", "033890466", "003663842", "006889185"),
        ("IRMS1", "006"),
        ("URMS1", "233"),
        ("PREF", "12"),
        ("PCOUP", "12"),
        ("SINSTS", "01389"),
        ("SMAXSN", "07720", "H250314052302"),
        ("SMAXSN-1", "09340", "H250308233739"),
        ("CCASN", "05090", "H250314150000"),
        ("CCASN-1", "06668", "H250314143000"),
        ("UMOY1", "231", "H250314152000"),
        ("STGE", "193AC001"),
        ("DPM1", "00", " 250315060000"),
        ("FPM1", "00", " 250316060000"),
        ("MSG1", " " * 32),
        ("MSG2", "DEMAIN BLANC    "),
        ("PRM", "99222222222222"),
        ("RELAIS", "000"),
        ("NTARF", "01"),
        ("NJOURF", "00"),
        ("NJOURF+1", "00"),
        ("PJOURF+1", _plan("00004001", "06004002", "16004001")),
        ("PPOINTE", _plan("00004003", "06004004", "16004003")),
    ),
    reading=MeterReading(
        mode=TicMode.STANDARD,
        complete=True,
        serial="811875111111",
        delivery_point="99222222222222",
        tic_version=2,
        contract=Contract.TEMPO,
        contract_name="TEMPO",
        period=TariffPeriod.BLUE_OFF_PEAK,
        period_name="HC BLEU",
        period_index=1,
        color_today=TempoColor.BLUE,
        color_today_source=ColorSource.TARIFF_PERIOD,
        color_tomorrow=TempoColor.WHITE,
        color_tomorrow_source=ColorSource.STATUS_REGISTER,
        indexes={
            "blue_off_peak": 83_957_312,
            "blue_peak": 31_765_917,
            "white_off_peak": 1_219_877,
            "white_peak": 2_681_581,
            "red_off_peak": 607_543,
            "red_peak": 452_535,
            **_unknown_indexes(7),
        },
        contract_indexes=TEMPO_1.reading.contract_indexes,
        distributor_indexes={
            1: 76_241_272,
            2: 33_890_466,
            3: 3_663_842,
            4: 6_889_185,
        },
        total_index=120_684_765,
        apparent_power=1389,
        currents=(6,),
        voltages=(233,),
        mean_voltages=(231,),
        subscribed_power=12_000,
        cutoff_power=12_000,
        peak_today=Peak(
            power=7720, time=datetime(2025, 3, 14, 5, 23, 2, tzinfo=WINTER)
        ),
        peak_yesterday=Peak(
            power=9340, time=datetime(2025, 3, 8, 23, 37, 39, tzinfo=WINTER)
        ),
        load_curve=Peak(power=5090, time=datetime(2025, 3, 14, 15, 0, tzinfo=WINTER)),
        load_curve_before=Peak(
            power=6668, time=datetime(2025, 3, 14, 14, 30, tzinfo=WINTER)
        ),
        status=status(
            distributor_index=4,
            color_today=TempoColor.BLUE,
            color_tomorrow=TempoColor.WHITE,
            moving_peak_notice=1,
        ),
        relays=(False,) * 8,
        moving_peaks={
            1: MovingPeak(
                start=datetime(2025, 3, 15, 6, tzinfo=PARIS),
                end=datetime(2025, 3, 16, 6, tzinfo=PARIS),
            )
        },
        day_profile_today=0,
        day_profile_tomorrow=0,
        next_day_plan=(block(0, 1), block(360, 2), block(960, 1)),
        next_peak_plan=(block(0, 3), block(360, 4), block(960, 3)),
        short_message="DEMAIN BLANC",
        clock=datetime(2025, 3, 14, 19, 5, 11, tzinfo=UTC),
    ),
)

WEEKEND_1 = Figures(
    name="standard, 1 phase, week-end contract, no load curve, no day plan",
    sent=(
        ("ADSC", "031861333333"),
        ("VTIC", "02"),
        ("DATE", "", "H180128174015"),
        ("NGTF", " HC et Week-End "),
        ("LTARF", " HEURE WEEK-END "),
        ("EAST", "002050290"),
        *_indexes("000784280", "001154049", "000111961"),
        *_network("001010341", "001039949"),
        ("IRMS1", "007"),
        ("URMS1", "210"),
        ("PREF", "09"),
        ("PCOUP", "09"),
        ("SINSTS", "01415"),
        ("SMAXSN", "05374", "H180128132221"),
        ("SMAXSN-1", "04715", "H180127195647"),
        ("UMOY1", "208", "H180128174000"),
        ("STGE", "002A4800"),
        NO_MESSAGE,
        ("PRM", "99333333333333"),
        ("RELAIS", "001"),
        ("NTARF", "03"),
        ("NJOURF", "01"),
        ("NJOURF+1", "00"),
    ),
    reading=MeterReading(
        mode=TicMode.STANDARD,
        complete=True,
        serial="031861333333",
        delivery_point="99333333333333",
        tic_version=2,
        contract=Contract.OTHER,
        contract_name="HC et Week-End",
        period=TariffPeriod.WEEKEND,
        period_name="HEURE WEEK-END",
        period_index=3,
        indexes={
            "index_01": 784_280,
            "index_02": 1_154_049,
            "index_03": 111_961,
            **_unknown_indexes(4),
        },
        contract_indexes=frozenset({"index_01", "index_02", "index_03"}),
        distributor_indexes={1: 1_010_341, 2: 1_039_949, 3: 0, 4: 0},
        total_index=2_050_290,
        apparent_power=1415,
        currents=(7,),
        voltages=(210,),
        mean_voltages=(208,),
        subscribed_power=9000,
        cutoff_power=9000,
        peak_today=Peak(
            power=5374, time=datetime(2018, 1, 28, 13, 22, 21, tzinfo=WINTER)
        ),
        peak_yesterday=Peak(
            power=4715, time=datetime(2018, 1, 27, 19, 56, 47, tzinfo=WINTER)
        ),
        status=status(
            dry_contact_open=False,
            supplier_index=3,
            distributor_index=2,
            euridis=EuridisOutput.OPEN,
        ),
        relays=(True, *(False,) * 7),
        day_profile_today=1,
        day_profile_tomorrow=0,
        clock=datetime(2018, 1, 28, 16, 40, 15, tzinfo=UTC),
    ),
)

STANDARD_TEMPO_3 = Figures(
    name="standard, 3 phases, Tempo, white peak running, blue tomorrow",
    sent=(
        ("ADSC", "041776111111"),
        ("VTIC", "02"),
        ("DATE", "", "H200214230804"),
        ("NGTF", "     TEMPO      "),
        ("LTARF", "   HC  BLANC    "),
        ("EAST", "021849106"),
        *_indexes(
            "004855593",
            "014090959",
            "000487131",
            "001481464",
            "000227596",
            "000706363",
        ),
        *_network("021849106"),
        ("IRMS1", "003"),
        ("IRMS2", "006"),
        ("IRMS3", "003"),
        ("URMS1", "237"),
        ("URMS2", "238"),
        ("URMS3", "235"),
        ("PREF", "30"),
        ("PCOUP", "30"),
        ("SINSTS", "02700"),
        ("SINSTS1", "00664"),
        ("SINSTS2", "01373"),
        ("SINSTS3", "00664"),
        ("SMAXSN", "10802", "H200214175135"),
        ("SMAXSN1", "03411", "H200214175135"),
        ("SMAXSN2", "03899", "H200214175135"),
        ("SMAXSN3", "03512", "H200214175135"),
        ("SMAXSN-1", "09562", "H200213085118"),
        ("SMAXSN1-1", "03129", "H200213085118"),
        ("SMAXSN2-1", "03366", "H200213101142"),
        ("SMAXSN3-1", "03191", "H200213085118"),
        ("CCASN", "01650", "H200214230000"),
        ("CCASN-1", "00786", "H200214225000"),
        ("UMOY1", "237", "H200214230000"),
        ("UMOY2", "238", "H200214230000"),
        ("UMOY3", "236", "H200214230000"),
        ("STGE", "463A0800"),
        ("DPM1", "00", " 200214060000"),
        ("FPM1", "00", " 200215060000"),
        NO_MESSAGE,
        ("PRM", "99444444444444"),
        ("RELAIS", "001"),
        ("NTARF", "03"),
        ("NJOURF", "00"),
        ("NJOURF+1", "00"),
        ("PJOURF+1", _plan("00004001", "06004002", "22004001")),
    ),
    reading=MeterReading(
        mode=TicMode.STANDARD,
        complete=True,
        serial="041776111111",
        delivery_point="99444444444444",
        tic_version=2,
        phases=3,
        contract=Contract.TEMPO,
        contract_name="TEMPO",
        period=TariffPeriod.WHITE_OFF_PEAK,
        period_name="HC BLANC",
        period_index=3,
        color_today=TempoColor.WHITE,
        color_today_source=ColorSource.TARIFF_PERIOD,
        color_tomorrow=TempoColor.BLUE,
        color_tomorrow_source=ColorSource.STATUS_REGISTER,
        indexes={
            "blue_off_peak": 4_855_593,
            "blue_peak": 14_090_959,
            "white_off_peak": 487_131,
            "white_peak": 1_481_464,
            "red_off_peak": 227_596,
            "red_peak": 706_363,
            **_unknown_indexes(7),
        },
        contract_indexes=TEMPO_1.reading.contract_indexes,
        distributor_indexes={1: 21_849_106, 2: 0, 3: 0, 4: 0},
        total_index=21_849_106,
        apparent_power=2700,
        apparent_power_by_phase=(664, 1373, 664),
        currents=(3, 6, 3),
        voltages=(237, 238, 235),
        mean_voltages=(237, 238, 236),
        subscribed_power=30_000,
        cutoff_power=30_000,
        peak_today=Peak(
            power=10_802, time=datetime(2020, 2, 14, 17, 51, 35, tzinfo=WINTER)
        ),
        peak_yesterday=Peak(
            power=9562, time=datetime(2020, 2, 13, 8, 51, 18, tzinfo=WINTER)
        ),
        peaks_today_by_phase=(
            Peak(power=3411, time=datetime(2020, 2, 14, 17, 51, 35, tzinfo=WINTER)),
            Peak(power=3899, time=datetime(2020, 2, 14, 17, 51, 35, tzinfo=WINTER)),
            Peak(power=3512, time=datetime(2020, 2, 14, 17, 51, 35, tzinfo=WINTER)),
        ),
        peaks_yesterday_by_phase=(
            Peak(power=3129, time=datetime(2020, 2, 13, 8, 51, 18, tzinfo=WINTER)),
            Peak(power=3366, time=datetime(2020, 2, 13, 10, 11, 42, tzinfo=WINTER)),
            Peak(power=3191, time=datetime(2020, 2, 13, 8, 51, 18, tzinfo=WINTER)),
        ),
        load_curve=Peak(power=1650, time=datetime(2020, 2, 14, 23, 0, tzinfo=WINTER)),
        load_curve_before=Peak(
            power=786, time=datetime(2020, 2, 14, 22, 50, tzinfo=WINTER)
        ),
        status=status(
            dry_contact_open=False,
            supplier_index=3,
            color_today=TempoColor.WHITE,
            color_tomorrow=TempoColor.BLUE,
            moving_peak=1,
        ),
        relays=(True, *(False,) * 7),
        moving_peaks={
            1: MovingPeak(
                start=datetime(2020, 2, 14, 6, tzinfo=PARIS),
                end=datetime(2020, 2, 15, 6, tzinfo=PARIS),
            )
        },
        day_profile_today=0,
        day_profile_tomorrow=0,
        next_day_plan=TEMPO_DAY,
        clock=datetime(2020, 2, 14, 22, 8, 4, tzinfo=UTC),
    ),
)

PRODUCER_3 = Figures(
    name="standard, 3 phases, surplus sold, Tempo",
    sent=(
        ("ADSC", "031976111111"),
        ("VTIC", "02"),
        ("DATE", "", "E210414082625"),
        ("NGTF", "     TEMPO      "),
        ("LTARF", "    HP  BLEU    "),
        ("EAST", "011604109"),
        *_indexes(
            "002741488",
            "005905500",
            "000624053",
            "001070566",
            "000524151",
            "000738351",
        ),
        *_network("011604109"),
        ("EAIT", "000671631"),
        ("ERQ1", "002970842"),
        ("ERQ2", "000204084"),
        ("ERQ3", "000084948"),
        ("ERQ4", "000774332"),
        ("IRMS1", "001"),
        ("IRMS2", "002"),
        ("IRMS3", "001"),
        ("URMS1", "234"),
        ("URMS2", "240"),
        ("URMS3", "242"),
        ("PREF", "18"),
        ("PCOUP", "18"),
        ("SINSTS", "00013"),
        ("SINSTS1", "00000"),
        ("SINSTS2", "00568"),
        ("SINSTS3", "00000"),
        ("SMAXSN", "02636", "E210414070239"),
        ("SMAXSN1", "00405", "E210414060632"),
        ("SMAXSN2", "02194", "E210414070239"),
        ("SMAXSN3", "00565", "E210414054725"),
        ("SMAXSN-1", "06560", "E210413195606"),
        ("SMAXSN1-1", "01084", "E210413111148"),
        ("SMAXSN2-1", "03275", "E210413195606"),
        ("SMAXSN3-1", "02904", "E210413195814"),
        ("SINSTI", "00000"),
        ("SMAXIN", "00000", "E210414000000"),
        ("SMAXIN-1", "03861", "E210413141848"),
        ("CCASN", "00806", "E210414080000"),
        ("CCASN-1", "01152", "E210414073000"),
        ("CCAIN", "00000", "E210414080000"),
        ("CCAIN-1", "00000", "E210414073000"),
        ("UMOY1", "230", "E210414082000"),
        ("UMOY2", "239", "E210414082000"),
        ("UMOY3", "243", "E210414082000"),
        ("STGE", "013A0501"),
        NO_MESSAGE,
        ("PRM", "99555555555555"),
        ("RELAIS", "000"),
        ("NTARF", "02"),
        ("NJOURF", "00"),
        ("NJOURF+1", "00"),
        ("PJOURF+1", _plan("00004001", "06004002", "22004001")),
    ),
    reading=MeterReading(
        mode=TicMode.STANDARD,
        complete=True,
        serial="031976111111",
        delivery_point="99555555555555",
        tic_version=2,
        phases=3,
        producer=True,
        contract=Contract.TEMPO,
        contract_name="TEMPO",
        period=TariffPeriod.BLUE_PEAK,
        period_name="HP BLEU",
        period_index=2,
        color_today=TempoColor.BLUE,
        color_today_source=ColorSource.TARIFF_PERIOD,
        indexes={
            "blue_off_peak": 2_741_488,
            "blue_peak": 5_905_500,
            "white_off_peak": 624_053,
            "white_peak": 1_070_566,
            "red_off_peak": 524_151,
            "red_peak": 738_351,
            **_unknown_indexes(7),
        },
        contract_indexes=TEMPO_1.reading.contract_indexes,
        distributor_indexes={1: 11_604_109, 2: 0, 3: 0, 4: 0},
        total_index=11_604_109,
        injected_index=671_631,
        reactive_indexes={1: 2_970_842, 2: 204_084, 3: 84_948, 4: 774_332},
        apparent_power=13,
        apparent_power_by_phase=(0, 568, 0),
        injected_power=0,
        currents=(1, 2, 1),
        voltages=(234, 240, 242),
        mean_voltages=(230, 239, 243),
        subscribed_power=18_000,
        cutoff_power=18_000,
        peak_today=Peak(
            power=2636, time=datetime(2021, 4, 14, 7, 2, 39, tzinfo=SUMMER)
        ),
        peak_yesterday=Peak(
            power=6560, time=datetime(2021, 4, 13, 19, 56, 6, tzinfo=SUMMER)
        ),
        peaks_today_by_phase=(
            Peak(power=405, time=datetime(2021, 4, 14, 6, 6, 32, tzinfo=SUMMER)),
            Peak(power=2194, time=datetime(2021, 4, 14, 7, 2, 39, tzinfo=SUMMER)),
            Peak(power=565, time=datetime(2021, 4, 14, 5, 47, 25, tzinfo=SUMMER)),
        ),
        peaks_yesterday_by_phase=(
            Peak(power=1084, time=datetime(2021, 4, 13, 11, 11, 48, tzinfo=SUMMER)),
            Peak(power=3275, time=datetime(2021, 4, 13, 19, 56, 6, tzinfo=SUMMER)),
            Peak(power=2904, time=datetime(2021, 4, 13, 19, 58, 14, tzinfo=SUMMER)),
        ),
        injected_peak_today=Peak(power=0, time=datetime(2021, 4, 14, tzinfo=SUMMER)),
        injected_peak_yesterday=Peak(
            power=3861, time=datetime(2021, 4, 13, 14, 18, 48, tzinfo=SUMMER)
        ),
        load_curve=Peak(power=806, time=datetime(2021, 4, 14, 8, 0, tzinfo=SUMMER)),
        load_curve_before=Peak(
            power=1152, time=datetime(2021, 4, 14, 7, 30, tzinfo=SUMMER)
        ),
        injected_load_curve=Peak(
            power=0, time=datetime(2021, 4, 14, 8, 0, tzinfo=SUMMER)
        ),
        injected_load_curve_before=Peak(
            power=0, time=datetime(2021, 4, 14, 7, 30, tzinfo=SUMMER)
        ),
        status=status(
            producer=True,
            supplier_index=2,
            color_today=TempoColor.BLUE,
        ),
        relays=(False,) * 8,
        day_profile_today=0,
        day_profile_tomorrow=0,
        next_day_plan=TEMPO_DAY,
        clock=datetime(2021, 4, 14, 6, 26, 25, tzinfo=UTC),
    ),
)

TOTAL_SALE_1 = Figures(
    name="standard, 1 phase, everything sold",
    sent=(
        ("ADSC", "031864111111"),
        ("VTIC", "02"),
        ("DATE", "", "E180716103423"),
        ("NGTF", "   PRODUCTEUR   "),
        ("LTARF", " INDEX NON CONSO"),
        ("EAST", "000000000"),
        *_indexes(),
        *_network(),  # the checksum of EASD01 is a space
        ("EAIT", "000032781"),
        ("ERQ1", "000000000"),
        ("ERQ2", "000000890"),
        ("ERQ3", "000002546"),
        ("ERQ4", "000000000"),
        ("IRMS1", "005"),
        ("URMS1", "228"),
        ("PREF", "03"),
        ("PCOUP", "03"),
        ("SINSTS", "00000"),
        ("SMAXSN", "00021", "E180716063417"),
        ("SMAXSN-1", "00023", "E180715064903"),
        ("SINSTI", "01253"),
        ("SMAXIN", "01423", "E180716103316"),
        ("SMAXIN-1", "01971", "E180715144229"),
        ("CCASN", "00000", "E180716100000"),
        ("CCASN-1", "00000", "E180716090000"),
        ("UMOY1", "230", "E180716103000"),
        ("STGE", "002A0301"),
        NO_MESSAGE,
        ("PRM", "99666666666666"),
        ("RELAIS", "000"),
        ("NTARF", "01"),
        ("NJOURF", "00"),
        ("NJOURF+1", "00"),
        ("PJOURF+1", _plan("00008001")),
    ),
    reading=MeterReading(
        mode=TicMode.STANDARD,
        complete=True,
        serial="031864111111",
        delivery_point="99666666666666",
        tic_version=2,
        producer=True,
        contract=Contract.PRODUCER,
        contract_name="PRODUCTEUR",
        period=TariffPeriod.OTHER,
        period_name="INDEX NON CONSO",
        period_index=1,
        indexes=_unknown_indexes(1),
        distributor_indexes={1: 0, 2: 0, 3: 0, 4: 0},
        total_index=0,
        injected_index=32_781,
        reactive_indexes={1: 0, 2: 890, 3: 2546, 4: 0},
        apparent_power=0,
        injected_power=1253,
        currents=(5,),
        voltages=(228,),
        mean_voltages=(230,),
        subscribed_power=3000,
        cutoff_power=3000,
        peak_today=Peak(power=21, time=datetime(2018, 7, 16, 6, 34, 17, tzinfo=SUMMER)),
        peak_yesterday=Peak(
            power=23, time=datetime(2018, 7, 15, 6, 49, 3, tzinfo=SUMMER)
        ),
        injected_peak_today=Peak(
            power=1423, time=datetime(2018, 7, 16, 10, 33, 16, tzinfo=SUMMER)
        ),
        injected_peak_yesterday=Peak(
            power=1971, time=datetime(2018, 7, 15, 14, 42, 29, tzinfo=SUMMER)
        ),
        load_curve=Peak(power=0, time=datetime(2018, 7, 16, 10, 0, tzinfo=SUMMER)),
        load_curve_before=Peak(
            power=0, time=datetime(2018, 7, 16, 9, 0, tzinfo=SUMMER)
        ),
        status=status(producer=True, exporting=True, euridis=EuridisOutput.OPEN),
        relays=(False,) * 8,
        day_profile_today=0,
        day_profile_tomorrow=0,
        next_day_plan=(block(0, 1, "open"),),
        clock=datetime(2018, 7, 16, 8, 34, 23, tzinfo=UTC),
    ),
)

PILOT_1 = Figures(
    name="standard, 1 phase, pilot meter",
    sent=(
        ("ADSC", "021067111111"),
        ("VTIC", "01"),
        ("DATE", "", "E100630142200"),
        ("NGTF", "H PLEINE/CREUSE "),
        ("LTARF", " HEURE  PLEINE  "),
        ("EAST", "000012345"),
        *_indexes("000004000", "000008345"),
        *_network("000012345"),
        ("IRMS1", "011"),
        ("URMS1", "229"),
        ("PREF", "00"),
        ("PCOUP", "00"),
        ("SINST1", "02519"),
        ("SMAXN", "04100", "E100630071500"),
        ("SMAXN-1", "05200", "h000000000000"),
        ("UMOY1", "230", "E100630142000"),
        ("STGE", "00020420"),
        ("PRM", "99777777777777"),
        ("RELAIS", "000"),
        ("NTARF", "02"),
    ),
    reading=MeterReading(
        mode=TicMode.STANDARD,
        complete=True,
        serial="021067111111",
        delivery_point="99777777777777",
        tic_version=1,
        contract=Contract.OFF_PEAK,
        contract_name="H PLEINE/CREUSE",
        period=TariffPeriod.PEAK,
        period_name="HEURE PLEINE",
        period_index=2,
        indexes={"off_peak": 4000, "peak": 8345, **_unknown_indexes(3)},
        contract_indexes=frozenset({"off_peak", "peak"}),
        distributor_indexes={1: 12_345, 2: 0, 3: 0, 4: 0},
        total_index=12_345,
        apparent_power=2519,
        currents=(11,),
        voltages=(229,),
        mean_voltages=(230,),
        subscribed_power=0,
        cutoff_power=0,
        peak_today=Peak(power=4100, time=datetime(2010, 6, 30, 7, 15, tzinfo=SUMMER)),
        peak_yesterday=Peak(power=5200),
        status=status(
            dry_contact_open=False,
            supplier_index=2,
            euridis=EuridisOutput.OFF,
            power_line=PowerLineStatus.NEW_UNLOCKED,
        ),
        relays=(False,) * 8,
        clock=datetime(2010, 6, 30, 12, 22, tzinfo=UTC),
    ),
)

ALL: Final = (
    BASE_1,
    OFF_PEAK_1,
    TEMPO_1,
    EJP_1,
    BASE_3,
    OFF_PEAK_3,
    TEMPO_3,
    STANDARD_BASE_1,
    STANDARD_TEMPO_1,
    WEEKEND_1,
    STANDARD_TEMPO_3,
    PRODUCER_3,
    TOTAL_SALE_1,
    PILOT_1,
)
