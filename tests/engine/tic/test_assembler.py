"""From groups and frames to readings: timing, overloads, doubts, changes."""

from datetime import datetime

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_pilote.engine.reading import (
    ColorSource,
    Contract,
    MeterReading,
    MovingPeak,
    Peak,
    TariffPeriod,
    TempoColor,
)
from custom_components.linky_pilote.engine.tic import (
    Assembler,
    Decoder,
    Group,
    MeterChanged,
    encode_frame,
    encode_group,
)

from .figures import (
    BASE_1,
    BASE_3,
    EJP_1,
    OFF_PEAK_1,
    OFF_PEAK_3,
    PARIS,
    PRODUCER_3,
    STANDARD_BASE_1,
    STANDARD_TEMPO_1,
    STANDARD_TEMPO_3,
    TEMPO_1,
    Figures,
)
from .lines import (
    EOT,
    ETX,
    HISTORICAL,
    STANDARD,
    STX,
    Line,
    Sent,
    changed,
    historical,
    read,
    standard,
)

OFF_PEAK_STANDARD = (
    ("ADSC", "021861111111"),
    ("VTIC", "02"),
    ("NGTF", "H PLEINE/CREUSE "),
    ("LTARF", " HEURE  CREUSE  "),
    ("EAST", "000003000"),
    ("EASF01", "000001000"),
    ("EASF02", "000002000"),
    ("IRMS1", "002"),
    ("PREF", "06"),
    ("SINSTS", "00460"),
    ("STGE", "003A0001"),
    ("NTARF", "01"),
)


def with_warning(sent: tuple[Sent, ...], after: str, *warnings: Sent) -> bytes:
    """Return a frame in historical mode with warnings after a label."""
    at = next(n for n, item in enumerate(sent) if item[0] == after) + 1
    return historical(*sent[:at], *warnings, *sent[at:])


def short_frame(*warnings: Sent, currents: tuple[str, str, str]) -> bytes:
    """Return what a three-phase meter sends during an overload."""
    each = [(f"IINST{n}", current) for n, current in enumerate(currents, start=1)]
    return historical(*warnings, OFF_PEAK_3.sent[0], *each)


# --- When readings come -----------------------------------------------------------


def test_a_reading_at_each_end_of_a_frame() -> None:
    line = Line()
    assert line.hear(BASE_1.frame) == [BASE_1.reading]
    # From the second frame on, the power is told as soon as it is known.
    urgent, whole = line.hear(historical(*changed(BASE_1.sent, PAPP="00300")))
    assert urgent.apparent_power == whole.apparent_power == 300
    assert (urgent.complete, whole.complete) == (False, True)


@pytest.mark.parametrize(
    ("figures", "label"),
    [
        (BASE_1, "PAPP"),
        (BASE_3, "PAPP"),
        (STANDARD_BASE_1, "SINSTS"),
        (STANDARD_TEMPO_3, "SINSTS3"),
        (PRODUCER_3, "SINSTI"),
    ],
)
def test_power_comes_with_the_last_group_about_it(figures: Figures, label: str) -> None:
    line = Line()
    line.hear(figures.frame)
    seen = [
        data.strip(b"\n\x02\x03").split()[:1]
        for data in figures.frame.split(b"\r")
        if line.hear(data + b"\r")
    ]
    assert seen == [[label.encode()], []]


def test_a_meter_without_power() -> None:
    """Older meters have no PAPP: readings come at the end of the frame only."""
    frame = historical(*changed(OFF_PEAK_1.sent, PAPP=None))
    line = Line()
    line.hear(frame)
    assert len(line.hear(frame)) == 1
    assert read(frame).apparent_power is None


def test_a_partial_frame_makes_a_reading_of_what_it_has() -> None:
    reading = read(OFF_PEAK_1.frame[80:])
    assert not reading.complete
    assert reading.serial is None
    assert reading.contract is None
    assert reading.total_index is None
    assert reading.apparent_power == 2160


def test_unknown_groups_and_refused_pieces_make_no_reading() -> None:
    line = Line()
    stray = encode_group(HISTORICAL, "GAZ", "0001234")
    assert line.hear(BASE_1.frame)
    assert line.hear(stray + b"\nPAPP 00000 x\r" + STX) == []
    assert line.assembler.take(Group(HISTORICAL, "GAZ", "1", known=False), 0) is None


def test_a_frame_broken_off_clears_nothing() -> None:
    line = Line()
    line.hear(OFF_PEAK_1.frame)
    begun = OFF_PEAK_1.frame[: OFF_PEAK_1.frame.index(b"\nPTEC")]
    reading = line.last(begun + EOT)
    assert not reading.complete
    assert reading.apparent_power == 2160
    assert reading.period is TariffPeriod.PEAK
    assert line.last(OFF_PEAK_1.frame) == OFF_PEAK_1.reading


def test_a_damaged_group_keeps_its_last_value() -> None:
    line = Line()
    line.hear(OFF_PEAK_1.frame)
    reading = line.last(OFF_PEAK_1.frame.replace(b"HCHC 0949", b"HCHC 0948"))
    assert not reading.complete
    assert reading.total_index == OFF_PEAK_1.reading.total_index


def test_a_group_that_a_slow_reader_drops_keeps_its_last_value() -> None:
    """Nothing shows that it was lost; gone is what two whole frames do without."""
    frame = historical(*changed(OFF_PEAK_1.sent, PAPP=None, HCHC=None))
    line = Line()
    line.hear(OFF_PEAK_1.frame)
    assert line.last(frame) == OFF_PEAK_1.reading
    assert line.last(OFF_PEAK_1.frame) == OFF_PEAK_1.reading
    assert line.last(frame) == OFF_PEAK_1.reading
    gone = line.last(frame)
    assert gone.apparent_power is None
    assert gone.total_index is None


def test_messages_and_notices_end() -> None:
    line = Line()
    assert line.last(STANDARD_TEMPO_1.frame).short_message == "DEMAIN BLANC"
    later = changed(STANDARD_TEMPO_1.sent, MSG2=None, DPM1=None, FPM1=None)
    line.hear(standard(*later))
    reading = line.last(standard(*later))
    assert reading.short_message is None
    assert reading.moving_peaks == {}

    line = Line()
    assert line.last(EJP_1.frame).peak_notice_minutes == 30
    later = changed(EJP_1.sent, PEJP=None)
    line.hear(historical(*later))
    assert line.last(historical(*later)).peak_notice_minutes is None


def test_a_message() -> None:
    text = "COUPURE  PREVUE DEMAIN".ljust(32)
    assert read(standard(*changed(STANDARD_BASE_1.sent, MSG1=text))).message == (
        "COUPURE PREVUE DEMAIN"
    )
    text = "     PAS DE          MESSAGE    "
    assert read(standard(*changed(STANDARD_BASE_1.sent, MSG1=text))).message is None


# --- Overload ---------------------------------------------------------------------

ADPS = ("ADPS", "032")


def test_overload_of_one_phase() -> None:
    line = Line()
    line.hear(BASE_1.frame)
    # In its first frame the warning comes wherever the meter is; it is urgent.
    frame = with_warning(BASE_1.sent, "ISOUSC", ADPS)
    warned = frame.index(b"\nADPS")
    assert line.hear(frame[:warned]) == []
    (urgent,) = line.hear(frame[warned : warned + 12])
    assert urgent.overload
    assert urgent.overload_currents == {1: 32}
    assert not urgent.complete
    assert line.last(frame[warned + 12 :]).overload

    # Then in its place, and it is no news.
    frame = with_warning(BASE_1.sent, "IINST", ("ADPS", "034"))
    readings = line.hear(frame)
    assert len(readings) == 2
    assert readings[-1].overload_currents == {1: 34}

    # A whole frame without it: it is over.
    over = line.last(BASE_1.frame)
    assert not over.overload
    assert over.overload_currents == {}


def test_overload_in_the_first_frame_heard() -> None:
    for after in ("ISOUSC", "IINST"):
        reading = read(with_warning(BASE_1.sent, after, ADPS))
        assert reading.overload
        assert reading.overload_currents == {1: 32}


def test_a_damaged_frame_does_not_end_an_overload() -> None:
    line = Line()
    line.hear(BASE_1.frame)
    line.hear(with_warning(BASE_1.sent, "IINST", ADPS))
    assert line.last(BASE_1.frame.replace(b"PTEC", b"PTEb")).overload
    assert not line.last(BASE_1.frame).overload


def test_a_warning_that_nothing_ends_is_dropped_after_a_minute() -> None:
    line = Line()
    line.hear(BASE_1.frame)
    line.hear(with_warning(BASE_1.sent, "IINST", ADPS))
    damaged = BASE_1.frame.replace(b"PTEC", b"PTEb")
    assert line.last(damaged, after=59).overload
    assert not line.last(damaged, after=2).overload


def test_overload_of_three_phases() -> None:
    line = Line()
    line.hear(OFF_PEAK_3.frame)
    assert line.hear(STX + encode_group(HISTORICAL, *OFF_PEAK_3.sent[0]) + EOT)

    # Short frames: urgent, and they clear nothing.
    warned = short_frame(("ADIR1", "027"), currents=("027", "003", "001"))
    urgent, end = line.hear(warned, after=0.7)
    assert urgent.overload_currents == end.overload_currents == {1: 27}
    assert end.currents == (27, 3, 1)
    assert not end.complete
    for name in ("total_index", "apparent_power", "period", "contract", "max_currents"):
        assert getattr(end, name) == getattr(OFF_PEAK_3.reading, name)

    # A second phase joins in: news again.
    both = short_frame(
        ("ADIR1", "027"), ("ADIR3", "026"), currents=("027", "003", "026")
    )
    assert line.hear(both, after=0.7)[0].overload_currents == {1: 27, 3: 26}
    for _ in range(18):
        assert line.last(warned, after=0.7).overload

    # The long frame that ends the cycle says nothing of it.
    assert line.last(OFF_PEAK_3.frame, after=2).overload

    # The overload is over, but the cycles go on for a minute.
    calm = short_frame(currents=("010", "003", "001"))
    assert line.last(calm, after=0.7).currents == (10, 3, 1)
    for _ in range(19):
        line.hear(calm, after=0.7)
    reading = line.last(OFF_PEAK_3.frame, after=2)
    assert not reading.overload
    assert reading == OFF_PEAK_3.reading


def test_an_overload_on_when_listening_begins() -> None:
    reading = read(short_frame(("ADIR2", "031"), currents=("001", "031", "002")))
    assert reading.overload
    assert reading.overload_currents == {2: 31}
    assert reading.phases == 3
    assert reading.currents == (1, 31, 2)
    assert reading.contract is None


def test_overload_without_a_warning() -> None:
    """Some three-phase meters show it in their currents only."""
    sent = changed(OFF_PEAK_3.sent, IINST2="025")
    assert not read(historical(*sent)).overload
    reading = read(historical(*changed(sent, IINST2="026")))
    assert reading.overload
    assert reading.overload_currents == {}


def test_overload_in_standard_mode() -> None:
    line = Line()
    line.hear(STANDARD_BASE_1.frame)
    over = standard(*changed(STANDARD_BASE_1.sent, STGE="003A0080"))
    power, status, whole = line.hear(over)
    assert not power.overload
    assert status.overload
    assert not status.complete
    assert whole.overload
    # No news while it lasts; its end is news.
    assert [reading.overload for reading in line.hear(over)] == [True, True]
    readings = line.hear(STANDARD_BASE_1.frame)
    assert [reading.overload for reading in readings] == [True, False, False]


# --- Phases -----------------------------------------------------------------------


def test_three_phases_stay_three() -> None:
    line = Line()
    line.hear(OFF_PEAK_3.frame)
    for _ in range(3):
        reading = line.last(OFF_PEAK_3.frame.replace(b"IINST2", b"IINSTb"))
        assert reading.phases == 3
        assert reading.currents == (0, 1, 1)


def test_phases_of_which_one_was_never_heard() -> None:
    """Values of some phases only could be taken for those of others."""
    sent = changed(
        STANDARD_TEMPO_3.sent, IRMS3=None, URMS1=None, SMAXSN1=None, SINSTS2=None
    )
    reading = read(standard(*sent))
    assert reading.phases == 3
    assert reading.currents == ()
    assert reading.voltages == ()
    assert reading.apparent_power_by_phase == ()
    assert reading.peaks_today_by_phase == ()
    assert reading.mean_voltages == (237, 238, 236)

    reading = read(historical(*changed(OFF_PEAK_3.sent, IINST1=None, IMAX3=None)))
    assert reading.currents == ()
    assert reading.max_currents == ()


def test_missing_phases() -> None:
    sent = changed(OFF_PEAK_3.sent, PPOT="0C")
    assert read(historical(*sent)).missing_phases == (2, 3)


# --- Indexes ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "label", "missing"),
    [
        (OFF_PEAK_1, "HCHP", "peak"),
        (TEMPO_1, "BBRHCJW", "white_off_peak"),
        (EJP_1, "EJPHPM", "moving_peak"),
    ],
)
def test_no_total_before_all_indexes_are_known(
    figures: Figures, label: str, missing: str
) -> None:
    line = Line()
    damaged = figures.frame.replace(b"\n" + label.encode(), b"\nX" + label.encode()[1:])
    reading = line.last(damaged)
    assert missing not in reading.indexes
    assert reading.total_index is None
    assert line.last(figures.frame).total_index == figures.reading.total_index


@pytest.mark.parametrize("wrong", ["094939438", "094940439", "000000000", "999999999"])
def test_a_wrong_index_never_comes_out(wrong: str) -> None:
    line = Line()
    line.hear(OFF_PEAK_1.frame)
    reading = line.last(historical(*changed(OFF_PEAK_1.sent, HCHC=wrong)))
    assert reading.complete
    assert reading.indexes == OFF_PEAK_1.reading.indexes
    assert reading.total_index == OFF_PEAK_1.reading.total_index
    assert line.assembler.held == {"HCHC": 1}
    assert line.last(OFF_PEAK_1.frame) == OFF_PEAK_1.reading


def test_a_wrong_index_in_the_middle_of_good_ones() -> None:
    line = Line()
    for count, wrong in enumerate((None, "003519900", None, "003519000", None)):
        honest = f"{3_519_703 + count:09d}"
        index = wrong or honest
        sent = changed(STANDARD_BASE_1.sent, EAST=index, EASF01=honest, EASD01=honest)
        reading = line.last(standard(*sent))
        assert reading.total_index == 3_519_703 + count - (wrong is not None)
        assert reading.indexes["index_01"] == 3_519_703 + count
    assert line.assembler.held == {"EAST": 2}


def test_an_index_that_starts_again_is_believed_when_it_persists() -> None:
    line = Line()
    line.hear(BASE_1.frame)
    sent = changed(BASE_1.sent, BASE="000000012")
    totals = [line.last(historical(*sent)).total_index for _ in range(3)]
    assert totals == [2_815_235, 2_815_235, 12]


def test_an_index_held_back_of_which_no_good_value_is_at_hand() -> None:
    """After a switch of mode and back, it is unknown until it can be believed."""
    line = Line()
    line.hear(OFF_PEAK_1.frame)
    sent = changed(OFF_PEAK_STANDARD, ADSC=OFF_PEAK_1.reading.serial)
    line.hear(standard(*sent) * 2)
    wrong = historical(*changed(OFF_PEAK_1.sent, HCHC="000000001"))
    line.hear(wrong)
    reading = line.last(wrong)
    assert reading.mode is HISTORICAL
    assert "off_peak" not in reading.indexes
    assert reading.total_index is None
    assert line.last(OFF_PEAK_1.frame) == OFF_PEAK_1.reading


def test_injection_is_not_bounded_by_the_contract() -> None:
    """A 3 kVA contract can inject 9 kVA."""
    line = Line()
    small = changed(PRODUCER_3.sent, PREF="03")
    line.hear(standard(*small))
    sent = changed(small, EAIT="000671661", EAST="011604139")
    reading = line.last(standard(*sent), after=3)
    assert reading.injected_index == 671_661
    assert reading.total_index == 11_604_109
    assert line.assembler.held == {"EAST": 1}


_STEPS = st.lists(st.tuples(st.floats(0, 2.5), st.floats(0.8, 30)), max_size=12)


@settings(max_examples=30)
@given(_STEPS, st.sampled_from([OFF_PEAK_1, STANDARD_BASE_1]))
def test_an_honest_meter_is_never_doubted(
    steps: list[tuple[float, float]], figures: Figures
) -> None:
    line = Line()
    subscribed = figures.reading.subscribed_power or 0
    labels = {"BASE", "HCHC", "HCHP", "EAST", "EASF01", "EASD01"}
    starts = {sent[0]: int(sent[1]) for sent in figures.sent if sent[0] in labels}
    line.hear(figures.frame)
    energy = 0.0
    for load, seconds in steps:
        energy += load * subscribed * seconds / 3600
        values = {label: f"{n + int(energy):09d}" for label, n in starts.items()}
        sent = changed(figures.sent, **values)
        reading = line.last(encode_frame(figures.mode, sent), after=seconds)
        known = (reading.total_index or 0) - (figures.reading.total_index or 0)
        assert known == int(energy) * (2 if figures is OFF_PEAK_1 else 1)
    assert line.assembler.held == {}


# --- Meters and modes -------------------------------------------------------------


def test_another_meter_is_an_event_and_gives_no_values() -> None:
    line = Line()
    line.hear(BASE_1.frame)
    stranger = historical(*changed(BASE_1.sent, ADCO="021861999999", PAPP="09990"))
    line.hear(stranger)
    for _ in range(3):
        assert line.hear(stranger) == []
    assert line.changes == [MeterChanged("021861111111", "021861999999")]
    # The first meter is back; its number, too, must come twice.
    line.hear(BASE_1.frame)
    assert line.last(BASE_1.frame).apparent_power == 260
    assert line.changes == [MeterChanged("021861111111", "021861999999")]
    # And the other one, again.
    line.hear(stranger * 2)
    assert len(line.changes) == 2


def test_another_meter_on_a_new_line_is_news() -> None:
    """Of what it says before its number nothing is taken."""
    line = Line()
    line.hear(BASE_1.frame)
    stranger = historical(*changed(BASE_1.sent, ADCO="021861999999", PAPP="09990"))
    line.hear(stranger * 2)
    assert len(line.changes) == 1
    line.assembler.begin_again()
    assert line.hear(stranger[60:] + stranger * 2) == []
    assert line.changes == [MeterChanged("021861111111", "021861999999")] * 2


def test_values_of_an_earlier_run_are_known() -> None:
    earlier = Line()
    earlier.hear(BASE_1.frame)
    assembler = Assembler(BASE_1.reading.serial, earlier.assembler.marks)
    assert assembler.marks == earlier.assembler.marks
    leap = historical(*changed(BASE_1.sent, BASE="902815235"))
    events = Decoder().feed(leap * 2)
    readings = [assembler.take(event, 1001) for event in events]
    assert not any(reading.total_index for reading in readings if reading)  # type: ignore[union-attr]
    assert assembler.held == {"BASE": 2}


def test_the_expected_meter() -> None:
    line = Line("021861111111")
    assert line.last(BASE_1.frame) == BASE_1.reading
    line = Line("021861000000")
    assert line.hear(BASE_1.frame) == []
    assert line.changes == [MeterChanged("021861000000", "021861111111")]


def test_the_mode_is_switched() -> None:
    """The meter, its phases and its serial number stay; values of the old mode go."""
    line = Line()
    line.hear(OFF_PEAK_1.frame)
    sent = changed(OFF_PEAK_STANDARD, ADSC=OFF_PEAK_1.reading.serial)
    line.hear(standard(*sent))
    reading = line.last(standard(*sent))
    assert reading.mode is STANDARD
    assert reading.complete
    assert reading == read(standard(*sent))

    line.hear(OFF_PEAK_1.frame)
    assert line.last(OFF_PEAK_1.frame) == OFF_PEAK_1.reading
    assert line.changes == []


def test_values_of_two_modes_are_never_mixed() -> None:
    line = Line()
    line.hear(OFF_PEAK_1.frame)
    begun = OFF_PEAK_1.frame[: OFF_PEAK_1.frame.index(b"\nIMAX")]
    readings = line.hear(begun + standard(*OFF_PEAK_STANDARD)[1:])
    assert [reading.mode for reading in readings] == [HISTORICAL, STANDARD]
    assert readings[-1].timetable_code is None
    assert readings[-1].contract_name == "H PLEINE/CREUSE"
    assert readings[-1].total_index == 3000


# --- Contract and periods ---------------------------------------------------------


def test_off_peak_in_standard_mode() -> None:
    reading = read(standard(*OFF_PEAK_STANDARD))
    assert reading.contract is Contract.OFF_PEAK
    assert reading.period is TariffPeriod.OFF_PEAK
    assert reading.indexes == {"off_peak": 1000, "peak": 2000}
    assert reading.contract_indexes == {"off_peak", "peak"}


def test_the_meter_says_which_index_is_which() -> None:
    sent = changed(OFF_PEAK_STANDARD, NTARF="02")
    assert read(standard(*sent)).indexes == {"peak": 1000, "off_peak": 2000}


def test_the_index_names_stay_while_the_period_changes() -> None:
    """A frame sent during the change pairs the wrong index with the wrong period."""
    line = Line()
    line.hear(standard(*OFF_PEAK_STANDARD))
    for changes in (
        {"LTARF": " HEURE  PLEINE  "},
        {"NTARF": "02"},
        {"LTARF": " HEURE  PLEINE  ", "NTARF": "02"},
    ):
        sent = changed(OFF_PEAK_STANDARD, **changes)
        for reading in line.hear(standard(*sent)):
            assert reading.indexes == {"off_peak": 1000, "peak": 2000}


def test_the_contract_changes() -> None:
    """The running index of before says nothing about the names of now."""
    base = changed(
        OFF_PEAK_STANDARD,
        NGTF="      BASE      ",
        LTARF="      BASE      ",
        NTARF="01",
    )
    line = Line()
    assert line.last(standard(*base)).contract_indexes == {"index_01"}
    peak = changed(OFF_PEAK_STANDARD, LTARF=" HEURE  PLEINE  ", NTARF="02")
    assert line.last(standard(*peak)).contract is Contract.BASE  # once is a wreck
    reading = line.last(standard(*peak))
    assert reading.contract is Contract.OFF_PEAK
    assert reading.indexes == {"off_peak": 1000, "peak": 2000}
    line.hear(standard(*base))
    assert line.last(standard(*base)).contract is Contract.BASE


def test_the_index_names_wait_for_a_frame_that_tells_them() -> None:
    """The meter numbers them the other way round; its first frame was damaged."""
    sent = changed(OFF_PEAK_STANDARD, NTARF="02")
    line = Line()
    reading = line.last(standard(*sent).replace(b"NTARF\t02", b"NTARF\t03"))
    assert reading.contract is Contract.OFF_PEAK
    assert reading.indexes == {}
    assert reading.contract_indexes == frozenset()
    assert line.last(standard(*sent)).indexes == {"peak": 1000, "off_peak": 2000}


def test_the_mode_switch_asks_again_which_index_is_which() -> None:
    line = Line()
    line.hear(OFF_PEAK_1.frame)
    sent = changed(OFF_PEAK_STANDARD, NTARF="02", ADSC=OFF_PEAK_1.reading.serial)
    line.hear(standard(*sent))
    reading = line.last(standard(*sent))
    assert reading.indexes == {"peak": 1000, "off_peak": 2000}


def test_the_historical_contract_changes() -> None:
    line = Line()
    line.hear(OFF_PEAK_1.frame)
    sent = changed(BASE_1.sent, ADCO=OFF_PEAK_1.reading.serial)
    assert line.last(historical(*sent)).contract is Contract.OFF_PEAK
    reading = line.last(historical(*sent))
    assert reading.contract is Contract.BASE
    assert reading.indexes == {}
    assert reading.total_index == 2_815_235


def test_a_contract_that_does_not_fit_its_indexes() -> None:
    sent = changed(OFF_PEAK_1.sent, HCHC=None, HCHP=None)
    reading = read(historical(*sent, ("BASE", "000001000")))
    assert reading.contract is Contract.OFF_PEAK
    assert reading.indexes == {}
    assert reading.total_index is None


def test_old_indexes_under_a_base_contract() -> None:
    """A former contract's indexes stay; only the running one is of this contract."""
    sent = changed(
        STANDARD_BASE_1.sent, EAST="003519803", EASF03="000000100", EASF01="003519703"
    )
    reading = read(standard(*sent))
    assert reading.total_index == 3_519_803
    assert reading.indexes["index_03"] == 100
    assert reading.contract_indexes == {"index_01"}


def test_another_contract_counts_on_what_moves() -> None:
    sent = changed(OFF_PEAK_STANDARD, NGTF="OFFRE ZEN       ", EASF02="000000000")
    reading = read(standard(*sent))
    assert reading.contract is Contract.OTHER
    assert reading.contract_indexes == {"index_01"}


def test_no_texts_at_all() -> None:
    """NGTF and LTARF are absent from a meter that was not programmed."""
    reading = read(standard(*changed(OFF_PEAK_STANDARD, NGTF=None, LTARF=None)))
    assert reading.contract is None
    assert reading.period is None
    assert reading.period_index == 1
    assert reading.contract_indexes == {"index_01", "index_02"}


def test_the_index_names_wait_for_the_contract() -> None:
    """Else indexes without a period would come and go on a bad line."""
    line = Line()
    damaged = STANDARD_TEMPO_1.frame.replace(b"TEMPO", b"TEMPn").replace(b"HC  B", b"x")
    reading = line.last(damaged)
    assert reading.contract is None
    assert reading.total_index == STANDARD_TEMPO_1.reading.total_index
    assert reading.indexes == {}
    assert line.last(STANDARD_TEMPO_1.frame) == STANDARD_TEMPO_1.reading


def test_what_was_heard_before_the_first_whole_frame_is_kept() -> None:
    """Noise can make a frame's end in the middle of it."""
    line = Line()
    line.hear(STANDARD_TEMPO_1.frame.replace(b"PREF", b"PREf"))
    start = STANDARD_TEMPO_1.frame.index(b"\nNGTF")
    reading = line.last(STANDARD_TEMPO_1.frame[:start] + ETX)
    assert reading.complete
    assert reading.contract is Contract.TEMPO
    assert reading.indexes == STANDARD_TEMPO_1.reading.indexes


def test_the_running_index_without_ntarf() -> None:
    sent = changed(OFF_PEAK_STANDARD, NTARF=None, STGE="003A0401")
    assert read(standard(*sent)).period_index == 2
    assert read(standard(*changed(sent, STGE=None))).period_index is None


# --- Tempo ------------------------------------------------------------------------

PEAK_PLAN = " ".join(["00004003", "06004004", "22004003", *["NONUTILE"] * 8])


def tempo(
    clock: str, period: str, status: str, *peaks: tuple[int, str, str]
) -> MeterReading:
    """Return what a Tempo meter with these announcements is read as."""
    sent = changed(
        STANDARD_TEMPO_1.sent,
        LTARF=period.center(16),
        STGE=status,
        DPM1=None,
        FPM1=None,
        MSG2=None,
    )
    sent = [(*item[:2], clock) if item[0] == "DATE" else item for item in sent]
    for number, start, end in peaks:
        sent += [(f"DPM{number}", "00", start), (f"FPM{number}", "00", end)]
    return read(standard(*sent))


@pytest.mark.parametrize(
    ("clock", "start", "number", "color"),
    [
        # Before the announcement of 20:00, and until the next 06:00
        ("H250314180000", " 250315060000", 1, TempoColor.WHITE),
        ("H250314180000", " 250315060000", 2, TempoColor.RED),
        ("H250315013000", " 250315060000", 2, TempoColor.RED),
        ("H250315055959", " 250315060000", 2, TempoColor.RED),
        ("H250314060000", " 250315060000", 1, TempoColor.WHITE),
        # The day that runs is not tomorrow, nor is the day after
        ("H250315060000", " 250315060000", 1, None),
        ("H250315120000", " 250315060000", 1, None),
        ("H250315023000", " 250316060000", 1, None),
        ("H250314180000", " 250316060000", 1, None),
        # Another kind of peak, or no clock to compare with
        ("H250314180000", " 250315060000", 3, None),
        ("h250314180000", " 250315060000", 1, None),
        # The night when the clocks change
        ("H250329180000", " 250330060000", 1, TempoColor.WHITE),
        ("E250330040000", " 250330060000", 1, TempoColor.WHITE),
    ],
)
def test_tomorrow_of_the_moving_peaks(
    clock: str, start: str, number: int, color: TempoColor | None
) -> None:
    reading = tempo(clock, "HC BLEU", "013AC001", (number, start, " 250331060000"))
    assert reading.color_tomorrow is color
    source = ColorSource.MOVING_PEAK if color else None
    assert reading.color_tomorrow_source is source


def test_the_status_register_comes_before_the_moving_peaks() -> None:
    reading = tempo(
        "H250314203000", "HC BLEU", "0D3AC001", (1, " 250315060000", " 250316060000")
    )
    assert reading.color_tomorrow is TempoColor.RED
    assert reading.color_tomorrow_source is ColorSource.STATUS_REGISTER


def test_nothing_announced_is_not_blue() -> None:
    reading = tempo("H250314120000", "HP BLEU", "013AC001")
    assert reading.color_tomorrow is None
    assert reading.color_tomorrow_source is None


def test_the_night_belongs_to_the_day_before() -> None:
    """Between 00:00 and 06:00 today is the Tempo day that began at 06:00 before."""
    reading = tempo("H250315013000", "HC ROUGE", "0B3AC001")
    assert reading.color_today is TempoColor.RED
    assert reading.color_today_source is ColorSource.TARIFF_PERIOD
    assert reading.color_tomorrow is TempoColor.WHITE


def test_today_of_the_status_register_when_the_text_says_nothing() -> None:
    reading = tempo("H250315013000", "INDEX 3", "0B3AC001")
    assert reading.color_today is TempoColor.RED
    assert reading.color_today_source is ColorSource.STATUS_REGISTER


def test_another_supplier_words_it_otherwise() -> None:
    sent = changed(STANDARD_TEMPO_1.sent, NGTF=None, LTARF="BLEU HC         ")
    reading = read(standard(*sent))
    assert reading.contract is Contract.TEMPO
    assert reading.color_today is TempoColor.BLUE
    assert reading.indexes["blue_off_peak"] == 83_957_312


def test_colours_are_for_tempo_only() -> None:
    sent = changed(OFF_PEAK_STANDARD, STGE="053A0001")
    reading = read(standard(*sent))
    assert reading.color_today is None
    assert reading.color_tomorrow is None


@pytest.mark.parametrize(
    ("code", "today", "word", "tomorrow"),
    [
        ("HPJB", TempoColor.BLUE, "----", None),
        ("HCJW", TempoColor.WHITE, "BLEU", TempoColor.BLUE),
        ("HPJW", TempoColor.WHITE, "BLAN", TempoColor.WHITE),
        ("HCJR", TempoColor.RED, "ROUG", TempoColor.RED),
    ],
)
def test_colours_in_historical_mode(
    code: str, today: TempoColor, word: str, tomorrow: TempoColor | None
) -> None:
    reading = read(historical(*changed(TEMPO_1.sent, PTEC=code, DEMAIN=word)))
    assert (reading.color_today, reading.color_tomorrow) == (today, tomorrow)


def test_moving_peaks() -> None:
    reading = tempo(
        "H250314203000",
        "HC BLANC",
        "463A0800",
        (1, " 250314060000", " 250315060000"),
        (2, " 250316060000", " 000000000000"),
    )
    assert reading.moving_peaks == {
        1: MovingPeak(
            start=datetime(2025, 3, 14, 6, tzinfo=PARIS),
            end=datetime(2025, 3, 15, 6, tzinfo=PARIS),
        ),
        2: MovingPeak(start=datetime(2025, 3, 16, 6, tzinfo=PARIS)),
    }


# --- The meter's clock ------------------------------------------------------------


def test_a_clock_that_cannot_be_trusted() -> None:
    sent: list[Sent] = [
        (item[0], item[1], "h" + item[2][1:]) if len(item) == 3 else item
        for item in STANDARD_BASE_1.sent
    ]
    reading = read(standard(*sent))
    assert reading.clock_degraded
    assert reading.clock is None
    assert reading.peak_today == Peak(power=986)

    sent = changed(STANDARD_BASE_1.sent, STGE="003B0000")
    assert read(standard(*sent)).clock_degraded


def test_events_of_no_frame() -> None:
    assembler = Assembler()
    assert assembler.held == {}
    line = Line()
    assert line.hear(STX + ETX) == []


@pytest.mark.parametrize(
    ("figures", "label", "data", "field", "value"),
    [
        (TEMPO_1, "PTEC", "HPJR", "period", TariffPeriod.RED_PEAK),
        (TEMPO_1, "DEMAIN", "BLAN", "color_tomorrow", TempoColor.WHITE),
        (STANDARD_TEMPO_1, "LTARF", "    HC  ROUGE   ", "color_today", TempoColor.RED),
        (STANDARD_TEMPO_1, "STGE", "0D3AC401", "color_tomorrow", TempoColor.RED),
    ],
)
def test_news_that_must_not_wait(
    figures: Figures, label: str, data: str, field: str, value: object
) -> None:
    """Period and colours are told with their group, and not with each later one."""
    line = Line()
    assert getattr(line.last(figures.frame * 2), field) != value

    frame = encode_frame(figures.mode, changed(figures.sent, **{label: data}))
    end = frame.index(b"\r", frame.index(b"\n" + label.encode())) + 1
    told = line.hear(frame[:end])[-1]
    assert getattr(told, field) == value
    assert not told.complete
    assert line.last(frame[end:]).complete

    start = frame.index(b"\n" + label.encode())
    line.hear(frame[:start])
    assert line.hear(frame[start:end]) == [], "it is no news any more"
