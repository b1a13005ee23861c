"""Indexes that move as they can, and others."""

from hypothesis import given, settings, strategies as st

from custom_components.linky_pilote.engine.tic.plausibility import IndexGate, Mark

POWER = 6000
"""VA of the contract, unless a test says otherwise."""


def admitted(*values: tuple[int, float], power: int | None = POWER) -> list[int]:
    """Return the values, each with its time, that one index is believed at."""
    gate = IndexGate()
    return [value for value, now in values if gate.admits("EAST", value, now, power)]


def test_the_first_value_is_believed() -> None:
    assert admitted((123_456_789, 0)) == [123_456_789]


def test_an_index_at_rest() -> None:
    assert admitted((100, 0), (100, 1), (100, 3600)) == [100, 100, 100]


def test_a_whole_watt_hour_is_never_too_much() -> None:
    assert admitted((100, 0), (101, 0), (106, 0)) == [100, 101, 106]


def test_one_that_falls_or_leaps_is_held() -> None:
    assert admitted((1000, 0), (999, 1), (1001, 2)) == [1000, 1001]
    assert admitted((1000, 0), (1064, 1), (1001, 2)) == [1000, 1001]


def test_time_without_news_makes_room() -> None:
    # 3 times 6 kVA for an hour, and the rounding
    assert admitted((0, 0), (18_005, 3600)) == [0, 18_005]
    assert admitted((0, 0), (18_006, 3600)) == [0]


def test_an_unknown_power_is_that_of_the_largest_meter() -> None:
    for power in (None, 0):
        assert admitted((0, 0), (108_005, 3600), power=power) == [0, 108_005]
        assert admitted((0, 0), (108_006, 3600), power=power) == [0]


def test_what_persists_is_true() -> None:
    assert admitted((1000, 0), (0, 1), (0, 2), (1, 3), (2, 4)) == [1000, 1, 2]
    assert admitted((1000, 0), (9000, 1), (9001, 2), (9002, 3)) == [1000, 9002]


def test_a_doubt_is_dropped_by_a_good_value() -> None:
    wrong = [(5000, 1.0), (1000, 2.0), (5000, 3.0), (1001, 4.0), (5000, 5.0)]
    assert admitted((1000, 0), *wrong) == [1000, 1000, 1001]


def test_wrong_values_that_contradict_each_other_prove_nothing() -> None:
    wrong = [(n * 7919 % 5000 + 2000, n * 1.0) for n in range(1, 20)]
    assert admitted((1000, 0), *wrong, (1010, 20)) == [1000, 1010]


def test_a_clock_that_goes_back_changes_nothing() -> None:
    assert admitted((1000, 100), (1002, 50)) == [1000, 1002]


def test_it_knows_the_values_of_an_earlier_run() -> None:
    """Without them the first value after a start would be believed, whatever it is."""
    earlier = IndexGate()
    assert earlier.admits("EAST", 1000, 100, POWER)
    assert not earlier.admits("EAST", 9000, 101, POWER)
    assert earlier.marks == {"EAST": Mark(1000, 100)}
    gate = IndexGate(earlier.marks)
    assert not gate.admits("EAST", 9000, 102, POWER)
    assert gate.admits("EAST", 1010, 103, POWER)
    assert gate.admits("EAIT", 5, 103, None), "nothing is known of this one"
    assert gate.marks == {"EAST": Mark(1010, 103), "EAIT": Mark(5, 103)}
    assert earlier.marks == {"EAST": Mark(1000, 100)}


def test_a_mark_of_the_future_costs_three_frames_at_most() -> None:
    gate = IndexGate({"EAST": Mark(1000, 10**9)})
    rises = [(1050 + n, 10.0 + n) for n in range(5)]
    assert [
        value for value, now in rises if gate.admits("EAST", value, now, POWER)
    ] == [1052, 1053, 1054]


def test_labels_are_apart_and_counted() -> None:
    gate = IndexGate()
    assert gate.admits("HCHC", 1000, 0, POWER)
    assert gate.admits("HCHP", 5, 0, POWER)
    assert not gate.admits("HCHC", 5, 1, POWER)
    assert not gate.admits("HCHC", 7777, 2, POWER)
    assert gate.admits("HCHP", 6, 2, POWER)
    assert gate.held == {"HCHC": 2}


_HONEST = st.lists(
    st.tuples(
        st.floats(0, 2.5),  # times the contract: what the breaker lets pass
        st.floats(0.5, 600),  # seconds to the next frame
    ),
    min_size=2,
    max_size=40,
)


@settings(max_examples=100)
@given(_HONEST, st.sampled_from([3000, 6000, 9000, 36_000]), st.integers(0, 10**8))
def test_honest_indexes_are_never_held(
    steps: list[tuple[float, float]], power: int, start: int
) -> None:
    gate = IndexGate()
    now, energy = 0.0, float(start)
    for load, seconds in steps:
        assert gate.admits("EAST", int(energy), now, power)
        energy += load * power * seconds / 3600
        now += seconds
    assert not gate.held


@settings(max_examples=100)
@given(_HONEST, st.data())
def test_a_single_wrong_one_never_comes_out(
    steps: list[tuple[float, float]], data: st.DataObject
) -> None:
    gate = IndexGate()
    spoiled = data.draw(st.integers(1, len(steps) - 1))
    wrong = data.draw(st.integers(0, 10**9 - 1))
    now, energy, last = 0.0, 50_000_000.0, 0.0
    for step, (load, seconds) in enumerate(steps):
        if step != spoiled:
            assert gate.admits("EAST", int(energy), now, POWER)
        elif not gate.admits("EAST", wrong, now, POWER):
            assert gate.held == {"EAST": 1}
        else:
            # Not to be told from an honest one: the meter could have counted it.
            passed = steps[step - 1][1]
            assert 0 <= wrong - int(last) <= 5 + 3 * POWER * passed / 3600
            return
        last, energy = energy, energy + load * POWER * seconds / 3600
        now += seconds
