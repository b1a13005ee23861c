"""The demo's virtual house: a family that heats with electricity, sun on its roof."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from custom_components.linky_pilote.engine.regulation.model import Modulation, Unit

from .appliances import Habit, Used
from .house import BOIL, HOTPLATES, always_on
from .living import LivingHouse
from .plant import (
    Car,
    HomeBattery,
    Machine,
    Oven,
    Panels,
    Radiator,
    Room,
    Socket,
    Tank,
)
from .plant.device import OFF, Device
from .plant.machine import DISHES, ON
from .sky import Sky

AMPERES: Final = Modulation(low=6, high=16, unit=Unit.AMPERE)
PERCENT: Final = Modulation(low=1, high=100, unit=Unit.PERCENT)
_HOUR_S: Final = 3600

# key, phase, rated W, loss of the room in W/K
_HEATERS: Final = (
    ("heater_living_room", 1, 1250.0, 40.0),
    ("heater_kitchen", 2, 500.0, 20.0),
    ("heater_bedroom", 3, 750.0, 24.0),
    ("heater_child", 2, 500.0, 20.0),
    ("heater_bathroom", 3, 750.0, 14.0),
)
_ROOM_HOURS: Final = 40.0
"""Time constant of a room with its walls."""
_GAINS_K: Final = 2.0
"""What people and appliances are worth."""
_POWER_FACTORS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "charger": 0.99,
        "washing_machine": 0.9,
        "dishwasher": 0.95,
        "pool_pump": 0.85,
        "panels": 0.995,
    }
)


def residence(*, seed: int, phases: int, sky: Sky) -> LivingHouse:
    """Return the house as it is before anybody has touched anything."""
    devices: list[Device] = [
        *(
            Radiator(
                key,
                rated=rated,
                room=Room(
                    capacity=_ROOM_HOURS * loss, loss=loss, gains=_GAINS_K * loss
                ),
                phases=(phase,),
            )
            for key, phase, rated, loss in _HEATERS
        ),
        Tank("water_heater", rated=2200.0, seed=seed, phases=(3,), setting=ON),
        Tank(
            "dimmed_heater",
            rated=1200.0,
            seed=seed,
            litres=100.0,
            used=1500.0,
            modulation=PERCENT,
            phases=(1,),
        ),
        Car("charger", modulation=AMPERES, phases=(2,), setting=OFF),
        Oven("oven", ready=(19 * _HOUR_S + 300,), phases=(2,)),
        Machine(
            "washing_machine", ready=(9 * _HOUR_S + 1800,), phases=(1,), setting=ON
        ),
        Machine(
            "dishwasher",
            ready=(13 * _HOUR_S + 2400, 20 * _HOUR_S + 2700),
            stages=DISHES,
            phases=(2,),
            setting=ON,
        ),
        Socket("pool_pump", rated=750.0, phases=(1,)),
        Panels("panels", peak=3000.0, phases=(1,)),
    ]
    battery = HomeBattery("battery", phases=(1,))
    # like the charger, it waits for somebody to switch it on
    battery.enabled = False
    return LivingHouse(
        [*devices, battery],
        (
            *always_on(seed),
            Used(
                name="kettle",
                seed=seed,
                phase=1,
                habits=(
                    Habit(from_hour=6.7, to_hour=7.6, chance=0.95, stages=BOIL),
                    Habit(from_hour=16.0, to_hour=17.5, chance=0.5, stages=BOIL),
                ),
            ),
            Used(
                name="cooker",
                seed=seed,
                phase=3,
                habits=(
                    Habit(from_hour=11.8, to_hour=12.6, chance=0.6, stages=HOTPLATES),
                    Habit(from_hour=18.8, to_hour=19.8, chance=0.9, stages=HOTPLATES),
                ),
            ),
        ),
        phases=phases,
        sky=sky,
        power_factors=_POWER_FACTORS,
    )
