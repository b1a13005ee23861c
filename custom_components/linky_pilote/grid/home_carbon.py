"""The carbon of what the home draws: its meters' indexes times the grid's carbon."""

from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from ..engine.reading import MeterReading
from ..engine.signals import paris

_GAP: Final = timedelta(hours=1)
"""Energy of a longer silence is not counted: its carbon then is not known."""

_WATTS_TO_G_PER_MINUTE: Final = 1 / (1000 * 60)
_WH_G_PER_KWH_TO_KG: Final = 1 / 1e6


class _Seen(NamedTuple):
    """What a meter said last."""

    time: datetime
    wh: int | None
    """Total index."""
    power: float | None
    """W that are drawn."""


class HomeCarbon:
    """Counts over a day in Paris."""

    def __init__(self, saved: Any = None) -> None:
        """Go on with what was saved, as far as it can be understood."""
        self.day: date | None = None
        self.kg = 0.0
        self.uncounted = 0
        """Wh drawn today while the carbon of the grid was not known."""
        self._seen: dict[str, _Seen] = {}
        if isinstance(saved, dict):
            try:
                self.day = date.fromisoformat(saved["day"])
                self.kg, self.uncounted = float(saved["kg"]), int(saved["uncounted"])
            except KeyError, TypeError, ValueError:
                self.day, self.kg, self.uncounted = None, 0.0, 0

    @property
    def heard(self) -> bool:
        """Whether a meter has said anything."""
        return self.day is not None

    def grams_per_minute(self, intensity: float | None, now: datetime) -> float | None:
        """Return what is drawn now, at so many g/kWh."""
        powers = [
            seen.power
            for seen in self._seen.values()
            if seen.power is not None and now - seen.time < _GAP / 30
        ]
        if intensity is None or not powers:
            return None
        return max(sum(powers), 0.0) * intensity * _WATTS_TO_G_PER_MINUTE

    def turn_day(self, now: datetime) -> None:
        """Begin again at midnight."""
        today = paris(now).date()
        if self.day is not None and self.day != today:
            self.day, self.kg, self.uncounted = today, 0.0, 0

    def take(
        self,
        meter: str,
        reading: MeterReading,
        power: float | None,
        intensity: float | None,
        now: datetime,
    ) -> None:
        """Take what a meter says; power is what it draws in W, as far as it is known."""
        before = self._seen.get(meter)
        index = reading.total_index
        if index is None and before is not None:
            index = before.wh
        self._seen[meter] = _Seen(now, index, power)
        if self.day is None:
            self.day = paris(now).date()
        self.turn_day(now)
        if before is None or before.wh is None or index is None:
            return
        energy = index - before.wh
        if energy <= 0 or now - before.time > _GAP:
            return
        if intensity is None:
            self.uncounted += energy
        else:
            self.kg += energy * intensity * _WH_G_PER_KWH_TO_KG

    def dump(self) -> Any:
        """Return what is to be saved."""
        return self.day and {
            "day": self.day.isoformat(),
            "kg": self.kg,
            "uncounted": self.uncounted,
        }
