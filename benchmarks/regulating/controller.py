"""What the bench asks of a controller, ours and the others'."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from custom_components.linky_pilote.engine.regulation.model import (
    Order,
    Reading,
    Signals,
    Status,
    Verdict,
    Wishes,
)


class Controller(Protocol):
    """Told what the meter and the loads say, it commands the loads."""

    wishes: Wishes
    """What the household chose; the scenario changes it."""

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """Return why each load has what it has; empty where a controller never says."""

    def decide(
        self,
        now: float,
        reading: Reading | None,
        statuses: Mapping[str, Status],
        signals: Signals,
    ) -> Iterable[Order]:
        """Return the commands to send.

        It is called at each new reading, and every 10 s whatever comes: the reading is
        the last one then, None while the meter is unavailable.
        """
