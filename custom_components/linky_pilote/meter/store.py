"""What is remembered of a meter between two runs."""

from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store
import voluptuous as vol

from ..const import DOMAIN, LOGGER
from ..engine.continuity import Continuity
from ..engine.reading import MeterReading
from ..engine.tic import Mark
from ..sources.base import MeterSource

STORAGE_VERSION: Final = 1
STORAGE_MINOR_VERSION: Final = 1

SAVE_INTERVAL: Final = 900.0
"""Seconds between two saves while nothing happens but that the meter counts."""

_SCHEMA: Final = vol.Schema(
    {
        vol.Required("continuity"): Continuity.load,
        vol.Required("cutoff_power"): vol.Maybe(int),
        vol.Required("marks"): {
            str: vol.All(
                vol.ExactSequence([int, vol.Any(float, int)]), lambda pair: Mark(*pair)
            )
        },
        vol.Optional("rhythm", default=None): vol.Maybe(
            vol.All(
                vol.ExactSequence([str, vol.Any(float, int)]), lambda pair: (*pair,)
            )
        ),
        vol.Required("speed"): vol.Maybe(int),
    },
    extra=vol.REMOVE_EXTRA,
)


class MeterMemory:
    """Remembers a meter, by the id of its entry; saves in time, and never too often.

    Whatever becomes of its file, the meter is read.
    """

    def __init__(self, hass: HomeAssistant, meter_id: str) -> None:
        """Begin without knowing anything."""
        self.continuity = Continuity()
        self.cutoff_power: int | None = None
        """VA, once it is sure."""
        self.speed: int | None = None
        """Baud at which the meter was heard last."""
        self._marks: dict[str, Mark] = {}
        self._rhythm: tuple[str, float] | None = None
        self._where = ""
        self._source: MeterSource | None = None
        self._store = Store[dict[str, Any]](
            hass,
            STORAGE_VERSION,
            f"{DOMAIN}.meter.{meter_id}",
            atomic_writes=True,
            minor_version=STORAGE_MINOR_VERSION,
        )
        self._pending = False
        self._closed = False

    async def async_load(self) -> None:
        """Recall what was saved, as far as it can be understood."""
        try:
            data = await self._store.async_load()
            if data is None:
                return
            known = _SCHEMA(data)
        except UnsupportedStorageVersionError as err:
            # The version that wrote it will find it as it was.
            self._store.make_read_only()
            LOGGER.warning("A meter is begun anew, and not remembered: %s", err)
            return
        except Exception as err:  # noqa: BLE001
            LOGGER.warning("A meter is begun anew, %s: %s", self._store.key, err)
            return
        self.continuity = known["continuity"]
        self.cutoff_power = known["cutoff_power"]
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
        if self._closed or (self._pending and not at_once):
            return  # Asked again, the store would wait for longer
        self._pending = True
        self._store.async_delay_save(self._dump, 0 if at_once else SAVE_INTERVAL)

    async def async_save(self) -> None:
        """Save now."""
        await self._store.async_save(self._dump())

    async def async_close(self) -> None:
        """Save what is not saved yet; no more comes."""
        self._closed = True
        if self._pending:
            await self.async_save()

    async def async_remove(self) -> None:
        """Forget the meter."""
        await self._store.async_remove()

    def _dump(self) -> dict[str, Any]:
        self._pending = False
        if self._source is not None:
            self._marks = self._source.marks
            if (gap := self._source.memory) is not None:
                self._rhythm = (self._where, gap)
        return {
            "continuity": self.continuity.dump(),
            "cutoff_power": self.cutoff_power,
            "marks": self._marks,
            "rhythm": self._rhythm,
            "speed": self.speed,
        }
