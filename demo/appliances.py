"""The kinds of appliances of the demo's house.

Each one is a function of time: what it draws at an instant depends on its seed, the
clock and the weather, so that any instant can be asked for, in any order.
"""

from dataclasses import dataclass, field
from functools import cached_property
import math
from typing import Protocol

from .chance import between, key, unit, wave
from .moment import DAY_S, Moment
from .tariff import Block
from .weather import Weather


class Appliance(Protocol):
    """Anything that draws power, or delivers it (negative)."""

    @property
    def name(self) -> str:
        """A name, unique in the house."""

    @property
    def phase(self) -> int:
        """The phase that it hangs on where there are three: 1 to 3."""

    @property
    def power_factor(self) -> float:
        """Share of the apparent power that is active; negative: capacitive."""

    def power_w(self, moment: Moment) -> float:
        """Return its active power at an instant, in W."""


@dataclass(frozen=True, kw_only=True)
class _Common:
    name: str
    phase: int = 1
    power_factor: float = 1.0
    seed: int

    @cached_property
    def own_seed(self) -> int:
        """A seed that no other appliance of the house has."""
        return self.seed ^ key(self.name)


@dataclass(frozen=True, kw_only=True)
class StandBy(_Common):
    """What is always on, and lights and screens in the evening."""

    floor_w: float
    evening_w: float

    def power_w(self, moment: Moment) -> float:
        """Return its active power at an instant, in W."""
        hour = moment.second / 3600
        evening = max(0.0, 1 - abs(hour - 20.5) / 3.5)
        # Some of it within seconds: a page with live values has to look alive.
        flicker = 0.7 * wave(moment.epoch_s / 240, self.own_seed)
        flicker += 0.3 * wave(moment.epoch_s / 4, self.own_seed, 1)
        used = self.floor_w * (1 + 0.2 * flicker)
        return used + self.evening_w * evening * (0.8 + 0.2 * flicker)


@dataclass(frozen=True, kw_only=True)
class Compressor(_Common):
    """A fridge: it runs for a part of each cycle."""

    rated_w: float
    period_s: int
    share: float

    def power_w(self, moment: Moment) -> float:
        """Return its active power at an instant, in W."""
        offset = unit(self.own_seed) * self.period_s
        cycle, since = divmod(moment.epoch_s + offset, self.period_s)
        share = self.share * between(0.8, 1.2, self.own_seed, int(cycle))
        if since >= share * self.period_s:
            return 0.0
        # a compressor draws more when it has just started
        return self.rated_w * (1 + 0.4 * math.exp(-since / 60))


@dataclass(frozen=True, kw_only=True)
class WaterHeater(_Common):
    """A tank that heats from the start of the off-peak hours until it is hot."""

    rated_w: float
    off_peak: tuple[Block, ...]

    def power_w(self, moment: Moment) -> float:
        """Return its active power at an instant, in W."""
        for number, block in enumerate(self.off_peak):
            elapsed = block.elapsed_s(moment.second)
            if elapsed is None:
                continue
            started = int((moment.epoch_s - elapsed) // DAY_S)
            share = between(0.22, 0.42, self.own_seed, started, number)
            return self.rated_w if elapsed < share * block.length_s else 0.0
        return 0.0


@dataclass(frozen=True, kw_only=True)
class Heater(_Common):
    """An electric heater whose thermostat holds a room against the cold outside."""

    rated_w: float
    loss_w_per_k: float
    weather: Weather
    comfort_c: float = 19.0
    night_c: float = 16.5
    period_s: int = 900

    def power_w(self, moment: Moment) -> float:
        """Return its active power at an instant, in W."""
        asleep = not 6 * 3600 <= moment.second < 23 * 3600
        wanted_c = self.night_c if asleep else self.comfort_c
        # what the people and the appliances of the room give is worth 2 degrees
        missing_k = wanted_c - 2 - self.weather.outdoor_c(moment)
        duty = missing_k * self.loss_w_per_k / self.rated_w
        if duty <= 0:
            return 0.0
        offset = unit(self.own_seed) * self.period_s
        since = (moment.epoch_s + offset) % self.period_s
        return self.rated_w if since < duty * self.period_s else 0.0


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a use: its length, its power and the share of the time it is on."""

    length_s: float
    power_w: float
    duty: float = 1.0
    period_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """Something people do on some days, at about the same time."""

    from_hour: float
    to_hour: float
    chance: float
    stages: tuple[Stage, ...]


@dataclass(frozen=True, kw_only=True)
class Used(_Common):
    """An appliance that someone switches on: cooker, oven, kettle, machines."""

    habits: tuple[Habit, ...]
    # the uses of the days asked for last, see _uses
    _days: dict[int, tuple[tuple[float, Habit], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def power_w(self, moment: Moment) -> float:
        """Return its active power at an instant, in W."""
        day = moment.day.toordinal()
        second = moment.second
        # a use that began before midnight goes on
        for number, at in ((day, second), (day - 1, second + DAY_S)):
            for start, habit in self._uses(number):
                power = _stage_power_w(habit.stages, at - start)
                if power is not None:
                    return power
        return 0.0

    def _uses(self, day: int) -> tuple[tuple[float, Habit], ...]:
        found = self._days.get(day)
        if found is None:
            if len(self._days) > 8:
                self._days.clear()
            found = self._days[day] = tuple(self._draw(day))
        return found

    def _draw(self, day: int) -> list[tuple[float, Habit]]:
        seed = self.own_seed
        return [
            (
                between(habit.from_hour, habit.to_hour, seed, day, number, 1) * 3600,
                habit,
            )
            for number, habit in enumerate(self.habits)
            if unit(seed, day, number, 0) < habit.chance
        ]


def _stage_power_w(stages: tuple[Stage, ...], since_s: float) -> float | None:
    """Return the power of a use some time after its start, None when it is over."""
    if since_s < 0:
        return None
    for stage in stages:
        if since_s < stage.length_s:
            on = (since_s % stage.period_s) < stage.duty * stage.period_s
            return stage.power_w if on else 0.0
        since_s -= stage.length_s
    return None


@dataclass(frozen=True, kw_only=True)
class Charger(_Common):
    """A car that charges at night until it is full."""

    rated_w: float
    from_hour: float
    most_hours: float

    def power_w(self, moment: Moment) -> float:
        """Return its active power at an instant, in W."""
        hours = (moment.second / 3600 - self.from_hour) % 24
        evening = int((moment.epoch_s - hours * 3600) // DAY_S)
        needed = between(0.3, 1.0, self.own_seed, evening) * self.most_hours
        return self.rated_w if hours < needed else 0.0


@dataclass(frozen=True, kw_only=True)
class Panels(_Common):
    """Solar panels; what they deliver counts negative."""

    peak_w: float
    weather: Weather

    def power_w(self, moment: Moment) -> float:
        """Return its active power at an instant, in W."""
        return -self.peak_w * self.weather.sunshine(moment)
