"""The regulation benchmark on some minutes: its cases, figures, gates and prints."""

from collections.abc import Iterator
from dataclasses import replace
import json
from pathlib import Path

import pytest

from benchmarks import regulation
from benchmarks.regulating.baselines import Nothing
from benchmarks.regulating.gates import (
    ALWAYS,
    COMMANDS,
    DECISION,
    SAVING,
    SHED_THOUGH_FIT,
    TRIPS,
    Case,
    Figure,
    Gate,
    Result,
)
from benchmarks.regulating.ours import Ours
from benchmarks.regulating.parts import COLD_DAY, at, cold, nights, rolled, world
from benchmarks.regulating.plot import _REASONS, LANGUAGES
from benchmarks.regulating.run import run
from benchmarks.regulating.scenarios import NONE
from benchmarks.regulation import (
    CONTROLLERS,
    OURS,
    SCENARIOS,
    Choice,
    Job,
    cases,
    live,
    main,
)
from custom_components.linky_pilote.engine.regulation.model import Guard, House, Reason

MINUTES = 15
UNABLE = {
    "S9 unmanaged 7 kW": {TRIPS},
    "S8 kW for W": {SHED_THOUGH_FIT},
    "S2 strict, 30 s": {SHED_THOUGH_FIT},
}
"""What nobody can promise in a case."""
ONE = {name: Choice(None, 1, 1, name) for name in SCENARIOS}
ALL = [
    pytest.param(choice, number, id=case.name)
    for choice in ONE.values()
    for number, case in enumerate(cases(choice))
]


def shorter(case: Case, minutes: int = MINUTES) -> Case:
    days = tuple(replace(day, seconds=60 * minutes) for day in case.days)
    return replace(case, days=days)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all days be short."""
    monkeypatch.setattr(
        regulation, "cases", lambda choice: tuple(map(shorter, cases(choice)))
    )


def test_there_are_all_scenarios_and_names_tell_cases_apart() -> None:
    assert list(SCENARIOS) == [f"S{number}" for number in range(1, 12)]
    for name, choice in ONE.items():
        names = [case.name for case in cases(choice)]
        assert names
        assert len(set(names)) == len(names)
        assert all(each.split()[0] == name for each in names)


@pytest.mark.parametrize(("choice", "number"), ALL)
@pytest.mark.usefixtures("short")
def test_a_case_can_be_lived(choice: Choice, number: int) -> None:
    case = cases(choice)[number]
    for day in case.days:
        keys = {load.key for load in day.loads}
        assert day.wishes.armed == keys
        assert {key for group in day.settings.ranks for key in group} == keys
    without = {gate.figure for gate in set(ALWAYS) - set(case.gates)}
    assert without <= UNABLE.get(case.name, set())
    assert case.others <= set(CONTROLLERS)
    found, seconds = live(Job(choice, number, 0, (NONE, OURS, *sorted(case.others))))
    assert seconds > 0
    names = {figure.name for figure in case.columns}
    names |= {gate.figure.name for gate in case.gates}
    assert all(set(values) == names for values in found.values())
    assert found[OURS]["forbidden writes"] == 0
    unaccounted = found[OURS]["Wh unaccounted"]
    assert unaccounted is not None
    assert unaccounted < 0.1


def test_strict_homes_are_those_that_can_be_kept_below() -> None:
    base = world(None, 1, 1).homes[0]
    plan = cold("home", base, 1)
    assert plan.bearable(Guard.LINKY.ratio)
    assert not replace(plan, cutoff=1000.0).bearable(Guard.LINKY.ratio)


def test_days_begin_at_an_hour() -> None:
    day = [float(second // 3600) for second in range(86_400)]
    turned = rolled(day, 6)
    assert (turned[0], turned[-1], len(turned)) == (6, 5, 86_400)
    first, second = nights(at(COLD_DAY, 5))[:2]
    assert (first.start, first.end) == (at(COLD_DAY, -2), at(COLD_DAY, 6))
    assert second.start == at(COLD_DAY, 22)


def test_gates_look_at_the_mean_or_at_the_worst_day() -> None:
    count = Figure(name="count", measure=lambda _result: 0.0)
    share = replace(count, name="share", more_is_better=True)
    days = (1.0, None, 4.0)
    assert count.fold(days) == (2.5, 4)
    assert share.fold(days) == (2.5, 1)
    assert count.fold((None,)) is None
    assert Gate(figure=count, limit=3, mean=True).passes(days)
    assert not Gate(figure=count, limit=3).passes(days)
    assert Gate(figure=share, limit=2, mean=True).passes(days)
    assert not Gate(figure=share, limit=2).passes(days)
    assert Gate(figure=share, limit=2).passes((None,))
    assert Gate(figure=share, limit=2, mean=True).text == "share (mean) >= 2"


def test_a_saving_needs_something_to_save() -> None:
    day = replace(cases(ONE["S1"])[0].days[0], seconds=60)
    outcome = run(day, Nothing(day.loads, day.settings))
    none = replace(outcome, imported=2000.0, shortfall=0.0)

    def saving(drawn: float, perfect: float) -> float | None:
        result = Result(
            outcome=replace(none, imported=drawn),
            none=none,
            bound=replace(none, imported=perfect),
        )
        return SAVING.measure(result)

    assert saving(1250, 1000) == 0.75
    assert saving(1250, 1600) is None
    assert SAVING.measure(Result(outcome=outcome)) is None
    assert COMMANDS.measure(Result(outcome=outcome)) == 1440


def test_ours_goes_on_after_a_restart_and_takes_new_ranks() -> None:
    day = cases(ONE["S2"])[0].days[0]
    ours = Ours(day.loads, day.settings)
    run(replace(day, seconds=600), ours)
    assert House.NORMAL in ours.houses
    told, wishes = ours.verdicts, ours.wishes
    ours.restart()
    ours.rank(tuple(reversed(day.settings.ranks)))
    assert ours.wishes == wishes
    assert told.keys() == {load.key for load in day.loads}


@pytest.fixture
def arguments() -> list[str]:
    return ["--days", "1", "--seed", "1", "--jobs", "1", "--scenario", "S1"]


@pytest.mark.usefixtures("short")
def test_table_and_json_say_the_same(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments += ["--case", "dimmer", "--controllers", NONE, "fork", "heating"]
    assert main(arguments) == 0
    table = capsys.readouterr().out
    assert "S1 dimmer, 2 s, 1 days" in table
    assert "all gates passed" in table
    assert main([*arguments, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["passed"]
    assert [case["case"] for case in printed["cases"]] == [
        "S1 dimmer, 2 s",
        "S1 dimmer, 30 s",
    ]
    for case in printed["cases"]:
        # the others are for heating
        assert list(case["controllers"]) == [NONE, "fork"]
        drawn = case["controllers"]["fork"]["kWh drawn"]["worst"]
        assert f"{drawn:.2f}" in table


@pytest.mark.usefixtures("short")
def test_a_missed_gate_is_named_and_ends_with_1(
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    never = Gate(figure=COMMANDS, limit=-1)
    made = replace(shorter(cases(ONE["S1"])[0]), gates=(never,))
    monkeypatch.setattr(regulation, "cases", lambda _choice: (made,))
    assert main([*arguments, "--controllers", OURS]) == 1
    out = capsys.readouterr().out
    assert "MISSED  commands <= -1: " in out
    assert "1 gates missed" in out
    # it is ours that have to pass
    assert main([*arguments, "--controllers", "fork", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cases"][0]["missed"] == []


@pytest.mark.usefixtures("short")
def test_a_run_repeats_itself() -> None:
    def values() -> Iterator[dict[str, list[dict[str, float | None]]]]:
        for row in regulation.measure([ONE["S4"]], "relay", (NONE, OURS), 1):
            for days in row.values.values():
                for day in days:
                    del day[DECISION.name]
            yield row.values

    first = list(values())
    assert set(first[0]) == {NONE, OURS}
    assert list(values()) == first


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("short")
def test_a_day_is_drawn(language: str, arguments: list[str], tmp_path: Path) -> None:
    path = tmp_path / "day.png"
    assert main([*arguments, "--plot", str(path), "--language", language]) == 0
    assert path.read_bytes().startswith(b"\x89PNG")


def test_the_plot_has_words_for_each_reason() -> None:
    assert _REASONS.keys() == set(Reason)
