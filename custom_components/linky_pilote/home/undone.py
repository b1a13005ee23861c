"""How often other automations undo our orders."""

from typing import Final

_TOO_OFTEN: Final = 3
_WITHIN: Final = 86_400.0
"""Times, and s, after which we stop."""


class Undone:
    """Counts by load."""

    def __init__(self) -> None:
        """Begin with nothing undone."""
        self._times: dict[str, list[float]] = {}

    def too_often(self, key: str, now: float) -> bool:
        """Note that an order was undone; tell whether that is enough, and begin anew."""
        times = [at for at in self._times.pop(key, ()) if now - at < _WITHIN]
        times.append(now)
        if len(times) >= _TOO_OFTEN:
            return True
        self._times[key] = times
        return False
