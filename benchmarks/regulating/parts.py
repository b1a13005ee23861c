"""What the scenarios are made of: homes and skies, hours, appliances, two homes."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from math import pi, sin, sqrt
from pathlib import Path
from typing import Final

from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.breaker import filtered
from custom_components.linky_pilote.engine.regulation.model import (
    GridUse,
    Guarantee,
    Guard,
    Heating,
    Load,
    Modulation,
    Quantity,
    Settings,
    Signals,
    Span,
    Thermal,
    Unit,
    Wishes,
)
from demo.moment import PARIS, Moment
from demo.plant import Car, Device, Panels, Radiator, Room, Tank

from .generator import SkyKind, home, sky
from .meter import Meter
from .run import Event, Scenario
from .site import Base, Channel, Site
from .traces import Home, Sky, homes, sceaux_days, skies

DAY_S: Final = 86_400
HOUR_S: Final = 3600
NIGHT: Final = (22, 6)
"""Hours between which it is off-peak."""

_KINDS: Final = (
    SkyKind.BROKEN_CLOUDS,
    SkyKind.PARTLY_CLOUDY,
    SkyKind.CLEAR,
    SkyKind.CLEAR_WINTER,
)
_FRENCH_DAYS: Final = 4
_BEARABLE: Final = 0.97
"""Share of a guard that the base alone may reach where the guard is to be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The homes and skies that the scenarios play in."""

    homes: tuple[Home, ...]
    days: tuple[tuple[Home, Sky], ...]
    """A home under a sky."""
    french: tuple[Home, ...]
    """Days whose base has heaters of its own, or that are at hand instead."""


@cache
def world(traces: Path | None, seed: int, count: int) -> World:
    """Return the measured world of a folder, or one made from a seed."""
    if traces is None:
        made = tuple(home(seed + number) for number in range(count))
        above = (
            sky(_KINDS[number % len(_KINDS)], seed + number) for number in range(count)
        )
        return World(
            homes=made,
            days=tuple(zip(made, above, strict=True)),
            french=made[:_FRENCH_DAYS],
        )
    measured, seen = homes(traces)[:count], skies(traces)
    french = sceaux_days(traces)
    return World(
        homes=measured,
        days=tuple((each, above) for each in measured for above in seen)[:count],
        french=french[:: max(1, len(french) // _FRENCH_DAYS)][:_FRENCH_DAYS],
    )


# --- hours ----------------------------------------------------------------------------


def at(day: str, hour: float = 0) -> float:
    """Return when that hour of a day is, on the wall in Paris."""
    midnight = datetime.fromisoformat(day)
    return (midnight + timedelta(hours=hour)).replace(tzinfo=PARIS).timestamp()


def rolled(values: Sequence[float], hour: float) -> array[float]:
    """Return a day's values so that they begin at that hour."""
    start = int(hour * HOUR_S)
    return array("f", [*values[start:], *values[:start]])


def is_night(now: float) -> bool:
    """Return whether it is off-peak."""
    start, end = NIGHT
    return not end <= Moment.at(now).local.hour < start


def tariff(now: float) -> TariffPeriod:
    """Return the period of a contract with off-peak hours."""
    return TariffPeriod.OFF_PEAK if is_night(now) else TariffPeriod.PEAK


def nights(now: float) -> tuple[Span, ...]:
    """Return the off-peak hours that run or come within two days."""
    today = Moment.at(now).day
    spans = []
    for days in range(-1, 2):
        evening = (today + timedelta(days=days)).isoformat()
        morning = (today + timedelta(days=days + 1)).isoformat()
        span = Span(start=at(evening, NIGHT[0]), end=at(morning, NIGHT[1]))
        if span.end > now:
            spans.append(span)
    return tuple(spans)


@lru_cache(maxsize=64)
def _signals(minute: int) -> Signals:
    return Signals(off_peak=nights(60.0 * minute))


def signals(now: float) -> Signals:
    """Return what such a contract announces."""
    return _signals(int(now // 60))


def winter(now: float) -> float:
    """Return the temperature outside on a winter day."""
    return 6 + 3 * sin(2 * pi * (Moment.at(now).second / HOUR_S - 9) / 24)


# --- appliances -----------------------------------------------------------------------

DIMMER: Final = Modulation(
    low=1,
    high=100,
    unit=Unit.PERCENT,
    curve=tuple(
        (step / 20, step / 20 - sin(2 * pi * step / 20) / (2 * pi))
        for step in range(21)
    ),
)
"""Phase control of a resistance."""
TANK_W: Final = 2400.0
TANK_L: Final = 300.0
TANK_WH: Final = 1.163 * TANK_L
"""For 1 K."""


def tank_load(
    *, modulation: Modulation | None = None, surplus: bool = True, phase: int = 1
) -> Load:
    """Return a tank that the sun heats, and the night as far as it must."""
    return Load(
        key="tank",
        power=TANK_W,
        phases=(phase,),
        modulation=modulation,
        thermal=Thermal(must=40, eco=55, surplus=65, highest=65),
        guarantee=Guarantee(
            quantity=Quantity.TEMPERATURE, amount=51.5, by=360, capacity=TANK_WH
        ),
        grid=GridUse.OFF_PEAK,
        surplus=surplus,
        storable=True,
    )


def tank(load: Load, seed: int, temperature: float = 55.0) -> Tank:
    """Return the tank itself."""
    assert load.power is not None
    return Tank(
        "tank",
        rated=load.power,
        seed=seed,
        litres=TANK_L,
        temperature=temperature,
        modulation=load.modulation,
        phases=load.phases,
    )


CAR_WH: Final = 9000.0
CAR: Final = Load(
    key="car",
    power=14 * 230.0,
    modulation=Modulation(low=6, high=14, unit=Unit.AMPERE),
    guarantee=Guarantee(quantity=Quantity.ENERGY, amount=CAR_WH, by=420),
    grid=GridUse.OFF_PEAK,
    surplus=False,
    storable=True,
)
RADIATORS: Final = {
    "living": 1500.0,
    "bedroom": 1000.0,
    "study": 1000.0,
    "bath": 1000.0,
}


def radiator_loads(heating: Heating | None = None) -> tuple[Load, ...]:
    """Return four radiators, of different rooms."""
    return tuple(
        Load(key=key, power=watts, heating=heating or Heating(), surplus=False)
        for key, watts in RADIATORS.items()
    )


def radiator(load: Load, temperature: float = 19.0) -> Radiator:
    """Return a radiator in a room of its size."""
    assert load.power is not None
    size = load.power / 1000
    return Radiator(
        load.key,
        rated=load.power,
        room=Room(capacity=1600 * size, loss=45 * size, temperature=temperature),
        heating=load.heating,
        phases=load.phases,
    )


def dinner() -> array[float]:
    """Return what an oven and a hob draw from 18:36 on, by second of the day."""
    watts = array("f", bytes(4 * DAY_S))
    start = int(18.6 * HOUR_S)
    for second in range(45 * 60):
        oven = second < 480 or second % 120 < 50
        hob = second < 360 or (second < 1800 and second % 40 < 20)
        watts[start + second] = 2000.0 * oven + 1200.0 * hob
    return watts


_HIGHEST: Final[dict[tuple[str, int, int, float], float]] = {}

# --- homes ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A home with its appliances and what happens to it."""

    name: str
    start: float
    hour: float
    """Of the day, at the start."""
    base: Home
    loads: tuple[Load, ...]
    devices: Callable[[int], Iterable[Device]]
    """Fresh ones, from the seed."""
    settings: Settings
    seed: int = 0
    seconds: int = DAY_S
    above: Sky | None = None
    extra: tuple[Sequence[float], ...] = ()
    """More that nobody manages, by second of the day; on one phase only."""
    cutoff: float = 6000.0
    phases: int = 1
    """With several, the parts of the base are spread over them."""
    period: int = 2
    lost: float = 0.0
    resolution: float = 1.0
    wishes: Wishes = field(default_factory=Wishes)
    events: tuple[Event, ...] = ()
    tariff: Callable[[float], TariffPeriod] = tariff
    signals: Callable[[float], Signals] = signals
    outdoor: Callable[[float], float] = winter

    def scenario(self) -> Scenario:
        """Return it as it is run, all its loads armed."""
        return Scenario(
            name=self.name,
            seconds=self.seconds,
            start=self.start,
            make_site=self._site,
            loads=self.loads,
            settings=self.settings,
            wishes=replace(
                self.wishes, armed=frozenset(load.key for load in self.loads)
            ),
            seed=self.seed,
            events=self.events,
            signals=self.signals,
        )

    def bearable(self, ratio: float) -> bool:
        """Return whether what nobody manages leaves the filter below a ratio."""
        own = (self.base.name, len(self.extra), self.phases, self.hour)
        if own not in _HIGHEST:
            _HIGHEST[own] = max(map(self._highest, range(1, self.phases + 1)))
        return _HIGHEST[own] <= _BEARABLE * ratio * self.cutoff

    def _highest(self, phase: int) -> float:
        """Return the highest of the filter on a phase with the base alone, VA."""
        parts = [base for base in self._bases() if base.phase == phase]
        square = highest = 0.0
        for powers in zip(
            *(base.apparent or base.watts for base in parts), strict=True
        ):
            square = filtered(square, sum(powers), 1.0)
            highest = max(highest, square)
        return sqrt(highest)

    def _bases(self) -> list[Base]:
        home, hour = self.base, self.hour
        if self.phases > 1:
            parts = [home.parts[name] for name in sorted(home.parts)] or [home.watts]
            return [
                Base(watts=rolled(watts, hour), phase=1 + number % self.phases)
                for number, watts in enumerate(parts)
            ]
        seen = None if home.apparent is None else rolled(home.apparent, hour)
        bases = [Base(watts=rolled(home.watts, hour), apparent=seen)]
        return bases + [Base(watts=rolled(watts, hour)) for watts in self.extra]

    def _site(self, seed: int) -> Site:
        above = self.above
        return Site(
            start=self.start,
            base=self._bases(),
            devices=self.devices(seed),
            meter=Meter(
                phases=self.phases,
                cutoff=self.cutoff,
                period=self.period,
                resolution=self.resolution,
            ),
            channel=Channel(lost=self.lost, seed=seed),
            sun=(0.0,) if above is None else rolled(above.shares, self.hour),
            outdoor=self.outdoor,
            tariff=self.tariff,
        )


SUN_HOUR: Final = 6
SUN_DAY: Final = "2026-03-18"
PEAK_W: Final = 2700.0
"""What 3 kWp give at most."""


def sunny(name: str, base: Home, above: Sky, seed: int, *, relay: bool = False) -> Plan:
    """Return a home with panels and a tank, from six to six."""
    load = tank_load(modulation=None if relay else DIMMER)

    def devices(drawn: int) -> list[Device]:
        return [Panels("panels", peak=PEAK_W), tank(load, drawn)]

    return Plan(
        name=f"{name}, {base.name}, {above.name}",
        start=at(SUN_DAY, SUN_HOUR),
        hour=SUN_HOUR,
        base=base,
        above=above,
        loads=(load,),
        devices=devices,
        settings=Settings(ranks=(("tank",),)),
        seed=seed,
    )


COLD_HOUR: Final = 12
COLD_DAY: Final = "2026-01-14"
RANKS: Final = (tuple(RADIATORS), ("tank",), ("car",))


def cold(name: str, base: Home, seed: int, guard: Guard = Guard.BRANCH_BREAKER) -> Plan:
    """Return a home of 6 kVA with six loads on a winter day, from noon to noon."""
    heaters, water = radiator_loads(), tank_load(surplus=False)

    def devices(drawn: int) -> list[Device]:
        rooms = [radiator(load) for load in heaters]
        return [
            *rooms,
            tank(water, drawn, temperature=53),
            Car("car", modulation=CAR.modulation),
        ]

    return Plan(
        name=f"{name}, {base.name}",
        start=at(COLD_DAY, COLD_HOUR),
        hour=COLD_HOUR,
        base=base,
        extra=() if "oven" in base.parts else (dinner(),),
        loads=(*heaters, water, CAR),
        devices=devices,
        settings=Settings(ranks=RANKS, guard=guard),
        seed=seed,
    )
