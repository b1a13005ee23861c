"""The sun's side: who gets the surplus, when it starts and stops, and what is owed."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.constants import (
    BESIDE,
    CHANGES_A_DAY,
    LOWEST_FOR,
    PHASE_CHANGE,
    START_FOR,
    START_SMALL_FOR,
    STOP_AFTER,
)
from custom_components.linky_pilote.engine.regulation.model import (
    Battery,
    EcowattSpan,
    GridUse,
    Guarantee,
    Heating,
    Load,
    Modulation,
    Quantity,
    Reason,
    Setting,
    Signals,
    Span,
    Thermal,
    Unit,
)

from .homes import SUMMER, Bench, at, told

TANK = Load(key="tank", power=2000.0, grid=GridUse.NEVER)
PUMP = Load(key="pump", power=1000.0, grid=GridUse.NEVER)
DIMMER = Load(
    key="dimmer",
    power=3000.0,
    grid=GridUse.NEVER,
    modulation=Modulation(low=100, high=3000, step=50),
)
CAR = Load(
    key="car",
    power=11_040.0,
    phases=(1, 2, 3),
    grid=GridUse.NEVER,
    modulation=Modulation(low=6, high=16, unit=Unit.AMPERE, phase_counts=(1, 3)),
)


def home(*loads: Load, **more: Any) -> Bench:
    """Return a home at noon in summer."""
    return Bench(*loads, **{"now": SUMMER, **more})


# --- on or off ----------------------------------------------------------------------


def test_starts_on_surplus_that_lasts_and_stops_when_it_has_gone_for_long() -> None:
    bench = home(TANK, base=-1900)
    assert bench.run(300) == []
    assert bench.verdict("tank").blocked_by is Reason.NO_SURPLUS
    assert not bench.verdict("tank").shed, "it waits by its own rule"
    since, bench.base = bench.now, [-2500.0]
    (on,) = bench.until_told()
    assert on.order.reason is Reason.SURPLUS
    assert START_FOR <= on.at - since <= START_FOR + 60
    bench.run(600)
    since, bench.base = bench.now, [-1700.0]  # 300 W from the grid
    (off,) = bench.until_told()
    assert told([off]) == [("tank", False)]
    assert off.order.reason is Reason.NO_SURPLUS
    assert STOP_AFTER <= off.at - since <= STOP_AFTER + 10


def test_a_cloud_stops_nothing() -> None:
    bench = home(TANK, base=-2500)
    bench.run(600)
    bench.base = [-1000.0]
    assert bench.run(60) == []
    bench.base = [-2500.0]
    assert bench.run(600) == []


def test_much_from_the_grid_stops_it_sooner() -> None:
    bench = home(TANK, base=-2500)
    bench.run(600)
    since, bench.base = bench.now, [500.0]
    (off,) = bench.until_told()
    assert off.at - since < STOP_AFTER


@pytest.mark.parametrize(("share", "starts"), [(0.5, True), (0.7, False)])
def test_the_sun_may_give_a_part(share: float, starts: bool) -> None:
    bench = home(replace(TANK, sun_share=share), base=-1250)
    bench.run(300)
    assert (bench.on() == {"tank"}) is starts
    if starts:
        assert bench.run(1800) == []


def test_some_surplus_may_be_left_to_the_grid() -> None:
    bench = home(TANK, base=-2300, export=300.0)
    assert bench.run(300) == []
    bench.base = [-2500.0]
    assert told(bench.run(300)) == [("tank", True)]


def test_what_takes_no_surplus_has_none() -> None:
    bench = home(replace(TANK, surplus=False), base=-4000)
    assert bench.run(600) == []


# --- ranks --------------------------------------------------------------------------


def test_surplus_goes_to_the_first_rank_first() -> None:
    bench = home(TANK, PUMP, base=-2500)
    bench.run(300)
    assert bench.on() == {"tank"}
    bench.base = [-3300.0]
    bench.run(300)
    assert bench.on() == {"tank", "pump"}


def test_a_higher_rank_displaces_a_lower_one() -> None:
    bench = home(TANK, PUMP, base=-1300)
    bench.run(600)
    assert bench.on() == {"pump"}
    bench.base = [-2300.0]  # enough for the tank alone
    bench.run(900)
    assert bench.on() == {"tank"}


def test_a_higher_rank_displaces_a_lower_one_that_is_in_its_room() -> None:
    first = replace(PUMP, grid=GridUse.ANY)
    bench = home(first, replace(TANK, grid=GridUse.ANY), base=3500, on=["tank"])
    bench.run(600)
    assert bench.on() == {"pump"}
    assert bench.verdict("tank").blocked_by is Reason.NO_ROOM


# --- a power that can be set --------------------------------------------------------


def test_a_dimmer_follows_the_surplus() -> None:
    bench = home(DIMMER, base=-1000)
    bench.run(600)
    assert 900 <= bench.has["dimmer"].power <= 1050
    bench.base = [-2500.0]
    bench.run(900)
    assert 2400 <= bench.has["dimmer"].power <= 2550
    bench.base = [-300.0]
    bench.run(300)
    assert 200 <= bench.has["dimmer"].power <= 350
    bench.base = [400.0]
    bench.run(LOWEST_FOR - 60)
    assert bench.has["dimmer"].power == 100
    bench.run(120)
    assert bench.has["dimmer"].power == 0


def test_a_dimmer_that_had_many_commands_today_waits_for_longer() -> None:
    """The next day is another one."""
    counts = []
    for before, passes in ((0, 0), (2 * CHANGES_A_DAY, 0), (2 * CHANGES_A_DAY, 86_400)):
        bench = home(DIMMER, base=-1000)
        bench.run(600)
        bench.state.loads["dimmer"].changes_today = int(before)
        bench.now += passes
        count = 0
        for number in range(30):
            bench.base = [-1000.0 - 100 * (number % 2)]
            count += len(bench.run(60))
        counts.append(count)
    few, many = counts[1], min(counts[0], counts[2])
    assert many > 10
    assert few < many / 2


def test_a_dimmer_starts_as_soon_as_the_sun_is_back() -> None:
    """It does not wait for the mean: too early a start costs next to nothing."""
    bench = home(DIMMER, base=2500)
    assert bench.run(600) == []
    bench.base = [-1000.0]
    bench.run(START_SMALL_FOR + 10)
    assert 900 <= bench.has["dimmer"].power <= 1050


@pytest.mark.parametrize(
    ("hour", "surplus", "temperature", "beside"),
    [
        ("15:00", 1500, 60.0, -BESIDE),  # more is to come than it can take
        ("15:00", 1500, 55.0, 0.0),
        ("15:00", 1500, 45.0, BESIDE),  # the night will have to give the rest
        ("09:00", 500, 45.0, 0.0),  # the sun is still to rise
        ("09:00", 1500, 60.0, -BESIDE),
    ],
)
def test_a_tank_is_kept_on_the_side_of_the_surplus_that_costs_nothing(
    hour: str, surplus: float, temperature: float, beside: float
) -> None:
    tank = replace(
        DIMMER,
        thermal=Thermal(must=40, eco=50, surplus=65, highest=70),
        guarantee=Guarantee(
            quantity=Quantity.TEMPERATURE, amount=50, by=360, capacity=350.0
        ),
    )
    bench = home(tank, base=-surplus, now=at(f"2026-07-15 {hour}"))
    bench.more["dimmer"] = {"temperature": temperature}
    bench.run(3600)
    assert bench.has["dimmer"].power == surplus + beside


@pytest.mark.parametrize("observed", [False, True])
def test_heaters_whose_draw_nobody_knows_are_no_surplus(observed: bool) -> None:
    """No panels: they are told on and warm, and a tank must not take that for the sun."""
    heaters = [
        Load(key=f"heater{n}", power=1500.0, heating=Heating()) for n in range(3)
    ]
    bench = Bench(
        replace(TANK, grid=GridUse.NEVER),
        *heaters,
        on=[load.key for load in heaters],
        base=400,
        cutoff=9000.0,
    )
    bench.sensors -= {load.key for load in heaters}
    bench.idle |= {load.key for load in heaters}
    if observed:
        bench.wish(armed=frozenset({"tank"}))
    bench.run(3600)
    assert "tank" not in bench.on()
    bench.base = [-2500.0]  # and now there is some
    bench.run(600)
    assert "tank" in bench.on()


def test_warm_water_that_was_promised_comes_in_time_whatever_the_tank() -> None:
    """No sun, no off-peak hours, and nobody said how big it is."""
    tank = replace(
        TANK,
        thermal=Thermal(must=40, eco=55, surplus=62, highest=68),
        guarantee=Guarantee(quantity=Quantity.TEMPERATURE, amount=50, by=420),
    )
    bench = Bench(tank, base=400, now=at("2026-12-15 18:00"))
    bench.more["tank"] = {"temperature": 45.0}
    (sent,) = bench.run(13 * 3600)
    assert sent.order.reason is Reason.GUARANTEE
    # 5 K of 300 l are 1.75 kWh: within the last hours, with time to spare
    assert at("2026-12-16 05:00") < sent.at < at("2026-12-16 06:10")


def test_a_dimmer_leaves_to_others_what_they_have() -> None:
    bench = home(PUMP, DIMMER, base=-2500)
    bench.run(900)
    assert bench.on() == {"pump", "dimmer"}
    assert 1400 <= bench.has["dimmer"].power <= 1550


def test_a_charger_starts_at_six_amperes() -> None:
    car = replace(
        CAR, phases=(1,), modulation=Modulation(low=6, high=32, unit=Unit.AMPERE)
    )
    bench = home(car, base=-1300, cutoff=9000.0)
    assert bench.run(600) == []
    bench.base = [-1600.0]
    bench.run(600)
    assert 6 <= bench.has["car"].value <= 7
    bench.base = [-1200.0]  # below its least, for a while
    bench.run(300)
    assert bench.has["car"].value == 6


def test_a_charger_goes_from_one_phase_to_three_and_back() -> None:
    bench = home(CAR, base=(-700, -700, -700), cutoff=6000.0)
    bench.run(600)
    assert bench.has["car"].phases == 1
    bench.base = [-2500.0, -2500.0, -2500.0]
    bench.run(1800)
    assert bench.has["car"].phases == 3
    assert bench.has["car"].value in {10, 11}
    bench.base = [-700.0, -700.0, -700.0]
    bench.run(1800)
    assert bench.has["car"].phases == 1
    changes = [
        later.at - sooner.at
        for sooner, later in pairwise(bench.sent)
        if later.order.setting.phases != sooner.order.setting.phases
    ]
    assert len(changes) == 2
    assert max(one.at for one in bench.sent) - SUMMER > 2 * PHASE_CHANGE


def test_a_charger_takes_no_phase_that_has_no_room() -> None:
    """It starts on one phase alone, and goes to three where each has room for it."""
    car = replace(CAR, grid=GridUse.ANY)
    full = home(car, base=(5000, 0, 0), cutoff=6000.0)
    assert full.run(600) == []
    free = home(car, base=(0, 5000, 0), cutoff=6000.0)
    free.run(1800)
    assert (free.has["car"].phases, free.has["car"].value) == (1, 16)
    free.base = [0.0, 0.0, 0.0]
    free.run(1800)
    assert (free.has["car"].phases, free.has["car"].value) == (3, 16)


def test_a_charger_that_may_not_switch_yet_stays_at_its_lowest() -> None:
    bench = home(CAR, base=(-2500, -2500, -2500), cutoff=6000.0)
    bench.run(200)
    assert bench.has["car"].phases == 3
    bench.base = [-1200.0, -1200.0, -1200.0]
    bench.run(PHASE_CHANGE - 250)
    assert (bench.has["car"].phases, bench.has["car"].value) == (3, 6)
    bench.run(PHASE_CHANGE)
    assert bench.has["car"].phases == 1
    assert "car" in bench.on()


def test_a_charger_that_others_have_switched_to_one_phase() -> None:
    """It is not counted on those that it does not use."""
    car = replace(CAR, grid=GridUse.ANY)
    bench = home(car, base=(0, 5000, 5000), cutoff=6000.0)
    bench.has["car"] = Setting(power=3680.0, value=16.0, phases=1)
    bench.more["car"] = {"phases": 1}
    bench.run(60)
    assert bench.sent == []
    assert bench.last.state.loads["car"].ordered == bench.has["car"]


def test_a_home_with_one_phase_has_no_others() -> None:
    """Whatever is said of a load, an old form may have asked in another home."""
    tank = replace(TANK, grid=GridUse.ANY, phases=(1, 2, 3))
    bench = home(tank, base=5000, cutoff=6000.0)
    assert bench.run(600) == []
    bench.base = [500.0]
    bench.run(60)
    assert "tank" in bench.on()


def test_a_car_that_is_not_there_gets_nothing() -> None:
    bench = home(CAR, base=(-3000, -3000, -3000))
    bench.more["car"] = {"connected": False}
    assert bench.run(600) == []
    assert bench.verdict("car").reason is Reason.NOT_CONNECTED


def test_a_load_that_wants_nothing_gives_its_surplus_away() -> None:
    bench = home(TANK, PUMP, base=-2500)
    bench.run(300)
    bench.idle.add("tank")
    bench.run(600)
    assert "pump" in bench.on()
    assert bench.verdict("tank").wanted == 0


# --- a battery ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "soc", "starts"),
    [(True, 50.0, False), (True, 96.0, True), (False, 50.0, True)],
)
def test_the_battery_or_the_loads_first(first: bool, soc: float, starts: bool) -> None:
    """It charges with 2.5 kW, and nothing is left at the meter."""
    bench = home(TANK, base=0, battery_first=first, battery_enough=95.0)
    bench.signals = Signals(battery=Battery(power=2500.0, soc=soc))
    bench.run(300)
    assert (bench.on() == {"tank"}) is starts


def test_what_a_battery_gives_is_no_surplus() -> None:
    bench = home(TANK, base=-2500)
    bench.signals = Signals(battery=Battery(power=-2500.0, soc=90.0))
    assert bench.run(600) == []


# --- hours and limits ---------------------------------------------------------------


def test_the_grid_gives_in_off_peak_hours_only() -> None:
    tank = replace(TANK, grid=GridUse.OFF_PEAK)
    bench = home(tank, base=300, period=TariffPeriod.PEAK)
    assert bench.run(600) == []
    assert bench.verdict("tank").blocked_by is Reason.SCHEDULE
    bench.period = TariffPeriod.OFF_PEAK
    (on,) = bench.until_told()
    assert on.order.reason is Reason.OFF_PEAK
    bench.period = TariffPeriod.PEAK
    assert told(bench.run(600)) == [("tank", False)]


def test_the_number_of_starts_a_day_is_limited() -> None:
    bench = home(replace(TANK, most_starts=2, min_on=0, min_off=0))
    for _ in range(4):
        bench.base = [-2500.0]
        bench.run(300)
        bench.base = [500.0]
        bench.run(300)
    assert told(bench.sent).count(("tank", True)) == 2
    bench.base = [-2500.0]
    bench.run(300)
    assert bench.verdict("tank").blocked_by is Reason.STARTS_USED_UP
    bench.now += 86_400
    bench.run(300)
    assert bench.on() == {"tank"}


@pytest.mark.parametrize("green", [True, False])
@pytest.mark.parametrize(
    ("signals", "reason"),
    [
        (Signals(carbon=80.0), Reason.CARBON),
        (Signals(price=0.3), Reason.PRICE),
        (Signals(carbon=40.0, price=0.1), None),
    ],
)
def test_green_limits(green: bool, signals: Signals, reason: Reason | None) -> None:
    tank = replace(TANK, grid=GridUse.ANY, green=green)
    bench = home(tank, base=300, carbon_limit=50.0, price_limit=0.2)
    bench.signals = signals
    bench.run(60)
    waits = green and reason is not None
    assert (bench.on() == set()) is waits
    if waits:
        assert bench.verdict("tank").blocked_by is reason
        bench.base = [-2500.0]
        bench.run(300)
        assert bench.on() == {"tank"}  # the sun is not concerned


@pytest.mark.parametrize(("named", "level"), [(True, 3), (True, 2), (False, 3)])
def test_ecowatt_concerns_named_loads(named: bool, level: int) -> None:
    tank = replace(TANK, grid=GridUse.ANY, ecowatt=named)
    bench = home(tank, base=300)
    span = EcowattSpan(start=SUMMER, end=SUMMER + 3600, level=level)
    bench.signals = Signals(ecowatt=(span,))
    bench.run(60)
    waits = named and level == 3
    assert (bench.on() == set()) is waits
    bench.run(3700)
    assert bench.on() == {"tank"}


# --- the contact of the meter -------------------------------------------------------


def test_a_contact_that_is_the_meters_can_only_be_held_off() -> None:
    tank = replace(TANK, forbid_only=True, grid=GridUse.ANY)
    bench = home(tank, base=300, on=["tank"])
    bench.run(60)
    assert bench.sent == []
    bench.base = [5500.0]
    assert told(bench.until_told()) == [("tank", False)]
    bench.idle.add("tank")  # the meter opens its contact meanwhile
    bench.base = [300.0]
    (back,) = bench.until_told()
    assert (back.order.key, back.order.setting.value) == ("tank", 1)


def test_an_open_contact_is_the_reason_why_nothing_is_drawn() -> None:
    tank = replace(TANK, forbid_only=True, grid=GridUse.ANY)
    bench = home(tank, base=300, on=["tank"])
    bench.idle.add("tank")
    bench.garble = lambda reading: replace(reading, dry_contact_closed=False)
    bench.run(60)
    assert bench.sent == []
    assert bench.verdict("tank").blocked_by is Reason.DRY_CONTACT


def test_nothing_starts_while_the_meter_says_overload() -> None:
    pump = replace(PUMP, grid=GridUse.ANY)
    bench = home(pump, base=300)
    bench.garble = lambda reading: replace(reading, overload=True)
    assert bench.run(600) == []
    bench.garble = lambda reading: reading
    assert told(bench.run(60)) == [("pump", True)]


def test_a_load_waits_for_the_block_that_is_known() -> None:
    tank = replace(TANK, grid=GridUse.OFF_PEAK)
    bench = home(tank, base=300)
    start = at("2026-07-15 12:10")
    bench.signals = Signals(off_peak=(Span(start=start, end=start + 3600),))
    (on,) = bench.until_told()
    assert start <= on.at <= start + 10
