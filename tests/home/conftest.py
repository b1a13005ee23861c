"""What the tests of the loads share."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from ..serial_line import Port, Time
from .homes import Home


@pytest.fixture
def home(
    hass: HomeAssistant, port: Port, time: Time, freezer: FrozenDateTimeFactory
) -> Home:
    """Return a home that is not set up yet, on a winter morning."""
    freezer.move_to("2026-12-15 03:00:00+01:00")
    return Home(hass, port, time, freezer)
