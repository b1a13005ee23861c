"""What others change about a meter: it is followed, and told once."""

from typing import TYPE_CHECKING

from homeassistant.core import callback

from ..const import LOGGER
from ..engine.continuity import Origin
from ..engine.reading import MeterReading
from .issues import MeterIssues
from .store import MeterMemory

if TYPE_CHECKING:
    from ..data import LinkyPiloteConfigEntry


class Changes:
    """Compares what the meter says with what is remembered of it."""

    def __init__(
        self, entry: LinkyPiloteConfigEntry, memory: MeterMemory, issues: MeterIssues
    ) -> None:
        """Begin with what is remembered."""
        self._entry = entry
        self._memory = memory
        self._issues = issues
        self._last_cutoff_power: int | None = None

    @callback
    def take(self, reading: MeterReading, before: Origin | None) -> None:
        """Take a reading, and the origin of the values before it was remembered."""
        now = self._memory.continuity.origin
        if before is not None and now is not None and before.number == now.number:
            self._compare_mode(before, now)
        if reading.complete and reading.cutoff_power is not None:
            self._compare_cutoff_power(reading.cutoff_power)

    def _compare_mode(self, before: Origin, now: Origin) -> None:
        if before.mode is None or now.mode in (None, before.mode):
            return
        LOGGER.info("%s: the meter is in %s mode now", self._entry.title, now.mode)
        self._issues.tell_mode(now.mode)

    def _compare_cutoff_power(self, power: int) -> None:
        """Believe what two whole frames say: the first of a run may be misread."""
        known = self._memory.cutoff_power
        last, self._last_cutoff_power = self._last_cutoff_power, power
        if power == known or power != last:
            return
        self._memory.cutoff_power = power
        self._memory.save_soon(at_once=True)
        if known is not None:
            LOGGER.info(
                "%s: the meter cuts above %g kVA now, not %g kVA",
                self._entry.title,
                power / 1000,
                known / 1000,
            )
            self._issues.tell_cutoff_power(known, power)
