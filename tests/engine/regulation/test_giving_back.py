"""How shed loads come back: one by one, with room to spare, in turns."""

from dataclasses import replace

from custom_components.linky_pilote.engine.regulation.constants import (
    FIT_FOR,
    LONGEST_SHED,
    LONGEST_WAIT,
    RESTS_FOR,
    SATISFIED_BELOW,
    SHED_FOR,
    SPARE,
)
from custom_components.linky_pilote.engine.regulation.model import House, Reason

from .homes import Bench, Sent, told
from .test_protection import FAN, HEATER, TANK, home


def test_loads_come_back_one_by_one_first_rank_first() -> None:
    bench = home(HEATER, TANK, FAN, base=500)
    bench.base = [6500.0]
    shed = bench.run(30)
    assert ("heater", False) in told(shed)
    assert ("tank", False) in told(shed)
    bench.base = [500.0]
    back = bench.run(900)
    keys = [key for key, on in told(back) if on]
    assert keys[:2] == ["heater", "tank"]
    assert back[0].at - shed[0].at >= SHED_FOR
    assert back[1].at > back[0].at
    assert bench.last.house is House.NORMAL


def test_a_load_comes_back_with_power_to_spare_and_when_that_has_lasted() -> None:
    bench = home(HEATER, TANK, base=500)
    bench.base = [3700.0]
    bench.until_told()
    bench.run(30)
    assert bench.last.house is House.RESTORING
    bench.base = [0.97 * 6000 - 4000 - SPARE + 10]
    assert bench.run(LONGEST_WAIT / 2) == []
    assert bench.verdict("tank").blocked_by is Reason.OVERLOAD
    fits, bench.base = bench.now, [0.97 * 6000 - 4000 - SPARE - 10]
    (sent,) = bench.run(600)
    assert told([sent]) == [("tank", True)]
    assert sent.at - fits >= FIT_FOR


def test_where_there_is_room_and_no_more_it_is_tried_after_some_time() -> None:
    bench = home(HEATER, TANK, base=500)
    bench.base = [3700.0]
    (shed,) = bench.until_told()
    bench.run(30)
    bench.base = [0.97 * 6000 - 4000 - 10]
    (back,) = bench.run(1800)
    assert told([back]) == [("tank", True)]
    assert back.at - shed.at >= LONGEST_WAIT


def test_what_has_had_room_for_long_comes_back_whatever_rests_before_it() -> None:
    """A heater that draws for a moment now and then does not keep its power for ever."""
    bench = home(HEATER, TANK, base=500)
    bench.base = [3700.0]
    assert told(bench.until_told()) == [("tank", False)]
    free = bench.now
    bench.idle.add("heater")
    bench.base = [2500.0]
    bench.run(20)
    back: list[Sent] = []
    while not back and bench.now - free < 2 * LONGEST_SHED:
        bench.more["heater"] = {"power": SATISFIED_BELOW}
        back = bench.run(2)
        bench.more["heater"] = {}
        back += bench.run(0.8 * RESTS_FOR)
    assert told(back) == [("tank", True)]
    assert LONGEST_SHED <= back[0].at - free <= 1800


def test_a_load_that_comes_back_in_vain_waits_longer() -> None:
    bench = home(HEATER, TANK, base=500)
    waits = []
    for _ in range(3):
        bench.base = [3700.0]
        assert told(bench.run(120)) == [("tank", False)]
        bench.run(SHED_FOR)
        free, bench.base = bench.now, [500.0]
        (back,) = bench.until_told(2000)
        waits.append(back.at - free)
        bench.run(10)
    assert waits[0] < waits[1] < waits[2] <= 1800


def test_a_slow_load_that_comes_back_in_vain_has_done_so_once() -> None:
    tank = replace(TANK, follow=12.0)
    bench = home(HEATER, tank, base=500)
    bench.delay = 10.0
    bench.base = [3700.0]
    bench.until_told()
    bench.base = [500.0]
    while "tank" not in bench.on():
        bench.step()
    bench.run(30)
    bench.base = [3700.0]
    assert ("tank", False) in told(bench.until_told())
    bench.run(30)
    assert bench.verdict("tank").figures["failures"] == 1


def test_a_shed_load_keeps_its_least_time_off() -> None:
    pump = replace(TANK, min_off=900.0)
    bench = home(HEATER, pump, base=500)
    bench.base = [3700.0]
    (off,) = bench.until_told()
    bench.base = [500.0]
    (on,) = bench.until_told(1800)
    assert on.at - off.at >= 900


def test_equals_take_turns() -> None:
    bench = Bench(*(replace(TANK, key=key) for key in "ab"), ranks=(("a", "b"),))
    bench.run(600)
    assert bench.on() == {"a", "b"}
    bench.base = [3400.0]  # 5.4 kVA with one of them
    bench.until_told()
    bench.run(4 * 3600)
    turns = [key for key, on in told(bench.sent) if on]
    assert {"a", "b"} <= set(turns[2:])
    assert len(turns) <= 2 + 4 * 3


def test_equals_take_turns_where_there_never_was_room_for_both() -> None:
    bench = Bench(
        *(replace(TANK, key=key) for key in "ab"), base=3000, ranks=(("a", "b"),)
    )
    bench.run(2 * 3600)
    assert {key for key, on in told(bench.sent) if on} == {"a", "b"}


def test_turns_keep_the_least_time_on() -> None:
    loads = [replace(TANK, key=key, min_on=7200.0) for key in ("a", "b")]
    bench = Bench(*loads, base=500, ranks=(("a", "b"),))
    bench.run(600)
    bench.base = [3400.0]
    bench.until_told()
    (kept,) = bench.on()
    since = bench.now
    ends = [one.at for one in bench.run(3600) if told([one]) == [(kept, False)]]
    assert all(end - since >= 7200 for end in ends)
