"""A charger in a home with three phases."""

from dataclasses import replace

from homeassistant.core import HomeAssistant, State
import pytest

from custom_components.linky_pilote.engine.regulation.model import LoadMode
from custom_components.linky_pilote.home.actuators.phases import phase_options
from custom_components.linky_pilote.home.wishes import set_mode

from .homes import METER, Home

THREE = replace(
    METER,
    groups={
        **{
            label: data
            for label, data in METER.groups.items()
            if label not in ("IINST", "IMAX")
        },
        **dict.fromkeys(("IINST1", "IINST2", "IINST3"), "001"),
        **dict.fromkeys(("IMAX1", "IMAX2", "IMAX3"), "060"),
        "PMAX": "05210",
        "PPOT": "00",
    },
)
"""6 kVA on each phase."""
CAR, STOP, PHASES = "input_number.car", "input_boolean.car", "input_select.phases"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["1", "3"], {1: "1", 3: "3"}),
        (["0", "1", "2"], {1: "1"}),
        (["Auto", "Force 1-phase", "3P"], {1: "Force 1-phase", 3: "3P"}),
        (["Automatique", "Monophasé", "Triphasé"], {1: "Monophasé", 3: "Triphasé"}),
        (["auto_1_3", "single_phase", "three"], {1: "single_phase", 3: "three"}),
        (["16 A, 3 phases", "16 A", "none"], {3: "16 A, 3 phases"}),
    ],
)
def test_options_that_name_phases(options: list[str], found: dict[int, str]) -> None:
    state = State("select.phases", options[0], {"options": options})
    assert phase_options(state) == found


@pytest.fixture
async def car(home: Home) -> str:
    """Return the key of a charger that is off, on three phases, and commanded."""
    home.meter = THREE
    await home.add_helpers(
        "input_number",
        car={"min": 0, "max": 16, "step": 1, "initial": 16},
    )
    await home.add_helpers("input_boolean", car={"initial": False})
    await home.add_helpers(
        "input_select",
        phases={"options": ["1 phase", "3 phases"], "initial": "3 phases"},
    )
    key = home.add_load(
        CAR,
        behaviour="charger",
        power=11_040,
        unit="A",
        low=6,
        high=16,
        step=1,
        switch=STOP,
        phases=["2", "1", "3"],
        phase_switch=PHASES,
        grid="never",
    )
    await home.start()
    home.arm(key)
    await home.run(5)
    assert home.calls == []
    return key


def force(home: Home, key: str, watts: float) -> None:
    """Let it charge with some W."""
    set_mode(home.coordinator, key, LoadMode.FORCED, float("inf"), watts)


@pytest.mark.parametrize(
    ("says", "charges"),
    [("on", True), ("off", False), ("unavailable", True), (None, True)],
)
async def test_a_car_charges_until_it_is_known_to_have_left(
    hass: HomeAssistant, home: Home, says: str | None, charges: bool
) -> None:
    """What its charger does not say for a while stops nothing."""
    plug = "binary_sensor.plugged_in"
    hass.states.async_set(plug, "on")
    await home.add_helpers("input_boolean", charger={"initial": False})
    key = home.add_load(
        "input_boolean.charger", behaviour="on_off", power=3000, connected=plug
    )
    await home.start()
    home.arm(key)
    await home.run(20)
    assert home.state("input_boolean.charger") == "on"
    if says is None:
        hass.states.async_remove(plug)
    else:
        hass.states.async_set(plug, says)
    await home.run(20)
    assert home.state("input_boolean.charger") == ("on" if charges else "off")


async def test_a_charger_is_switched_between_one_phase_and_three(
    hass: HomeAssistant, home: Home, car: str
) -> None:
    force(home, car, 2000)
    await home.run(10)
    assert home.calls == [
        ("input_select", "select_option", PHASES),
        ("input_number", "set_value", CAR),
        ("input_boolean", "turn_on", STOP),
    ]
    assert (home.state(PHASES), home.state(CAR)) == ("1 phase", "8.0")

    home.calls.clear()
    force(home, car, 7000)
    await home.run(60)
    assert home.state(PHASES) == "1 phase", "not again within ten minutes"
    await home.run(700)
    assert (home.state(PHASES), home.state(CAR)) == ("3 phases", "10.0")
    stops = [call for call in home.calls if call[0] != "input_number"]
    assert stops == [
        ("input_boolean", "turn_off", STOP),
        ("input_select", "select_option", PHASES),
        ("input_boolean", "turn_on", STOP),
    ]

    await home.coordinator.async_give_all_back()
    assert (home.state(PHASES), home.state(STOP)) == ("3 phases", "off")
    assert home.state(CAR) == "16.0"


async def test_somebody_who_stops_a_charger_is_respected(
    hass: HomeAssistant, home: Home, car: str
) -> None:
    force(home, car, 2000)
    await home.run(60)
    home.calls.clear()
    hass.states.async_set(STOP, "off")
    await home.run(60)
    assert home.calls == []
    assert home.state("sensor.car_state") == "by_hand"
