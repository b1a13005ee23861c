"""From bytes to groups and frames, on good lines and on bad ones."""

from collections.abc import Callable
from itertools import pairwise
import tracemalloc

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from benchmarks.streams import SPOILED, Stream, clean_streams
from custom_components.linky_pilote.engine.tic import (
    Cause,
    Decoder,
    Event,
    FrameEnd,
    Group,
    Rejection,
    encode_frame,
    encode_group,
)

from .figures import (
    ALL,
    BASE_1,
    OFF_PEAK_1,
    OFF_PEAK_3,
    PRODUCER_3,
    STANDARD_BASE_1,
    STANDARD_TEMPO_3,
    Figures,
)
from .lines import (
    EOT,
    ETX,
    HISTORICAL,
    STANDARD,
    STX,
    causes,
    changed,
    cut,
    decode,
    frame_ends,
    groups,
    historical,
    single_bytes,
    standard,
)

MIXED = b"".join(
    figures.frame for figures in (OFF_PEAK_1, STANDARD_BASE_1, PRODUCER_3, OFF_PEAK_3)
)
"""A line whose meter and mode change from frame to frame."""

STREAMS = clean_streams(4, seed=7)


def with_parity(data: bytes) -> bytes:
    """Return a line as an 8N1 receiver hears it: bit 7 makes the parity even."""
    return bytes(byte | (byte.bit_count() & 1) << 7 for byte in data)


def altered(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return a line with one place altered, which must be there."""
    assert data.count(old) == 1
    return data.replace(old, new)


def refusals(events: list[Event]) -> list[Rejection]:
    """Return the pieces that were refused."""
    return [event for event in events if isinstance(event, Rejection)]


# --- Slices -----------------------------------------------------------------------

_LINES = st.sampled_from(
    [
        MIXED,
        MIXED[57:-31],
        with_parity(MIXED),
        BASE_1.frame * 3,
        b"A" * 60 + ETX + b"B" * 68 + ETX + b"C" * 5,
        b"\n" + b"A" * 300 + ETX + b"B" * 200 + b"\n" + BASE_1.frame,
        b"A" * 300 + b"\n" + BASE_1.frame + b"PAPP 00100 !" + ETX,
    ]
)


@settings(max_examples=60)
@given(_LINES, st.lists(st.integers(0, 2**16), max_size=30))
def test_slicing_changes_nothing(line: bytes, points: list[int]) -> None:
    assert decode(*cut(line, points)) == decode(line)


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            [
                STX,
                ETX,
                EOT,
                b"\n",
                b"\r",
                b"x" * 50,
                b"y" * 129,
                b"\r\n",
                *[
                    encode_group(figures.mode, *sent)
                    for figures in (OFF_PEAK_1, STANDARD_TEMPO_3)
                    for sent in figures.sent[:4]
                ],
            ]
        ),
        max_size=25,
    ),
    st.lists(st.integers(0, 2**16), max_size=12),
)
def test_slicing_of_any_line_changes_nothing(
    pieces: list[bytes], points: list[int]
) -> None:
    line = b"".join(pieces)
    events = decode(line)
    assert decode(*cut(line, points)) == events
    assert decode(*single_bytes(line)) == events


def test_single_bytes() -> None:
    assert decode(*single_bytes(MIXED)) == decode(MIXED)


def test_empty_slices() -> None:
    line = BASE_1.frame
    assert decode(b"", line[:20], b"", line[20:], b"") == decode(line)


def test_the_end_of_a_frame_is_told_at_once() -> None:
    decoder = Decoder()
    assert decoder.feed(BASE_1.frame)[-1] == FrameEnd(HISTORICAL, complete=True)


def test_a_mode_change_within_a_slice_is_the_same_as_across_slices() -> None:
    old = encode_group(HISTORICAL, "PAPP", "00260")
    rest = STANDARD_BASE_1.frame[:200] + old + old
    events = decode(BASE_1.frame, rest)
    assert events == decode(BASE_1.frame, *single_bytes(rest))
    assert causes(events)[:2] == ["mode", "mode"]
    assert ("PAPP", "00260") not in groups(events)[len(BASE_1.sent) :]


# --- Anything at all --------------------------------------------------------------


@settings(max_examples=150)
@given(st.lists(st.binary(max_size=200), max_size=8))
def test_random_bytes(slices: list[bytes]) -> None:
    events = decode(*slices)
    assert events == decode(b"".join(slices))


_DAMAGE = st.lists(
    st.tuples(
        st.sampled_from(["drop", "flip", "replace", "insert"]),
        st.integers(0, 2**16),
        st.integers(0, 255),
    ),
    max_size=12,
)


def damaged(data: bytes, damage: list[tuple[str, int, int]]) -> bytes:
    """Return a line with some bytes dropped, flipped, replaced or inserted."""
    line = bytearray(data)
    for kind, where, byte in damage:
        at = where % len(line)
        if kind == "drop":
            del line[at]
        elif kind == "flip":
            line[at] ^= 1 << byte % 8
        elif kind == "replace":
            line[at] = byte
        else:
            line.insert(at, byte)
    return bytes(line)


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(ALL), _DAMAGE, st.lists(st.integers(0, 2**16), max_size=6))
def test_damaged_frames(
    figures: Figures, damage: list[tuple[str, int, int]], points: list[int]
) -> None:
    frame = figures.frame
    line = damaged(frame * 2, damage) + frame
    decoder = Decoder()
    events = [event for data in cut(line, points) for event in decoder.feed(data)]
    # Two undamaged delimiters later all is well again, whatever came before.
    assert groups(events)[-len(figures.sent) + 2 :] == list(figures.sent[2:])
    assert decoder.accepted == len(groups(events))
    assert decoder.frames == len(frame_ends(events))
    assert decoder.rejected.total() == len(refusals(events))


@pytest.mark.parametrize(
    "slices",
    [
        [b"A" * 4096] * 256,
        [b"A"] * 20_000,
        [b"\n" + b"A" * 100_000] * 3,
        [b"A" * 4095 + STX] * 256,
        [b"\xff\x7f\x00" * 1000] * 100,
    ],
    ids=["blocks", "bytes", "behind a delimiter", "with STX", "control bytes"],
)
def test_memory_is_bounded_without_any_group(slices: list[bytes]) -> None:
    decoder = Decoder()
    tracemalloc.start()
    try:
        for data in slices:
            decoder.feed(data)
        assert tracemalloc.get_traced_memory()[0] < 20_000
    finally:
        tracemalloc.stop()
    # A good frame is still heard.
    assert groups(decoder.feed(b"\n" + BASE_1.frame)) == list(BASE_1.sent)


def test_memory_is_bounded_with_ever_new_unknown_labels_and_stamps() -> None:
    decoder = Decoder()
    decoder.feed(STANDARD_BASE_1.frame)
    for number in range(1000):
        decoder.feed(encode_group(STANDARD, f"NEW{number}", "1"))
        stamp = f"H2401{number // 60 % 28 + 1:02d}{number // 60 % 24:02d}{number % 60:02d}00"
        decoder.feed(encode_group(STANDARD, "SMAXSN", "00123", stamp))
    assert len(decoder.unknown) == 64
    assert len(decoder._stamps) <= 32


def test_what_is_kept_of_a_piece_that_is_too_long() -> None:
    (refused,) = refusals(decode(b"\n" + b"A" * 5000 + b"\n"))
    assert refused.cause is Cause.TOO_LONG
    assert len(refused.raw) <= 129


def test_the_longest_group_is_not_too_long() -> None:
    plan = dict(sent[:2] for sent in STANDARD_TEMPO_3.sent)["PJOURF+1"]
    line = encode_group(STANDARD, "PJOURF+1", plan)
    assert len(line) == 111
    assert groups(decode(STX, line)) == [("PJOURF+1", plan)]


# --- Checksum and grammar ---------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "sent"),
    [
        (b"\nPTEC HP..  \r", ("PTEC", "HP..")),
        (b"\nIINST 009  \r", ("IINST", "009")),
        (b"\nEASD01\t000000000\t \r", ("EASD01", "000000000")),
    ],
)
def test_a_checksum_that_is_a_space(line: bytes, sent: tuple[str, str]) -> None:
    assert groups(decode(STX + line)) == [sent]


def test_method_2_is_not_accepted_in_historical_mode() -> None:
    """PPOT without its first letters verifies with the separator summed."""
    events = decode(BASE_1.frame + b"\nOT 00 #\r\n")
    assert groups(events) == list(BASE_1.sent)
    assert refusals(events) == [Rejection(Cause.CHECKSUM, b"OT 00 #")]


def test_method_1_is_not_accepted_in_standard_mode() -> None:
    good = encode_group(STANDARD, "VTIC", "02")
    wrong = good[:-2] + bytes(((good[-2] - 0x20 - 9 & 0x3F) + 0x20,)) + b"\r"
    assert causes(decode(STX, wrong)) == ["checksum"]


@pytest.mark.parametrize(
    ("label", "data"),
    [
        ("ADCO", "02186111111"),
        ("ADCO", "0218611111111"),
        ("ADCO", "02186111111A"),
        ("OPTARIF", "BBR~"),
        ("OPTARIF", "TOTO"),
        ("ISOUSC", "030"),
        ("BASE", "02815235"),
        ("BASE", "0028152350"),
        ("BASE", "00281523p"),
        ("BASE", " 02815235"),
        ("PTEC", "HX.."),
        ("PTEC", "HCJX"),
        ("DEMAIN", "BLANC"),
        ("DEMAIN", "BLE5"),
        ("IINST", "1"),
        ("PAPP", "0026"),
        ("PAPP", "-0026"),
        ("HHPHC", ""),
        ("HHPHC", "a"),
        ("MOTDETAT", "00000G"),
        ("PPOT", "01"),
        ("PPOT", "10"),
    ],
)
def test_known_label_wrong_data_historical(label: str, data: str) -> None:
    events = decode(BASE_1.frame, encode_group(HISTORICAL, label, data))
    assert groups(events) == list(BASE_1.sent)
    assert causes(events) == ["data"]


@pytest.mark.parametrize(
    ("label", "data", "stamp"),
    [
        ("ADSC", "0418751111", None),
        ("VTIC", "2", None),
        ("DATE", "", "H241310121413"),
        ("DATE", "", "H240132121413"),
        ("DATE", "", "H240110241413"),
        ("DATE", "", "H240110126013"),
        ("DATE", "", "X240110121413"),
        ("DATE", "", " 240110121413"),
        ("DATE", "", "H24011012141"),
        ("DATE", "", None),
        ("DATE", "1", "H240110121413"),
        ("NGTF", "BASE", None),
        ("NGTF", "      B`SE      ", None),
        ("EAST", "00351970", None),
        ("EAST", "003519703", "H240110121413"),
        ("SMAXSN", "00986", None),
        ("SMAXSN", "0098", "H240110121413"),
        ("SMAXSN", "00986", " 240110121413"),
        ("STGE", "003A000", None),
        ("STGE", "003a0000", None),
        ("DPM1", "00", "X250315060000"),
        ("RELAIS", "256", None),
        ("NTARF", "11", None),
        ("PJOURF+1", "0000C001", None),
        ("PJOURF+1", " ".join(["2400C001"] * 11), None),
        ("PJOURF+1", " ".join(["NONUTILE"] * 10), None),
        ("PRM", "9911111111111", None),
    ],
)
def test_known_label_wrong_data_standard(
    label: str, data: str, stamp: str | None
) -> None:
    group = encode_group(STANDARD, label, data, stamp)
    events = decode(STANDARD_BASE_1.frame, group)
    assert groups(events) == list(STANDARD_BASE_1.sent)
    assert causes(events) == ["data"]


def test_a_stamp_of_a_moving_peak_does_nowhere_else() -> None:
    """The space for the season is good for DPM and FPM only, on every way."""
    peak = ("DPM1", "00", " 250315060000")
    line = encode_frame(STANDARD, [*STANDARD_BASE_1.sent, peak])
    wrong = encode_group(STANDARD, "SMAXSN", "00987", peak[2])
    events = decode(line, wrong)
    assert groups(events)[-1] == peak
    assert causes(events) == ["data"]


def test_a_label_alone() -> None:
    assert causes(decode(STX, b"\nPAPP ' \r\nAB\r")) == ["framing", "framing"]
    # PAPP with its separator as data and a good checksum
    line = encode_group(HISTORICAL, "PAPP", "")
    assert causes(decode(STX, line)) == ["data"]
    assert causes(decode(STX, b"\nPAPP 1\r")) == ["checksum"]


def test_groups_without_checksum() -> None:
    assert causes(decode(STX, b"\nHHPHC D\r\nIINST 002\r")) == ["checksum", "framing"]


@pytest.mark.parametrize("figures", [OFF_PEAK_1, STANDARD_TEMPO_3], ids=["old", "new"])
def test_what_was_verified_once_is_verified_again(figures: Figures) -> None:
    """The short way for known groups lets nothing pass that the long one would not."""
    sent = figures.sent
    mode = figures.mode
    decoder = Decoder()
    decoder.feed(figures.frame)
    for item in sent:
        good = encode_group(mode, *item)[1:-1]
        fresh = Decoder()
        fresh.feed(b"\n")
        for at in range(len(good)):
            for bit in range(7):
                bad = good[:at] + bytes((good[at] ^ 1 << bit,)) + good[at + 1 :]
                long_way = groups(fresh.feed(bad + b"\n"))
                short_way = groups(decoder.feed(bad + b"\n"))
                assert short_way in ([], long_way), bad
        # It still knows the good one.
        assert groups(decoder.feed(good + b"\n" + good + b"\n"))[-1] == item


# --- Unknown labels ---------------------------------------------------------------


def test_unknown_labels_are_kept_apart() -> None:
    decoder = Decoder()
    line = STANDARD_BASE_1.frame[:-1] + encode_group(STANDARD, "NEWLABEL", "12 a")
    line += encode_group(STANDARD, "NEW-2", "7", "H240210121413") + ETX
    events = decoder.feed(line)
    assert Group(STANDARD, "NEWLABEL", "12 a", None, known=False) in events
    assert Group(STANDARD, "NEW-2", "7", "H240210121413", known=False) in events
    assert decoder.unknown == {"NEWLABEL": 1, "NEW-2": 1}
    assert decoder.accepted == len(STANDARD_BASE_1.sent)
    assert not decoder.rejected


def test_a_frame_with_an_unknown_label_is_complete_once_it_came_again() -> None:
    line = BASE_1.frame[:-1] + encode_group(HISTORICAL, "GAZ", "0001234") + ETX
    assert frame_ends(decode(line * 3)) == [False, True, True]


def test_an_unknown_label_says_nothing_before_the_mode_is_known() -> None:
    assert causes(decode(STX, encode_group(HISTORICAL, "GAZ", "0001234"))) == ["label"]


@pytest.mark.parametrize("label", ["A", "gaz", "TOOLONGLABEL", "G}Z", "1AB"])
def test_what_is_not_even_a_label(label: str) -> None:
    events = decode(BASE_1.frame, encode_group(HISTORICAL, label, "1"))
    assert causes(events) == ["label"]


def test_labels_of_the_other_mode_are_no_unknown_labels() -> None:
    decoder = Decoder()
    decoder.feed(BASE_1.frame + encode_group(HISTORICAL, "EAST", "003519703"))
    assert decoder.unknown == {"EAST": 1}
    decoder.feed(encode_group(STANDARD, "NEWLABEL", "1"))
    assert decoder.rejected == {Cause.LABEL: 1}


# --- Frames -----------------------------------------------------------------------


def test_a_frame_is_complete() -> None:
    assert frame_ends(decode(BASE_1.frame * 2)) == [True, True]


def test_the_first_partial_group_is_never_accepted() -> None:
    """The tail of a group can pass for another one: SINSTS for a longer label."""
    tail = encode_group(STANDARD, "VTIC", "02")[1:]
    events = decode(tail + STANDARD_BASE_1.frame[1:])
    assert groups(events) == list(STANDARD_BASE_1.sent)
    assert not refusals(events)


def test_the_first_frame_heard_is_partial() -> None:
    line = BASE_1.frame
    assert frame_ends(decode(line[30:] + line)) == [False, True]
    # A start that looks whole is not one, unless STX or a frame's end was heard.
    assert frame_ends(decode(line[1:] + line)) == [False, True]


def test_a_frame_with_a_refused_group_is_not_complete() -> None:
    bad = altered(BASE_1.frame, b"PAPP 00260", b"PAPP 00261")
    assert frame_ends(decode(bad + BASE_1.frame)) == [False, True]


def test_stx_lost_or_altered() -> None:
    for stx in (b"", b"\x06", b"\x12"):
        line = BASE_1.frame + BASE_1.frame.replace(STX, stx)
        events = decode(line)
        assert groups(events) == list(BASE_1.sent) * 2
        assert frame_ends(events) == [True, True]
        assert not refusals(events)


def test_stx_altered_to_a_character() -> None:
    events = decode(BASE_1.frame + BASE_1.frame.replace(STX, b"B") + BASE_1.frame)
    assert groups(events) == list(BASE_1.sent) * 3
    assert frame_ends(events) == [True, False, True]


def test_etx_lost_or_altered() -> None:
    for etx in (b"", b"\x07", b"\x13"):
        events = decode(BASE_1.frame.replace(ETX, etx) + BASE_1.frame)
        assert groups(events) == list(BASE_1.sent) * 2
        assert frame_ends(events) == [False, True]


def test_both_lost() -> None:
    """The meter's number begins the next frame."""
    body = BASE_1.frame[1:-1]
    events = decode(STX + body * 3)
    assert groups(events) == list(BASE_1.sent) * 3
    assert frame_ends(events) == [False, False, False]
    assert [type(event) for event in events].index(FrameEnd) == len(BASE_1.sent)


def test_the_meter_breaks_a_frame_off() -> None:
    begun = BASE_1.frame[: BASE_1.frame.index(b"\nPTEC")]
    events = decode(begun + EOT + BASE_1.frame)
    assert groups(events) == [*BASE_1.sent[:4], *BASE_1.sent]
    assert frame_ends(events) == [False, True]
    assert not refusals(events)


@pytest.mark.parametrize("figures", [BASE_1, STANDARD_TEMPO_3], ids=["old", "new"])
def test_a_delimiter_altered_to_stx_makes_no_complete_frame_of_a_half(
    figures: Figures,
) -> None:
    """One flipped bit makes STX of LF: neither half is a whole frame."""
    frame: bytes = figures.frame
    starts = [at for at, byte in enumerate(frame) if byte == 0x0A]
    for start in starts[1:]:
        events = decode(frame[:start] + STX + frame[start + 1 :])
        assert groups(events) == list(figures.sent)
        assert frame_ends(events) == [False, False]


def test_empty_groups_and_line_ends_around_a_frame() -> None:
    body = BASE_1.frame[1:-1].replace(b"\r\n", b"\r\n\r\n\n")
    line = b"\r\n" + STX + b"\r\n" + body + b"\r\n" + ETX + b"\r\n\r\n"
    events = decode(line * 2)
    assert groups(events) == list(BASE_1.sent) * 2
    assert frame_ends(events) == [True, True]
    assert not refusals(events)


def test_nothing_between_the_delimiters_is_no_frame() -> None:
    assert decode(STX + ETX + STX + EOT + ETX + STX) == []


def test_the_end_of_a_recording() -> None:
    decoder = Decoder()
    decoder.feed(BASE_1.frame[:60])
    assert frame_ends(decoder.finish()) == [False]
    assert decoder.finish() == []
    # What comes next may begin anywhere.
    assert decoder.feed(b"OPTARIF BASE 0\r") == []
    assert frame_ends(decoder.feed(BASE_1.frame[1:])) == [False]


def test_etx_behind_a_group_without_its_cr() -> None:
    decoder = Decoder()
    decoder.feed(BASE_1.frame[:-2] + ETX)
    assert frame_ends(decoder.finish()) == [True]


# --- Damaged delimiters -----------------------------------------------------------


@pytest.mark.parametrize("byte", [0x0B, 0x0E, 0x0F, 0x0C, 0x08, 0x00, 0x1F, 0x7F])
@pytest.mark.parametrize("delimiter", [b"\n", b"\r"])
@pytest.mark.parametrize("figures", [BASE_1, STANDARD_TEMPO_3], ids=["old", "new"])
def test_damaged_delimiters(figures: Figures, delimiter: bytes, byte: int) -> None:
    frame = figures.frame.replace(delimiter, bytes((byte,)))
    events = decode(frame)
    assert groups(events) == list(figures.sent)
    assert frame_ends(events) == [True]


@pytest.mark.parametrize("lost", [b"\n", b"\r"])
def test_lost_delimiters(lost: bytes) -> None:
    for figures in (BASE_1, STANDARD_TEMPO_3):
        assert groups(decode(figures.frame.replace(lost, b""))) == list(figures.sent)


def test_a_damaged_separator_costs_one_group() -> None:
    line = altered(STANDARD_BASE_1.frame, b"PREF\t", b"PREF\x08")
    events = decode(line)
    assert groups(events) == changed(STANDARD_BASE_1.sent, PREF=None)
    assert set(causes(events)) <= {"framing", "checksum"}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
@pytest.mark.parametrize("stream", STREAMS, ids=[stream.name for stream in STREAMS])
def test_spoiled_lines_are_decoded_whole(
    stream: Stream, spoil: Callable[[bytes], bytes]
) -> None:
    line = spoil(stream.data)
    events = decode(*cut(line, range(0, len(line), 15)))
    assert events == decode(stream.data)
    assert len(groups(events)) == stream.groups
    assert frame_ends(events) == [True] * stream.frames


# --- Parity -----------------------------------------------------------------------


def test_parity_bit_kept() -> None:
    events, plain = decode(with_parity(MIXED)), decode(MIXED)
    assert groups(events) == groups(plain)
    assert causes(events) == causes(plain)
    assert frame_ends(events) == frame_ends(plain)


@pytest.mark.parametrize("figures", [BASE_1, STANDARD_TEMPO_3], ids=["old", "new"])
def test_any_single_flipped_bit_of_a_character_is_seen_with_the_parity_bit(
    figures: Figures,
) -> None:
    group = with_parity(encode_group(figures.mode, *figures.sent[-1]))
    for at in range(1, len(group) - 1):
        for bit in range(7):
            byte = bytes((group[at] ^ 1 << bit,))
            events = decode(STX + group[:at] + byte + group[at + 1 :])
            assert groups(events) == []


def test_a_flipped_bit_6_is_seen_by_the_parity_only() -> None:
    """Bit 6 is worth 64, which the checksum does not see."""
    stray = Group(HISTORICAL, "GAS", "0", None, known=False)
    group = encode_group(HISTORICAL, "GAS", "p")
    assert stray in decode(BASE_1.frame, altered(group, b"p", b"0"))

    kept = altered(with_parity(group), with_parity(b"p"), b"\xb0")
    events = decode(with_parity(BASE_1.frame), kept)
    assert groups(events) == list(BASE_1.sent)
    assert refusals(events) == [Rejection(Cause.PARITY, kept[1:-1])]


def test_bytes_of_the_wrong_parity_are_refused() -> None:
    line = BASE_1.frame.replace(b"BASE 002", b"BASE \xb0" + b"02")
    assert "parity" in causes(decode(line))


# --- Modes ------------------------------------------------------------------------


@pytest.mark.parametrize("figures", ALL, ids=[figures.name for figures in ALL])
def test_the_mode_is_found(figures: Figures) -> None:
    decoder = Decoder()
    assert decoder.mode is None
    decoder.feed(figures.frame)
    assert decoder.mode is figures.reading.mode


@pytest.mark.parametrize(
    ("before", "after"), [(BASE_1, STANDARD_BASE_1), (STANDARD_BASE_1, BASE_1)]
)
def test_a_switch_of_mode_is_followed_within_a_frame(
    before: Figures, after: Figures
) -> None:
    decoder = Decoder()
    decoder.feed(before.frame)
    events = decoder.feed(after.frame * 2)
    assert decoder.mode is after.reading.mode
    assert groups(events) == [*after.sent[2:], *after.sent]
    assert causes(events) == ["mode", "mode"]
    assert frame_ends(events) == [False, True]


def test_a_switch_of_mode_ends_the_frame_under_way() -> None:
    decoder = Decoder()
    decoder.feed(BASE_1.frame + BASE_1.frame[: BASE_1.frame.index(b"\nPTEC")])
    events = decoder.feed(STANDARD_BASE_1.frame[1:])
    ends = [event for event in events if isinstance(event, FrameEnd)]
    assert ends == [
        FrameEnd(HISTORICAL, complete=False),
        FrameEnd(STANDARD, complete=False),
    ]
    first = events.index(ends[0])
    assert not [event for event in events[:first] if isinstance(event, Group)]


def test_single_groups_of_the_other_mode_change_nothing() -> None:
    decoder = Decoder()
    stray = encode_group(STANDARD, "VTIC", "02")
    line = BASE_1.frame[:-1] + stray + stray + ETX
    for _ in range(5):
        events = decoder.feed(line)
        assert groups(events) == list(BASE_1.sent)
        assert causes(events) == ["mode", "mode"]
    assert decoder.mode is HISTORICAL


# --- Numbers of meters and homes --------------------------------------------------


def test_another_meter_number_needs_confirmation() -> None:
    other = historical(*changed(BASE_1.sent, ADCO="021861999999"))
    events = decode(BASE_1.frame + other + other)
    assert causes(events) == ["unconfirmed"]
    numbers = [sent[1] for sent in groups(events) if sent[0] == "ADCO"]
    assert numbers == ["021861111111", "021861999999"]
    assert frame_ends(events) == [True, False, True]


@pytest.mark.parametrize(
    ("figures", "label"),
    [(BASE_1, "ADCO"), (STANDARD_BASE_1, "ADSC"), (STANDARD_BASE_1, "PRM")],
)
def test_a_wrong_number_now_and_then_is_never_accepted(
    figures: Figures, label: str
) -> None:
    sent = list(figures.sent)
    write = historical if label == "ADCO" else standard
    number = dict(item[:2] for item in sent)[label]
    wrong = write(*changed(sent, **{label: number[:-1] + "9"}))
    good = write(*sent)
    events = decode((good + wrong) * 5 + good + good)
    assert {item[1] for item in groups(events) if item[0] == label} == {number}
    assert causes(events) == ["unconfirmed"] * 5


def test_wrong_numbers_that_differ_confirm_nothing() -> None:
    others = [
        historical(*changed(BASE_1.sent, ADCO=f"0218619999{n:02d}")) for n in range(9)
    ]
    events = decode(BASE_1.frame, *others)
    assert causes(events) == ["unconfirmed"] * 9


def test_the_number_twice_in_a_frame_means_two_frames() -> None:
    short = historical(*BASE_1.sent[:1])[:-1]
    events = decode(short, short[1:], BASE_1.frame)
    assert frame_ends(events) == [False, False, True]


# --- Figures ----------------------------------------------------------------------


def test_everything_is_counted() -> None:
    decoder = Decoder()
    line = BASE_1.frame + altered(BASE_1.frame, b"00260", b"00261") + b"\nXY\r\n"
    line += encode_group(HISTORICAL, "GAZ", "0001234")
    decoder.feed(line)
    assert decoder.frames == 2
    assert decoder.accepted == 2 * len(BASE_1.sent) - 1
    assert decoder.rejected == {Cause.CHECKSUM: 1, Cause.FRAMING: 1}
    assert decoder.unknown == {"GAZ": 1}


def test_the_groups_of_a_line_are_those_sent() -> None:
    for stream in STREAMS:
        events = decode(stream.data)
        accepted = [
            (event.label, event.stamp, event.data)
            for event in events
            if isinstance(event, Group)
        ]
        assert set(accepted) == stream.truth
        assert len(accepted) == stream.groups
        ends = [at for at, event in enumerate(events) if isinstance(event, FrameEnd)]
        assert len({second - first for first, second in pairwise(ends)}) == 1
