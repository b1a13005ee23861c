"""What is remembered of a meter between two runs."""

from typing import Any, Final, override

from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from ..const import LOGGER
from ..engine.continuity import Continuity
from ..engine.reading import MeterReading
from ..engine.subscription import DailyPeaks
from ..engine.tic import Mark
from ..memory_file import MemoryFile
from ..sources.base import MeterSource

_SAVE_INTERVAL: Final = 900.0
"""Seconds between two saves while nothing happens but that the meter counts."""


def _peaks(saved: Any) -> DailyPeaks:
    """Return what was kept of days; what is spoiled of it spoils nothing else."""
    try:
        return DailyPeaks.load(saved)
    except ValueError as err:
        LOGGER.warning("The highest powers of the last days are forgotten: %s", err)
        return DailyPeaks()


_SCHEMA: Final = vol.Schema(
    {
        vol.Required("continuity"): Continuity.load,
        vol.Required("cutoff_power"): vol.Maybe(int),
        vol.Required("marks"): {
            str: vol.All(
                vol.ExactSequence([int, vol.Any(float, int)]), lambda pair: Mark(*pair)
            )
        },
        vol.Optional("peaks", default=dict): _peaks,
        vol.Optional("rhythm", default=None): vol.Maybe(
            vol.All(
                vol.ExactSequence([str, vol.Any(float, int)]), lambda pair: (*pair,)
            )
        ),
        vol.Required("speed"): vol.Maybe(int),
    },
    extra=vol.REMOVE_EXTRA,
)


class MeterMemory(MemoryFile):
    """Remembers a meter, by the id of its entry; saves in time, and never too often.

    Whatever becomes of its file, the meter is read.
    """

    def __init__(self, hass: HomeAssistant, meter_id: str) -> None:
        """Begin without knowing anything."""
        super().__init__(hass, f"meter.{meter_id}", "A meter is")
        self.continuity = Continuity()
        self.peaks = DailyPeaks()
        self.cutoff_power: int | None = None
        """VA, once it is sure."""
        self.speed: int | None = None
        """Baud at which the meter was heard last."""
        self._marks: dict[str, Mark] = {}
        self._rhythm: tuple[str, float] | None = None
        self._where = ""
        self._source: MeterSource | None = None

    @override
    def _recall(self, data: Any) -> None:
        known = _SCHEMA(data)
        self.continuity = known["continuity"]
        self.cutoff_power = known["cutoff_power"]
        self.peaks = known["peaks"]
        self.speed = known["speed"]
        self._rhythm = known["rhythm"]
        self._marks = known["marks"]

    def marks_of(self, number: str | None) -> dict[str, Mark]:
        """Return the last good values of the indexes of the meter with this number.

        Those of a meter that did not say its number are this one's, too.
        """
        origin = self.continuity.origin
        known = origin is not None and origin.number in (None, number)
        return self._marks if known else {}

    def rhythm_of(self, where: str) -> float | None:
        """Return the longest gap between messages there, in s, if it is known."""
        return self._rhythm[1] if self._rhythm and self._rhythm[0] == where else None

    @callback
    def follow(self, source: MeterSource, where: str) -> None:
        """Remember what a source at a place knows of the meter, too."""
        self._source = source
        self._where = where

    @callback
    def take(self, reading: MeterReading, now: float) -> None:
        """Take a reading; what it changes for good is saved at once."""
        matters = self.continuity.take(reading, now)
        speed = None if self._source is None else self._source.speed
        if speed is not None and speed != self.speed:
            self.speed = speed
            matters = True
        self.save_soon(at_once=matters)

    @callback
    def save_soon(self, *, at_once: bool = False) -> None:
        """Have all saved within a quarter of an hour, or now."""
        self._save_within(0 if at_once else _SAVE_INTERVAL, again=at_once)

    @override
    def _state(self) -> dict[str, Any]:
        if self._source is not None:
            self._marks = self._source.marks
            if (gap := self._source.memory) is not None:
                self._rhythm = (self._where, gap)
        return {
            "continuity": self.continuity.dump(),
            "cutoff_power": self.cutoff_power,
            "marks": self._marks,
            "peaks": self.peaks.dump(),
            "rhythm": self._rhythm,
            "speed": self.speed,
        }
