"""The latency benchmark with few frames: what is told, not how fast."""

import json

import pytest

from benchmarks import latency
from benchmarks.latency import KINDS, Latency, measure_latencies

FRAMES = 8


@pytest.mark.slow
def test_every_change_is_told() -> None:
    rows = measure_latencies(FRAMES, hurry=7)
    assert [(row.line, row.kind) for row in rows] == KINDS
    assert all(row.lost == 0 for row in rows)
    assert {row.kind: row.samples for row in rows[:4]} == {
        "overload": FRAMES // 2,
        "tariff": FRAMES,
        "colour": FRAMES // 2,
        "power": FRAMES,
    }
    for row in rows:
        assert 0 < row.median <= row.p95
        assert row.median <= row.longest
        assert min(row.bare_median, row.parser_median) > 0
    *shown, order = rows
    for row in shown:
        assert row.ratio == row.median / row.bare_median
    assert order.ratio == order.median / rows[3].median, "the power alone"


@pytest.mark.parametrize(
    ("ratio", "longest", "lost", "status"),
    [(3.0, 50.0, 0, 0), (3.1, 9.0, 0, 1), (2.0, 50.1, 0, 1), (2.0, 9.0, 1, 1)],
)
def test_report(
    ratio: float,
    longest: float,
    lost: int,
    status: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = Latency(
        line="a line",
        kind="power",
        carrier="PAPP",
        samples=5,
        lost=lost,
        bare_median=0.1,
        parser_median=0.1,
        median=0.1 * ratio,
        p95=1,
        longest=longest,
        ratio=ratio,
        goal=3,
    )
    monkeypatch.setattr(latency, "measure_latencies", lambda frames, hurry: [row])
    assert latency.main(["--json"]) == status
    assert json.loads(capsys.readouterr().out)["passed"] is (status == 0)
    assert latency.main([]) == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == ("a goal was missed" if status else "all goals met")
