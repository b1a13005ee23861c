"""The breaker's side, decision by decision: who gives, how much, and when it returns."""

from dataclasses import replace
from itertools import pairwise
import json
from typing import Any

import pytest

from custom_components.linky_pilote.engine.regulation import State
from custom_components.linky_pilote.engine.regulation.constants import (
    LASTS_AFTER,
    SLOW_AFTER,
    STAGE,
    STALE_AFTER,
)
from custom_components.linky_pilote.engine.regulation.model import (
    GridUse,
    Guard,
    Heating,
    House,
    Level,
    Load,
    LoadMode,
    LoadWish,
    Modulation,
    Reason,
    Unit,
    Wishes,
)

from .homes import WINTER, Bench, told

HEATER = Load(key="heater", power=2000.0, heating=Heating())
TANK = Load(key="tank", power=2000.0)
FAN = Load(key="fan", power=300.0)
DIMMER = Load(
    key="dimmer", power=3000.0, modulation=Modulation(low=300, high=3000, step=100)
)
WASHER = Load(key="washer", power=2000.0, never_cut=True)


def home(*loads: Load, **more: Any) -> Bench:
    """Return a home with all its loads on, settled."""
    bench = Bench(*loads, on=[load.key for load in loads], **more)
    bench.run(20)
    assert all(on for _, on in told(bench.sent))  # heaters are told their target
    bench.sent.clear()
    return bench


# --- what is shed -------------------------------------------------------------------


def test_a_kettle_sheds_nothing() -> None:
    bench = home(HEATER, TANK, base=500)
    bench.base = [3000.0]  # 7 kVA of 6 for three minutes' kettle
    assert bench.run(60) == []
    bench.base = [500.0]
    assert bench.run(600) == []


def test_sheds_in_one_pass_what_brings_it_back_lowest_rank_first() -> None:
    bench = home(HEATER, TANK, replace(FAN, power=1000.0), base=500)
    bench.base = [7500.0]
    sent = bench.run(60)
    first = [one for one in sent if one.at == sent[0].at]
    assert set(told(first)) == {("heater", False), ("tank", False), ("fan", False)}
    assert all(one.order.protective for one in first)
    assert {one.order.reason for one in first} == {Reason.OVERLOAD}


def test_sheds_no_more_than_is_needed() -> None:
    bench = home(HEATER, TANK, base=500)
    bench.base = [3700.0]  # 7.7 kVA: the tank alone brings it to 5.7
    assert told(bench.run(120)) == [("tank", False)]
    assert bench.on() == {"heater"}
    assert bench.verdict("tank").shed
    assert bench.verdict("tank").blocked_by is Reason.OVERLOAD


def test_spares_small_loads_that_a_bigger_one_makes_needless() -> None:
    bench = home(HEATER, FAN, base=1000)
    bench.base = [5500.0]
    assert told(bench.run(120)) == [("heater", False)]


def test_what_is_spared_is_of_a_higher_rank_first() -> None:
    """The first and one of the others are enough: the last one gives."""
    loads = [
        replace(TANK, key=key, power=power)
        for key, power in (("first", 1500.0), ("second", 200.0), ("last", 800.0))
    ]
    bench = home(*loads, base=500)
    bench.base = [5480.0]
    assert set(told(bench.until_told())) == {("first", False), ("last", False)}


def test_spares_small_loads_where_another_phase_cannot_be_helped() -> None:
    """The small one is on the first phase, on which the bigger one is enough."""
    loads = [
        replace(TANK, key="big", power=2400.0),
        replace(TANK, key="small", power=700.0),
    ]
    bench = home(*loads, base=[1000.0, 1000.0, 1000.0])
    bench.base = [4500.0, 9000.0, 1000.0]
    assert told(bench.until_told()) == [("big", False)]


@pytest.mark.parametrize("enough", [True, False])
def test_heaters_that_rest_are_told_off_where_shedding_is_not_enough(
    enough: bool,
) -> None:
    """One that draws again would come on top of what is too much already."""
    bench = home(HEATER, TANK, base=500)
    bench.idle.add("heater")
    bench.run(60)
    bench.base = [5700.0 if enough else 7000.0]
    sent = bench.until_told()
    expected = {("tank", False)} | (set() if enough else {("heater", False)})
    assert set(told(sent)) == expected
    assert all(one.order.protective for one in sent)


def test_counts_measured_watts_and_not_orders() -> None:
    bench = home(HEATER, TANK, base=500)
    bench.idle.add("tank")  # hot: its thermostat has opened
    bench.base = [5700.0]
    assert told(bench.run(120)) == [("heater", False)]


def test_throttles_before_it_stops() -> None:
    bench = home(HEATER, DIMMER, base=500)
    bench.base = [2500.0]  # 7.5 kVA
    (sent,) = bench.until_told()
    assert sent.order.key == "dimmer"
    assert 300 <= sent.order.setting.power <= 3000 - (7500 - 1.05 * 6000)
    bench.base = [5800.0]
    sent = next(one for one in bench.run(300) if one.order.key == "dimmer")
    assert sent.order.setting.power == 0


def test_a_throttled_load_grows_back_and_is_shed_no_more() -> None:
    bench = home(HEATER, DIMMER, base=500)
    bench.base = [2500.0]
    assert bench.until_told()
    bench.run(30)
    bench.base = [200.0]
    bench.run(2400)
    assert bench.has["dimmer"].power == 3000
    assert not bench.verdict("dimmer").shed
    assert bench.last.house is not House.RESTORING


def test_what_the_meter_says_is_drawn_counts_whatever_is_said_of_the_sun() -> None:
    bench = home(HEATER, TANK, base=500)
    bench.base = [4500.0]
    bench.garble = lambda reading: replace(reading, net=-300.0)
    assert not all(on for _, on in told(bench.run(60)))
    assert bench.last.figures["drawn_va"] > 4000


def test_a_heater_is_shed_to_frost_protection() -> None:
    bench = home(HEATER, base=500)
    bench.base = [6500.0]
    (sent,) = bench.until_told()
    assert sent.order.setting.level is Level.FROST
    assert sent.order.setting.target == 7


def test_what_is_not_cut_in_its_cycle_is_spared() -> None:
    bench = home(HEATER, WASHER, base=500)
    bench.base = [3700.0]
    assert told(bench.run(300)) == [("heater", False)]
    assert "washer" in bench.on()


@pytest.mark.parametrize("why", ["unarmed", "paused", "by hand", "not sheddable"])
def test_what_is_not_ours_to_shed_is_untouched(why: str) -> None:
    tank = replace(TANK, sheddable=why != "not sheddable")
    bench = home(HEATER, tank, base=500)
    if why == "unarmed":
        bench.wish(armed=frozenset({"heater"}))
    elif why == "paused":
        bench.wish(loads={"tank": LoadWish(mode=LoadMode.PAUSED)})
    elif why == "by hand":
        bench.more["tank"] = {"by_hand": True}
        bench.step()
        bench.more["tank"] = {}
    bench.base = [3700.0]
    assert told(bench.run(120)) == [("heater", False)]


# --- how far it may go --------------------------------------------------------------


@pytest.mark.parametrize(
    ("guard", "ratio", "sheds"),
    [
        (Guard.STRICT, 0.97, False),
        (Guard.STRICT, 1.02, True),
        (Guard.BRANCH_BREAKER, 1.02, False),
        (Guard.BRANCH_BREAKER, 1.08, False),
        (Guard.BRANCH_BREAKER, 1.15, True),
        (Guard.LINKY, 1.15, False),
        (Guard.LINKY, 1.28, False),
        (Guard.LINKY, 1.35, True),
    ],
)
def test_the_guard_is_how_far_the_filter_goes(
    guard: Guard, ratio: float, sheds: bool
) -> None:
    bench = home(replace(TANK, power=4000.0), base=1500, guard=guard)
    bench.base = [ratio * 6000 - 4000]
    assert bool(bench.run(SLOW_AFTER - 20)) is sheds


@pytest.mark.parametrize("every", [2.0, 10.0])
def test_the_strict_guard_holds_when_nothing_is_left_to_shed(every: float) -> None:
    """A dinner for minutes, then a kettle: the household alone is above the limit."""
    heaters = [replace(TANK, key=f"heater{number}", power=950.0) for number in (1, 2)]
    bench = home(*heaters, base=500, guard=Guard.STRICT, every=every)
    highest = 0.0
    for base, seconds in ((4000.0, 600), (6480.0, 150), (500.0, 1)):
        bench.base = [base]
        end = bench.now + seconds
        while bench.now < end:
            bench.step()
            highest = max(highest, *bench.state.squares)
    assert not {load.key for load in heaters} & bench.on()
    assert 5500**2 < highest <= 6000**2


def test_the_strict_guard_gets_used_to_what_stays_on() -> None:
    """A water heater that nobody manages is no dinner: what fits beside it comes back."""
    heater = replace(TANK, key="heater", power=1500.0)
    bench = home(heater, base=500, guard=Guard.STRICT)
    bench.base = [3600.0]
    assert told(bench.run(1500)) == [("heater", False)]
    assert told(bench.run(300)) == [("heater", True)]
    assert bench.run(3 * 3600) == []


def test_the_strict_guard_gets_used_to_what_goes_on_and_off() -> None:
    """A convector that nobody manages, by its thermostat: the heater is not off for good."""
    heater = replace(TANK, key="heater", power=1500.0)
    bench = home(heater, base=2000, guard=Guard.STRICT)
    last = 0.0
    for turn in range(72):
        bench.base = [3600.0 if turn % 2 == 0 else 2000.0]
        bench.run(300)
        last = bench.now if bench.on() else last
    assert bench.now - last < 300


def test_the_strict_guard_sheds_on_the_phase_where_somebody_switches_on() -> None:
    heater = replace(TANK, key="heater", power=1000.0, phases=(2,))
    bench = home(heater, base=(300, 1600, 300), cutoff=3000.0, guard=Guard.STRICT)
    bench.run(1800)
    bench.base = [2300.0, 1600.0, 300.0]
    assert bench.run(600) == []


def test_the_strict_guard_leaves_a_small_phase_to_its_heaters() -> None:
    heaters = [
        replace(TANK, key=f"heater{n}", power=1800.0, phases=(n,)) for n in (1, 2, 3)
    ]
    bench = home(*heaters, base=(300, 300, 300), cutoff=3000.0, guard=Guard.STRICT)
    assert bench.run(1800) == []


@pytest.mark.parametrize(
    ("guard", "ratio"), [(Guard.BRANCH_BREAKER, 1.07), (Guard.LINKY, 1.2)]
)
def test_a_little_too_much_is_too_much_for_long(guard: Guard, ratio: float) -> None:
    bench = home(TANK, base=3500, guard=guard)
    bench.base = [ratio * 6000 - 2000]
    assert bench.run(SLOW_AFTER - 20) == []
    assert told(bench.run(40)) == [("tank", False)]


def test_more_than_the_guard_is_not_waited_out() -> None:
    """The filter would bear it for longer; another appliance would find no room."""
    bench = home(TANK, base=500)
    bench.base = [1.11 * 6000 - 2000]
    assert bench.run(LASTS_AFTER - 10) == []
    assert told(bench.run(20)) == [("tank", False)]


@pytest.mark.parametrize(("every", "sheds"), [(10.0, False), (30.0, True)])
def test_a_slow_meter_would_tell_too_late_of_what_comes_on_top(
    every: float, sheds: bool
) -> None:
    bench = Bench(TANK, on=["tank"], base=3500, every=every)
    bench.run(300)
    assert bench.sent == []
    bench.base = [4180.0]  # 6.18 kVA are bearable, with 2.5 kVA more they are not
    assert bool(bench.run(SLOW_AFTER / 2)) is sheds


def test_a_little_is_not_too_much() -> None:
    bench = home(TANK, base=3500)
    bench.base = [1.03 * 6000 - 2000]
    assert bench.run(2 * SLOW_AFTER) == []


# --- three phases -------------------------------------------------------------------


def test_only_the_loaded_phase_sheds() -> None:
    loads = [replace(TANK, key=f"tank{phase}", phases=(phase,)) for phase in (1, 2, 3)]
    bench = home(*loads, base=(300, 300, 300), cutoff=4000.0)
    bench.base = [300.0, 3000.0, 300.0]
    assert told(bench.run(200)) == [("tank2", False)]


def test_a_load_on_three_phases_helps_each_of_them() -> None:
    big = Load(key="big", power=6000.0, phases=(1, 2, 3))
    bench = home(HEATER, big, base=(300, 300, 300), cutoff=5000.0)
    bench.base = [300.0, 300.0, 4500.0]
    assert told(bench.run(200)) == [("big", False)]


def test_equals_change_places_only_where_it_makes_room() -> None:
    """The one on an empty phase keeps its own: its place is no use to the other."""
    heaters = [
        replace(HEATER, key=f"heater{phase}", power=1500.0, phases=(phase,))
        for phase in (1, 2)
    ]
    bench = Bench(
        *heaters,
        on=["heater2"],
        base=(2400, 300, 300),
        cutoff=3000.0,
        ranks=(("heater1", "heater2"),),
    )
    bench.run(7200)
    assert all(drawn <= 3000 for drawn in bench.phases())
    assert "heater2" in bench.on()
    assert ("heater2", False) not in told(bench.sent)


def test_what_gives_way_frees_only_its_own_phase() -> None:
    big = Load(key="big", power=3000.0, phases=(1, 2, 3))
    small = replace(TANK, key="small", phases=(2,))
    bench = Bench(big, small, on=["small"], base=(2450, 500, 300), cutoff=3000.0)
    assert bench.run(7200) == []
    bench.base = [1500.0, 500.0, 300.0]
    bench.run(1800)
    assert bench.on() == {"big"}


def test_who_does_not_help_does_not_give_way() -> None:
    big = Load(key="big", power=3000.0, phases=(1, 2, 3))
    loads = [
        big,
        replace(TANK, key="tank", phases=(1,)),
        replace(FAN, key="fan", phases=(2,)),
    ]
    bench = Bench(*loads, on=["tank", "fan"], base=(300, 300, 300), cutoff=3000.0)
    assert told(bench.run(60)) == [("tank", False), ("big", True)]
    assert bench.run(200) == []


# --- blind --------------------------------------------------------------------------


def test_a_silent_meter_is_said_and_nothing_starts() -> None:
    tank = replace(TANK, min_off=0.0)
    bench = Bench(HEATER, tank, on=["heater"], base=3500)
    bench.run(20)
    bench.silent = True
    bench.run(STALE_AFTER + 10)
    assert bench.last.house is House.DEGRADED
    assert bench.run(1800) == []
    bench.silent, bench.base = False, [500.0]
    assert told(bench.run(60)) == [("tank", True)]
    assert bench.last.house is House.NORMAL


def test_no_meter_from_the_start() -> None:
    bench = Bench(HEATER, TANK)
    bench.silent = True
    assert bench.run(600) == []
    assert bench.last.house is House.DEGRADED


# --- what does not help -------------------------------------------------------------


def in_vain(every: float, power: float = 2000.0) -> Bench:
    """Return a home that has shed loads which the meter does not see."""
    loads = [replace(TANK, key=f"tank{n:02}", power=power) for n in range(20)]
    bench = Bench(*loads, on=[load.key for load in loads], every=every)
    bench.sensors.clear()
    bench.garble = lambda reading: replace(reading, net=9500.0, apparent=(9500.0,))
    bench.run(600)
    return bench


@pytest.mark.parametrize("power", [500.0, 2000.0])
@pytest.mark.parametrize("every", [1.0, 2.0, 6.0, 20.0])
def test_shedding_that_does_not_help_ends(every: float, power: float) -> None:
    """However often the meter speaks, and however many have to give at once."""
    bench = in_vain(every, power)
    assert bench.last.house is House.HOLD
    assert bench.on()


def test_shedding_is_tried_again_after_it_did_not_help() -> None:
    """What it did not help against is over: the next overload is another one."""
    bench = in_vain(2.0)
    assert bench.last.house is House.HOLD
    bench.garble, bench.base = lambda reading: reading, [300.0]
    for key, has in bench.has.items():
        bench.has[key] = replace(has, power=0.0, value=0.0)
    bench.state = State(wishes=bench.state.wishes, futile=bench.state.futile)
    bench.run(3600)
    assert len(bench.on()) == 2
    bench.base = [3500.0]
    assert told(bench.until_told()) == [("tank01", False)]


def test_seven_kilowatts_that_nobody_manages_are_said_and_go() -> None:
    bench = home(HEATER, TANK, base=500)
    bench.base = [7000.0]
    shed = bench.run(900)
    assert set(told(shed)) == {("heater", False), ("tank", False)}
    assert bench.last.house is House.HOLD
    bench.base = [500.0]
    bench.run(1800)
    assert bench.on() == {"heater", "tank"}
    assert bench.last.house is House.NORMAL


# --- a restart, a power cut ---------------------------------------------------------


def test_the_meters_own_highest_bounds_the_filter_after_a_restart() -> None:
    """Unknown, the filter is as high as the meter has seen it today."""
    cold, warm = (Bench(TANK, on=["tank"], base=5200, every=1.0) for _ in range(2))
    cold.peak_today, warm.peak_today = (500.0,), (6500.0,)
    assert cold.run(20) == []
    assert told(warm.run(20)) == [("tank", False)]


def test_the_meters_own_highest_is_never_passed() -> None:
    bench = home(TANK, base=3500, every=1.0)
    bench.peak_today = (6300.0,)
    bench.base = [5200.0]
    bench.run(30)
    assert bench.last.figures["filter_va"] <= 6300


def test_after_a_power_cut_loads_come_back_one_by_one() -> None:
    loads = [replace(TANK, key=f"tank{n}", power=500.0) for n in range(4)]
    bench = home(*loads, base=500)
    bench.signals = replace(bench.signals, power_cut=True)
    assert all(not on for _, on in told(bench.run(2)))
    bench.signals = replace(bench.signals, power_cut=False)
    back = [one for one in bench.run(900) if one.order.setting.power]
    assert [one.order.key for one in back] == [load.key for load in loads]
    gaps = [later.at - sooner.at for sooner, later in pairwise(back)]
    assert all(gap >= STAGE for gap in gaps)


def test_goes_on_shedding_after_a_restart() -> None:
    bench = home(HEATER, TANK, base=500)
    bench.base = [3700.0]
    bench.until_told()
    bench.step()
    bench.state = State.from_dict(json.loads(json.dumps(bench.state.to_dict())))
    assert bench.run(300) == []
    assert bench.verdict("tank").blocked_by is Reason.OVERLOAD
    bench.base = [500.0]
    assert told(bench.run(300)) == [("tank", True)]


def test_a_charger_is_throttled_in_amperes() -> None:
    car = Load(
        key="car",
        power=7360.0,
        modulation=Modulation(low=6, high=32, unit=Unit.AMPERE),
        grid=GridUse.ANY,
    )
    bench = home(HEATER, car, base=200, cutoff=10_000.0)
    bench.base = [4000.0]
    (sent,) = bench.until_told()
    assert sent.order.key == "car"
    assert 6 <= sent.order.setting.value < 32
    assert sent.order.setting.value == int(sent.order.setting.value)


def test_observed_loads_are_counted_but_not_told() -> None:
    bench = home(HEATER, TANK, base=500, wishes=Wishes())
    bench.base = [7000.0]
    assert bench.run(300) == []
    assert bench.last.house is House.HOLD
    assert bench.now > WINTER
