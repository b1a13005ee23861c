"""A load whose entity is not there for a while."""

from homeassistant.core import HomeAssistant
import pytest

from .homes import Home
from .test_hand_back import LAST, OFF, ON
from .test_shedding import armed_heaters, shed_the_last

FIRST_OFF = ("input_boolean", "turn_off", "input_boolean.first")


def say(hass: HomeAssistant, state: str) -> None:
    """Let the last one say something, wherever that comes from."""
    hass.states.async_set(LAST, state)


@pytest.fixture
async def shed(home: Home) -> Home:
    """Return a home that has shed the last one, and still has to."""
    await shed_the_last(home)
    return home


async def test_what_cannot_be_told_leaves_it_to_the_next(
    hass: HomeAssistant, home: Home
) -> None:
    await armed_heaters(home)
    say(hass, "unavailable")
    home.base = 5500  # with what the last one draws, whether it can be told or not
    await home.run(130)
    assert home.calls == [FIRST_OFF]
    assert home.state("sensor.first_state") == "shed"
    assert home.state("sensor.last_state") == "no_entity"
    say(hass, "on")
    home.base = 3500
    await home.run(5)
    assert home.calls == [FIRST_OFF]
    assert home.state("sensor.last_state") == "running", "it is managed again"


async def test_what_is_not_there_is_not_switched_on(
    hass: HomeAssistant, shed: Home
) -> None:
    say(hass, "unavailable")
    shed.base = 500
    await shed.run(400)
    assert shed.calls == [OFF]
    say(hass, "off")
    await shed.run(120)
    assert shed.calls == [OFF, ON]


@pytest.mark.parametrize("first_word", ["on", "off"])
async def test_what_comes_back_on_after_a_power_loss_is_told_again(
    hass: HomeAssistant, shed: Home, first_word: str
) -> None:
    """A bridge may show what it knew last before the appliance has answered."""
    say(hass, "unavailable")
    await shed.run(20)
    say(hass, first_word)
    await shed.run(2)
    say(hass, "on")
    await shed.run(10)
    assert set(shed.calls) == {OFF}
    assert len(shed.calls) > 1
    assert shed.state(LAST) == "off"
    assert shed.state("sensor.last_state") == "shed"


async def test_what_is_switched_on_later_is_a_hand(
    hass: HomeAssistant, shed: Home
) -> None:
    say(hass, "unavailable")
    await shed.run(20)
    say(hass, "off")
    await shed.run(20)
    say(hass, "on")
    await shed.run(10)
    assert shed.calls == [OFF]
    assert shed.state("sensor.last_state") == "by_hand"
