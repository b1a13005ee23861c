"""The estimate's benchmark with some minutes of some homes."""

import json
from typing import Any

import pytest

from benchmarks.estimate import HOMES, Home, main, measure

HOURS = 0.2


@pytest.mark.parametrize("home", HOMES, ids=[home.name for home in HOMES])
def test_figures(home: Home) -> None:
    """Of the first minutes after midnight: no sun, and much to learn."""
    row = measure(home, HOURS)
    assert row.home == home.name
    assert row.readings > 200
    assert row.coverage >= 0.9
    assert row.drawing_coverage == row.coverage
    assert row.injecting_coverage is None
    assert row.error <= row.claimed
    assert row.slope_ratio < 0.5
    assert row.lag <= row.error
    assert row.worst_hour <= 0.03


def test_a_home_is_always_the_same() -> None:
    assert measure(HOMES[0], 0.05) == measure(HOMES[0], 0.05)


_ARGUMENTS = ["--hours", "0.05", "--home", HOMES[0].name]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    status = main([*_ARGUMENTS, "--json"])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert list(report) == ["homes", "passed"]
    assert status == (0 if report["passed"] else 1)
    assert [row["home"] for row in report["homes"]] == [HOMES[0].name]


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(_ARGUMENTS)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == ("a goal was missed" if status else "all goals met")
    assert [HOMES[0].name in line for line in lines].count(True) == 1
