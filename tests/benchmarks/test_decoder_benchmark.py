"""The decoder's benchmark with few frames: its figures, not its speed."""

import json
from typing import Any

import pytest

from benchmarks.decoder import (
    main,
    measure_noise,
    measure_speed,
    measure_spoiled,
    parse_with_ours,
    parse_with_reference,
)
from benchmarks.feeder import chunks
from benchmarks.streams import SPOILED, Stream, add_noise, clean_streams

FRAMES = 30
STREAMS = clean_streams(FRAMES, seed=3)

_EACH = pytest.mark.parametrize(
    "stream", STREAMS, ids=[stream.name for stream in STREAMS]
)


@_EACH
def test_everything_is_decoded_of_a_clean_line(stream: Stream) -> None:
    pieces = chunks(stream.data)
    ours = parse_with_ours(pieces)
    assert len(ours) == stream.groups
    assert set(ours) == stream.truth
    # The reference reads clean lines alike.
    assert parse_with_reference(pieces, stream.mode) == ours


@_EACH
def test_a_line_of_a_seed_is_always_the_same(stream: Stream) -> None:
    assert stream in clean_streams(FRAMES, seed=3)
    assert add_noise(stream.data, 5) == add_noise(stream.data, 5)
    assert add_noise(stream.data, 5) != add_noise(stream.data, 6)


@_EACH
def test_speed_figures(stream: Stream) -> None:
    speed = measure_speed(stream, rounds=1)
    assert speed.stream == stream.name
    assert speed.decoded == speed.sent == stream.groups
    assert speed.frames_per_s > 0
    assert speed.reference_frames_per_s > 0
    assert speed.ratio > 0
    assert 0.5 < speed.goal < 1


@_EACH
def test_noise_figures(stream: Stream) -> None:
    noise = measure_noise(stream, range(3))
    assert noise.wrong_numbers == 0
    assert 0.9 < noise.accepted_share <= 1
    assert noise.wrong <= noise.worst <= 1
    assert noise.seeds == 3


@_EACH
def test_spoiled_figures(stream: Stream) -> None:
    rows = measure_spoiled(stream)
    assert [row.spoiled for row in rows] == list(SPOILED)
    assert all(row.decoded == row.sent == stream.groups for row in rows)


_ARGUMENTS = ["--frames", "5", "--noise-seeds", "1", "--rounds", "1"]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    status = main([*_ARGUMENTS, "--json"])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert list(report) == ["speed", "noise", "spoiled", "passed"]
    assert status == (0 if report["passed"] else 1)
    names = [stream.name for stream in STREAMS]
    assert [row["stream"] for row in report["speed"]] == names
    assert [row["stream"] for row in report["noise"]] == names
    assert len(report["spoiled"]) == len(names) * len(SPOILED)
    assert set(report["speed"][0]) == {
        "stream",
        "decoded",
        "sent",
        "frames_per_s",
        "reference_frames_per_s",
        "ratio",
        "goal",
    }


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(_ARGUMENTS)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == ("a goal was missed" if status else "all goals met")
    assert sum(STREAMS[0].name in line for line in lines) == 2 + len(SPOILED)
