"""The reader's benchmark on a hurried line: its figures, not their values."""

import json

import pytest

from benchmarks import reader
from benchmarks.reader import Cost, Timing, measure_cost
from benchmarks.streams import clean_streams

STREAM = clean_streams(200, seed=3)[0]


@pytest.mark.slow
def test_all_readers_hear_the_line() -> None:
    cost = measure_cost(STREAM, Timing(windows=2, window=0.3, warm_up=0.5), baud=96_000)
    assert cost.stream == STREAM.name
    assert cost.baud == 1200
    assert min(cost.bare_us, cost.ours_us, cost.home_us, cost.ratio) > 0
    assert cost.ours_percent == pytest.approx(cost.ours_us * 0.012)


@pytest.mark.parametrize(("ratio", "status"), [(1.5, 0), (1.6, 1)])
def test_report(
    ratio: float,
    status: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def measure(stream: object, timing: Timing) -> Cost:
        assert timing.windows == 1
        return Cost(
            stream="a line",
            baud=1200,
            bare_us=2,
            ours_us=2 * ratio,
            home_us=4,
            ours_percent=0.1,
            home_percent=0.2,
            ratio=ratio,
            goal=1.5,
        )

    monkeypatch.setattr(reader, "measure_cost", measure)
    assert reader.main(["--seconds", "2", "--json"]) == status
    report = json.loads(capsys.readouterr().out)
    assert report["passed"] is (status == 0)
    assert [row["ratio"] for row in report["cost"]] == [ratio] * 4
    assert reader.main(["--seconds", "2"]) == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == ("a goal was missed" if status else "all goals met")
