"""The terminal reader: recordings in, JSON or a table out."""

from collections.abc import Callable
import io
import json
from pathlib import Path
import sys
from typing import Any

import pytest

from custom_components.linky_pilote import cli
from custom_components.linky_pilote.engine.tic import encode_group

from .engine.tic.figures import BASE_1, STANDARD_BASE_1, STANDARD_TEMPO_1
from .engine.tic.lines import HISTORICAL

type Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what writes a recording and tells where it is."""

    def write(data: bytes, name: str = "line.tic") -> str:
        path = tmp_path / name
        path.write_bytes(data)
        return str(path)

    return write


def run(*args: str, status: int = 0) -> str:
    """Run the reader and return what it says."""
    out = io.StringIO()
    assert cli.main(list(args), out) == status
    return out.getvalue()


def run_json(*args: str, status: int = 0) -> tuple[list[dict[str, Any]], Any]:
    """Return the frames and the summary that `--json` prints."""
    lines = run("--json", *args, status=status).splitlines()
    *frames, last = [json.loads(line) for line in lines]
    assert list(last) == ["summary"]
    return frames, last["summary"]


# --- JSON -------------------------------------------------------------------------


def test_a_frame_in_json(write: Write) -> None:
    frames, summary = run_json(write(BASE_1.frame), "--show-serials")
    assert frames == [
        {
            "mode": "historical",
            "complete": True,
            "serial": "021861111111",
            "groups": dict(sent[:2] for sent in BASE_1.sent),
            "stamps": {},
        }
    ]
    assert summary == {"frames": 1, "groups": 10, "rejected": {}, "unknown": {}}


def test_stamps_in_json(write: Write) -> None:
    (frame,), _ = run_json(write(STANDARD_TEMPO_1.frame), "--show-serials")
    assert frame["mode"] == "standard"
    assert frame["serial"] == "811875111111"
    assert frame["groups"] == {sent[0]: sent[1] for sent in STANDARD_TEMPO_1.sent}
    assert frame["stamps"] == {
        sent[0]: sent[2] for sent in STANDARD_TEMPO_1.sent if len(sent) == 3
    }
    assert frame["groups"]["DATE"] == ""
    assert frame["stamps"]["DPM1"] == " 250315060000"


def test_numbers_are_masked(write: Write) -> None:
    target = write(BASE_1.frame + STANDARD_BASE_1.frame * 2)
    text = run("--json", target)
    assert "1111" not in text
    *_, last, _ = [json.loads(line) for line in text.splitlines()]
    assert last["serial"] == last["groups"]["ADSC"] == "041875******"
    assert last["groups"]["PRM"] == "*" * 14


def test_the_summary_counts_what_was_refused(write: Write) -> None:
    line = BASE_1.frame[:-1]
    line += encode_group(HISTORICAL, "GAZ", "0001234") * 2
    line += b"\nPAPP 00000 x\r\nXY\r\n\x03"
    (frame,), summary = run_json(write(line))
    assert not frame["complete"]
    assert "GAZ" not in frame["groups"]
    assert summary == {
        "frames": 1,
        "groups": 10,
        "rejected": {"checksum": 1, "framing": 1},
        "unknown": {"GAZ": 2},
    }


def test_a_recording_that_ends_within_a_frame(write: Write) -> None:
    frames, summary = run_json(write(BASE_1.frame + BASE_1.frame[:60]))
    assert [frame["complete"] for frame in frames] == [True, False]
    assert frames[1]["groups"] == {
        "ADCO": "021861******",
        "OPTARIF": "BASE",
        "ISOUSC": "30",
    }
    assert summary["frames"] == 2


def test_a_frame_without_a_number(write: Write) -> None:
    (frame,), _ = run_json(write(BASE_1.frame[30:]))
    assert frame["serial"] is None


def test_several_recordings(write: Write) -> None:
    """Each is a line of its own; the summary is of all of them."""
    frames, summary = run_json(
        write(BASE_1.frame * 2, "a.tic"),
        write(b"\nPAPP 00000 x\r\n", "b.tic"),
        write(STANDARD_BASE_1.frame, "c.tic"),
    )
    assert [frame["mode"] for frame in frames] == [
        "historical",
        "historical",
        "standard",
    ]
    assert summary["frames"] == 3
    assert summary["groups"] == 20 + len(STANDARD_BASE_1.sent)
    assert summary["rejected"] == {"checksum": 1}


def test_a_recording_longer_than_a_block(write: Write) -> None:
    frames, summary = run_json(write(STANDARD_BASE_1.frame * 50))
    assert len(frames) == summary["frames"] == 50


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(BASE_1.frame))
    monkeypatch.setattr(sys, "stdin", stdin)
    frames, _ = run_json("-")
    assert len(frames) == 1


def test_no_frame_in_json(write: Write) -> None:
    frames, summary = run_json(write(b""))
    assert frames == []
    assert summary == {"frames": 0, "groups": 0, "rejected": {}, "unknown": {}}


# --- Errors -----------------------------------------------------------------------


def test_a_missing_file(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    """The others are read all the same."""
    frames, summary = run_json("nowhere.tic", write(BASE_1.frame), status=1)
    assert len(frames) == summary["frames"] == 1
    assert capsys.readouterr().err == "nowhere.tic: No such file or directory\n"


def test_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path), status=1) == ""
    assert capsys.readouterr().err == f"{tmp_path}: Is a directory\n"


def test_no_target(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        cli.main([])
    assert error.value.code == 2
    assert "FILE|URL" in capsys.readouterr().err


# --- Table ------------------------------------------------------------------------


def test_a_table_of_the_last_frame(write: Write) -> None:
    text = run(write(BASE_1.frame + STANDARD_TEMPO_1.frame * 2))
    lines = text.splitlines()
    assert lines[:3] == [
        "811875******  Sagemcom, Linky G3 90 A (1 phase), 2018",
        "standard mode, whole frame",
        "",
    ]
    assert "  EAST         120684765 Wh" in lines
    assert "  SMAXSN           07720 VA   H250314052302" in lines
    assert "  NGTF             TEMPO" in lines
    assert "  DATE                        H250314200511" in lines
    assert "  PRM       **************" in lines
    accepted = len(BASE_1.sent) + 2 * len(STANDARD_TEMPO_1.sent) - 2
    assert lines[-1] == f"{accepted} groups accepted, 2 pieces rejected"
    assert not any(line != line.rstrip() for line in lines)


def test_a_table_with_numbers(write: Write) -> None:
    text = run(write(BASE_1.frame), "--show-serials")
    assert text.startswith("021861111111  Sagemcom, Linky G3 60 A (1 phase), 2018\n")
    assert "historical mode, whole frame" in text


def test_a_table_of_a_partial_frame(write: Write) -> None:
    text = run(write(BASE_1.frame[30:]))
    assert text.startswith("no meter number  \nhistorical mode, incomplete frame\n")


def test_a_table_of_an_unknown_maker(write: Write) -> None:
    frame = b"\x02" + encode_group(HISTORICAL, "ADCO", "990099111111") + b"\x03"
    assert run(write(frame)).startswith("990099******  \n")


def test_no_frame(write: Write) -> None:
    target = write(b"nothing of a meter\r\n")
    assert run(target) == f"{target}: no frame\n"


def test_several_tables(write: Write) -> None:
    text = run(write(BASE_1.frame, "a.tic"), write(STANDARD_BASE_1.frame, "b.tic"))
    assert text.count("groups accepted") == 2


@pytest.mark.parametrize(
    ("label", "data", "masked"),
    [
        ("ADCO", "021861111111", "021861******"),
        ("ADSC", "041875111111", "041875******"),
        ("PRM", "99111111111111", "**************"),
    ],
)
def test_mask(label: str, data: str, masked: str) -> None:
    assert cli.mask(label, data) == masked


@pytest.mark.parametrize(
    ("target", "live"),
    [
        ("-", False),
        ("line.tic", False),
        ("socket://bridge:2000", True),
        ("rfc2217://bridge:2000", True),
        ("/dev/null", True),
    ],
)
def test_what_is_live(target: str, live: bool) -> None:
    assert cli._is_live(target) is live


# --- Live -------------------------------------------------------------------------


class Terminal(io.StringIO):
    """An output that is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a line that is heard for two frames and a bit, then interrupted."""

    async def read_line(_url: str, report: cli.Report) -> None:
        report.feed(BASE_1.frame * 2 + BASE_1.frame[:60])
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_read_line", read_line)


@pytest.mark.usefixtures("live")
def test_a_live_table_is_drawn_anew_for_each_frame() -> None:
    terminal = Terminal()
    assert cli.main(["socket://bridge:2000"], terminal) == 0
    screens = terminal.getvalue().split("\x1b[2J\x1b[H")
    assert [screen.count("meter number") for screen in screens] == [0] * 4
    assert [screen.count("021861******") for screen in screens] == [0, 2, 2, 2]
    assert "whole frame" in screens[2]
    assert "incomplete frame" in screens[3]


@pytest.mark.usefixtures("live")
def test_a_live_line_that_is_not_shown_on_a_terminal() -> None:
    text = run("socket://bridge:2000")
    assert "\x1b" not in text
    assert text.count("historical mode") == 3


@pytest.mark.usefixtures("live")
def test_a_live_line_in_json() -> None:
    frames, summary = run_json("socket://bridge:2000")
    assert [frame["complete"] for frame in frames] == [True, True, False]
    assert summary["frames"] == 3


def test_a_line_that_cannot_be_had(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def read_line(_url: str, _report: cli.Report) -> None:
        raise OSError("no route")

    monkeypatch.setattr(cli, "_read_line", read_line)
    assert run("socket://bridge:2000", status=1) == ""
    assert capsys.readouterr().err == "socket://bridge:2000: no route\n"
