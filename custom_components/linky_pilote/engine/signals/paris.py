"""Days and hours on the clock in Paris, whatever the computer's zone is.

An hour of the day is never counted from midnight: on the two days when the clock
changes that is an hour out.
"""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")

ONE_DAY: Final = timedelta(days=1)


def paris(moment: datetime) -> datetime:
    """Return what the clock in Paris shows at an instant."""
    return moment.astimezone(PARIS)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return when the clock in Paris first shows an hour; 24 is the next day's 0.

    The hour that is left out in March is the instant at which the next one begins.
    """
    if hour == 24:
        day, hour = day + ONE_DAY, 0
    wall = datetime.combine(day, time(hour, minute), PARIS)
    # By UTC and back, what does not exist becomes what is shown instead
    return datetime.fromtimestamp(wall.timestamp(), PARIS)


def paris_day(text: str) -> date:
    """Return the day that a date or an instant, both in ISO 8601, is on in Paris."""
    if len(text) == 10:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo is None else paris(moment)).date()
