"""The virtual meter on a real pseudo-terminal, with a clock of the test."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
import json
import os
from pathlib import Path
import select
import sys
import termios
from typing import cast

import pytest

from custom_components.linky_pilote.engine.reading import (
    Contract,
    MeterReading,
    TicMode,
)
from custom_components.linky_pilote.engine.tic import Assembler, Decoder
from demo import line as program
from demo.control import answer, control_socket
from demo.orders import obey
from demo.tariff import OFFERS
from demo.virtual_line import AUTOSAVE_S, LineSetup, VirtualLine

from .households import SLICE_S, decoded, epoch, make_setup

START_S = epoch("2027-01-12T12:00")
SPEEDS = {1200: termios.B1200, 9600: termios.B9600}


class Bench:
    """A line, its clock, and a reader of the port."""

    def __init__(self, setup: LineSetup) -> None:
        """Plug the meter in."""
        self.now_s = 100.0
        self.line = VirtualLine(setup, clock=lambda: self.now_s)
        self.line.plug()
        self._reader: int | None = None

    @property
    def link(self) -> Path:
        """Where it is plugged in."""
        return self.line.setup.link

    def open(self, baud: int) -> None:
        """Open the port as a serial library does: raw, 7E1."""
        self._reader = os.open(self.link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        attributes = termios.tcgetattr(self._reader)
        attributes[0] = attributes[1] = attributes[3] = 0
        attributes[2] = termios.CREAD | termios.CLOCAL | termios.CS7 | termios.PARENB
        attributes[4] = attributes[5] = SPEEDS[baud]
        termios.tcsetattr(self._reader, termios.TCSANOW, attributes)

    def close(self) -> None:
        """Close the port."""
        if self._reader is not None:
            os.close(self._reader)
            self._reader = None

    def hear(self, seconds: float) -> bytes:
        """Let time pass; return what arrives."""
        heard = b""
        for _ in range(round(seconds / SLICE_S)):
            self.now_s += SLICE_S
            self.line.tick()
            heard += self.read()
        return heard

    def hung_up(self) -> bool:
        """Say whether the port has gone away under its reader."""
        assert self._reader is not None
        poll = select.poll()
        poll.register(self._reader, select.POLLIN)
        return bool(poll.poll(0)[0][1] & select.POLLHUP)

    def read(self) -> bytes:
        """Return what has arrived."""
        if self._reader is None:
            return b""
        try:
            return os.read(self._reader, 65536)
        except BlockingIOError:
            return b""


def last_reading(heard: bytes) -> MeterReading:
    """Return the last thing that a reader makes of what it hears."""
    assembler = Assembler()
    readings = [assembler.take(event, 0) for event in Decoder().feed(heard)]
    return [reading for reading in readings if isinstance(reading, MeterReading)][-1]


def line_setup(
    folder: Path, mode: TicMode = TicMode.STANDARD, speed: float = 1
) -> LineSetup:
    return LineSetup(
        link=folder / "meter",
        meter=make_setup(Contract.TEMPO),
        mode=mode,
        speed=speed,
        start_s=START_S,
        state_file=folder / "state.json",
    )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Return a meter in standard mode."""
    bench = Bench(line_setup(tmp_path))
    yield bench
    bench.close()
    bench.line.unplug()


def test_a_reader_hears_the_meter(bench: Bench) -> None:
    bench.open(9600)
    decoder, _, _ = decoded(bench.hear(3))
    assert decoder.mode is TicMode.STANDARD
    assert not decoder.rejected
    assert decoder.frames >= 2


def test_it_can_be_opened_again_and_again_at_7e1(bench: Bench) -> None:
    for baud in (1200, 9600, 9600, 1200, 9600):
        bench.open(baud)
        heard = bench.hear(2)
        assert bool(decoded(heard)[0].accepted) is (baud == 9600)
        bench.close()
        bench.hear(0.1)


def test_the_wrong_speed_can_be_let_pass(tmp_path: Path) -> None:
    setup = line_setup(tmp_path)
    bench = Bench(
        LineSetup(link=setup.link, meter=setup.meter, mode=setup.mode, any_speed=True)
    )
    bench.open(1200)
    assert not decoded(bench.hear(2))[0].rejected
    bench.close()
    bench.line.unplug()


def test_nobody_hears_what_was_said_before(bench: Bench) -> None:
    bench.hear(30)
    bench.open(9600)
    assert bench.read() == b""
    assert len(bench.hear(1)) < 1000


def test_unplugged_and_plugged_in_again(bench: Bench) -> None:
    bench.open(9600)
    bench.hear(1)
    bench.line.unplug()
    assert not bench.link.is_symlink()
    assert bench.hung_up()
    bench.close()
    before = bench.line.meter.snapshot().total_wh
    bench.hear(60)
    bench.line.plug()
    bench.line.plug()
    bench.open(9600)
    assert not decoded(bench.hear(2))[0].rejected
    # the meter went on counting
    assert bench.line.meter.snapshot().total_wh > before


def test_the_link_belongs_to_whoever_came_last(bench: Bench, tmp_path: Path) -> None:
    other = VirtualLine(line_setup(tmp_path))
    other.plug()
    bench.line.unplug()
    assert bench.link.is_symlink()
    other.unplug()
    assert not bench.link.is_symlink()


def test_a_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "meter").write_text("precious")
    line = VirtualLine(line_setup(tmp_path))
    with pytest.raises(FileExistsError):
        line.plug()
    assert (tmp_path / "meter").read_text() == "precious"


def test_a_restarted_meter_goes_on_counting(tmp_path: Path) -> None:
    bench = Bench(line_setup(tmp_path, speed=600))
    bench.hear(AUTOSAVE_S + 1)
    bench.hear(4)
    # killed: what was shown since the last save is not in the file
    shown = bench.line.meter.snapshot()
    bench.line.unplug()
    setup = line_setup(tmp_path, speed=600)
    again = VirtualLine(
        LineSetup(
            link=setup.link, meter=setup.meter, speed=600, state_file=setup.state_file
        )
    )
    now = again.meter.snapshot()
    assert now.moment.epoch_s >= shown.moment.epoch_s
    assert all(now.indexes_wh[place] >= wh for place, wh in shown.indexes_wh.items())


def test_a_meter_that_was_off_for_weeks_catches_up(tmp_path: Path) -> None:
    first = VirtualLine(line_setup(tmp_path))
    first.save()
    setup = line_setup(tmp_path)
    later_s = START_S + 40 * 86_400
    again = VirtualLine(
        LineSetup(
            link=setup.link,
            meter=setup.meter,
            state_file=setup.state_file,
            start_s=later_s,
        )
    )
    assert again.meter.state.epoch_s == later_s
    assert again.meter.step_s == 1
    gained = again.meter.snapshot().total_wh - first.meter.snapshot().total_wh
    assert 400_000 < gained < 3_000_000


def test_registers_of_another_meter_are_refused(tmp_path: Path) -> None:
    VirtualLine(line_setup(tmp_path)).save()
    setup = line_setup(tmp_path)
    other = LineSetup(link=setup.link, meter=make_setup(), state_file=setup.state_file)
    with pytest.raises(ValueError, match="belongs to another meter"):
        VirtualLine(other)


def test_orders(bench: Bench) -> None:
    line = bench.line
    bench.hear(1)
    assert obey(line, "") == "ok"
    assert obey(line, "unplug") == "ok"
    assert not json.loads(obey(line, "status").removeprefix("ok "))["plugged"]
    assert obey(line, "plug") == "ok"
    assert obey(line, "mode historical") == "ok"
    assert obey(line, "fault noise") == "ok"
    assert obey(line, "fault silence 20") == "ok"
    status = json.loads(obey(line, "status").removeprefix("ok "))
    assert status["faults"] == ["noise", "silence"]
    assert status["mode"] == "historical"
    assert obey(line, "fault none") == "ok"
    assert obey(line, "help").endswith("\nok")
    assert obey(line, "quit") == "ok"
    assert line.finished


@pytest.mark.parametrize(
    "text",
    [
        "dance",
        "fault",
        "fault flood",
        "fault noise much",
        "mode",
        "meter 12",
        "mode x",
        "index",
        "index 5 some",
        "clock soon",
        "clock 5 right",
    ],
)
def test_orders_that_make_no_sense(bench: Bench, text: str) -> None:
    assert obey(bench.line, text).startswith("error: ")


def test_an_index_leaps_and_falls(bench: Bench) -> None:
    before = bench.line.meter.snapshot().indexes_wh
    obey(bench.line, "index +50000")
    leapt = bench.line.meter.snapshot().indexes_wh
    assert sum(leapt.values()) - sum(before.values()) == 50_000
    obey(bench.line, "index -60000")
    assert sum(bench.line.meter.snapshot().indexes_wh.values()) < sum(before.values())


@pytest.mark.parametrize("mode", TicMode)
@pytest.mark.parametrize("wrong_wh", [50_000, -60_000])
def test_an_index_is_wrong_for_some_frames(
    tmp_path: Path, mode: TicMode, wrong_wh: int
) -> None:
    setup = line_setup(tmp_path, mode)
    bench = Bench(setup)
    bench.open(9600 if mode is TicMode.STANDARD else 1200)
    bench.hear(3)
    before = bench.line.meter.snapshot()
    counts = OFFERS[setup.meter.contract].bands[before.tariff.band.number - 1].label
    label = "EAST" if mode is TicMode.STANDARD else counts
    right = before.total_wh
    if mode is TicMode.HISTORICAL:
        right = before.indexes_wh[str(before.tariff.band.period)]
    assert obey(bench.line, f"index {wrong_wh:+} 2") == "ok"
    decoder, frames, _ = decoded(bench.hear(10))
    assert not decoder.rejected
    said = [
        int(group.data) for frame in frames for group in frame if group.label == label
    ]
    assert len(said) > 3
    wrong = [value for value in said if abs(value - right) > 1000]
    assert len(wrong) == 2
    assert wrong[0] == pytest.approx(right + wrong_wh, abs=100)
    # it was only said: nothing was counted
    assert bench.line.meter.snapshot().total_wh == pytest.approx(
        before.total_wh, abs=100
    )
    bench.close()
    bench.line.unplug()


def test_the_clock_is_wrong(bench: Bench) -> None:
    bench.open(9600)
    for ahead in (7200, -60, 0):
        assert obey(bench.line, f"clock {ahead}") == "ok"
        reading = last_reading(bench.hear(4))
        assert reading.clock is not None
        epoch_s = bench.line.meter.state.epoch_s
        assert reading.clock.timestamp() == pytest.approx(epoch_s + ahead, abs=4)
        assert not reading.clock_degraded


def test_the_clock_is_degraded(bench: Bench) -> None:
    """The meter says so twice: by its letter, and in its register."""
    bench.open(9600)
    assert obey(bench.line, "clock -60 degraded") == "ok"
    heard = bench.hear(4)
    assert b"DATE\th270112" in heard
    reading = last_reading(heard)
    assert reading.clock_degraded
    assert reading.status is not None
    assert reading.status.clock_degraded


def test_an_earlier_contract_is_in_the_total_only(tmp_path: Path) -> None:
    setup = line_setup(tmp_path)
    old = replace(setup.meter, earlier_wh=3_000_000)
    bench = Bench(replace(setup, meter=old))
    bench.open(9600)
    reading = last_reading(bench.hear(4))
    assert reading.total_index == sum(reading.indexes.values()) + 3_000_000
    assert sum(reading.distributor_indexes.values()) == pytest.approx(
        reading.total_index, abs=10
    )
    bench.close()
    bench.line.unplug()


def test_another_meter_answers(bench: Bench) -> None:
    bench.open(9600)
    first = bench.line.meter.setup.number
    bench.hear(1)
    total_wh = bench.line.meter.snapshot().total_wh
    obey(bench.line, "meter 041975900001")
    heard = bench.hear(4)
    assert b"041975900001" in heard
    obey(bench.line, "meter")
    assert bench.line.meter.setup.number not in (first, "041975900001")
    # the first one is back after a restart
    bench.line.save()
    again = VirtualLine(bench.line.setup)
    assert again.meter.setup.number == first
    assert again.meter.snapshot().total_wh >= total_wh


async def test_it_runs_by_itself_and_saves_at_the_end(tmp_path: Path) -> None:
    line = VirtualLine(line_setup(tmp_path))
    task = asyncio.create_task(line.run())
    await asyncio.sleep(0)
    assert line.setup.link.is_symlink()
    line.stop()
    await task
    assert not line.setup.link.is_symlink()
    assert (tmp_path / "state.json").exists()


class Visitor:
    """The end of a socket that answers are written to."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self.heard = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        """Take an answer."""
        self.heard += data

    async def drain(self) -> None:
        """Be ready for more at once."""

    def close(self) -> None:
        """Leave."""
        self.closed = True


async def test_visitors_are_answered(bench: Bench) -> None:
    reader, visitor = asyncio.StreamReader(), Visitor()
    reader.feed_data(b"mode historical\nnonsense\n\xff\n")
    reader.feed_eof()
    await answer(
        partial(obey, bench.line), reader, cast("asyncio.StreamWriter", visitor)
    )
    answers = visitor.heard.splitlines()
    assert [text.split(b":")[0] for text in answers] == [b"ok", b"error", b"error"]
    assert visitor.closed
    assert bench.line.wire.talker.mode is TicMode.HISTORICAL


async def test_the_socket_is_there_while_the_line_runs(
    bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "control"
    async with control_socket(partial(obey, bench.line), path):
        assert path.is_socket()
    assert not path.exists()


def test_the_program_obeys_its_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    incoming, outgoing = os.pipe()
    os.write(outgoing, b"status\nmode standard\nquit\n")
    with os.fdopen(incoming) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        code = program.main(
            ["--link", str(tmp_path / "m"), "--at", "2027-01-12T12:00", "--seed", "3"]
        )
    os.close(outgoing)
    assert code == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == f"ready {tmp_path / 'm'}"
    assert json.loads(lines[1].removeprefix("ok "))["time"].startswith("2027-01-12T12")
    assert lines[2:] == ["ok", "ok"]


def test_the_program_says_what_is_wrong(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m").write_text("precious")
    assert program.main(["--link", str(tmp_path / "m")]) == 1
    assert "not a link" in capfd.readouterr().err


def test_a_reader_that_sleeps_loses_characters(bench: Bench) -> None:
    bench.open(9600)
    reader, bench._reader = bench._reader, None
    bench.hear(20)
    bench._reader = reader
    # what the kernel kept, then the present: no exception, and what was lost is gone
    heard = bench.hear(3)
    assert decoded(heard)[0].frames >= 2
