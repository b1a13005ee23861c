"""Cumulative values: nothing that happens to a meter makes them fall or leap."""

from collections.abc import Mapping
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_pilote.engine.continuity import (
    Continuity,
    Origin,
    index_key,
)
from custom_components.linky_pilote.engine.reading import (
    Contract,
    MeterReading,
    TicMode,
)

HISTORICAL, STANDARD = TicMode.HISTORICAL, TicMode.STANDARD
OLD, NEW = "021861111111", "042275009999"
POWER = 6000
"""VA of the contract."""
OFF_PEAK = {"off_peak": 1000, "peak": 2000}


def says(
    total: int | None = 3000,
    indexes: Mapping[str, int] = OFF_PEAK,
    *,
    number: str = OLD,
    mode: TicMode = HISTORICAL,
    contract: Contract | None = Contract.OFF_PEAK,
    complete: bool = True,
    **fields: Any,
) -> MeterReading:
    """Return what a meter says."""
    return MeterReading(
        mode=mode,
        complete=complete,
        serial=number,
        contract=contract,
        total_index=total,
        indexes=indexes,
        **{"subscribed_power": POWER, **fields},
    )


def after(*readings: tuple[float, MeterReading]) -> Continuity:
    """Return what is left of some readings, each with its time."""
    continuity = Continuity()
    for now, reading in readings:
        continuity.take(reading, now)
    return continuity


def test_the_first_values_are_shown_as_they_are() -> None:
    reading = says(
        5000,
        distributor_indexes={1: 700},
        injected_index=80,
        reactive_indexes={4: 9},
    )
    continuity = after((0, reading))
    shown = {
        "index_total": 5000,
        "index_off_peak": 1000,
        "index_peak": 2000,
        "index_distributor_1": 700,
        "index_injected": 80,
        "index_reactive_4": 9,
    }
    assert {key: continuity.shown(key) for key in shown} == shown
    assert not any(continuity.displaced(key) for key in shown)
    assert continuity.shown("index_blue_peak") is None
    assert continuity.displaced("index_blue_peak") is None


def test_a_rise_is_what_was_consumed_however_large() -> None:
    continuity = after((0, says(3000)), (1, says(900_000)))
    assert continuity.shown("index_total") == 900_000
    assert continuity.displaced("index_total") is None


def test_after_a_fall_it_goes_on_from_where_it_was() -> None:
    continuity = after((0, says(3000)), (1, says(100)))
    assert continuity.shown("index_total") == 3000
    assert continuity.displaced("index_total") == 100
    continuity.take(says(160), 2)
    assert continuity.shown("index_total") == 3060
    assert continuity.displaced("index_total") == 160


@pytest.mark.parametrize(
    ("rise", "shown"),
    [(0, 3000), (605, 3605), (606, 3000), (4_000_000, 3000), (-1, 3000)],
)
@pytest.mark.parametrize(
    "change",
    [
        {"mode": STANDARD},
        {"contract": Contract.TEMPO},
        {"number": NEW},
        {"mode": STANDARD, "contract": None},
    ],
    ids=["mode", "contract", "meter", "a meter that tells no contract"],
)
def test_what_cannot_have_been_consumed_is_no_step(
    change: dict[str, Any], rise: int, shown: int
) -> None:
    """6 kVA give 600 Wh in six minutes; 5 Wh are the index's own grain."""
    continuity = after((0, says(3000)), (360, says(3000 + rise, **change)))
    assert continuity.shown("index_total") == shown
    continuity.take(says(3000 + rise + 7, **change), 361)
    assert continuity.shown("index_total") == shown + 7


@pytest.mark.parametrize(
    ("fields", "possible"),
    [
        ({"total": 3000}, 5 + 600),
        ({"total": 3000, "subscribed_power": None}, 5 + 3600),
        ({"total": None, "injected_index": 3000}, 5 + 3600),
        ({"total": None, "reactive_indexes": {1: 3000}}, 5 + 3600),
        ({"total": None, "distributor_indexes": {1: 3000}}, 5 + 600),
    ],
)
def test_the_contract_bounds_what_is_drawn_only(
    fields: dict[str, Any], possible: int
) -> None:
    name, value = next((name, value) for name, value in fields.items() if value)
    key = {
        "total": "index_total",
        "injected_index": "index_injected",
        "reactive_indexes": "index_reactive_1",
        "distributor_indexes": "index_distributor_1",
    }[name]
    for rise in (possible, possible + 1):
        risen = {1: 3000 + rise} if isinstance(value, dict) else 3000 + rise
        continuity = after(
            (0, says(**fields)), (360, says(**{**fields, name: risen}, mode=STANDARD))
        )
        gained = rise if rise == possible else 0
        assert continuity.shown(key) == 3000 + gained


def test_a_clock_that_was_wrong_makes_no_leap() -> None:
    continuity = after((10**9, says(3000)), (0, says(3006, mode=STANDARD)))
    assert continuity.shown("index_total") == 3000
    continuity = after((10**9, says(3000)), (0, says(3005, mode=STANDARD)))
    assert continuity.shown("index_total") == 3005


def test_the_last_value_is_held_until_the_contract_is_known() -> None:
    """Historical mode adds the contract's indexes, standard mode counts all of them."""
    continuity = after((0, says(3000)))
    unsure = says(9000, {}, mode=STANDARD, contract=None, complete=False)
    for now in range(1, 9):
        assert not continuity.take(unsure, now)
        assert continuity.shown("index_total") == 3000
        assert continuity.shown("index_off_peak") == 1000
    assert continuity.origin == Origin(OLD, HISTORICAL, Contract.OFF_PEAK)
    assert continuity.take(says(9000, mode=STANDARD), 9)
    assert continuity.shown("index_total") == 3000
    continuity.take(says(9010, mode=STANDARD, complete=False), 10)
    assert continuity.shown("index_total") == 3010


def test_a_contract_that_was_not_heard_is_the_one_that_is_known() -> None:
    continuity = after((0, says(3000)), (1, says(90_000, contract=None)))
    assert continuity.shown("index_total") == 90_000
    assert continuity.origin == Origin(OLD, HISTORICAL, Contract.OFF_PEAK)


def test_an_index_that_is_missing_is_held_for_two_whole_frames() -> None:
    continuity = after((0, says(3000)))
    for _ in range(9):
        continuity.take(says(None, complete=False), 1)
    continuity.take(says(None), 2)
    assert continuity.shown("index_total") == 3000
    continuity.take(says(None), 3)
    assert continuity.shown("index_total") is None
    assert continuity.shown("index_peak") == 2000
    continuity.take(says(3100), 4)
    assert continuity.shown("index_total") == 3100


def test_an_index_of_a_former_contract_goes_on_where_it_was() -> None:
    """Meanwhile its register may have counted for another period: elsewhere shown."""
    tempo = {"blue_peak": 2000}
    continuity = after((0, says(3000)))
    for now in (10, 20):
        continuity.take(says(3000, tempo, contract=Contract.TEMPO), now)
    assert continuity.shown("index_peak") is None
    assert continuity.shown("index_blue_peak") == 2000
    year = 31_536_000.0
    continuity.take(says(5_000_000, {"blue_peak": 90_000}), year)
    continuity.take(says(5_000_000, {"off_peak": 1000, "peak": 90_000}), year)
    assert continuity.shown("index_peak") == 2000
    assert continuity.displaced("index_peak") == 90_000


def test_a_contract_that_was_misread_costs_nothing() -> None:
    continuity = after(
        (0, says(3000)),
        (1, says(None, {}, contract=Contract.OTHER, complete=False)),
        (2, says(3002, {"off_peak": 1000, "peak": 2002})),
    )
    assert continuity.shown("index_total") == 3002
    assert continuity.shown("index_peak") == 2002
    assert continuity.displaced("index_peak") is None


def test_what_is_to_be_remembered_at_once() -> None:
    continuity = Continuity()
    assert continuity.take(says(3000), 0), "whose values they are"
    assert not continuity.take(says(3001), 1)
    assert not continuity.take(says(3001, distributor_indexes={1: 5}), 2)
    assert continuity.take(says(3001, mode=STANDARD), 3), "another origin"
    assert continuity.take(says(10, mode=STANDARD), 4), "another offset"


def restarted(continuity: Continuity) -> Continuity:
    """Return it as it comes back from a file."""
    return Continuity.load(json.loads(json.dumps(continuity.dump())))


@pytest.mark.parametrize("known", [Continuity(), after((0.5, says()), (1, says(5)))])
def test_it_comes_back_from_a_file(known: Continuity) -> None:
    again = restarted(known)
    assert again.dump() == known.dump()
    assert again.origin == known.origin


def _spoiled() -> list[Any]:
    good = json.loads(json.dumps(after((0.5, says())).dump()))
    index = good["indexes"]["index_total"]
    wrong_numbers: list[Any] = [None, "3", [], {}]
    wrong_indexes = [
        *({**index, name: wrong} for name in index for wrong in wrong_numbers),
        {**index, "raw": -1},
        {**index, "missed": 1.5},
        {**index, "shown": True},
        {**index, "time": float("nan")},
        {name: value for name, value in index.items() if name != "shown"},
        7,
    ]
    return [
        None,
        [],
        {},
        {**good, "origin": ["1", "morse", None]},
        {**good, "origin": ["1", "standard", "free"]},
        {**good, "origin": [1, "standard", None]},
        {**good, "origin": ["1", "standard"]},
        {**good, "origin": 3},
        {**good, "epoch": "1"},
        {**good, "indexes": [1]},
        *({**good, "indexes": {"index_total": wrong}} for wrong in wrong_indexes),
    ]


@pytest.mark.parametrize("data", _spoiled(), ids=str)
def test_what_cannot_have_been_kept_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        Continuity.load(data)


_VALUES = st.integers(0, 20_000)
_READINGS = st.builds(
    says,
    st.none() | _VALUES,
    st.dictionaries(st.sampled_from(["off_peak", "peak", "index_03"]), _VALUES),
    number=st.sampled_from([OLD, NEW]),
    mode=st.sampled_from(TicMode),
    contract=st.sampled_from([None, Contract.OFF_PEAK, Contract.TEMPO]),
    complete=st.booleans(),
    injected_index=st.none() | _VALUES,
    subscribed_power=st.sampled_from([None, 3000, 9000]),
)
_LIVES = st.lists(st.tuples(st.floats(-100, 4000), _READINGS), max_size=30)
_KEYS = ("index_total", "index_off_peak", "index_peak", "index_03", "index_injected")


@settings(max_examples=300)
@given(_LIVES)
def test_it_never_falls_and_rises_by_what_can_have_been_consumed(
    life: list[tuple[float, MeterReading]],
) -> None:
    continuity = Continuity()
    now = 1000.0
    highest: dict[str, int] = {}
    last: dict[str, tuple[int, float, int]] = {}
    changes = 0
    for elapsed, reading in life:
        now += elapsed
        before = continuity.origin
        continuity.take(reading, now)
        changes += continuity.origin != before
        taken = reading.contract is not None or (
            continuity.origin is not None
            and continuity.origin[:2] == (reading.serial, reading.mode)
        )
        indexes: dict[str, int | None] = {
            **{index_key(name): value for name, value in reading.indexes.items()},
            "index_total": reading.total_index,
            "index_injected": reading.injected_index,
        }
        for key in _KEYS:
            shown, raw = continuity.shown(key), indexes.get(key)
            if shown is None:
                continue
            if raw is None or not taken:
                assert shown == highest[key], "held"
                continue
            if key in last:
                was, then, count = last[key]
                rise = shown - highest[key]
                assert rise in (0, raw - was)
                if count == changes:
                    assert rise == max(0, raw - was), "nothing is lost"
                else:
                    unbounded = key == "index_injected"
                    power = (not unbounded and reading.subscribed_power) or 36_000
                    assert rise <= 5 + power * max(0, now - then) / 3600
            highest[key] = shown
            last[key] = (raw, now, changes)


@settings(max_examples=200)
@given(_LIVES, st.data())
def test_a_restart_changes_nothing(
    life: list[tuple[float, MeterReading]], data: st.DataObject
) -> None:
    one, other = Continuity(), Continuity()
    now = 1000.0
    for elapsed, reading in life:
        now += elapsed
        if data.draw(st.booleans()):
            other = restarted(other)
        assert one.take(reading, now) == other.take(reading, now)
        for key in _KEYS:
            assert one.shown(key) == other.shown(key)
            assert one.displaced(key) == other.displaced(key)
