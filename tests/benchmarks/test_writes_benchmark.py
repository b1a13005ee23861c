"""The write benchmark on some minutes: what is counted."""

import json

import pytest

from benchmarks import writes
from benchmarks.writes import HOUSES, House, measure_house

MINUTES = 6


@pytest.mark.parametrize("house", HOUSES, ids=[house.name for house in HOUSES])
def test_writes_of_a_house(house: House) -> None:
    reference, live, usual, rare = measure_house(house, (60, 0, 5), MINUTES / 60)
    assert [row.interval for row in (reference, live, usual, rare)] == [None, 0, 5, 60]
    assert len({row.entities for row in (reference, live, usual, rare)}) == 1
    assert reference.changed + reference.unchanged > 10 * live.changed / 2
    assert reference.changed >= live.changed * 0.9
    assert live.changed > usual.changed > rare.changed > 0
    # A state is written when it changes, and then only; so is its row.
    assert live.unchanged == usual.unchanged == rare.unchanged == 0
    for row in (live, usual, rare):
        assert row.states == pytest.approx(row.changed, rel=0.1)
        assert row.attributes <= 60 / MINUTES
        assert row.share < 0.5
        assert row.statistics == live.statistics > 0
    # Nothing is written more often than it is asked for.
    assert max(usual.most.values()) <= 3600 / 5
    assert max(rare.most.values()) <= 3600 / 60 + 60 / MINUTES


def test_report(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writes, "HOUSES", HOUSES[:1])
    arguments = ["--hours", "0.05", "--intervals", "5", "--at", "2026-11-20T07:00"]
    assert writes.main([*arguments, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [row["interval"] for row in report["writes"]] == [None, 5]
    assert writes.main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(HOUSES[0].name in line for line in lines) == 3
