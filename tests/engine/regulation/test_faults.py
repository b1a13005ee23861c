"""What goes wrong in a home: commands, sensors, clocks, restarts."""

from dataclasses import replace
import json
from typing import Any
from unittest.mock import patch

import pytest

from custom_components.linky_pilote.engine.regulation import State
from custom_components.linky_pilote.engine.regulation.breaker import filtered
from custom_components.linky_pilote.engine.regulation.constants import (
    HAND,
    HIGH_FOR,
    RETURN_FROM,
    RETURN_WITHIN,
    SHED_FOR,
    TRIES,
    TRY_AGAIN,
)
from custom_components.linky_pilote.engine.regulation.model import (
    Battery,
    Frequency,
    GridUse,
    Guarantee,
    Heating,
    House,
    Level,
    Load,
    LoadMode,
    LoadWish,
    Quantity,
    Reading,
    Reason,
    Signals,
)

from .homes import WINTER, Bench, at, told

TANK = Load(key="tank", power=2000.0, min_on=0.0, min_off=0.0)
PUMP = Load(key="pump", power=1500.0, min_on=0.0, min_off=0.0)


def restarted(state: State) -> State:
    """Return a state that was saved and restored."""
    return State.from_dict(json.loads(json.dumps(state.to_dict())))


def test_a_home_that_has_just_begun_can_be_restarted() -> None:
    """What has not happened yet was an infinite time ago, in what is saved, too."""
    bench = Bench(TANK, base=500, on=["tank"])
    bench.run(60)
    bench.state = restarted(bench.state)
    bench.base = [500.0 + 5500.0]
    assert told(bench.run(120)) == [("tank", False)]


# --- commands -----------------------------------------------------------------------


def test_a_lost_command_is_repeated_and_then_given_up_for_a_time() -> None:
    bench = Bench(TANK, base=500)
    bench.deaf.add("tank")
    sent = bench.run(120)
    assert told(sent) == [("tank", True)] * (1 + TRIES)
    assert bench.verdict("tank").reason is Reason.NOT_FOLLOWING
    assert bench.run(TRY_AGAIN - 130) == []
    bench.deaf.clear()
    bench.run(200)
    assert bench.has["tank"].power == 2000
    assert bench.verdict("tank").reason is Reason.ASKED


def test_drawing_more_than_was_said_is_no_disobedience() -> None:
    bench = Bench(TANK, on=["tank"], base=500)
    bench.real["tank"] = 3000.0
    assert bench.run(60) == []
    assert bench.verdict("tank").reason is Reason.ASKED


def test_a_protective_command_that_is_lost_is_repeated_as_one() -> None:
    bench = Bench(TANK, on=["tank"], base=500)
    bench.run(20)
    bench.base = [5000.0]
    bench.deaf.add("tank")
    assert bench.until_told()
    again = bench.run(20)
    assert told(again)[0] == ("tank", False)
    assert again[0].order.protective


@pytest.mark.parametrize(("lowest", "follows"), [(16.0, True), (None, False)])
def test_a_heat_pump_that_heats_to_the_least_it_can_follows(
    lowest: float | None, follows: bool
) -> None:
    pump = Load(key="pump", power=1000.0, heating=Heating())
    bench = Bench(pump, base=500, on=["pump"])
    bench.wish(preset=Level.FROST)
    bench.more["pump"] = {"temperature": 15.0, "target": lowest}
    bench.run(10)
    assert bench.has["pump"].level is Level.FROST
    with patch.object(bench, "draws", return_value=600.0):
        bench.run(120)
        reason = bench.verdict("pump").reason
    assert (reason is Reason.NOT_FOLLOWING) is not follows


def test_another_load_is_shed_for_one_that_does_not_follow() -> None:
    bench = Bench(PUMP, TANK, on=["pump", "tank"], base=500)
    bench.run(20)
    bench.deaf.add("tank")
    bench.base = [4000.0]
    bench.run(300)
    assert bench.has["pump"].power == 0


def test_an_unavailable_load_is_left_alone_until_it_is_back() -> None:
    bench = Bench(TANK, base=500)
    bench.more["tank"] = {"available": False}
    assert bench.run(300) == []
    assert bench.verdict("tank").reason is Reason.UNAVAILABLE
    bench.more["tank"] = {}
    assert told(bench.run(60)) == [("tank", True)]


def test_a_hand_is_told_with_its_end() -> None:
    bench = Bench(TANK, base=500)
    bench.run(60)
    bench.more["tank"] = {"by_hand": True}
    bench.step()
    assert bench.verdict("tank").reason is Reason.HAND
    assert bench.verdict("tank").until == bench.now + HAND


def test_a_hand_is_respected_for_an_hour() -> None:
    bench = Bench(TANK, base=500)
    bench.run(60)
    bench.has["tank"] = replace(bench.has["tank"], power=0.0, value=0.0)
    bench.more["tank"] = {"by_hand": True}
    bench.step()
    bench.more["tank"] = {}
    assert bench.verdict("tank").reason is Reason.HAND
    assert bench.run(HAND - 10) == []
    assert told(bench.run(120)) == [("tank", True)]


# --- sensors ------------------------------------------------------------------------


def test_a_plug_that_says_0_w_while_the_meter_shows_its_step() -> None:
    """Its sensor is not believed any more: it is counted with what it was told."""
    tank = replace(TANK, grid=GridUse.NEVER)
    bench = Bench(tank, base=-2500)
    bench.more["tank"] = {"power": 0.0}
    for _ in range(4):
        bench.base = [-2500.0]
        bench.run(600)
        bench.base = [500.0]
        bench.run(600)
    bench.base = [-2500.0]
    bench.run(600)
    assert bench.has["tank"].power == 2000
    assert bench.verdict("tank").figures["drawn_w"] == 2000


def negative(reading: Reading) -> Reading:
    """Return what a meter says whose clamp is the wrong way round."""
    return replace(reading, net=-reading.net, apparent=(max(-reading.net, 0.0),))


def kilo(reading: Reading) -> Reading:
    """Return what a meter says in kW."""
    return replace(
        reading,
        net=reading.net / 1000,
        apparent=tuple(value / 1000 for value in reading.apparent),
    )


@pytest.mark.parametrize("garble", [negative, kilo])
def test_a_meter_that_orders_contradict_is_suspect(garble: Any) -> None:
    loads = [
        replace(TANK, key=f"tank{n}", power=400.0 + 50 * n, grid=GridUse.ANY)
        for n in range(6)
    ]
    bench = Bench(*loads, base=300)
    bench.garble = garble
    bench.run(300)
    assert bench.last.house is House.DEGRADED
    started = len([one for one in bench.sent if one.order.setting.power > 0])
    assert started < 6
    assert bench.run(900) == []
    bench.garble = lambda reading: reading
    bench.run(TRY_AGAIN + 300)
    assert bench.last.house is House.NORMAL
    assert len(bench.on()) == 6


def test_a_battery_that_makes_up_for_what_is_ordered_is_no_contradiction() -> None:
    loads = [
        replace(TANK, key=f"tank{n}", power=400.0 + 50 * n, grid=GridUse.ANY)
        for n in range(6)
    ]
    bench = Bench(*loads, base=300)
    bench.signals = Signals(battery=Battery(power=-1500.0, soc=80.0))
    bench.garble = lambda reading: replace(reading, net=0.0, apparent=(0.0,))
    bench.run(1800)
    assert len(bench.on()) == 6
    assert bench.last.house is not House.DEGRADED


def test_a_meter_that_says_nothing_of_what_the_loads_draw_is_suspect() -> None:
    """It speaks in kW and nothing was ordered that would have shown it."""
    pump = replace(PUMP, grid=GridUse.ANY)
    bench = Bench(pump, TANK, on=["pump"], base=500)
    bench.garble = kilo
    bench.wish(loads={"tank": LoadWish(mode=LoadMode.OFF)})
    bench.run(900)
    assert bench.last.house is House.DEGRADED
    bench.wish(loads={})
    assert bench.run(900) == []
    assert bench.verdict("tank").blocked_by is Reason.METER_SUSPECT


@pytest.mark.parametrize("injecting", [False, True])
def test_a_meter_that_cannot_say_how_much_is_injected(injecting: bool) -> None:
    """Nobody has told of the panels; the pump that runs is fed by them."""
    pump = replace(PUMP, grid=GridUse.ANY)
    bench = Bench(pump, TANK, on=["pump"], base=-3000)
    bench.garble = lambda reading: replace(reading, net=0.0, injecting=injecting)
    bench.run(300)
    assert (bench.last.house is House.DEGRADED) is not injecting
    assert ("tank" in bench.on()) is injecting


class Frozen:
    """A meter that repeats what it said first."""

    def __init__(self) -> None:
        self.first: Reading | None = None

    def __call__(self, reading: Reading) -> Reading:
        """Return that, with a fresh time."""
        self.first = self.first or reading
        return replace(self.first, time=reading.time)


def test_a_frozen_meter_counts_as_silent_once_a_load_tells_it() -> None:
    heater = Load(key="heater", power=2500.0, heating=Heating(), surplus=False)
    bench = Bench(heater, TANK, on=["heater"], base=500)
    bench.wish(loads={"tank": LoadWish(mode=LoadMode.OFF)})
    bench.run(60)
    bench.garble = Frozen()
    bench.run(120)
    assert bench.last.house is House.NORMAL, "it may well be so"
    bench.idle.add("heater")
    bench.run(90)
    assert bench.last.house is House.DEGRADED
    bench.wish(loads={})
    assert bench.run(300) == []
    assert bench.verdict("tank").blocked_by is Reason.METER_SUSPECT
    bench.garble = lambda reading: reading
    bench.run(300)
    assert bench.last.house is House.NORMAL
    assert "tank" in bench.on()


def test_a_sensor_that_is_late_does_not_make_the_meter_frozen() -> None:
    """The meter shows the step first, and then says the same for long."""
    heater = Load(key="heater", power=2500.0, heating=Heating(), surplus=False)
    bench = Bench(heater, on=["heater"], base=500)
    bench.run(120)
    bench.idle.add("heater")
    bench.more["heater"] = {"power": 2500.0}
    bench.run(20)
    bench.more["heater"] = {}
    bench.run(300)
    assert {each.house for each in bench.decisions} == {House.NORMAL}


def test_a_meter_may_say_nothing_for_hours_while_panels_give_it_all() -> None:
    """The historical mode says 0 VA of all that is fed in."""
    bench = Bench(PUMP, on=["pump"], base=-2500)
    bench.garble = lambda reading: replace(reading, net=0.0, apparent=(0.0,))
    bench.signals = Signals(production=4000.0)
    bench.run(600)
    bench.idle.add("pump")
    bench.run(600)
    assert House.DEGRADED not in {each.house for each in bench.decisions}
    bench.idle.clear()
    bench.signals = Signals()
    bench.run(120)
    assert bench.last.house is House.DEGRADED


def after_a_rush() -> Bench:
    """Return a home that has once drawn much by itself, with all on again."""
    bench = Bench(PUMP, TANK, on=["pump", "tank"], base=500, cutoff=6000.0)
    bench.run(60)
    bench.base = [5500.0]
    bench.run(4)
    bench.base = [500.0]
    bench.run(SHED_FOR + 600)
    return bench


def test_without_a_meter_the_linky_stays_closed() -> None:
    """What the home drew by itself may come again while nobody sees it."""
    bench = after_a_rush()
    assert bench.on() == {"pump", "tank"}
    bench.silent = True
    sent = bench.run(180)
    assert told(sent) == [("tank", False)], "the last in rank, and no more than needed"
    assert sent[0].order.protective
    assert sent[0].order.reason is Reason.DATA_LOST
    bench.silent = False
    assert told(bench.run(SHED_FOR + 120)) == [("tank", True)]


def test_heaters_that_rest_are_left_alone_without_a_meter() -> None:
    heater = Load(key="heater", power=2000.0, heating=Heating(), surplus=False)
    bench = Bench(heater, TANK, on=["heater", "tank"], base=500)
    bench.idle.add("heater")
    bench.run(60)
    bench.state = replace(bench.state, base_high=9000.0)
    bench.silent = True
    assert told(bench.run(180)) == [("tank", False)]
    assert bench.last.house is House.DEGRADED


@pytest.mark.parametrize("kilowatts", [True, False])
def test_a_meter_that_may_speak_in_kilowatts_leaves_that_much_to_the_home(
    kilowatts: bool,
) -> None:
    """It is not believed; should it be right, the breaker would act."""
    heater = Load(key="heater", power=2000.0, heating=Heating(), surplus=False)
    bench = Bench(heater, TANK, on=["heater", "tank"], base=500)
    bench.run(60)
    if kilowatts:
        bench.garble = kilo
    else:
        bench.garble = lambda reading: replace(reading, net=0.0, apparent=(0.0,))
    bench.base = [5500.0]
    bench.run(HIGH_FOR + 600)
    assert bench.last.house is House.DEGRADED
    assert bench.on() == ({"heater"} if kilowatts else {"heater", "tank"})


def test_a_start_waits_for_the_meter_before_it_sheds_without_it() -> None:
    bench = after_a_rush()
    bench.now += 300
    bench.silent = True
    bench.reading = None
    bench.state = restarted(bench.state)
    assert bench.run(50) == []
    assert told(bench.run(60)) == [("tank", False)]


def test_one_reading_of_a_hundred_times_too_much_is_got_over() -> None:
    """It does not stay in the way for days."""
    bench = Bench(TANK, base=500)
    bench.run(60)
    bench.garble = lambda reading: replace(reading, net=250_000.0, apparent=(250e3,))
    bench.step()
    bench.garble = lambda reading: reading
    bench.run(3600)
    assert bench.on() == {"tank"}
    assert bench.last.house in {House.NORMAL, House.WATCH}


def test_others_give_for_a_slow_load_that_does_not_obey() -> None:
    """It may take a minute to follow; the breaker does not wait for four of them."""
    heater = Load(key="heater", power=2500.0, heating=Heating())
    slow = replace(heater, key="slow", follow=60.0)
    bench = Bench(heater, slow, on=["heater", "slow"], base=500)
    bench.run(120)
    bench.deaf.add("slow")
    bench.base = [3200.0]
    square, began = 5500.0**2, bench.now
    while bench.now < began + 900:
        bench.step()
        square = filtered(square, bench.phases()[0], bench.every)
        assert square < (1.3 * 6000) ** 2
    assert "heater" not in bench.on()


# --- clocks -------------------------------------------------------------------------


def test_a_clock_that_is_set_back_an_hour() -> None:
    bench = Bench(PUMP, TANK, on=["pump", "tank"], base=500)
    bench.run(60)
    bench.base = [3500.0]
    (off,) = bench.until_told()
    bench.run(60)
    bench.now -= 3600
    bench.base = [500.0]
    assert bench.run(SHED_FOR - 60 - 20) == []
    (on,) = bench.until_told(300)
    assert (on.order.key, on.order.setting.power) == ("tank", 2000)
    assert off.order.key == "tank"
    bench.base = [5000.0]
    assert bench.until_told(300)


def test_a_clock_that_jumps_a_day_ahead_and_back() -> None:
    bench = Bench(PUMP, TANK, on=["pump", "tank"], base=500)
    bench.run(60)
    bench.now += 86_400
    bench.run(20)
    bench.now -= 86_400
    bench.run(20)
    bench.base = [3500.0]
    assert told(bench.until_told(300)) == [("tank", False)]


def test_a_guarantee_is_not_that_of_a_clock_that_was_days_ahead() -> None:
    """A small computer may begin with any date, until it hears what time it is."""
    hour = Guarantee(quantity=Quantity.MINUTES, amount=60, by=14 * 60)
    tank = replace(TANK, grid=GridUse.NEVER, guarantee=hour)
    bench = Bench(tank, base=500, every=10.0)
    bench.now += 40 * 86_400 + 3 * 3600  # it is late there, and pressing
    bench.run(60)
    assert bench.on() == {"tank"}
    bench.now -= 40 * 86_400 + 3 * 3600
    bench.run(60)
    assert bench.state.loads["tank"].pressing < bench.now
    bench.wish(loads={"tank": LoadWish(mode=LoadMode.OFF)})
    bench.run(60)
    bench.wish(loads={})
    for _ in range(2):
        began = len(bench.sent)
        bench.run(86_400 - 300)
        assert told(bench.sent[began:]) == [("tank", True), ("tank", False)]
        bench.run(300)


def test_a_clock_that_was_ahead_does_not_hold_back_what_helped_the_grid() -> None:
    pump = replace(PUMP, storable=True)
    bench = Bench(pump, on=["pump"], base=500, frequency=True)
    bench.now += 86_400
    for value in (49.7, 50.0):
        for _ in range(10):
            seen = Frequency(value=value, resolution=0.01, time=bench.now + bench.every)
            bench.signals = Signals(frequency=seen)
            bench.step()
        assert bench.on() == set()
    bench.signals = Signals()
    bench.now -= 86_400
    assert told(bench.run(RETURN_FROM + RETURN_WITHIN)) == [("pump", True)]


@pytest.mark.parametrize("night", ["2026-10-25 01:30", "2027-03-28 01:30"])
def test_summer_time_changes_nothing(night: str) -> None:
    bench = Bench(PUMP, TANK, on=["pump", "tank"], base=500, now=at(night), every=10.0)
    assert bench.run(3 * 3600) == []
    assert bench.last.house is House.NORMAL


# --- restarts -----------------------------------------------------------------------


def test_a_restart_in_the_middle_of_a_shed() -> None:
    bench = Bench(PUMP, TANK, on=["pump", "tank"], base=500)
    bench.run(60)
    bench.base = [3500.0]
    (off,) = bench.until_told()
    bench.state = restarted(bench.state)
    bench.pending.clear()  # the command has not been sent
    assert told(bench.run(20))[0] == ("tank", False)
    bench.now += 120  # Home Assistant starts
    bench.state = restarted(bench.state)
    bench.base = [500.0]
    (on,) = bench.until_told()
    assert on.at - off.at >= SHED_FOR


def test_a_restart_with_nothing_saved_takes_the_loads_as_they_are() -> None:
    bench = Bench(PUMP, TANK, on=["tank"], base=500)
    bench.run(60)
    bench.state = State(wishes=bench.state.wishes)
    assert bench.run(300) == []
    assert bench.on() == {"pump", "tank"}


def test_what_a_newer_version_saved_is_refused() -> None:
    saved = State().to_dict()
    with pytest.raises(ValueError, match="version"):
        State.from_dict({**saved, "version": saved["version"] + 1})
    with pytest.raises(ValueError, match="version"):
        State.from_dict({})


def test_what_is_missing_or_unknown_in_a_saved_state_does_not_matter() -> None:
    bench = Bench(TANK, now=WINTER)
    bench.run(60)
    saved = bench.state.to_dict() | {"colour": "red"}
    del saved["rise"], saved["loads"]["tank"]["lies"]
    saved["loads"]["tank"]["mood"] = 3
    bench.state = State.from_dict(saved)
    assert bench.run(60) == []
    assert bench.on() == {"tank"}


def test_what_cannot_be_read_of_a_saved_state_spoils_nothing_else() -> None:
    """What a later version may say: reasons, modes, levels and fields."""
    heater = Load(key="heater", power=1000.0, heating=Heating())
    bench = Bench(TANK, PUMP, heater, now=WINTER)
    forced = LoadWish(mode=LoadMode.FORCED, until=WINTER + 3600)
    paused = LoadWish(mode=LoadMode.PAUSED)
    bench.wish(loads={"tank": forced, "pump": paused})
    bench.run(60)
    saved = json.loads(json.dumps(bench.state.to_dict()))
    loads, wishes = saved["loads"], saved["wishes"]
    loads["tank"] |= {"reason": "a whim", "shed": "a whim"}
    loads["heater"]["ordered"] |= {"level": "tropical"}
    loads["pump"]["ordered"] |= {"colour": "red"}
    wishes |= {"house": "party", "mood": 3}
    wishes["loads"]["tank"] |= {"mood": 3}
    wishes["loads"]["pump"] |= {"mode": "asleep"}
    wishes["rooms"] = {"heater": {"preset": "tropical"}, "study": 3}
    saved["help"] |= {"step": "enough", "mood": 3}
    before, state = bench.state, State.from_dict(saved)
    assert state.wishes.armed == before.wishes.armed
    assert state.wishes.loads == {"tank": forced, "pump": LoadWish()}
    assert state.wishes.rooms.keys() == {"heater"}
    assert state.squares == before.squares
    assert state.loads["tank"].ordered == before.loads["tank"].ordered
    # half an order is another: what the load is said to do counts instead
    assert state.loads["heater"].ordered is state.loads["pump"].ordered is None
    bench.state = state
    assert told(bench.run(60)) == [("pump", True)]
    assert bench.on() == {"tank", "pump", "heater"}
