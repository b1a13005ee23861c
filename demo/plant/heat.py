"""What turns electricity into heat: radiators in their rooms, hot water tanks."""

from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Final

from custom_components.linky_pilote.engine.regulation.model import (
    Heating,
    Level,
    Modulation,
    Setting,
)

from ..chance import between, key as key_of, unit
from .device import OFF, Device, State, Surroundings, watts_of

COMFORT: Final = Setting(power=10_000.0, value=1.0, level=Level.COMFORT)
_HOUR_S: Final = 3600.0
_WATER_WH: Final = 1.163
"""Wh that a litre takes for 1 K."""
_COLD: Final = 12.0
_MIXED: Final = 40.0
"""°C of the water that people use."""


@dataclass(slots=True, kw_only=True)
class Room:
    """A room of one heat capacity."""

    capacity: float = 1600.0
    """Wh/K."""
    loss: float = 45.0
    """W/K."""
    gains: float = 0.0
    """W from people and sun."""
    temperature: float = 19.0

    def live(self, watts: float, seconds: float, outdoor: float) -> None:
        """Let it be heated and lose heat."""
        flow = watts + self.gains - self.loss * (self.temperature - outdoor)
        self.temperature += flow * seconds / _HOUR_S / self.capacity


class Radiator(Device):
    """A radiator with a thermostat of its own, on a pilot wire or a set target.

    Without `heating` it hangs on a relay, set to its comfort once and for all.
    """

    def __init__(
        self,
        key: str,
        *,
        rated: float,
        room: Room,
        heating: Heating | None = None,
        phases: tuple[int, ...] = (1,),
        hysteresis: float = 0.04,
        setting: Setting = COMFORT,
    ) -> None:
        """`hysteresis` is about the K between its switching on and off."""
        super().__init__(key, phases=phases, setting=setting)
        self.rated = rated
        self.room = room
        how = heating or Heating()
        self._targets = {
            Level.COMFORT: how.comfort,
            Level.COMFORT_1: how.comfort - 1,
            Level.COMFORT_2: how.comfort - 2,
            Level.ECO: how.eco,
            Level.FROST: how.frost,
            Level.OFF: -inf,
        }
        # no two thermostats are alike: those of a home must not cycle in step
        own = key_of(key)
        self._half = hysteresis / 2 * between(0.6, 1.4, own)
        self._heats = unit(own) < 0.5
        self._begun = room.temperature
        self._target = -inf
        self._obey(setting)

    @property
    def wants(self) -> bool:
        """It would draw at comfort."""
        return self.room.temperature < self._targets[Level.COMFORT]

    def shortfall(self) -> float:
        """Return the Wh that its room has less than at the start; negative: more."""
        return (self._begun - self.room.temperature) * self.room.capacity

    def effect(self, setting: Setting) -> tuple[float, int]:
        """Return the °C that it heats up to."""
        if setting.target is not None:
            return setting.target, 1
        level = setting.level
        if level is None:
            level = Level.COMFORT if setting.value > 0 else Level.OFF
        return self._targets[level], 1

    def _obey(self, setting: Setting) -> None:
        self._target, _ = self.effect(setting)

    def _draw(self, now: float, seconds: float, around: Surroundings) -> float:
        room = self.room
        target = self._target
        if self._heats:
            self._heats = room.temperature < target + self._half
        else:
            self._heats = room.temperature < target - self._half
        power = self.rated if self._heats else 0.0
        room.live(power, seconds, around.outdoor)
        return power

    def _rest(self, seconds: float, around: Surroundings) -> None:
        self.room.live(0.0, seconds, around.outdoor)

    def _state(self) -> State:
        setting = self.setting
        temperature = round(self.room.temperature, 2)
        return setting.value, setting.level, self._measured, temperature, True


class Tank(Device):
    """A hot water tank with its safety thermostat; people draw from it all day.

    With `modulation` a dimmer feeds it; with `on_contact` the meter's dry contact does,
    and an order can only hold it off.
    """

    def __init__(
        self,
        key: str,
        *,
        rated: float,
        seed: int,
        litres: float = 200.0,
        used: float = 6000.0,
        highest: float = 65.0,
        temperature: float = 50.0,
        modulation: Modulation | None = None,
        on_contact: bool = False,
        phases: tuple[int, ...] = (1,),
        setting: Setting = OFF,
    ) -> None:
        """`used` is the Wh of hot water of a mean day, `highest` the thermostat's."""
        super().__init__(key, phases=phases, setting=setting)
        self.rated = rated
        self.modulation = modulation
        self.on_contact = on_contact
        self.capacity = litres * _WATER_WH
        """Wh/K."""
        self.temperature = temperature
        self.highest = highest
        self.drive: float | None = None
        """W that it is fed with whatever it was told, for a perfect control."""
        self.delivered = 0.0
        """Wh of hot water that people got."""
        self.refused = 0.0
        """Wh that they did not get, the tank was too cold."""
        self._begun = temperature
        self._seed = seed ^ key_of(key)
        self._used = used
        self._let = watts_of(setting, modulation, rated)
        self._hot = False
        self._loss = 1.4
        self._day = -1
        self._draws: list[tuple[int, float]] = []

    @property
    def wants(self) -> bool:
        """It is not as hot as its own thermostat lets it be."""
        return not self._hot

    def shortfall(self) -> float:
        """Return the Wh that it has less than at the start, and did not give."""
        return (self._begun - self.temperature) * self.capacity + self.refused

    def _obey(self, setting: Setting) -> None:
        self._let = watts_of(setting, self.modulation, self.rated)

    def _draw(self, now: float, seconds: float, around: Surroundings) -> float:
        self._serve_people(around)
        if self.temperature >= self.highest:
            self._hot = True
        elif self.temperature < self.highest - 3:
            self._hot = False
        power = self._fed(around)
        self._live(power, seconds)
        return power

    def _rest(self, seconds: float, around: Surroundings) -> None:
        self._serve_people(around)
        self._live(0.0, seconds)

    def _live(self, watts: float, seconds: float) -> None:
        flow = watts - self._loss * (self.temperature - 20)
        self.temperature += flow * seconds / _HOUR_S / self.capacity

    def _serve_people(self, around: Surroundings) -> None:
        if around.day != self._day:
            self._day = around.day
            passed = around.second
            plan = _draws_of_day(self._seed, around.day, self._used)
            self._draws = [draw for draw in plan if draw[0] >= passed]
        while self._draws and around.second >= self._draws[0][0]:
            self._serve(self._draws.pop(0)[1])

    def _fed(self, around: Surroundings) -> float:
        if self._hot:
            return 0.0
        if self.drive is not None:
            return min(self.drive, self.rated)
        if self.on_contact and not around.contact_closed:
            return 0.0
        return self._let

    def _serve(self, energy: float) -> None:
        """Take hot water out; below the mixing temperature there is none."""
        given = min(energy, max(0.0, (self.temperature - _MIXED) * self.capacity))
        self.temperature -= given / self.capacity
        self.delivered += given
        self.refused += energy - given

    def _state(self) -> State:
        temperature = round(self.temperature, 1)
        return self.setting.value, None, self._measured, temperature, True


# hour, spread in hours, share of the day's hot water
_HABITS: Final = (
    (6.8, 0.4, 0.24),
    (7.5, 0.3, 0.16),
    (12.8, 0.5, 0.10),
    (18.5, 1.0, 0.12),
    (20.0, 0.8, 0.26),
    (21.6, 0.6, 0.12),
)


@cache
def _draws_of_day(seed: int, day: int, used: float) -> tuple[tuple[int, float], ...]:
    """Return when people draw hot water on a day and the Wh of each time."""
    people = between(0.8, 1.2, seed, day)
    return tuple(
        sorted(
            (
                int(_HOUR_S * (hour + spread * (2 * unit(seed, day, number, 0) - 1))),
                used * share * people * between(0.8, 1.2, seed, day, number, 1),
            )
            for number, (hour, spread, share) in enumerate(_HABITS)
        )
    )
