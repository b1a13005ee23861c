"""The weather of the demo: outdoor temperature and sunshine, from a seed."""

from dataclasses import dataclass
from datetime import date
import math

from .chance import key, unit, wave
from .moment import DAY_S, Moment

_TEMPERATURE = key("temperature")
_CLOUD = key("cloud")
_VEIL = key("veil")

_YEAR_MEAN_C = 12.0
_YEAR_SWING_C = 7.5
_COLDEST_DAY_OF_YEAR = 17
_SPELL_SWING_C = 6.0
_SPELL_DAYS = 4.0
_DAY_SWING_C = 3.5
_WARMEST_HOUR = 15

_LATITUDE_RAD = math.radians(48.85)
_TILT_RAD = math.radians(23.44)
_SOLAR_NOON_UTC_H = 11.85


@dataclass(frozen=True, slots=True)
class Weather:
    """Weather near Paris, the same for the same seed."""

    seed: int

    def mean_c(self, day: date) -> float:
        """Return the mean outdoor temperature of a day, in degrees Celsius."""
        return self._trend_c(day.toordinal() + 0.5)

    def outdoor_c(self, moment: Moment) -> float:
        """Return the outdoor temperature, in degrees Celsius."""
        swing = math.cos((moment.second / 3600 - _WARMEST_HOUR) * math.pi / 12)
        days = moment.day.toordinal() + moment.second / DAY_S
        return self._trend_c(days) + _DAY_SWING_C * swing

    def sunshine(self, moment: Moment) -> float:
        """Return the share of full sun on a well-placed panel, 0 to 1."""
        height = sun_height(moment)
        if height <= 0:
            return 0.0
        hours = moment.epoch_s / 3600
        overcast = unit(self.seed, _CLOUD, moment.day.toordinal())
        passing = wave(hours * 6, self.seed, _VEIL) * overcast
        clear = 1 - 0.75 * overcast * overcast
        bright = math.pow(height, 0.8) * clear * (1 + 0.5 * passing)
        return max(0.0, min(1.0, bright))

    def _trend_c(self, days: float) -> float:
        angle = (days - _COLDEST_DAY_OF_YEAR) * 2 * math.pi / 365.25
        spell = wave(days / _SPELL_DAYS, self.seed, _TEMPERATURE)
        return _YEAR_MEAN_C - _YEAR_SWING_C * math.cos(angle) + _SPELL_SWING_C * spell


def sun_height(moment: Moment) -> float:
    """Return the sine of the sun's height above the horizon."""
    days, seconds = divmod(moment.epoch_s, DAY_S)
    season = math.cos((days % 365.25 + 10) * 2 * math.pi / 365.25)
    tilt = -_TILT_RAD * season
    turn = (seconds / 3600 - _SOLAR_NOON_UTC_H) * math.pi / 12
    return math.sin(_LATITUDE_RAD) * math.sin(tilt) + (
        math.cos(_LATITUDE_RAD) * math.cos(tilt) * math.cos(turn)
    )
