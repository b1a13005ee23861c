"""What is above the house: the weather of the season, or what somebody wants to see."""

from enum import StrEnum
from typing import Final

from .chance import key, wave
from .moment import Moment
from .weather import Weather, sun_height

CLOUD_S: Final = 300.0
"""How long a cloud takes to pass."""
_EDGE_S: Final = 15.0
_SHADE: Final = 0.12
"""Share of the sun that a cloud lets through."""
_PASSING: Final = key("passing clouds")


class SkyKind(StrEnum):
    """What can be chosen."""

    SEASON = "season"
    """As the seed has it for the day."""
    CLEAR = "clear"
    CLOUDY = "cloudy"
    """Clouds pass all day long."""
    OVERCAST = "overcast"
    FULL_SUN = "full_sun"
    """The sun of noon, at any hour: to see what the house does with it."""


class Sky:
    """Sunshine and temperature over the house."""

    def __init__(
        self,
        weather: Weather,
        *,
        kind: SkyKind = SkyKind.SEASON,
        warmer_c: float = 0.0,
    ) -> None:
        """`warmer_c` K are added to the weather's temperature."""
        self.kind = kind
        self.warmer_c = warmer_c
        self._weather = weather
        self._cloud_from_s = float("-inf")

    def pass_cloud(self, now_s: float) -> None:
        """Let a cloud pass, from that instant on."""
        self._cloud_from_s = now_s

    def outdoor_c(self, moment: Moment) -> float:
        """Return the outdoor temperature, in degrees Celsius."""
        return self._weather.outdoor_c(moment) + self.warmer_c

    def sun(self, moment: Moment) -> float:
        """Return the share of full sun on a well-placed panel, 0 to 1."""
        return self._above(moment) * self._under_cloud(moment.epoch_s)

    def cloud(self, moment: Moment) -> float:
        """Return the share of the sun that clouds keep away, 0 to 1."""
        clear = _clear(moment)
        if self.kind is SkyKind.FULL_SUN or clear <= 0:
            return 1 - self._under_cloud(moment.epoch_s)
        return max(0.0, 1 - self.sun(moment) / clear)

    def _above(self, moment: Moment) -> float:
        match self.kind:
            case SkyKind.SEASON:
                return self._weather.sunshine(moment)
            case SkyKind.CLEAR:
                return _clear(moment)
            case SkyKind.CLOUDY:
                # twelve hills of the curve an hour: a cloud each ten minutes or so
                passing = wave(moment.epoch_s / 300, self._weather.seed, _PASSING)
                share = min(1.0, max(_SHADE, 0.6 + 1.2 * passing))
                return _clear(moment) * share
            case SkyKind.OVERCAST:
                return _clear(moment) * _SHADE
            case SkyKind.FULL_SUN:
                return 1.0

    def _under_cloud(self, now_s: float) -> float:
        """Return the share that the cloud somebody asked for lets through."""
        since = now_s - self._cloud_from_s
        if not 0 <= since < CLOUD_S:
            return 1.0
        depth = min(1.0, since / _EDGE_S, (CLOUD_S - since) / _EDGE_S)
        return 1 - (1 - _SHADE) * depth


def _clear(moment: Moment) -> float:
    height = sun_height(moment)
    return height**0.8 if height > 0 else 0.0
