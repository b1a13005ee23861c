"""The time by which the meter's indexes are judged."""

from collections.abc import Callable
import time

from homeassistant.core import HomeAssistant

from ..const import DATA_METER_CLOCK


def steady_clock(hass: HomeAssistant) -> Callable[[], float]:
    """Return a clock in seconds since 1970 that never goes back while it is used.

    That of the system may: it is set when the network is there.
    """
    ahead = time.time() - hass.loop.time()
    return lambda: hass.loop.time() + ahead


def meter_clock(hass: HomeAssistant) -> Callable[[], float]:
    """Return the clock of this home's meters."""
    return hass.data.get(DATA_METER_CLOCK) or steady_clock(hass)
