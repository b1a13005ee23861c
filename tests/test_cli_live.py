"""The terminal reader on a live line, and when its reader has seen enough."""

import asyncio
import os
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from custom_components.linky_pilote import cli

from .conftest import PORT
from .meters import HISTORICAL_HC
from .serial_line import Port

ROOT = Path(__file__).parents[1]


async def _settle() -> None:
    """Let all tasks go as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_line_is_followed_and_its_loss_is_told(
    port: Port, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each frame is handed on; the terminal says why nothing comes any more."""
    frames: list[dict[str, Any]] = []
    report = cli.Report(frames.append, show_serials=True)
    task = asyncio.create_task(cli._read_line(PORT, report))
    await _settle()
    for _ in range(2):
        port.send(HISTORICAL_HC.frame())
    assert [frame["serial"] for frame in frames] == [HISTORICAL_HC.serial] * 2
    assert frames[-1]["groups"]["PAPP"] == "00720"

    port.unplug(OSError(5, "device disconnected"))
    await _settle()
    assert "connection_lost" in capsys.readouterr().err
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_output_that_nobody_reads_any_more(tmp_path: Path) -> None:
    """`| head` closes the pipe: no traceback, and no line for each file left."""
    dump = tmp_path / "dump.tic"
    dump.write_bytes(HISTORICAL_HC.frame() * 3)
    reading, writing = os.pipe()
    os.close(reading)
    program = subprocess.run(
        [sys.executable, ROOT / "scripts" / "tic.py", "--json", dump, dump],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
    )
    os.close(writing)
    assert program.stderr == ""
    assert program.returncode == 1
