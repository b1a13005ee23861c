"""The scenarios S8, S10 and S11: faults, the grid's frequency, and persons."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Final

from custom_components.linky_pilote.engine.regulation.model import (
    Frequency,
    Guard,
    LoadMode,
    LoadWish,
    Reason,
    Setting,
    Signals,
)
from demo.chance import between

from .controller import Controller
from .gates import (
    ALWAYS,
    DEGRADED,
    HOLDS,
    SAVED,
    SWITCHINGS,
    TRIPS,
    UNSEEN,
    Case,
    Figure,
    Gate,
    Result,
)
from .meter import MeterFault
from .ours import Ours
from .parts import (
    COLD_DAY,
    COLD_HOUR,
    HOUR_S,
    RADIATORS,
    TANK_W,
    Plan,
    World,
    at,
    cold,
    signals,
    sunny,
)
from .run import TICK, Event
from .scenarios import ALL_THERE, NO_COLD, NONE, POWER, SHEDDERS, SUN, case, within
from .site import Site

type Act = Callable[[float, Site, Controller], None]

_HOMES: Final = 3
"""For each trial, others for the next one."""
_DINNER: Final = 18.55
_RUSH: Final = 22.0
"""Hours at which it matters most."""
_ON: Final = Setting(power=TANK_W, value=1.0)


def _event(hour: float, act: Act) -> Event:
    """Return what happens at an hour of the day, or of the next one above 24."""
    return Event(at=(hour - COLD_HOUR) * HOUR_S, act=act)


def _meter(fault: MeterFault | None) -> Act:
    def act(_now: float, site: Site, _controller: Controller) -> None:
        site.meter.fault = fault

    return act


def _failing(fault: MeterFault, hour: float, minutes: float) -> tuple[Event, ...]:
    return (_event(hour, _meter(fault)), _event(hour + minutes / 60, _meter(None)))


def _stick(_now: float, site: Site, _controller: Controller) -> None:
    site.devices["tank"].stick(_ON)


def _repair(_now: float, site: Site, _controller: Controller) -> None:
    site.devices["tank"].repair()


def _report_nothing(_now: float, site: Site, _controller: Controller) -> None:
    site.devices["tank"].reports_power = False


def _restart(_now: float, _site: Site, controller: Controller) -> None:
    if isinstance(controller, Ours):
        controller.restart()


def _some(world: World, number: int) -> tuple[int, ...]:
    """Return the places of the homes of a trial."""
    count = len(world.homes)
    return tuple(
        dict.fromkeys((number * _HOMES + each) % count for each in range(_HOMES))
    )


def _plans(
    name: str, world: World, seed: int, number: int, change: Callable[[Plan], Plan]
) -> Iterable[Plan]:
    for place in _some(world, number):
        plan = change(cold(name, world.homes[place], seed + place))
        if plan.bearable(Guard.BRANCH_BREAKER.ratio):
            yield plan


def _with(*events: Event) -> Callable[[Plan], Plan]:
    return lambda plan: replace(plan, events=events)


_KEPT: Final = (within(Guard.BRANCH_BREAKER), ALL_THERE, NO_COLD)
_BLIND: Final = (within(Guard.LINKY), ALL_THERE, NO_COLD)
"""Nobody keeps a guard by what he cannot see or touch; the Linky must not open."""
_NO_METER: Final = "kW for W"
_FAULTS: Final[dict[str, tuple[Callable[[Plan], Plan], tuple[Gate, ...]]]] = {
    "slow meter": (lambda plan: replace(plan, period=30), _KEPT),
    "frozen 10 min": (_with(*_failing(MeterFault.FROZEN, _DINNER, 10)), _BLIND),
    "silent 10 min": (_with(*_failing(MeterFault.SILENT, _RUSH - 0.05, 10)), _BLIND),
    "unavailable 2 min": (
        _with(*_failing(MeterFault.UNAVAILABLE, _RUSH - 0.01, 2)),
        _BLIND,
    ),
    "lost commands": (lambda plan: replace(plan, lost=0.05), _KEPT),
    "stuck on": (
        _with(_event(_RUSH + 0.5, _stick), _event(_RUSH + 4, _repair)),
        _KEPT,
    ),
    "reports 0 W": (_with(_event(COLD_HOUR, _report_nothing)), _KEPT),
    "restart while shed": (
        _with(_event(_DINNER + 0.1, _restart), _event(_RUSH + 0.05, _restart)),
        _KEPT,
    ),
    _NO_METER: (
        _with(_event(_DINNER, _meter(MeterFault.KILO))),
        (Gate(figure=DEGRADED, limit=1),),
    ),
    "clock back": (
        lambda plan: replace(plan, start=at("2026-10-24", COLD_HOUR), seconds=90_000),
        _KEPT,
    ),
    "clock forward": (
        lambda plan: replace(plan, start=at("2026-03-28", COLD_HOUR), seconds=82_800),
        _KEPT,
    ),
}


def faults(world: World, seed: int) -> Iterable[Case]:
    """S8: what can fail, one thing at a time."""
    for number, (name, (change, gates)) in enumerate(_FAULTS.items()):
        plans = _plans("S8", world, seed, number, change)
        always = UNSEEN if name == _NO_METER else ALWAYS
        yield from case(f"S8 {name}", plans, POWER, *gates, always=always)
    yield from case(
        "S8 sign flipped",
        (
            replace(
                sunny("S8", base, above, seed + day),
                events=(Event(at=0, act=_meter(MeterFault.SIGN)),),
            )
            for day, (base, above) in enumerate(world.days[:_HOMES])
        ),
        (SAVED, *SUN[1:]),
        Gate(figure=DEGRADED, limit=1),
        # the time until it is found out
        Gate(figure=SAVED, limit=-0.5),
        Gate(figure=SWITCHINGS, limit=20),
        ALL_THERE,
        others=frozenset({NONE}),
    )


# --- what nobody manages --------------------------------------------------------------

_OTHER_W: Final = 7000.0
_OTHER_AT: Final = (3 * HOUR_S, 4 * HOUR_S)


def _meanwhile(result: Result) -> float:
    """Return the commands from then on until all may be given back."""
    begin, end = (at(COLD_DAY, COLD_HOUR) + each for each in _OTHER_AT)
    return sum(begin <= moment < end + 300 for moment in result.outcome.commanded)


_MEANWHILE: Final = Figure(name="commands then", measure=_meanwhile)


def _other(watts: float) -> Act:
    def act(_now: float, site: Site, _controller: Controller) -> None:
        site.switch_unmanaged("other", watts)

    return act


def unmanaged(world: World, seed: int) -> Iterable[Case]:
    """S9: 7 kW on 6 kVA for an hour, of something that nobody manages."""
    events = (
        Event(at=_OTHER_AT[0], act=_other(_OTHER_W)),
        Event(at=_OTHER_AT[1], act=_other(0.0)),
    )
    yield from case(
        "S9 unmanaged 7 kW",
        (
            replace(cold("S9", base, seed + day), events=events)
            for day, base in enumerate(world.homes)
        ),
        (*POWER, _MEANWHILE),
        Gate(figure=HOLDS, limit=1),
        # four heaters off and on again, and no more in vain
        Gate(figure=_MEANWHILE, limit=10),
        ALL_THERE,
        # the Linky may well open: no controller can help it
        always=tuple(gate for gate in ALWAYS if gate.figure is not TRIPS),
        others=SHEDDERS,
    )


# --- frequency ------------------------------------------------------------------------

_LOW_AT: Final = at(COLD_DAY, 23.5)
_HIGH_AT: Final = at(COLD_DAY, 17.0)
_EXCURSIONS: Final = ((_LOW_AT, -0.25), (_HIGH_AT, 0.25))
"""Begin and Hz: reached in 10 s, over in 5 min."""
_STORABLES: Final = ("tank", "car")


def _hertz(now: float) -> float:
    value = 50 + between(-0.012, 0.012, int(now))
    for begin, change in _EXCURSIONS:
        since = now - begin
        if 0 <= since < 310:
            value += change * min(since / 10, (310 - since) / 300)
    return value


@lru_cache(maxsize=64)
def _announced(second: int) -> Signals:
    now = float(second)
    heard = Frequency(value=_hertz(now), time=now, resolution=0.001)
    return replace(signals(now), frequency=heard)


def _heard(now: float) -> Signals:
    return _announced(int(now))


def _storing(begin: float, end: float, result: Result) -> float | None:
    """Return the most W of the storable loads between two moments."""
    return max(
        (
            sum(sample.powers[key] for key in _STORABLES)
            for sample in result.outcome.samples
            if begin < sample.time <= end
        ),
        default=None,
    )


def _refused(result: Result) -> float:
    """Return the s in which a storable load waits for what is over for long."""
    return sum(
        TICK
        for sample in result.outcome.samples
        if _LOW_AT + 900 < sample.time <= _LOW_AT + 1500
        and any(sample.reasons.get(key) is Reason.FREQUENCY for key in _STORABLES)
    )


_LEFT: Final = Figure(
    name="W at 49.8 Hz", measure=partial(_storing, _LOW_AT + 25, _LOW_AT + 60)
)
_BACK: Final = Figure(name="s refused later", measure=_refused)
_TAKEN: Final = Figure(
    name="W at 50.2 Hz",
    measure=partial(_storing, _HIGH_AT + 15, _HIGH_AT + 60),
    more_is_better=True,
)


def frequency(world: World, seed: int) -> Iterable[Case]:
    """S10: the frequency falls by 0.25 Hz in 10 s, and another time it rises."""
    settings = replace(cold("S10", world.homes[0], seed).settings, frequency=True)
    plans = _plans(
        "S10",
        world,
        seed,
        0,
        lambda plan: replace(plan, settings=settings, signals=_heard),
    )
    yield from case(
        "S10 frequency",
        plans,
        (*POWER, _LEFT, _BACK, _TAKEN),
        *_KEPT,
        Gate(figure=_LEFT, limit=10),
        Gate(figure=_BACK, limit=0),
        Gate(figure=_TAKEN, limit=1000),
        record=True,
    )


# --- persons --------------------------------------------------------------------------


def _by_hand(_now: float, site: Site, _controller: Controller) -> None:
    site.devices["tank"].use_by_hand(_ON)


def _wish(key: str, mode: LoadMode, hours: float) -> Act:
    def act(now: float, _site: Site, controller: Controller) -> None:
        wish = LoadWish(mode=mode, until=now + hours * HOUR_S)
        wishes = controller.wishes
        controller.wishes = replace(wishes, loads={**wishes.loads, key: wish})

    return act


def _rank(_now: float, _site: Site, controller: Controller) -> None:
    if isinstance(controller, Ours):
        controller.rank((("car",), ("tank",), tuple(RADIATORS)))


def _used(key: str, begin: float, end: float, result: Result) -> float | None:
    """Return the mean W of a load between two hours."""
    start, stop = (at(COLD_DAY, hour) for hour in (begin, end))
    powers = [
        sample.powers[key]
        for sample in result.outcome.samples
        if start < sample.time <= stop
    ]
    return sum(powers) / len(powers) if powers else None


def _mean(key: str, begin: float, end: float, *, more: bool) -> Figure:
    return Figure(
        name=f"{key} W asked",
        measure=partial(_used, key, begin, end),
        more_is_better=more,
    )


_FORCED: Final = _mean("tank", 16.0, 17.0, more=True)
_SWITCHED_OFF: Final = _mean("car", 23.01, 24.0, more=False)
_BREAKER: Final = within(Guard.BRANCH_BREAKER)
_PERSONS: Final[dict[str, tuple[tuple[Event, ...], tuple[Gate, ...]]]] = {
    "by hand": ((_event(_RUSH + 0.05, _by_hand),), (_BREAKER, NO_COLD)),
    "forced 1 h": (
        (_event(16.0, _wish("tank", LoadMode.FORCED, 1)),),
        (*_KEPT, Gate(figure=_FORCED, limit=0.9 * TANK_W)),
    ),
    "switched off, paused": (
        (
            _event(23.0, _wish("car", LoadMode.OFF, 1)),
            _event(18.0, _wish("bedroom", LoadMode.PAUSED, 2)),
        ),
        # what a person keeps from us is not shed either
        (*_BLIND, Gate(figure=_SWITCHED_OFF, limit=0)),
    ),
    "ranks changed": ((_event(_RUSH + 0.1, _rank),), (_BREAKER, ALL_THERE)),
}


def persons(world: World, seed: int) -> Iterable[Case]:
    """S11: somebody switches, forces, disables, and changes the order."""
    for number, (name, (events, gates)) in enumerate(_PERSONS.items()):
        extra = tuple(gate.figure for gate in gates if gate.figure not in POWER)
        plans = _plans("S11", world, seed, number, _with(*events))
        columns = (*POWER, *extra)
        yield from case(f"S11 {name}", plans, columns, *gates, record=bool(extra))
