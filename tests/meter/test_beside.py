"""A clamp beside a meter: believed for what the meter does not say, while it speaks."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.linky_pilote.engine.reading import MeterReading, TicMode
from custom_components.linky_pilote.meter.beside import Beside

from ..clamps import CLAMP, say


def completed(
    hass: HomeAssistant, *, inverted: bool = False, **said: Any
) -> int | None:
    """Return the active power of a reading that was completed."""
    beside = Beside(hass)
    beside.apply({"clamp": CLAMP, "clamp_inverted": inverted})
    reading = MeterReading(mode=TicMode.HISTORICAL, complete=True, **said)
    return beside.complete(reading).active_power


async def test_what_is_injected_is_the_clamps_to_say(hass: HomeAssistant) -> None:
    assert completed(hass, apparent_power=0) is None
    say(hass, -1.2, "kW")
    assert completed(hass, apparent_power=0) == -1200
    assert completed(hass, apparent_power=0, inverted=True) is None
    say(hass, 1500)
    assert completed(hass, apparent_power=0) is None
    assert completed(hass, apparent_power=0, inverted=True) == -1500


@pytest.mark.parametrize(("drawn", "power"), [(20, -1200), (40, None), (3200, None)])
async def test_what_is_drawn_is_the_meters_to_say(
    hass: HomeAssistant, drawn: int, power: int | None
) -> None:
    say(hass, -1200)
    assert completed(hass, apparent_power=drawn) == power


async def test_a_producers_meter_knows_better(hass: HomeAssistant) -> None:
    say(hass, -1200)
    assert completed(hass, apparent_power=0, injected_power=1100) is None


@pytest.mark.parametrize(("seconds", "power"), [(119, -1200), (121, None)])
async def test_a_clamp_that_is_silent_is_not_believed_for_long(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: int, power: int | None
) -> None:
    say(hass, -1200)
    freezer.tick(seconds)
    assert completed(hass, apparent_power=0) == power


async def test_without_a_clamp_nothing_changes(hass: HomeAssistant) -> None:
    beside = Beside(hass)
    beside.apply({})
    reading = MeterReading(mode=TicMode.HISTORICAL, complete=True)
    assert beside.complete(reading) is reading
