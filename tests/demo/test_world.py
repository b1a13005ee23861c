"""The house that remembers: what is done to it shows at its meter, and adds up."""

from collections.abc import Callable
from datetime import date, timedelta
import json
import os
from pathlib import Path

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_pilote.engine.reading import TempoColor
from demo.clock import FASTEST, find_library, is_simulated, set_speed, variables
from demo.moment import Moment
from demo.plant import Machine, Radiator, Tank
from demo.scenarios import SCENARIOS, Scenario, seconds
from demo.sky import CLOUD_S, Sky, SkyKind
from demo.virtual_line import LineSetup
from demo.weather import Weather
from demo.world import World

START = "2027-01-12T05:45"
PLAIN = Scenario(start=START)


@pytest.fixture
def make(tmp_path: Path) -> Callable[[Scenario], World]:
    """Return what makes a world of a scenario."""

    def make(scenario: Scenario) -> World:
        setup = LineSetup(
            link=tmp_path / "meter", meter=scenario.meter(), start_s=scenario.start_s
        )
        return World(setup, scenario)

    return make


def live(world: World, minutes: float) -> None:
    """Let time pass."""
    world.meter.advance(world.meter.state.epoch_s + 60 * minutes)


def energies(world: World) -> tuple[float, float]:
    """Return the Wh of the appliances, and those that the meter counted."""
    told = json.loads(world.energy())
    net = sum(told["drawn_wh"].values()) - sum(told["given_wh"].values())
    return net, told["meter_drawn_wh"] - told["meter_injected_wh"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_meter_counts_what_the_appliances_draw(
    make: Callable[[Scenario], World], name: str
) -> None:
    world = make(SCENARIOS[name])
    live(world, 95)
    appliances, meter = energies(world)
    assert abs(appliances) > 100
    assert appliances == pytest.approx(meter, rel=0.001, abs=1)


def test_the_same_day_is_lived_twice(make: Callable[[Scenario], World]) -> None:
    worlds = [make(SCENARIOS["faults"]) for _ in range(2)]
    for world in worlds:
        live(world, 90)
    assert worlds[0].energy() == worlds[1].energy()


@settings(max_examples=15)
@given(
    texts=st.lists(
        st.sampled_from(
            (
                *("set oven on", "set charger 12", "set charger off", "drop 50"),
                *("set heater_bedroom frost", "set dimmed_heater 40", "cloud"),
                *("mains off", "mains on", "sky full_sun", "set battery on"),
            )
        ),
        max_size=6,
    )
)
def test_whatever_is_done_it_adds_up(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    setup = LineSetup(
        link=tmp_path_factory.mktemp("line") / "meter",
        meter=PLAIN.meter(),
        start_s=PLAIN.start_s,
    )
    world = World(setup, PLAIN)
    for text in texts:
        world.obey(text)
        live(world, 3)
    appliances, meter = energies(world)
    assert appliances == pytest.approx(meter, rel=0.001, abs=1)


@pytest.mark.parametrize(
    ("text", "name", "watts"),
    [
        ("set oven on", "oven", 2300),
        ("set charger 10", "charger", 2300),
        ("set heater_bedroom off", "heater_bedroom", 0),
        ("set dimmed_heater 50", "dimmed_heater", 600),
        ("set pool_pump on", "pool_pump", 750),
        ("set water_heater off", "water_heater", 0),
        ("sky full_sun", "panels", -3000),
        ("mains off", "stand_by", 0),
    ],
)
def test_an_appliance_obeys_within_a_second(
    make: Callable[[Scenario], World], text: str, name: str, watts: float
) -> None:
    world = make(PLAIN)
    live(world, 1)
    assert world.obey(text) == "ok"
    live(world, 2 / 60)
    assert world.house.powers_w[name] == pytest.approx(watts)
    total = sum(world.house.powers_w.values())
    # motors draw some reactive power too
    snapshot = world.meter.snapshot()
    assert snapshot.drawn_va - snapshot.injected_va == pytest.approx(total, rel=0.1)


@pytest.mark.parametrize(
    "text",
    ["set boiler on", "set oven", "sky green", "mains maybe", "color x red", "hello"],
)
def test_what_it_does_not_understand(
    make: Callable[[Scenario], World], text: str
) -> None:
    assert make(PLAIN).obey(text).startswith("error: ")


def test_help_names_the_house_and_the_meter(make: Callable[[Scenario], World]) -> None:
    said = make(PLAIN).obey("help")
    assert "set APPLIANCE" in said
    assert "fault noise" in said


def test_commands_get_lost(make: Callable[[Scenario], World]) -> None:
    world = make(PLAIN)
    pump = world.house.devices["pool_pump"]
    world.obey("drop 100")
    world.obey("set pool_pump on")
    assert not pump.is_on
    world.obey("drop 0")
    world.obey("set pool_pump on")
    assert pump.is_on


def test_a_power_cut_silences_the_meter_and_cools_the_rooms(
    make: Callable[[Scenario], World],
) -> None:
    world = make(PLAIN)
    live(world, 1)
    room = world.house.devices["heater_living_room"]
    tank = world.house.devices["water_heater"]
    assert isinstance(room, Radiator)
    assert isinstance(tank, Tank)
    world.obey("mains off")
    live(world, 1 / 60)
    before = room.room.temperature, tank.temperature, world.meter.snapshot().total_wh
    live(world, 30)
    assert room.room.temperature < before[0]
    assert tank.temperature < before[1]
    assert world.meter.snapshot().total_wh == before[2]
    # time on the line's clock: nothing is sent as long as there is no power
    assert world.line.wire.take(10.0) == world.line.wire.take(12.0) == b""
    world.obey("mains on")
    assert world.line.wire.take(13.0).startswith(b"\x02")


def test_a_machine_starts_when_it_was_filled(make: Callable[[Scenario], World]) -> None:
    world = make(Scenario(start="2027-01-12T09:25"))
    live(world, 4)
    assert world.house.powers_w["washing_machine"] == 0
    live(world, 10)
    assert world.house.powers_w["washing_machine"] > 50
    machine = world.house.devices["washing_machine"]
    assert isinstance(machine, Machine)
    live(world, 90)
    assert machine.finished == 1


def test_the_oven_switches_itself_off(make: Callable[[Scenario], World]) -> None:
    world = make(PLAIN)
    world.obey("set oven on")
    live(world, 50)
    assert world.house.devices["oven"].is_on
    live(world, 3)
    assert not world.house.devices["oven"].is_on
    assert world.house.drawn_wh["oven"] == pytest.approx(1040, rel=0.03)


def test_a_chosen_colour_is_announced_at_once(
    make: Callable[[Scenario], World],
) -> None:
    world = make(Scenario(start="2027-01-12T12:00"))
    assert world.meter.snapshot().tariff.color_tomorrow is None
    world.choose_color(1, TempoColor.RED)
    assert world.chosen_color(1) is TempoColor.RED
    assert world.meter.snapshot().tariff.color_tomorrow is TempoColor.RED
    world.choose_color(1, None)
    assert world.meter.snapshot().tariff.color_tomorrow is None


def test_what_a_scenario_plans_happens(make: Callable[[Scenario], World]) -> None:
    world = make(SCENARIOS["power-cut"])
    live(world, 44)
    assert world.meter.mains
    live(world, 2)
    assert not world.meter.mains
    live(world, 40)
    assert world.meter.mains


def test_energies_are_noted_at_their_instant(
    make: Callable[[Scenario], World],
) -> None:
    world = make(PLAIN)
    world.note_at(PLAIN.start_s + 300)
    live(world, 4)
    assert world.obey("noted") == "ok {}"
    live(world, 4)
    noted = json.loads(world.noted)
    assert noted["time"] == PLAIN.start_s + 300
    assert noted["meter_drawn_wh"] < json.loads(world.energy())["meter_drawn_wh"]


def test_red_days_of_scenarios_are_days_that_can_be_red() -> None:
    for scenario in SCENARIOS.values():
        for day, color in scenario.colors.items():
            if color is TempoColor.RED:
                assert date.fromisoformat(day).weekday() < 5
                assert date.fromisoformat(day).month in (11, 12, 1, 2, 3)
        for at, _ in scenario.events:
            assert 0 <= seconds(at) - scenario.start_s < 86_400


def test_the_frequency_falls_when_the_grid_is_strained(
    make: Callable[[Scenario], World],
) -> None:
    world = make(PLAIN)
    assert 49.95 < world.house.frequency_hz(world.now) < 50.05
    world.obey("strain on")
    assert 49.7 < world.house.frequency_hz(world.now) < 49.85


def test_an_appliance_that_is_lost_goes_on_and_is_told_nothing(
    make: Callable[[Scenario], World],
) -> None:
    world = make(PLAIN)
    pump = world.house.devices["pool_pump"]
    world.obey("set pool_pump on")
    assert world.obey("lose pool_pump") == "ok"
    world.obey("set pool_pump off")
    live(world, 1)
    assert not pump.status().available
    assert world.house.powers_w["pool_pump"] == 750
    assert world.obey("find pool_pump") == "ok"
    assert pump.status().setting == 1
    world.obey("lose pool_pump")
    assert world.obey("find pool_pump off") == "ok"
    assert pump.status().setting == 0
    assert world.obey("lose nothing").startswith("error")


# --- the sky --------------------------------------------------------------------------

NOON = seconds("2027-06-17T13:50")


def test_a_cloud_passes() -> None:
    sky = Sky(Weather(1), kind=SkyKind.CLEAR)
    bright = sky.sun(Moment.at(NOON))
    sky.pass_cloud(NOON)
    assert sky.sun(Moment.at(NOON + 60)) < 0.2 * bright
    assert sky.cloud(Moment.at(NOON + 60)) > 0.8
    assert sky.sun(Moment.at(NOON + CLOUD_S + 1)) == pytest.approx(bright, rel=0.01)


@pytest.mark.parametrize("kind", SkyKind)
def test_a_sky_is_between_night_and_full_sun(kind: SkyKind) -> None:
    sky = Sky(Weather(3), kind=kind)
    for hour in range(24):
        moment = Moment.at(NOON + timedelta(hours=hour).total_seconds())
        assert 0 <= sky.sun(moment) <= 1
        assert 0 <= sky.cloud(moment) <= 1
    night = sky.sun(Moment.at(seconds("2027-06-17T01:00")))
    assert night == (1 if kind is SkyKind.FULL_SUN else 0)


def test_skies_by_their_light() -> None:
    def day(kind: SkyKind) -> float:
        sky = Sky(Weather(1), kind=kind)
        return sum(sky.sun(Moment.at(NOON + 60 * minute)) for minute in range(120))

    assert day(SkyKind.OVERCAST) < day(SkyKind.CLOUDY) < day(SkyKind.CLEAR)
    assert day(SkyKind.CLEAR) < day(SkyKind.FULL_SUN)


# --- the clock ------------------------------------------------------------------------


def test_a_process_gets_a_clock_of_its_own() -> None:
    given_to_it = variables(Path("/lib/faketime.so"), 1_799_729_100.0)
    assert given_to_it["FAKETIME"] == "@1799729100.000000 x1"
    assert given_to_it["LD_PRELOAD"] == "/lib/faketime.so"
    assert is_simulated(given_to_it)
    assert not is_simulated({})


def test_the_rate_goes_on_from_the_present(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKETIME", "@0 x1")
    monkeypatch.setattr("demo.clock.time.time", lambda: 1000.0)
    set_speed(60)
    text = os.environ["FAKETIME"]
    start, rate = text.removeprefix("@").split(" x")
    assert 1000 <= float(start) < 1000.1
    assert rate == "60"


@pytest.mark.parametrize("speed", [0.5, 0, -1, FASTEST + 1])
def test_speeds_that_make_no_sense(
    monkeypatch: pytest.MonkeyPatch, speed: float
) -> None:
    monkeypatch.setenv("FAKETIME", "@0 x1")
    with pytest.raises(ValueError, match="speed is 1 to"):
        set_speed(speed)


def test_real_time_cannot_be_hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FAKETIME", raising=False)
    with pytest.raises(ValueError, match="time is real"):
        set_speed(2)


def test_the_library_is_found_where_debian_puts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.clock._FOLDERS", (str(tmp_path),))
    assert find_library() is None
    library = tmp_path / "x86_64-linux-gnu" / "faketime" / "libfaketimeMT.so.1"
    library.parent.mkdir(parents=True)
    library.touch()
    assert find_library() == library
