"""The demo's house: a table of appliances, and the power they make on each phase."""

from collections.abc import Iterable
from dataclasses import dataclass
import math
from typing import Protocol

from .appliances import (
    Appliance,
    Charger,
    Compressor,
    Habit,
    Heater,
    Panels,
    Stage,
    StandBy,
    Used,
    WaterHeater,
)
from .moment import Moment
from .tariff import Block
from .weather import Weather

_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class PhasePower:
    """What flows through the meter on one phase; negative goes out to the grid."""

    active_w: float
    reactive_var: float

    @property
    def apparent_va(self) -> float:
        """Apparent power, without a sign."""
        return math.hypot(self.active_w, self.reactive_var)


class Household(Protocol):
    """What hangs on a meter."""

    phases: int

    def powers(self, moment: Moment, *, live: bool = True) -> tuple[PhasePower, ...]:
        """Return the power on each phase at an instant, where electricity comes in.

        It is asked with instants that do not go back.
        """


class House:
    """Appliances on one or three phases."""

    def __init__(self, appliances: Iterable[Appliance], phases: int) -> None:
        """On one phase the appliances' own phases do not matter."""
        self.appliances = tuple(appliances)
        self.phases = phases
        # the same for all time: var per W, and the place in the answer
        self._wiring = tuple(
            (
                appliance,
                0 if phases == 1 else appliance.phase - 1,
                reactive_share(appliance.power_factor),
            )
            for appliance in self.appliances
        )

    def powers(self, moment: Moment, *, live: bool = True) -> tuple[PhasePower, ...]:
        """Return the power on each phase at an instant."""
        if not live:
            return (PhasePower(0.0, 0.0),) * self.phases
        active = [0.0] * self.phases
        reactive = [0.0] * self.phases
        for appliance, place, share in self._wiring:
            watts = appliance.power_w(moment)
            active[place] += watts
            reactive[place] += abs(watts) * share
        return tuple(
            PhasePower(watts, var) for watts, var in zip(active, reactive, strict=True)
        )

    def appliance_powers_w(self, moment: Moment) -> dict[str, float]:
        """Return the active power of each appliance by name."""
        return {
            appliance.name: appliance.power_w(moment) for appliance in self.appliances
        }


def always_on(seed: int) -> tuple[Appliance, ...]:
    """Return what runs in any home, day and night."""
    return (
        StandBy(
            name="stand_by",
            seed=seed,
            phase=1,
            power_factor=0.9,
            floor_w=130,
            evening_w=260,
        ),
        Compressor(
            name="fridge",
            seed=seed,
            phase=2,
            power_factor=0.8,
            rated_w=95,
            period_s=2700,
            share=0.38,
        ),
        Compressor(
            name="freezer",
            seed=seed,
            phase=3,
            power_factor=0.8,
            rated_w=80,
            period_s=3600,
            share=0.35,
        ),
    )


def family_house(
    *,
    seed: int,
    phases: int,
    off_peak: tuple[Block, ...],
    solar: bool = False,
    charger: bool = False,
) -> House:
    """Return the house of a family that heats with electricity."""
    weather = Weather(seed)
    appliances: list[Appliance] = [
        *always_on(seed),
        WaterHeater(
            name="water_heater", seed=seed, phase=3, rated_w=2200, off_peak=off_peak
        ),
        *(
            Heater(
                name=name,
                seed=seed,
                phase=phase,
                rated_w=rated_w,
                loss_w_per_k=loss_w_per_k,
                weather=weather,
            )
            for name, phase, rated_w, loss_w_per_k in _HEATERS
        ),
        *(
            Used(
                name=name,
                seed=seed,
                phase=phase,
                power_factor=power_factor,
                habits=habits,
            )
            for name, phase, power_factor, habits in _HABITS
        ),
    ]
    if charger:
        appliances.append(
            Charger(
                name="charger",
                seed=seed,
                phase=2,
                power_factor=0.99,
                rated_w=3200,
                from_hour=23.5,
                most_hours=5,
            )
        )
    if solar:
        appliances.append(
            Panels(
                name="panels",
                seed=seed,
                phase=1,
                power_factor=0.995,
                peak_w=4200,
                weather=weather,
            )
        )
    return House(appliances, phases)


# name, phase, rated power in W, loss of the room in W/K
_HEATERS = (
    ("heater_living_room", 1, 1250, 40),
    ("heater_kitchen", 2, 500, 20),
    ("heater_bedroom", 3, 750, 24),
    ("heater_child", 2, 500, 20),
    ("heater_bathroom", 3, 750, 14),
)

HOTPLATES = (
    Stage(8 * _MINUTE_S, 2300),
    Stage(25 * _MINUTE_S, 1900, duty=0.55, period_s=40),
)
_OVEN = (
    Stage(11 * _MINUTE_S, 2300),
    Stage(40 * _MINUTE_S, 2300, duty=0.4, period_s=150),
)
_WASH = (
    Stage(5 * _MINUTE_S, 80),
    Stage(18 * _MINUTE_S, 2050),
    Stage(50 * _MINUTE_S, 180),
    Stage(9 * _MINUTE_S, 520),
)
_DISHES = (
    Stage(6 * _MINUTE_S, 70),
    Stage(14 * _MINUTE_S, 1900),
    Stage(35 * _MINUTE_S, 70),
    Stage(12 * _MINUTE_S, 1900),
)
BOIL = (Stage(3 * _MINUTE_S, 2000),)

# name, phase, power factor, what is done with it
_HABITS = (
    (
        "kettle",
        1,
        1.0,
        (
            Habit(from_hour=6.7, to_hour=7.6, chance=0.95, stages=BOIL),
            Habit(from_hour=16.0, to_hour=17.5, chance=0.5, stages=BOIL),
            Habit(from_hour=19.2, to_hour=20.6, chance=0.6, stages=BOIL),
        ),
    ),
    (
        "cooker",
        3,
        1.0,
        (
            Habit(from_hour=11.8, to_hour=12.6, chance=0.6, stages=HOTPLATES),
            Habit(from_hour=18.8, to_hour=19.8, chance=0.9, stages=HOTPLATES),
        ),
    ),
    (
        "oven",
        2,
        1.0,
        (
            Habit(from_hour=11.2, to_hour=12.0, chance=0.2, stages=_OVEN),
            Habit(from_hour=18.5, to_hour=19.6, chance=0.5, stages=_OVEN),
        ),
    ),
    (
        "washing_machine",
        1,
        0.9,
        (Habit(from_hour=8.5, to_hour=20.0, chance=0.6, stages=_WASH),),
    ),
    (
        "dishwasher",
        2,
        0.95,
        (Habit(from_hour=13.3, to_hour=22.0, chance=0.7, stages=_DISHES),),
    ),
)


def reactive_share(power_factor: float) -> float:
    """Return the reactive power in var that goes with a watt."""
    share = math.sqrt(1 / power_factor**2 - 1)
    return math.copysign(share, power_factor)
