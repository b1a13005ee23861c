"""How readings come: how much of the line is right, and how right the meter's clock."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from math import floor
from typing import Final

from ..engine.reading import MeterReading
from ..engine.tic import Cause
from ..sources.base import Figures

_FIGURES: Final = 6
"""Reports of what was heard, a minute apart: the line is judged by 5 minutes."""

_SEEN: Final = 60
"""Last clock readings: about a minute of them."""

_ENOUGH: Final = 10
"""Clock readings before a drift is told."""

_LOW: Final = 3.0
"""V; a bridge with an ESP8266 stops at 2.5 V (its datasheet, section 5.1), and of the
cells that feed one hardly any charge is left at 3."""


class Reception:
    """What follows from when and how readings come, and not from one reading."""

    def __init__(self) -> None:
        """Begin without knowing anything."""
        self.valid_percent: float | None = None
        """Groups that were right, rounded down: 100 is only said of a perfect line."""
        self.rejected: Mapping[str, int] = {}
        """Pieces of the line that were refused in that time, by cause."""
        self.clock_drift: int | None = None
        """Seconds that the meter's clock is ahead."""
        self.battery: float | None = None
        """Voltage that a bridge says it runs on, in V."""
        self._figures: deque[Figures] = deque(maxlen=_FIGURES)
        self._clock: datetime | None = None
        self._leads: deque[float] = deque(maxlen=_SEEN)

    @property
    def battery_is_low(self) -> bool | None:
        """Whether a bridge will soon stop; None for one that has no battery."""
        return None if self.battery is None else self.battery < _LOW

    def take_figures(self, figures: Figures) -> None:
        """Take what was heard so far; the first report is where counting begins."""
        self.battery = figures.battery
        self._figures.append(figures)
        first = self._figures[0]
        self.rejected = {
            str(cause): figures.rejected.get(cause, 0) - first.rejected.get(cause, 0)
            for cause in Cause
        }
        accepted = figures.accepted - first.accepted
        pieces = accepted + sum(self.rejected.values())
        self.valid_percent = floor(1000 * accepted / pieces) / 10 if pieces else None

    def take_reading(self, reading: MeterReading, now: datetime) -> None:
        """Compare the meter's clock with the time at which the reading came.

        The clock shows whole seconds and is heard up to a second or two late, so it
        seems behind, never ahead: the largest lead of a minute is nearest to the
        truth. The drift told moves once that has moved by a second.
        """
        if reading.clock is None or reading.clock_degraded:
            self._clock = self.clock_drift = None
            self._leads.clear()
            return
        if reading.clock == self._clock:
            return
        self._clock = reading.clock
        self._leads.append((reading.clock - now).total_seconds())
        lead = max(self._leads)
        told = self.clock_drift
        if len(self._leads) >= _ENOUGH and (told is None or abs(lead - told) >= 1):
            self.clock_drift = round(lead)
