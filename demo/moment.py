"""An instant of simulated time, with what the clocks on the wall show."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, in seconds since 1970 and in French legal time."""

    epoch_s: float
    local: datetime
    second: float
    """Seconds since midnight, as the clock on the wall shows them."""

    @classmethod
    def at(cls, epoch_s: float) -> Moment:
        """Return the moment of an instant in seconds since 1970."""
        local = datetime.fromtimestamp(epoch_s, PARIS)
        minutes = local.hour * 60 + local.minute
        second = minutes * 60 + local.second + local.microsecond / 1_000_000
        return cls(epoch_s, local, second)

    @property
    def day(self) -> date:
        """The calendar day."""
        return self.local.date()

    def day_starting_at(self, hour: int) -> date:
        """Return the day it belongs to when days start at that hour."""
        return (self.local - timedelta(hours=hour)).date()
