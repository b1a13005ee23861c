"""A run of the regulation's benchmark: what it counts, and the perfect control."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import pytest

from benchmarks.regulating.bound import bound
from benchmarks.regulating.controller import Controller
from benchmarks.regulating.meter import Meter, MeterFault
from benchmarks.regulating.outcome import share_of_saving
from benchmarks.regulating.run import Event, Scenario, run
from benchmarks.regulating.site import Base, Site
from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.model import (
    Guarantee,
    Heating,
    Level,
    Load,
    LoadMode,
    LoadWish,
    Modulation,
    Order,
    Quantity,
    Reading,
    Reason,
    Setting,
    Settings,
    Signals,
    Status,
    Thermal,
    Verdict,
    Wishes,
)
from demo.plant import (
    Device,
    HomeBattery,
    Machine,
    Panels,
    Radiator,
    Room,
    Socket,
    Tank,
)

NOON = 1_768_215_600.0
"""2026-01-12 12:00, Paris time."""
ON = Setting(power=2000.0, value=1.0)
OFF = Setting(power=0.0, value=0.0)
FROST = Setting(power=0.0, value=0.0, level=Level.FROST)


class Script:
    """Sends orders at given seconds, and notes what it is told."""

    def __init__(
        self,
        orders: Mapping[int, tuple[str, Setting]] | None = None,
        verdicts: Mapping[str, Verdict] | None = None,
    ) -> None:
        self.wishes = Wishes()
        self.verdicts = verdicts or {}
        self.seen: list[tuple[int, Reading | None]] = []
        self.statuses: Mapping[str, Status] = {}
        self.signals = Signals()
        self._left = sorted((orders or {}).items())

    def decide(
        self,
        now: float,
        reading: Reading | None,
        statuses: Mapping[str, Status],
        signals: Signals,
    ) -> Iterable[Order]:
        """Return the orders that are due."""
        second = round(now - NOON)
        self.seen.append((second, reading))
        self.statuses = statuses
        self.signals = signals
        while self._left and self._left[0][0] <= second:
            key, setting = self._left.pop(0)[1]
            yield Order(key=key, setting=setting, reason=Reason.OVERLOAD)


def scenario(
    *devices: Device,
    seconds: int = 600,
    loads: tuple[Load, ...] = (),
    base: float = 300.0,
    sun: float = 0.0,
    period: TariffPeriod | None = None,
    meter: Callable[[], Meter] = Meter,
    events: tuple[Event, ...] = (),
    wishes: Wishes | None = None,
) -> Scenario:
    """Return a scenario that can be run once: its devices are used up."""
    keys = [load.key for load in loads]
    return Scenario(
        name="test",
        seconds=seconds,
        start=NOON,
        make_site=lambda _seed: Site(
            start=NOON,
            base=[Base(watts=[base])],
            devices=devices,
            sun=[sun],
            meter=meter(),
            tariff=lambda _now: period,
        ),
        loads=loads,
        settings=Settings(ranks=tuple((key,) for key in keys)),
        wishes=wishes or Wishes(armed=frozenset(keys)),
        events=events,
    )


def test_a_controller_is_asked_at_readings_and_every_10_s() -> None:
    controller: Controller = (script := Script())
    run(scenario(seconds=60, meter=lambda: Meter(period=15)), controller)
    assert [second for second, _ in script.seen] == [10, 15, 20, 30, 40, 45, 50, 60]
    times = [reading.time - NOON if reading else None for _, reading in script.seen]
    assert times == [None, 15, 15, 30, 30, 45, 45, 60]


def test_a_meter_that_is_away_has_no_reading() -> None:
    def fail(_now: float, site: Site, _controller: Controller) -> None:
        site.meter.fault = MeterFault.UNAVAILABLE

    script = Script()
    run(scenario(seconds=20, events=(Event(at=11, act=fail),)), script)
    assert [(second, bool(reading)) for second, reading in script.seen] == [
        *((second, True) for second in (2, 4, 6, 8, 10)),
        (20, False),
    ]


def test_energy_balance() -> None:
    tank = Tank("tank", rated=2400, seed=1, setting=ON)
    radiator = Radiator("room", rated=1500, room=Room(temperature=17))
    devices = (tank, radiator, HomeBattery("battery"), Panels("pv", peak=5000))
    outcome = run(scenario(*devices, seconds=7200, sun=0.8), Script())
    assert outcome.balance_error == pytest.approx(0, abs=1e-3)
    assert outcome.produced == pytest.approx(8000)
    assert outcome.exported < 0.1 * outcome.produced
    assert outcome.self_consumption == pytest.approx(
        1 - outcome.exported / outcome.produced
    )


def test_signals_hold_what_the_site_measures() -> None:
    script = Script()
    devices = (HomeBattery("battery", soc=50), Panels("pv", peak=1000))
    run(scenario(*devices, seconds=30, sun=0.5), script)
    assert script.signals.production == 500
    assert script.signals.battery is not None
    assert script.signals.battery.power == pytest.approx(200, abs=1)


def test_overload() -> None:
    """2 000 W above for 300 s, then shed: late by the command's way."""
    load = Load(key="pump", power=4000)
    pump = Socket("pump", rated=4000, setting=ON)
    outcome = run(
        scenario(pump, loads=(load,), base=4000.0), Script({300: ("pump", OFF)})
    )
    overload = outcome.overload
    assert overload.stretches == [302]
    assert overload.longest == overload.above == 302
    assert overload.volt_ampere_seconds == pytest.approx(302 * 2000)
    assert overload.highest == 8000
    assert 1.2 < overload.highest_ratio < 1.3
    assert overload.filter_above[1.0] > overload.filter_above[1.1] > 0
    assert (overload.filter_above[1.3], overload.trips) == (0, 0)


def test_trips_are_counted_once_each() -> None:
    outcome = run(scenario(base=9000.0, seconds=900), Script())
    assert outcome.overload.trips == 1
    assert outcome.overload.stretches == [900]


def test_commands_and_switchings() -> None:
    load = Load(key="pump", power=2000)
    orders = {10: ("pump", ON), 20: ("pump", ON), 30: ("pump", OFF)}
    verdict = Verdict(key="pump", setting=ON, reason=Reason.SURPLUS)
    outcome = run(
        scenario(Socket("pump", rated=2000), loads=(load,)),
        Script(orders, {"pump": verdict}),
    )
    figures = outcome.loads["pump"]
    assert (figures.commands, figures.idle_commands) == (3, 1)
    assert figures.switchings == 2
    assert figures.energy == pytest.approx(2000 * 20 / 3600)
    assert outcome.commands_explained == 1
    assert figures.shed == 0


def test_shed_though_it_fits_and_a_restore_undone() -> None:
    load = Load(key="pump", power=3000)
    pump = Socket("pump", rated=3000, setting=ON)

    def switch(watts: float) -> Callable[[float, Site, Controller], None]:
        return lambda _now, site, _controller: site.switch_unmanaged("oven", watts)

    events = (Event(at=0, act=switch(5000)), Event(at=100, act=switch(0)))
    orders = {20: ("pump", OFF), 200: ("pump", ON)}
    outcome = run(scenario(pump, loads=(load,), events=events), Script(orders))
    figures = outcome.loads["pump"]
    assert figures.shed == pytest.approx(180, abs=10)
    assert figures.shed_though_fit == pytest.approx(100, abs=10)
    assert figures.longest_shed_though_fit == figures.shed_though_fit
    assert figures.restores_undone == 0

    pump = Socket("pump", rated=3000, setting=ON)
    orders = {20: ("pump", OFF), 200: ("pump", ON), 260: ("pump", OFF)}
    outcome = run(scenario(pump, loads=(load,), events=events[:1]), Script(orders))
    figures = outcome.loads["pump"]
    assert figures.shed_though_fit == 0
    assert figures.restores_undone == 1


def test_a_load_that_is_stuck_or_switched_on_by_hand_is_not_shed() -> None:
    load = Load(key="pump", power=2000)
    pump = Socket("pump", rated=2000)
    pump.stick(ON)
    outcome = run(
        scenario(pump, loads=(load,), base=5000.0), Script({20: ("pump", OFF)})
    )
    figures = outcome.loads["pump"]
    assert (figures.switchings, figures.shed) == (0, 0)
    assert figures.energy == pytest.approx(2000 / 6)

    def hand(_now: float, site: Site, _controller: Controller) -> None:
        site.devices["pump"].use_by_hand(ON)

    pump = Socket("pump", rated=2000, setting=ON)
    events = (Event(at=200, act=hand),)
    outcome = run(
        scenario(pump, loads=(load,), base=5000.0, events=events),
        Script({20: ("pump", OFF), 300: ("pump", OFF)}),
    )
    figures = outcome.loads["pump"]
    assert figures.forbidden_writes == 1
    assert figures.switchings == 2


def test_a_tank_that_is_warm_enough_is_not_shed() -> None:
    thermal = Thermal(must=40, eco=55, surplus=62, highest=65)
    load = Load(key="tank", power=2000, thermal=thermal)
    for temperature, shed in ((56.0, False), (45.0, True)):
        tank = Tank("tank", rated=2000, seed=1, temperature=temperature, setting=ON)
        outcome = run(
            scenario(tank, loads=(load,), base=5000.0), Script({20: ("tank", OFF)})
        )
        assert (outcome.loads["tank"].shed > 0) is shed


@pytest.mark.parametrize(
    ("period", "cold"),
    [(TariffPeriod.BLUE_PEAK, True), (TariffPeriod.RED_PEAK, False)],
)
def test_cold_counts_when_no_rule_excuses_it(period: TariffPeriod, cold: bool) -> None:
    load = Load(key="room", power=1500, heating=Heating())
    radiator = Radiator(
        "room", rated=1500, room=Room(temperature=17.5), heating=Heating()
    )
    outcome = run(
        scenario(radiator, loads=(load,), period=period, seconds=3600),
        Script({2: ("room", FROST)}),
    )
    figures = outcome.loads["room"]
    assert figures.coldest == pytest.approx(17.1, abs=0.1)
    assert (figures.cold > 1) is cold
    assert outcome.worst_room == ("room", figures.cold)


def test_heating_in_a_red_peak() -> None:
    load = Load(key="room", power=1500, heating=Heating())
    radiator = Radiator("room", rated=1500, room=Room(temperature=15))
    outcome = run(
        scenario(
            radiator,
            Panels("pv", peak=1000),
            sun=1.0,
            loads=(load,),
            period=TariffPeriod.RED_PEAK,
            seconds=3600,
        ),
        Script(),
    )
    assert outcome.red_heating == pytest.approx(800)


def test_missing_at_a_deadline() -> None:
    guarantee = Guarantee(quantity=Quantity.ENERGY, amount=1500, by=12 * 60 + 30)
    load = Load(key="pump", power=2000, guarantee=guarantee)
    pump = Socket("pump", rated=2000, setting=ON)
    outcome = run(scenario(pump, loads=(load,), seconds=3600), Script())
    assert outcome.loads["pump"].missing == pytest.approx(500)


def test_what_must_not_be_cut_or_written() -> None:
    load = Load(key="washing", never_cut=True)
    machine = Machine("washing", ready=(12 * 3600 + 1,), setting=ON)
    mode = {"washing": LoadWish(mode=LoadMode.PAUSED)}
    wishes = Wishes(armed=frozenset({"washing"}), loads=mode)
    outcome = run(
        scenario(machine, loads=(load,), wishes=wishes),
        Script({60: ("washing", OFF)}),
    )
    assert outcome.loads["washing"].cuts == machine.cuts == 1
    assert outcome.loads["washing"].forbidden_writes == 1


def test_recording() -> None:
    verdict = Verdict(key="pump", setting=ON, reason=Reason.SURPLUS)
    load = Load(key="pump", power=2000)
    pump = Socket("pump", rated=2000, setting=ON)
    script = Script(verdicts={"pump": verdict})
    outcome = run(scenario(pump, loads=(load,), seconds=60), script, record=True)
    assert [sample.time - NOON for sample in outcome.samples] == [
        10,
        20,
        30,
        40,
        50,
        60,
    ]
    last = outcome.samples[-1]
    assert (last.net, last.limit) == (2300, 6000)
    assert last.powers == {"pump": 2000}
    assert last.reasons == {"pump": Reason.SURPLUS}


def sunny(_seed: int) -> Site:
    return Site(
        start=NOON,
        base=[Base(watts=[300.0, 900.0])],
        devices=[
            Tank("tank", rated=2400, seed=1, modulation=DIMMER),
            Panels("pv", peak=3000),
        ],
        sun=[0.2] * 60 + [0.7] * 60,
    )


DIMMER = Modulation(low=100, high=2400)
SUNNY = replace(
    scenario(
        seconds=3600,
        loads=(Load(key="tank", power=2400, modulation=DIMMER),),
    ),
    make_site=sunny,
)


def test_perfect_control_gives_nothing_away() -> None:
    none = run(SUNNY, Script())
    best = bound(SUNNY)
    assert best.exported == pytest.approx(0, abs=0.1)
    assert best.imported == pytest.approx(none.imported, abs=0.1)
    # what the tank got is less to heat in the night, but for what it lost meanwhile
    gained = none.completed_import - best.completed_import
    assert gained == pytest.approx(none.exported, rel=0.02)
    assert share_of_saving(none, none, best) == 0
    assert share_of_saving(none, best, best) == 1
    assert share_of_saving(none, none, none) is None


def test_a_run_is_always_the_same() -> None:
    assert run(SUNNY, Script()) == run(SUNNY, Script())
