"""The controllers that the regulation is compared with do what they are known for."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from benchmarks.regulating.baselines import HeatingOnly, Nothing, TwoThresholds
from benchmarks.regulating.routers import Fork, IntegralRouter, PhotovoltaicOptimizer
from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.model import (
    GridUse,
    Heating,
    HeatingMode,
    Level,
    Load,
    Modulation,
    Order,
    Reading,
    Settings,
    Signals,
    Status,
    Thermal,
    Unit,
    Wishes,
)

RADIATOR = Load(key="radiator", power=1500, heating=Heating())
RELAY = Load(key="relay", power=2400, grid=GridUse.OFF_PEAK)
DIMMER = Load(
    key="dimmer",
    power=2400,
    grid=GridUse.OFF_PEAK,
    modulation=Modulation(low=1, high=100, unit=Unit.PERCENT),
)
SETTINGS = Settings(ranks=(("radiator",), ("dimmer", "relay")))
SIGNALS = Signals()
PEAK = TariffPeriod.PEAK
NIGHT = TariffPeriod.OFF_PEAK


def read(time: float, net: float, period: TariffPeriod = PEAK) -> Reading:
    return Reading(
        time=time, net=net, apparent=(max(net, 0.0),), cutoff=6000, period=period
    )


def told(orders: Iterable[Order]) -> Mapping[str, float]:
    return {order.key: order.setting.power for order in orders}


def levels(orders: Iterable[Order]) -> Mapping[str, Level | None]:
    return {order.key: order.setting.level for order in orders}


def draw(*loads: Load, power: float = 0.0) -> dict[str, Status]:
    return {load.key: Status(power=power) for load in loads}


def test_nothing_lets_the_night_start_what_waits_for_it() -> None:
    nothing = Nothing([RADIATOR, RELAY], SETTINGS)
    statuses = draw(RADIATOR, RELAY)
    first = nothing.decide(0, read(0, 9000), statuses, SIGNALS)
    assert told(first) == {"radiator": 1500, "relay": 0}
    assert told(nothing.decide(2, read(2, 9000), statuses, SIGNALS)) == {}
    night = nothing.decide(4, read(4, 0, NIGHT), statuses, SIGNALS)
    assert told(night) == {"relay": 2400}
    assert nothing.verdicts == {}


def test_a_tank_is_completed_at_night_once() -> None:
    tank = replace(RELAY, thermal=Thermal(must=40, eco=55, surplus=62, highest=65))
    nothing = Nothing([tank], SETTINGS)

    def at(now: float, temperature: float) -> Mapping[str, float]:
        statuses = {"relay": Status(temperature=temperature)}
        return told(nothing.decide(now, read(now, 0, NIGHT), statuses, SIGNALS))

    assert at(0, 50) == {"relay": 2400}
    assert at(10, 55) == {"relay": 0}
    assert at(20, 53) == {}
    assert at(30, 51.9) == {"relay": 2400}


def test_the_optimizer_gives_the_whole_excess_each_five_seconds() -> None:
    optimizer = PhotovoltaicOptimizer([DIMMER], SETTINGS)
    statuses = draw(DIMMER)
    (order,) = optimizer.decide(0, read(0, -1220), statuses, SIGNALS)
    assert (order.setting.power, order.setting.value) == (1200, 50)
    assert told(optimizer.decide(4, read(4, -600), statuses, SIGNALS)) == {}
    assert told(optimizer.decide(5, read(5, -30), statuses, SIGNALS)) == {}
    # below 150 W it goes off, in one step
    assert told(optimizer.decide(10, read(10, 1080), statuses, SIGNALS)) == {
        "dimmer": 0
    }


def test_the_optimizer_switches_a_relay_on_a_whole_surplus() -> None:
    optimizer = PhotovoltaicOptimizer([RELAY], SETTINGS)
    statuses = draw(RELAY)
    orders = [
        told(optimizer.decide(now, read(now, net), statuses, SIGNALS))
        for now, net in ((0, -2300), (5, -2430), (10, -40), (15, 60))
    ]
    assert orders == [{"relay": 0}, {"relay": 2400}, {}, {"relay": 0}]


def test_the_last_in_rank_gives_back_first() -> None:
    second = replace(DIMMER, key="second")
    settings = Settings(ranks=(("dimmer",), ("second",)))
    optimizer = PhotovoltaicOptimizer([second, DIMMER], settings)
    statuses = draw(DIMMER, second)
    first = optimizer.decide(0, read(0, -3620), statuses, SIGNALS)
    assert told(first) == {"dimmer": 2400, "second": 1200}
    after = optimizer.decide(5, read(5, 580), statuses, SIGNALS)
    assert told(after) == {"second": 600}


def test_the_fork_acts_on_a_quarter() -> None:
    fork = Fork([DIMMER], SETTINGS)
    orders = fork.decide(0, read(0, -1250), draw(DIMMER), SIGNALS)
    (order,) = orders
    assert order.setting.power == 288  # 300 W, and the step of 1 % below
    assert told(fork.decide(5, read(5, -90), draw(DIMMER), SIGNALS)) == {}


def test_the_router_integrates_between_readings() -> None:
    router = IntegralRouter([DIMMER], SETTINGS)
    statuses = draw(DIMMER)
    assert told(router.decide(0, read(0, -1000), statuses, SIGNALS)) == {"dimmer": 0}
    # 5 % a second at 1000 W
    assert told(router.decide(2, read(2, -1000), statuses, SIGNALS)) == {"dimmer": 240}
    assert told(router.decide(12, read(2, -1000), statuses, SIGNALS)) == {
        "dimmer": 1440
    }
    assert told(router.decide(100, read(100, 500), statuses, SIGNALS)) == {
        "dimmer": 2400
    }


def test_the_router_switches_a_relay_by_two_powers() -> None:
    router = IntegralRouter([RELAY], SETTINGS)
    statuses = draw(RELAY)
    steps = ((0, -990), (2, -1000), (299, 200), (310, 190), (320, 200), (330, -2000))
    orders = [
        told(router.decide(now, read(now, net), statuses, SIGNALS))
        for now, net in steps
    ]
    # each stays for five minutes
    assert orders == [{"relay": 0}, {"relay": 2400}, {}, {}, {"relay": 0}, {}]


def test_surplus_control_leaves_the_night_alone() -> None:
    for kind in (PhotovoltaicOptimizer, Fork, IntegralRouter):
        controller = kind([DIMMER], SETTINGS)
        night = controller.decide(0, read(0, 3000, NIGHT), draw(DIMMER), SIGNALS)
        assert told(night) == {"dimmer": 2400}
        day = controller.decide(10, read(10, 3000), draw(DIMMER), SIGNALS)
        assert told(day) == {"dimmer": 0}


def test_heating_only_sheds_above_80_percent_for_four_minutes() -> None:
    other = replace(RADIATOR, key="other")
    controller = HeatingOnly([RADIATOR, other], SETTINGS)
    statuses = draw(RADIATOR, other)
    comfort = dict.fromkeys(("radiator", "other"), Level.COMFORT)
    frost = dict.fromkeys(comfort, Level.FROST)
    none: dict[str, Level] = {}
    steps = (
        (0, 4800, comfort),
        (10, 4801, frost),
        (240, 100, none),
        (250, 100, comfort),
    )
    for now, net, expected in steps:
        orders = controller.decide(now, read(now, net), statuses, SIGNALS)
        assert levels(orders) == expected


def test_heating_only_sheds_in_dear_hours_and_white_can_be_cancelled() -> None:
    controller = HeatingOnly([RADIATOR], SETTINGS)
    statuses = draw(RADIATOR)
    heat = Wishes(heating=HeatingMode.HEAT)
    steps = (
        (Wishes(), TariffPeriod.WHITE_PEAK, {"radiator": Level.FROST}),
        (heat, TariffPeriod.WHITE_PEAK, {"radiator": Level.COMFORT}),
        (heat, TariffPeriod.RED_PEAK, {"radiator": Level.FROST}),
    )
    for wishes, period, expected in steps:
        controller.wishes = wishes
        orders = controller.decide(0, read(0, 0, period), statuses, SIGNALS)
        assert levels(orders) == expected


def test_two_thresholds_shed_one_after_the_other_and_give_back() -> None:
    controller = TwoThresholds([RADIATOR, RELAY], SETTINGS)
    shed: dict[float, Mapping[str, float]] = {}
    powers = {"radiator": 1500.0, "relay": 0.0}
    others = 6000.0
    for now in range(0, 1000, 2):
        if now == 200:
            others = 3800.0
        net = others + powers["radiator"]
        statuses = {key: Status(power=power) for key, power in powers.items()}
        orders = told(controller.decide(now, read(now, net), statuses, SIGNALS))
        powers |= orders
        if orders and now:
            shed[now] = orders
    # what draws nothing is not shed; 300 s with room for it, and it is back
    assert shed == {30: {"radiator": 0}, 498: {"radiator": 1500}}


def test_two_thresholds_bear_less_power_for_longer() -> None:
    controller = TwoThresholds([RADIATOR], SETTINGS)
    statuses = draw(RADIATOR, power=1500)
    first = {
        now
        for now in range(0, 640, 2)
        if told(controller.decide(now, read(now, 5500), statuses, SIGNALS))
    }
    assert first == {0, 600}
