"""A clamp beside the meter, for what its output does not say: that the home injects.

In historical mode, and under a self-consumption agreement without a sale (CACSI), the
output has no injection: the drawn power is 0, and nobody knows of how much surplus.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from homeassistant.const import UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..engine.reading import MeterReading
from ..measures import measure

CONF_CLAMP: Final = "clamp"
CONF_CLAMP_INVERTED: Final = "clamp_inverted"

_FRESH: Final = 120.0
"""Seconds for which a clamp is believed that says no more: no surplus is invented."""

LITTLE: Final = 20
"""VA that a meter says by rounding: what is more is drawn, whatever a clamp says."""


class Beside:
    """The clamp, as the options of an entry name it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin without one."""
        self._hass = hass
        self._clamp: str | None = None
        self._inverted = False

    def apply(self, options: Mapping[str, Any]) -> None:
        """Take over the options."""
        self._clamp = options.get(CONF_CLAMP)
        self._inverted = options.get(CONF_CLAMP_INVERTED, False)

    def complete(self, reading: MeterReading) -> MeterReading:
        """Return a reading with what is injected, where only the clamp says it."""
        told = (reading.injected_power, reading.active_power)
        draws = (reading.apparent_power or 0) > LITTLE
        if self._clamp is None or told != (None, None) or draws:
            return reading
        said = measure(self._hass, self._clamp, UnitOfPower.WATT)
        if said is None or (dt_util.utcnow() - said.at).total_seconds() > _FRESH:
            return reading
        power = -said.value if self._inverted else said.value
        return reading if power >= 0 else replace(reading, active_power=round(power))
