"""The scenario S5: a Tempo week in winter, with a person who cancels what may be."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Final

from custom_components.linky_pilote.engine.reading import TariffPeriod, TempoColor
from custom_components.linky_pilote.engine.regulation.model import (
    EcowattSpan,
    GridUse,
    Heating,
    HeatingMode,
    Load,
    PeakKind,
    PeakSpan,
    Settings,
    Signals,
)
from demo.moment import Moment
from demo.plant import Car, Device, Machine
from demo.plant.machine import DISHES

from .controller import Controller
from .gates import RED_HEATING, Case, Figure, Gate, Result
from .parts import (
    CAR,
    HOUR_S,
    RADIATORS,
    Plan,
    World,
    at,
    cold,
    nights,
    radiator,
    radiator_loads,
    tank,
    tank_load,
)
from .run import Event
from .scenarios import ALL_THERE, NONE, POWER, SHEDDERS, case, within
from .site import Site

_START: Final = "2026-01-12"
_BLUE, _WHITE, _RED = TempoColor.BLUE, TempoColor.WHITE, TempoColor.RED
_COLORS: Final = (_BLUE, _WHITE, _WHITE, _RED, _RED, _BLUE, _BLUE)
"""Of the days from the Monday on; the week begins again."""
_DAY_H: Final = 6
_PEAK_END_H: Final = 22
_START_H: Final = 8
"""Hour at which the week starts, when the car has just left."""
_KNOWN_H: Final = 11
"""Hour from which tomorrow's colour is known."""
_PERIODS: Final = {
    (_BLUE, True): TariffPeriod.BLUE_PEAK,
    (_BLUE, False): TariffPeriod.BLUE_OFF_PEAK,
    (_WHITE, True): TariffPeriod.WHITE_PEAK,
    (_WHITE, False): TariffPeriod.WHITE_OFF_PEAK,
    (_RED, True): TariffPeriod.RED_PEAK,
    (_RED, False): TariffPeriod.RED_OFF_PEAK,
}
_PEAKS: Final = {_WHITE: PeakKind.WHITE, _RED: PeakKind.RED}
_ECOWATT_DAY: Final = 0
_ECOWATT_H: Final = (9, 13)
_HEAT_DAY: Final = 1
_AUTO_DAY: Final = 2
_REFUSED_DAY: Final = 3
_HOMES: Final = 3
"""Weeks are long."""
_FLOOR: Final = 14.0


def _moment(day: int, hour: float) -> float:
    return at(_START, 24 * day + hour)


def _color(day: int) -> TempoColor:
    return _COLORS[day % len(_COLORS)]


def _day(now: float) -> int:
    return Moment.at(now).day_starting_at(_DAY_H).toordinal() - _MONDAY


_MONDAY: Final = Moment.at(at(_START, 12)).day.toordinal()


def _tariff(now: float) -> TariffPeriod:
    peak = _DAY_H <= Moment.at(now).local.hour < _PEAK_END_H
    return _PERIODS[_color(_day(now)), peak]


@lru_cache(maxsize=64)
def _in_minute(minute: int) -> Signals:
    now = 60.0 * minute
    today = _day(now)
    known = now >= _moment(today, _KNOWN_H)
    spans = (
        PeakSpan(
            start=_moment(day, _DAY_H),
            end=_moment(day, _PEAK_END_H),
            kind=_PEAKS[_color(day)],
        )
        for day in ((today, today + 1) if known else (today,))
        if _color(day) in _PEAKS
    )
    start, end = (_moment(_ECOWATT_DAY, hour) for hour in _ECOWATT_H)
    return Signals(
        tempo=True,
        color=_color(today),
        color_tomorrow=_color(today + 1) if known else None,
        peaks=tuple(span for span in spans if span.end > now),
        off_peak=nights(now),
        ecowatt=(EcowattSpan(start=start, end=end, level=3),) if now < end else (),
    )


def _signals(now: float) -> Signals:
    return _in_minute(int(now // 60))


# --- what is looked at ----------------------------------------------------------------


def _mean(
    result: Result, keys: Collection[str], day: int, hours: tuple[float, float]
) -> float | None:
    """Return the W that some loads drew on a day between two hours, on average."""
    start, end = (_moment(day, hour) for hour in hours)
    powers = [
        sum(sample.powers[key] for key in keys)
        for sample in result.outcome.samples
        if start < sample.time <= end
    ]
    return sum(powers) / len(powers) if powers else None


def _share(day: int, hours: tuple[float, float], result: Result) -> float | None:
    """Return what all radiators drew, over the same without control."""
    if result.none is None:
        return None
    free = _mean(replace(result, outcome=result.none), RADIATORS, day, hours)
    drawn = _mean(result, RADIATORS, day, hours)
    return None if drawn is None or not free else drawn / free


def _named_heat(result: Result) -> float | None:
    """Return the W of the load that EcoWatt is to spare."""
    start, end = _ECOWATT_H
    return _mean(result, (_NAMED,), _ECOWATT_DAY, (start + 1 / 60, end))


_NAMED: Final = "bath"
_WHOLE_DAY: Final = (_DAY_H + 0.1, float(_PEAK_END_H))
_HEAT_H: Final = (8.0, float(_PEAK_END_H))
_HEATED: Final = Figure(
    name="heat on demand",
    measure=partial(_share, _HEAT_DAY, _HEAT_H),
    digits=2,
    more_is_better=True,
)
_WHITE_HEATED: Final = Figure(
    name="heat in white", measure=partial(_share, _AUTO_DAY, _WHOLE_DAY), digits=3
)
_ECOWATT_HEATED: Final = Figure(name="W in EcoWatt", measure=_named_heat)
_COLDEST: Final = Figure(
    name="coldest °C",
    measure=lambda result: min(
        load.coldest
        for load in result.outcome.loads.values()
        if load.coldest is not None
    ),
    digits=1,
    more_is_better=True,
)


# --- the week -------------------------------------------------------------------------


def _mode(mode: HeatingMode, hours: float, now: float, controller: Controller) -> None:
    controller.wishes = replace(
        controller.wishes, heating=mode, heat_since=now, heat_until=now + hours * HOUR_S
    )


def _ask(day: int, hour: float, hours: float) -> tuple[Event, Event]:
    """Return that somebody wants heat, and that the wish has an end."""

    def begin(now: float, _site: Site, controller: Controller) -> None:
        _mode(HeatingMode.HEAT, hours, now, controller)

    def end(now: float, _site: Site, controller: Controller) -> None:
        _mode(HeatingMode.AUTO, 0, now, controller)

    since = 24 * day + hour - _START_H
    return (
        Event(at=since * HOUR_S, act=begin),
        Event(at=(since + hours) * HOUR_S, act=end),
    )


def _machine(key: str, power: float) -> Load:
    return Load(
        key=key,
        power=power,
        grid=GridUse.OFF_PEAK,
        surplus=False,
        never_cut=True,
        sheddable=False,
    )


def _week(name: str, world: World, seed: int, heating: Heating) -> Iterable[Plan]:
    heaters = tuple(
        replace(load, ecowatt=load.key == _NAMED) for load in radiator_loads(heating)
    )
    water = tank_load(surplus=False)
    dishes, wash = _machine("dishes", 1900), _machine("wash", 2050)

    def devices(drawn: int) -> list[Device]:
        return [
            *(radiator(load) for load in heaters),
            tank(water, drawn),
            Car("car", modulation=CAR.modulation),
            Machine("dishes", ready=(20 * HOUR_S,), stages=DISHES),
            Machine("wash", ready=(20 * HOUR_S,)),
        ]

    for number, base in enumerate(world.homes[:_HOMES]):
        yield replace(
            cold(name, base, seed + number),
            start=_moment(0, _START_H),
            hour=_START_H,
            seconds=7 * 24 * HOUR_S,
            loads=(*heaters, water, CAR, dishes, wash),
            devices=devices,
            settings=Settings(
                ranks=(("dishes", "wash"), tuple(RADIATORS), ("tank",), ("car",))
            ),
            cutoff=9000.0,
            # it is about hours: what a week costs is spent elsewhere
            period=10,
            tariff=_tariff,
            signals=_signals,
            events=(
                *_ask(_HEAT_DAY, 8, 14),
                *_ask(_REFUSED_DAY, 10, 2),
            ),
            outdoor=lambda _now: 3.0,
        )


def tempo_week(world: World, seed: int) -> Iterable[Case]:
    """S5: blue, white, red; heat asked for in white and in red; a rush at 22:00."""
    guard = Settings(ranks=()).guard
    columns = (*POWER, RED_HEATING, _COLDEST, _HEATED, _WHITE_HEATED, _ECOWATT_HEATED)
    gates = (
        within(guard),
        ALL_THERE,
        Gate(figure=_HEATED, limit=0.7),
        Gate(figure=_ECOWATT_HEATED, limit=1),
    )
    yield from case(
        "S5 Tempo week",
        _week("S5", world, seed, Heating()),
        columns,
        Gate(figure=RED_HEATING, limit=0),
        Gate(figure=_WHITE_HEATED, limit=0.005),
        *gates,
        others=SHEDDERS,
        record=True,
    )
    yield from case(
        "S5 Tempo week, room floor",
        _week("S5 floor", world, seed, Heating(floor=_FLOOR)),
        columns,
        Gate(figure=_COLDEST, limit=_FLOOR - 0.3),
        *gates,
        others=frozenset({NONE}),
        record=True,
    )
