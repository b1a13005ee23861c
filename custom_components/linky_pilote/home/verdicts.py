"""What was decided about a load, as entities, events and actions tell it."""

from datetime import datetime
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..engine.regulation.model import Verdict

_FOR_EVER: Final = 1e11
"""s since 1970, more than any end of a wish."""


def describe(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as attributes and answers have it."""
    setting = verdict.setting
    return {
        "reason": verdict.reason,
        "blocked_by": verdict.blocked_by,
        "until": moment(verdict.until),
        "wanted_w": round(verdict.wanted),
        "granted_w": None if setting is None else round(setting.power),
        "observed": verdict.observed,
    }


def moment(seconds: float | None) -> datetime | None:
    """Return a moment that is known and not for ever."""
    if seconds is None or not abs(seconds) < _FOR_EVER:
        return None
    return dt_util.utc_from_timestamp(seconds)


def clock(seconds: float | None, now: float) -> str | None:
    """Return the end of something as a tile has room for it: `→ 22:00`.

    With its day when that is another one. Pages write an attribute that is a moment in
    full, seconds included.
    """
    at = moment(seconds)
    if at is None:
        return None
    local = dt_util.as_local(at)
    today = dt_util.as_local(dt_util.utc_from_timestamp(now)).date()
    return f"→ {local:%H:%M}" if local.date() == today else f"→ {local:%d/%m %H:%M}"
