"""The days that can be played, as data: a date, a contract, a sky, what happens when.

What happens is told in the words of `World.obey`, by the time on the wall.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from custom_components.linky_pilote.engine.reading import Contract, TempoColor

from .moment import PARIS
from .setup import MeterSetup
from .sky import SkyKind

_BLUE, _WHITE, _RED = TempoColor.BLUE, TempoColor.WHITE, TempoColor.RED


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One day, or a part of it."""

    start: str
    """Legal time, ISO; the day before counts for its last hours."""
    contract: Contract = Contract.TEMPO
    producer: bool = False
    kva: int = 6
    colors: Mapping[str, TempoColor] = MappingProxyType({})
    """By date; the others are those of the seed."""
    sky: SkyKind = SkyKind.SEASON
    warmer_c: float = 0.0
    """K on top of the season's weather."""
    ecowatt: Mapping[str, Mapping[int, int]] = MappingProxyType({})
    """Level by hour of a date where it is not 1: 0 low-carbon, 2 strained, 3 cuts."""
    events: tuple[tuple[str, str], ...] = ()
    """Legal time, and what happens."""

    def meter(self, seed: int = 1) -> MeterSetup:
        """Return the meter of the house."""
        return MeterSetup(
            seed=seed,
            contract=self.contract,
            producer=self.producer,
            solar=True,
            subscribed_kva=self.kva,
        )

    @property
    def start_s(self) -> float:
        """Seconds since 1970 at the start."""
        return seconds(self.start)


def seconds(text: str) -> float:
    """Return an instant of legal time in seconds since 1970."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


_EVENING: Final = (("2027-01-12T22:30", "set charger 10"),)
_WINTER: Final = Scenario(
    start="2027-01-12T05:45",
    colors={"2027-01-11": _BLUE, "2027-01-12": _BLUE, "2027-01-13": _BLUE},
    warmer_c=-3.0,
    sky=SkyKind.OVERCAST,
    events=_EVENING,
)
_SUMMER: Final = Scenario(
    start="2027-06-17T05:45",
    colors={"2027-06-16": _BLUE, "2027-06-17": _BLUE, "2027-06-18": _BLUE},
    producer=True,
    sky=SkyKind.CLEAR,
    events=(("2027-06-17T10:00", "set pool_pump on"),),
)
_STRAINED: Final = {hour: 3 if 18 <= hour < 20 else 2 for hour in (8, 9, 18, 19, 20)}

SCENARIOS: Final[Mapping[str, Scenario]] = MappingProxyType(
    {
        "blue-day": _WINTER,
        "white-day": replace(
            _WINTER,
            colors={"2027-01-11": _BLUE, "2027-01-12": _WHITE, "2027-01-13": _BLUE},
        ),
        "red-day": replace(
            _WINTER,
            colors={"2027-01-11": _WHITE, "2027-01-12": _RED, "2027-01-13": _WHITE},
            warmer_c=-6.0,
            ecowatt={"2027-01-12": _STRAINED},
        ),
        "tempo-week": replace(
            _WINTER,
            start="2027-01-11T05:45",
            colors={
                "2027-01-10": _BLUE,
                "2027-01-11": _WHITE,
                "2027-01-12": _RED,
                "2027-01-13": _RED,
                "2027-01-14": _WHITE,
                "2027-01-15": _BLUE,
                "2027-01-16": _WHITE,
                "2027-01-17": _BLUE,
            },
            warmer_c=-6.0,
            ecowatt={"2027-01-12": _STRAINED},
            events=(),
        ),
        "ejp-day": replace(
            _WINTER,
            contract=Contract.EJP,
            colors={"2027-01-11": _BLUE, "2027-01-12": _RED, "2027-01-13": _BLUE},
        ),
        "clear-day": _SUMMER,
        "cloudy-day": replace(_SUMMER, sky=SkyKind.CLOUDY),
        "power-cut": replace(
            _WINTER,
            start="2027-01-12T17:45",
            events=(
                ("2027-01-12T18:30", "mains off"),
                ("2027-01-12T19:10", "mains on"),
                *_EVENING,
            ),
        ),
        "faults": replace(
            _WINTER,
            start="2027-01-12T11:45",
            events=(
                ("2027-01-12T12:00", "fault noise 0.02"),
                ("2027-01-12T12:20", "fault none"),
                ("2027-01-12T12:30", "fault silence 60"),
                ("2027-01-12T13:00", "unplug"),
                ("2027-01-12T13:05", "plug"),
                ("2027-01-12T13:30", "drop 50"),
                ("2027-01-12T14:00", "index +200000 2"),
                ("2027-01-12T14:30", "drop 0"),
                ("2027-01-12T15:00", "strain on"),
                ("2027-01-12T15:10", "strain off"),
                *_EVENING,
            ),
        ),
    }
)
