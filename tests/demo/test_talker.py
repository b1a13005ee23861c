"""What an overload does to the stream of historical mode."""

from collections.abc import Callable
import re

from custom_components.linky_pilote.engine.reading import MeterReading, TicMode
from custom_components.linky_pilote.engine.tic import Assembler
from demo.meter import Snapshot
from demo.talker import Talker

from .households import Steady, decoded, epoch, make_meter, make_setup

START_S = epoch("2027-01-12T12:00")
PIECE_S = 0.15


def talk(phases: int, power_w: Callable[[float], float], seconds: float) -> bytes:
    """Return what a meter says while one phase draws a power that changes."""
    setup = make_setup(phases=phases)
    steady = Steady(lambda epoch_s: power_w(epoch_s - START_S), phase=2)
    meter = make_meter(setup, START_S, steady)

    def look() -> Snapshot:
        return meter.snapshot()

    talker = Talker(look, TicMode.HISTORICAL)
    said = b""
    while meter.state.epoch_s < START_S + seconds:
        said += talker.next_piece()
        meter.advance(meter.state.epoch_s + PIECE_S)
    return said


def labels(data: bytes) -> list[list[str]]:
    _, frames, _ = decoded(data)
    return [[group.label for group in frame] for frame in frames]


def test_one_phase_warns_at_once_then_in_its_place() -> None:
    data = talk(1, lambda s: 7500 if 2 <= s < 5 else 1000, 9)
    frames = labels(data)
    with_warning = [frame for frame in frames if "ADPS" in frame]
    first, second = with_warning[0], with_warning[1]
    assert first[first.index("ADPS") - 1] != "IINST"
    assert second[second.index("IINST") + 1] == "ADPS"
    assert "ADPS" not in frames[0]
    assert "ADPS" not in frames[-2]
    assert all(frame.count("ADPS") <= 1 for frame in frames)
    assert re.search(rb"ADPS 03[23] ", data)


def test_the_warning_begins_above_the_subscribed_current() -> None:
    # 30 A is not above 30 A
    assert b"ADPS" not in talk(1, lambda s: 6950, 4)
    assert b"ADPS" in talk(1, lambda s: 7100, 4)


def test_three_phases_break_off_and_send_short_frames() -> None:
    data = talk(3, lambda s: 4000 if 2 <= s < 60 else 1000, 200)
    before, after = data.split(b"\x04")
    # the group in progress was sent to its end
    assert before.endswith(b"\r")
    assert after.startswith(b"\x02\nADIR2 017")
    kinds = [
        "short" if "OPTARIF" not in frame else "long" for frame in labels(after)[:-1]
    ]
    assert kinds[:42] == (["short"] * 20 + ["long"]) * 2
    assert kinds[-1] == "long"


def test_a_short_frame_has_five_groups() -> None:
    data = talk(3, lambda s: 4000 if 2 <= s < 60 else 1000, 30)
    short = [frame for frame in labels(data) if "OPTARIF" not in frame][1]
    assert short == ["ADIR2", "ADCO", "IINST1", "IINST2", "IINST3"]


def test_short_frames_go_on_for_a_minute_without_the_warning() -> None:
    data = talk(3, lambda s: 4000 if 2 <= s < 10 else 1000, 200)
    frames = labels(data)
    quiet = [
        frame for frame in frames if frame and frame[0] == "ADCO" and len(frame) == 4
    ]
    # a piece of 0.15 s: a short frame of six pieces lasts 0.9 s
    assert 50 <= len(quiet) * 6 * PIECE_S <= 70
    assert "OPTARIF" in frames[-2]
    assert "OPTARIF" in frames[-3]


def test_our_assembler_sees_the_overload_begin_and_end() -> None:
    for phases, seconds in ((1, 12), (3, 120)):
        data = talk(phases, lambda s: 7500 if 2 <= s < 6 else 1000, seconds)
        assembler = Assembler()
        decoder, _, _ = decoded(b"")
        seen = []
        for event in decoder.feed(data):
            taken = assembler.take(event, 0)
            if isinstance(taken, MeterReading):
                seen.append(taken.overload)
        assert not decoder.rejected
        assert True in seen
        assert not seen[0]
        assert not seen[-1]


def test_standard_mode_has_neither() -> None:
    setup = make_setup()
    meter = make_meter(setup, START_S, Steady(7500))
    meter.advance(START_S + 1)
    talker = Talker(meter.snapshot, TicMode.STANDARD)
    said = b"".join(talker.next_piece() for _ in range(200))
    assert b"ADPS" not in said
    assert meter.snapshot().above_subscribed_power


def test_the_mode_changes_at_a_frame() -> None:
    meter = make_meter(make_setup(), START_S, Steady(500))
    talker = Talker(meter.snapshot, TicMode.HISTORICAL)
    said = [talker.next_piece() for _ in range(5)]
    talker.mode = TicMode.STANDARD
    said += [talker.next_piece() for _ in range(20)]
    frames = b"".join(said).split(b"\x03")
    assert b"MOTDETAT" in frames[0]
    assert b"ADSC\t" in frames[1]
