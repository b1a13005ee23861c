"""The line: its speed, and what damages do to it."""

import random

import pytest

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from custom_components.linky_pilote.engine.tic import Cause
from demo.faults import DAMAGES, Faults, with_parity
from demo.meter import VirtualMeter
from demo.uart import WrongSpeed
from demo.wire import BAUD, SimulatedTime, Wire

from .households import decoded, epoch, make_meter, make_setup, make_wire, sent

START_S = epoch("2027-01-12T12:00")


def wire(mode: TicMode = TicMode.STANDARD, speed: float = 1) -> Wire:
    return make_wire(make_meter(make_setup(Contract.TEMPO), START_S), mode, speed)


@pytest.mark.parametrize("mode", TicMode)
@pytest.mark.parametrize("speed", [1, 600])
def test_frames_come_at_the_speed_of_the_line(mode: TicMode, speed: float) -> None:
    meter = make_meter(make_setup(), START_S, step_s=10)
    slices = list(sent(make_wire(meter, mode, speed), 10))
    characters = sum(map(len, slices))
    gaps = b"".join(slices).count(b"\x03") * 0.02
    assert characters == pytest.approx((10 - gaps) * BAUD[mode] / 10, rel=0.01)
    # never a burst: a slice has what fits in it, and one character left over
    assert max(map(len, slices)) <= BAUD[mode] / 10 * 0.02 + 1


def test_simulated_time_runs_faster() -> None:
    meter = make_meter(make_setup(), START_S, step_s=10)
    for _ in sent(make_wire(meter, TicMode.STANDARD, 600), 6, start_s=1000):
        pass
    assert meter.state.epoch_s == pytest.approx(START_S + 3600)


def test_time_starts_with_the_first_question() -> None:
    time = SimulatedTime(START_S, 60)
    assert time.at(500.0) == START_S
    assert time.at(501.0) == START_S + 60


def test_a_stalled_line_goes_on_without_a_burst() -> None:
    line = wire()
    line.take(0)
    assert len(line.take(30.0)) <= 9600 / 10 * 0.25 + 1


def test_nothing_is_lost_however_it_is_cut() -> None:
    whole = b"".join(sent(wire(), 3))
    cut = wire()
    chance = random.Random(2)  # noqa: S311
    pieces, now_s = [cut.take(0.0)], 0.0
    while now_s < 3:
        now_s = min(3.0, now_s + chance.uniform(0.001, 0.2))
        pieces.append(cut.take(now_s))
    # the clock of the meter moves on by itself: compare what does not depend on it
    assert len(b"".join(pieces)) == pytest.approx(len(whole), abs=2)
    assert not decoded(b"".join(pieces))[0].rejected


def test_a_mode_change_changes_the_speed() -> None:
    line = wire(TicMode.HISTORICAL)
    first = b"".join(sent(line, 3))
    line.set_mode(TicMode.STANDARD)
    second = b"".join(sent(line, 6, start_s=3.02))
    assert len(second) > 4 * len(first)
    assert line.baud == 9600
    decoder, _, _ = decoded(first + second)
    assert decoder.mode is TicMode.STANDARD
    # a reader needs some groups to believe it
    assert set(decoder.rejected) <= {Cause.MODE}


def damaged(name: str, rate: float | None = None, seconds: float = 20) -> bytes:
    line = wire()
    line.faults.set(name, rate, None)
    return b"".join(sent(line, seconds))


def test_silence() -> None:
    assert damaged("silence") == b""


def test_garbage_has_no_group() -> None:
    decoder, _, _ = decoded(damaged("garbage"))
    assert decoder.accepted == 0


def test_noise_is_refused_group_by_group() -> None:
    decoder, _, _ = decoded(damaged("noise", 0.005))
    assert decoder.rejected[Cause.CHECKSUM] > 10
    assert decoder.accepted > 200


@pytest.mark.parametrize("name", ["lf-0f", "cr-lf", "parity"])
def test_spoiled_delimiters_can_be_read(name: str) -> None:
    data = damaged(name)
    decoder, _, _ = decoded(data)
    assert not decoder.rejected
    assert decoder.accepted > 400


def test_damages_do_what_they_say() -> None:
    assert b"\n" not in damaged("lf-0f")
    assert b"\n" not in damaged("lf-lost")
    assert b"\r" not in damaged("cr-lf")
    assert all(byte.bit_count() % 2 == 0 for byte in damaged("parity"))
    assert 0 < damaged("lf-lost", 0.5).count(b"\n") < damaged("noise", 0).count(b"\n")


def test_a_damage_ends_in_time() -> None:
    line = wire()
    line.take(0.0)
    line.faults.set("silence", None, 2.0)
    assert b"".join(sent(line, 1.9)) == b""
    assert line.faults.active == ("silence",)
    assert b"".join(sent(line, 1.0, start_s=2.0))
    assert line.faults.active == ()


def test_damages_can_be_taken_off() -> None:
    faults = Faults(1)
    for name in DAMAGES:
        faults.set(name, None, None)
    faults.clear()
    assert faults.apply(b"abc", 0) == b"abc"


def test_an_unknown_damage_is_refused() -> None:
    with pytest.raises(ValueError, match="known: silence"):
        Faults(1).set("flood", None, None)


def test_the_same_seed_makes_the_same_noise() -> None:
    assert damaged("noise", 0.1, 2) == damaged("noise", 0.1, 2)


def test_parity_is_even() -> None:
    assert all(with_parity(byte).bit_count() % 2 == 0 for byte in range(128))


@pytest.mark.parametrize(("sent_baud", "heard_baud"), [(9600, 1200), (1200, 9600)])
def test_a_reader_at_the_wrong_speed_understands_nothing(
    sent_baud: int, heard_baud: int
) -> None:
    data = b"".join(sent(wire(), 3))
    receiver = WrongSpeed(sent_baud, heard_baud)
    heard = b"".join(receiver.hear(data[n : n + 7]) for n in range(0, len(data), 7))
    ratio = heard_baud / sent_baud
    assert 0.3 * ratio * len(data) < len(heard) <= ratio * len(data) + 1
    assert decoded(heard)[0].accepted == 0


def test_a_reader_at_the_right_speed_understands_all() -> None:
    data = b"".join(sent(wire(), 2))
    receiver = WrongSpeed(9600, 9600)
    # the last character may be waiting for the bits that would follow
    heard = receiver.hear(data)
    assert data.startswith(heard)
    assert len(heard) >= len(data) - 1


def test_a_restored_meter_goes_on_the_line() -> None:
    setup = make_setup()
    meter = VirtualMeter.new(setup, START_S)
    again = VirtualMeter.restored(setup, meter.state.to_json())
    assert not decoded(b"".join(sent(make_wire(again, TicMode.STANDARD), 2)))[
        0
    ].rejected
