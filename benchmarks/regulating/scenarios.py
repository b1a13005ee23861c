"""The scenarios S1 to S4, S6, S7 and S9: days of which nobody knows what comes.

Each gives its cases for a world and a seed. Sources: research, section 7.2, and the
gates of the issue.
"""

from array import array
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from custom_components.linky_pilote.engine.regulation.model import (
    Guarantee,
    Guard,
    Load,
    Modulation,
    Quantity,
    Settings,
    Unit,
)
from demo.chance import between
from demo.plant import Car, Device, HomeBattery, Panels

from .gates import (
    ABOVE,
    ALWAYS,
    COLD,
    COMMANDS,
    FILTER,
    HIGHEST,
    IMPORT,
    LONGEST,
    MISSING,
    NEEDLESS,
    RATIO,
    SAVED,
    SAVING,
    SELF_USE,
    SWITCHINGS,
    UNSEEN,
    Case,
    Figure,
    Gate,
)
from .generator import SkyKind, sky
from .parts import (
    CAR,
    CAR_WH,
    DAY_S,
    DIMMER,
    HOUR_S,
    PEAK_W,
    RADIATORS,
    Plan,
    World,
    cold,
    radiator,
    radiator_loads,
    sunny,
    tank,
    tank_load,
)

NO_COLD: Final = Gate(figure=COLD, limit=0.05)
ALL_THERE: Final = Gate(figure=MISSING, limit=1)
NONE: Final = "none"
ROUTERS: Final = frozenset({NONE, "optimizer", "fork", "router"})
SHEDDERS: Final = frozenset({NONE, "heating", "thresholds"})
SUN: Final[tuple[Figure, ...]] = (SAVING, IMPORT, SELF_USE, SWITCHINGS, COMMANDS)
POWER: Final[tuple[Figure, ...]] = (
    ABOVE,
    LONGEST,
    HIGHEST,
    RATIO,
    *FILTER.values(),
    COMMANDS,
    COLD,
    MISSING,
)
FEW_SWITCHINGS: Final = Gate(figure=SWITCHINGS, limit=20)
FEW_COMMANDS: Final = Gate(figure=COMMANDS, limit=300)
NO_COST: Final = Gate(figure=SAVED, limit=-0.05, mean=True)
"""What a tank loses because it is hot for longer is no cost."""


def within(guard: Guard) -> Gate:
    """Return the gate that the filter keeps to a guard."""
    return Gate(figure=RATIO, limit=guard.ratio)


def case(
    name: str,
    plans: Iterable[Plan],
    columns: tuple[Figure, ...],
    *gates: Gate,
    always: tuple[Gate, ...] = ALWAYS,
    others: frozenset[str] = frozenset(),
    record: bool = False,
) -> tuple[Case, ...]:
    """Return the case of some days, or none where there are no days."""
    days = tuple(plan.scenario() for plan in plans)
    wanted = {gate.figure.name for gate in gates} | {each.name for each in columns}
    made = Case(
        name=name,
        days=days,
        columns=columns,
        gates=(*always, *gates),
        saving=SAVING.name in wanted,
        others=others,
        record=record,
    )
    return (made,) if days else ()


def surplus(world: World, seed: int) -> Iterable[Case]:
    """S1: a tank under the sun, by dimmer and by relay, on two meters."""
    saved = {2: Gate(figure=SAVING, limit=0.95, mean=True)}
    saved[30] = Gate(figure=SAVING, limit=0.88, mean=True)
    for relay in (False, True):
        for period in (2, 30):
            kind = "relay" if relay else "dimmer"
            few = (FEW_SWITCHINGS, FEW_COMMANDS) if period == 2 else (FEW_SWITCHINGS,)
            yield from case(
                f"S1 {kind}, {period} s",
                (
                    replace(
                        sunny("S1", base, above, seed + day, relay=relay), period=period
                    )
                    for day, (base, above) in enumerate(world.days)
                ),
                SUN,
                ALL_THERE,
                # what a relay can get is little: it must not cost, nor wear out
                *((NO_COST, FEW_SWITCHINGS) if relay else (saved[period], *few)),
                others=ROUTERS,
            )


def overload(world: World, seed: int) -> Iterable[Case]:
    """S2: six loads and a dinner on 6 kVA, with three guards on three meters."""
    kept = (NO_COLD, ALL_THERE)
    # like the figures of the study, what is counted is the mean of the homes
    few: dict[Guard, tuple[Gate, ...]] = {
        Guard.BRANCH_BREAKER: (Gate(figure=COMMANDS, limit=40, mean=True), *kept),
        Guard.LINKY: (Gate(figure=COMMANDS, limit=25, mean=True), *kept),
        Guard.STRICT: (Gate(figure=ABOVE, limit=400, mean=True),),
    }
    for guard, gates in few.items():
        for period in (2, 10, 30):
            plans = (
                replace(cold("S2", base, seed + day, guard), period=period)
                for day, base in enumerate(world.homes)
            )
            judged = guard is not Guard.STRICT or period < 30
            yield from case(
                f"S2 {guard.value}, {period} s",
                (plan for plan in plans if plan.bearable(guard.ratio)),
                POWER,
                *((within(guard), *gates) if judged else ()),
                always=ALWAYS if judged else UNSEEN,
                # the others know no guard: once is enough
                others=SHEDDERS if guard is Guard.BRANCH_BREAKER else frozenset(),
            )


_BY_THE_MINUTE: Final = 0.98
"""Of what is bearable: means of a minute step by kW, and leave no time before."""


def french_house(world: World, seed: int) -> Iterable[Case]:
    """S3: a house with heaters of its own, on 9 and on 6 kVA."""
    heaters = radiator_loads()[:2]
    water = tank_load(surplus=False)

    def devices(drawn: int) -> list[Device]:
        return [*(radiator(load) for load in heaters), tank(water, drawn)]

    for cutoff in (9000.0, 6000.0):
        plans = (
            replace(
                cold("S3", base, seed + day),
                extra=(),
                loads=(*heaters, water),
                devices=devices,
                settings=Settings(ranks=(tuple(RADIATORS)[:2], ("tank",))),
                cutoff=cutoff,
            )
            for day, base in enumerate(world.french)
        )
        guard = Guard.BRANCH_BREAKER
        yield from case(
            f"S3 {cutoff / 1000:g} kVA",
            (plan for plan in plans if plan.bearable(_BY_THE_MINUTE * guard.ratio)),
            (*POWER, NEEDLESS),
            within(guard),
            Gate(figure=NEEDLESS, limit=0),
            ALL_THERE,
            others=SHEDDERS,
        )


_KETTLES: Final = 10


def _kettles(seed: int) -> array[float]:
    """Return what a kettle draws on a day on which tea is drunk, by second."""
    watts = array("f", bytes(4 * DAY_S))
    for number in range(_KETTLES):
        hour = 9 + 7.5 * (number + between(0.0, 0.7, seed, number)) / _KETTLES
        start = int(hour * HOUR_S)
        power = between(2200, 2700, seed, number, 1)
        for second in range(start, start + int(between(107, 277, seed, number, 2))):
            watts[second] = power
    return watts


def kettle(world: World, seed: int) -> Iterable[Case]:
    """S4: a kettle, again and again, over a load that runs on a clear day's surplus."""
    clear = sky(SkyKind.CLEAR, seed)
    small = replace(tank_load(), power=1000.0)
    gates = {
        False: (Gate(figure=SAVING, limit=0.93, mean=True), FEW_COMMANDS),
        # less than two for each kettle: it does not stop for most of them
        True: (NO_COST, Gate(figure=SWITCHINGS, limit=_KETTLES)),
    }
    for relay, own in gates.items():
        load = small if relay else tank_load(modulation=DIMMER)

        def devices(drawn: int, load: Load = load) -> list[Device]:
            return [Panels("panels", peak=PEAK_W), tank(load, drawn)]

        yield from case(
            f"S4 {'relay' if relay else 'dimmer'}",
            (
                replace(
                    sunny("S4", base, clear, seed + day),
                    loads=(load,),
                    devices=devices,
                    extra=(_kettles(seed + day),),
                )
                for day, base in enumerate(world.homes)
            ),
            SUN,
            FEW_SWITCHINGS,
            ALL_THERE,
            *own,
            others=ROUTERS,
        )


_ON_PHASES: Final = {"living": 1, "bedroom": 2, "study": 3, "bath": 3}
_AMPERES: Final = Modulation(low=6, high=16, unit=Unit.AMPERE)
_CARS: Final = {
    "1 phase": replace(CAR, power=16 * 230.0, modulation=_AMPERES),
    "3 phases": replace(
        CAR, power=3 * 16 * 230.0, phases=(1, 2, 3), modulation=_AMPERES
    ),
    "1 or 3 phases": replace(
        CAR,
        power=3 * 16 * 230.0,
        phases=(1, 2, 3),
        modulation=replace(_AMPERES, phase_counts=(1, 3)),
    ),
}


def three_phases(world: World, seed: int) -> Iterable[Case]:
    """S6: a car that draws 6 A or nothing, on three phases of 15 A, unbalanced."""
    heaters = tuple(
        replace(load, phases=(_ON_PHASES[load.key],)) for load in radiator_loads()
    )
    water = tank_load(surplus=False, phase=2)
    for name, car in _CARS.items():

        def devices(drawn: int, car: Load = car) -> list[Device]:
            rooms = [radiator(load) for load in heaters]
            charger = Car("car", modulation=car.modulation, phases=car.phases)
            return [*rooms, tank(water, drawn, temperature=53), charger]

        plans = (
            replace(
                cold("S6", base, seed + day),
                loads=(*heaters, water, car),
                devices=devices,
                phases=3,
                cutoff=15 * 230.0,
            )
            for day, base in enumerate(world.homes)
        )
        yield from case(
            f"S6 car on {name}",
            (plan for plan in plans if plan.bearable(Guard.BRANCH_BREAKER.ratio)),
            POWER,
            within(Guard.BRANCH_BREAKER),
            NO_COLD,
            ALL_THERE,
            others=SHEDDERS,
        )
    yield from _car_on_sun(world, seed)


def _car_on_sun(world: World, seed: int) -> Iterable[Case]:
    # it is back at 08:00 and leaves shortly before the day of the scenario ends
    guarantee = Guarantee(quantity=Quantity.ENERGY, amount=CAR_WH, by=350)
    car = replace(_CARS["1 phase"], guarantee=guarantee, surplus=True)

    def devices(_drawn: int) -> list[Device]:
        charger = Car(
            "car", modulation=car.modulation, plugged=8 * HOUR_S, leaves=355 * 60
        )
        return [Panels("panels", peak=PEAK_W), charger]

    yield from case(
        "S6 car on sun",
        (
            replace(
                sunny("S6", base, above, seed + day),
                loads=(car,),
                devices=devices,
                settings=Settings(ranks=(("car",),)),
            )
            for day, (base, above) in enumerate(world.days)
        ),
        SUN,
        FEW_SWITCHINGS,
        FEW_COMMANDS,
        ALL_THERE,
        NO_COST,
        others=ROUTERS,
    )


def battery(world: World, seed: int) -> Iterable[Case]:
    """S7: a battery that keeps the grid at zero, served before the tank or after it."""
    load = tank_load(modulation=DIMMER)

    def devices(drawn: int) -> list[Device]:
        panels = Panels("panels", peak=PEAK_W)
        return [panels, tank(load, drawn), HomeBattery("battery")]

    for first in (True, False):
        yield from case(
            f"S7 {'battery' if first else 'loads'} first",
            (
                replace(
                    sunny("S7", base, above, seed + day),
                    devices=devices,
                    settings=Settings(ranks=(("tank",),), battery_first=first),
                )
                for day, (base, above) in enumerate(world.days)
            ),
            (SAVED, *SUN[1:]),
            FEW_SWITCHINGS,
            FEW_COMMANDS,
            ALL_THERE,
            NO_COST,
            others=ROUTERS if first else frozenset({NONE}),
        )
