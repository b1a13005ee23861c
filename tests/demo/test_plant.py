"""The virtual appliances: orders go in, power and a status come out."""

from collections.abc import Callable

import pytest

from custom_components.linky_pilote.engine.regulation.model import (
    Heating,
    Level,
    Modulation,
    Setting,
    Unit,
)
from demo.plant import (
    Car,
    Device,
    HomeBattery,
    Machine,
    Panels,
    Radiator,
    Room,
    Socket,
    Surroundings,
    Tank,
    watts_of,
)

HOUR = 3600
ON = Setting(power=10_000.0, value=1.0)
OFF = Setting(power=0.0, value=0.0)


def live(
    device: Device,
    seconds: int,
    around: Surroundings,
    act: Callable[[float], None] = lambda _power: None,
) -> None:
    for second in range(seconds):
        act(device.step(float(second), 1.0, around))
        around.second = (around.second + 1) % 86_400


def dimmer(value: float) -> Setting:
    return Setting(power=value, value=value)


def test_radiator_holds_its_room() -> None:
    room = Room(temperature=18.0)
    radiator = Radiator("bedroom", rated=1500, room=room, heating=Heating())
    around = Surroundings(outdoor=0.0)
    live(radiator, 6 * HOUR, around)
    temperatures: list[float] = []
    live(radiator, 6 * HOUR, around, lambda _: temperatures.append(room.temperature))
    assert min(temperatures) > 18.9
    assert max(temperatures) < 19.1
    # what it used is what the room lost and gained
    assert radiator.energy == pytest.approx(12 * 45 * 19 + 1600, rel=0.03)


@pytest.mark.parametrize(
    ("setting", "heats"),
    [
        (Setting(power=0.0, value=1.0, level=Level.ECO), False),
        (Setting(power=0.0, value=1.0, level=Level.COMFORT_2), False),
        (Setting(power=0.0, value=1.0, level=Level.COMFORT), True),
        (Setting(power=0.0, value=1.0, level=Level.FROST, target=20.0), True),
        (OFF, False),
    ],
)
def test_radiator_obeys(setting: Setting, heats: bool) -> None:
    room = Room(temperature=17.5)
    radiator = Radiator("bedroom", rated=1500, room=room, heating=Heating())
    radiator.command(setting)
    assert (radiator.step(0.0, 1.0, Surroundings()) > 0) is heats
    status = radiator.status()
    assert status.level is setting.level
    assert status.power == (1500 if heats else 0)
    assert status.temperature == 17.5


def test_tank_gets_hot_and_stops() -> None:
    tank = Tank("tank", rated=2400, seed=1, temperature=40.0, setting=ON)
    live(tank, 4 * HOUR, Surroundings())
    assert tank.temperature == pytest.approx(65.0, abs=0.5)
    assert not tank.wants
    assert tank.step(0.0, 1.0, Surroundings()) == 0
    assert tank.energy == pytest.approx(25 * tank.capacity, rel=0.05)


def test_people_draw_hot_water() -> None:
    tank = Tank("tank", rated=2400, seed=1, temperature=64.0)
    live(tank, 24 * HOUR, Surroundings(day=5))
    assert tank.delivered + tank.refused == pytest.approx(6000, rel=0.3)
    assert tank.shortfall() > 5000


def test_tank_on_the_dry_contact() -> None:
    """It heats while the contact is closed, unless it is held off."""
    tank = Tank("tank", rated=2400, seed=1, on_contact=True, setting=ON)
    assert tank.step(0.0, 1.0, Surroundings()) == 0
    assert tank.step(1.0, 1.0, Surroundings(contact_closed=True)) == 2400
    tank.command(OFF)
    assert tank.step(2.0, 1.0, Surroundings(contact_closed=True)) == 0


@pytest.mark.parametrize(
    ("how", "value", "watts"),
    [
        (Modulation(low=100, high=2400, step=50), 1234, 1200),
        (Modulation(low=100, high=2400, step=50), 90, 0),
        (Modulation(low=6, high=16, unit=Unit.AMPERE), 10.9, 2300),
        (Modulation(low=6, high=16, unit=Unit.AMPERE), 5, 0),
        (Modulation(low=1, high=100, unit=Unit.PERCENT), 50, 1200),
        (
            Modulation(
                low=1,
                high=100,
                unit=Unit.PERCENT,
                curve=((0.0, 0.0), (0.4, 0.1), (1.0, 1.0)),
            ),
            70,
            1320,
        ),
    ],
)
def test_modulation(how: Modulation, value: float, watts: float) -> None:
    assert watts_of(dimmer(value), how, 2400) == pytest.approx(watts)


def test_car_stops_when_full() -> None:
    car = Car("car", needed=5000, plugged=0, leaves=8 * HOUR)
    assert not car.status().connected
    live(car, 3 * HOUR, Surroundings())
    assert car.energy == pytest.approx(5000)
    assert car.status().connected
    assert car.status().power == 0


def test_car_leaves_without_what_it_needs() -> None:
    car = Car("car", needed=5000, plugged=0, leaves=HOUR, setting=dimmer(6))
    live(car, HOUR + 1, Surroundings())
    assert car.missed == [pytest.approx(5000 - 6 * 230)]
    assert not car.status().connected


def test_car_switches_its_phases() -> None:
    car = Car(
        "car",
        phases=(1, 2, 3),
        modulation=Modulation(low=6, high=16, unit=Unit.AMPERE, phase_counts=(1, 3)),
        plugged=0,
        leaves=HOUR,
    )
    around = Surroundings()
    car.command(Setting(power=0.0, value=8.0, phases=1))
    assert car.step(0.0, 1.0, around) == pytest.approx(8 * 230)
    assert car.phases == (1,)
    car.command(Setting(power=0.0, value=8.0, phases=3))
    assert car.step(1.0, 1.0, around) == pytest.approx(3 * 8 * 230)
    assert car.phases == (1, 2, 3)


def test_battery_zeroes_the_grid() -> None:
    battery = HomeBattery("battery", soc=50.0)
    around = Surroundings()
    for other in (1000.0, -1500.0):
        for second in range(10):
            around.net = other + battery.step(float(second), 1.0, around)
        assert abs(around.net) < 1
    for _ in range(20_000):
        around.net = 1000.0 + battery.step(0.0, 1.0, around)
    assert battery.soc == pytest.approx(10.0, abs=0.1)
    assert around.net == pytest.approx(1000.0)


def test_panels() -> None:
    assert Panels("pv", peak=3000).step(0.0, 1.0, Surroundings(sun=0.5)) == -1500


def test_machine_waits_and_must_not_be_cut() -> None:
    machine = Machine("washing", ready=(10,))
    around = Surroundings()
    live(machine, 60, around)
    assert machine.energy == 0
    assert machine.status().connected
    machine.command(ON)
    live(machine, 600, around)
    assert machine.power > 2000
    machine.command(OFF)
    machine.command(OFF)
    live(machine, 60, around)
    assert machine.power == 0
    machine.command(ON)
    live(machine, 2 * HOUR, around)
    assert (machine.cuts, machine.finished) == (1, 1)
    assert not machine.status().connected


def test_faults() -> None:
    plug = Socket("pump", rated=800)
    around = Surroundings()
    assert plug.obeys
    plug.stick(ON)
    assert not plug.obeys
    plug.command(OFF)
    assert plug.step(0.0, 1.0, around) == 800
    plug.repair()
    plug.reports_power = False
    assert plug.status().power == 0
    plug.reports_power = True
    plug.delay_power(2)
    plug.command(OFF)
    seen = []
    for second in range(4):
        plug.step(float(second), 1.0, around)
        seen.append(plug.status().power)
    assert seen == [800, 800, 0, 0]
    plug.available = False
    plug.command(ON)
    assert not plug.status().available
    assert plug.step(0.0, 1.0, around) == 0


def test_a_hand_is_told_until_it_is_forgotten() -> None:
    plug = Socket("pump", rated=800)
    plug.use_by_hand(ON)
    assert plug.status().by_hand
    plug.forget_hand()
    assert not plug.status().by_hand
    assert plug.status().setting == 1
