"""A simulated home: what is not managed, its appliances, its meter, its commands."""

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from math import sqrt
from typing import Final

from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.model import (
    Battery,
    Setting,
    Status,
)
from demo.chance import key as key_of, unit
from demo.moment import Moment
from demo.plant import Device, HomeBattery, Surroundings

from .meter import Meter

OFF_PEAK: Final = frozenset(
    {
        TariffPeriod.OFF_PEAK,
        TariffPeriod.BLUE_OFF_PEAK,
        TariffPeriod.WHITE_OFF_PEAK,
        TariffPeriod.RED_OFF_PEAK,
    }
)
_HOUR_S: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A part of the home that is not managed, on one phase.

    `watts`, and `apparent` in VA where it is known, are by second since the start of
    the site; they begin again when they end.
    """

    watts: Sequence[float]
    phase: int = 1
    apparent: Sequence[float] | None = None


class Channel:
    """What carries commands to the appliances: late, and not always."""

    def __init__(
        self, *, latency: float = 1.5, lost: float = 0.0, seed: int = 0
    ) -> None:
        """`latency` in s, `lost` is the share that never arrives."""
        self.latency = latency
        self.lost = lost
        self._seed = seed ^ key_of("channel")
        self._sent = 0
        self._flying: deque[tuple[float, str, Setting]] = deque()

    def send(self, now: float, key: str, setting: Setting) -> None:
        """Take a command; it is on its way, or it is lost without a word."""
        self._sent += 1
        if unit(self._seed, self._sent) >= self.lost:
            self._flying.append((now + self.latency, key, setting))

    def arrive(self, now: float) -> list[tuple[str, Setting]]:
        """Return what reaches the appliances by now."""
        arrived = []
        while self._flying and self._flying[0][0] <= now:
            arrived.append(self._flying.popleft()[1:])
        return arrived


class Site:
    """A home that lives second by second.

    `sun` is the share of the panels' peak by second since the start, `outdoor` and
    `tariff` are asked for once a minute. An event may change everything that is public:
    the meter's fault, a device, the channel, what else is switched on.
    """

    def __init__(
        self,
        *,
        start: float,
        base: Iterable[Base],
        devices: Iterable[Device],
        meter: Meter | None = None,
        channel: Channel | None = None,
        sun: Sequence[float] = (0.0,),
        outdoor: Callable[[float], float] = lambda _now: 5.0,
        tariff: Callable[[float], TariffPeriod | None] = lambda _now: None,
    ) -> None:
        """A battery among the devices reacts to what the others did a second ago."""
        self.meter = meter or Meter()
        self.channel = channel or Channel()
        self.devices: Mapping[str, Device] = {device.key: device for device in devices}
        self.phases = len(self.meter.filters)
        self.now = start
        self.period: TariffPeriod | None = None
        self.around = Surroundings()
        self.net = 0.0
        """W through the meter in the last second."""
        self.active = [0.0] * self.phases
        self.apparent: tuple[float, ...] = (0.0,) * self.phases
        self.each_second: list[Callable[[int], None]] = []
        """Called before each second with its number, 0 the first."""
        self.base_energy = 0.0
        """Wh of what is not managed."""
        self.production = 0.0
        """W from the panels in the last second."""
        self._second = 0
        self._sun = sun
        self._outdoor = outdoor
        self._tariff = tariff
        parts = tuple(base)
        self._length = max((len(part.watts) for part in parts), default=1)
        sums = [_sum(parts, phase, self._length) for phase in range(1, self.phases + 1)]
        self._watts = [watts for watts, _ in sums]
        self._vars = [var for _, var in sums]
        self._extra: dict[str, tuple[int, float]] = {}
        self._producers = [
            device for device in self.devices.values() if device.produces
        ]
        self._devices = list(self.devices.values())
        self.battery = next(
            (device for device in self._devices if isinstance(device, HomeBattery)),
            None,
        )
        self._read_clock()
        self._read_minute()

    # --- what events do ---

    def switch_unmanaged(self, name: str, watts: float, phase: int = 1) -> None:
        """Switch something on that nobody manages; 0 W: off again."""
        self._extra[name] = (phase, watts)

    # --- what the loop does ---

    def step(self) -> None:
        """Live for one second."""
        index, now = self._second, self.now
        for act in self.each_second:
            act(index)
        around = self.around
        around.sun = self._sun[index % len(self._sun)]
        place = index % self._length
        active = [watts[place] for watts in self._watts]
        for phase, power in self._extra.values():
            active[phase - 1] += power
        self.base_energy += sum(active) / _HOUR_S
        for device in self._devices:
            power = device.step(now, 1.0, around)
            if power:
                phases = device.phases
                share = power / len(phases)
                for phase in phases:
                    active[phase - 1] += share
        self.active = active
        self.net = around.net = sum(active)
        self.apparent = tuple(
            [
                sqrt(watts * watts + var[place]) if watts > 0 else 0.0
                for watts, var in zip(active, self._vars, strict=True)
            ]
        )
        self.production = -sum([device.power for device in self._producers])
        self.meter.measure(self.net, self.apparent)
        self._tick()

    def statuses(self, keys: Iterable[str]) -> dict[str, Status]:
        """Return what the managed loads say; a hand is told once."""
        devices = self.devices
        found = {}
        for key in keys:
            device = devices[key]
            found[key] = device.status()
            device.forget_hand()
        return found

    def battery_reading(self) -> Battery | None:
        """Return what the battery says, if there is one."""
        if self.battery is None:
            return None
        return Battery(power=self.battery.power, soc=self.battery.soc)

    @property
    def has_panels(self) -> bool:
        """Something produces here."""
        return bool(self._producers)

    def shortfall(self) -> float:
        """Return the Wh that is stored less than at the start or than was needed."""
        return sum(device.shortfall() for device in self.devices.values())

    def _tick(self) -> None:
        self._second += 1
        self.now += 1.0
        around = self.around
        around.second += 1
        if self._second % 60:
            return
        day = around.day
        self._read_clock()
        self._read_minute()
        if around.day != day:
            self.meter.start_day()

    def _read_clock(self) -> None:
        moment = Moment.at(self.now)
        self.around.day = moment.day.toordinal()
        self.around.second = int(moment.second)

    def _read_minute(self) -> None:
        self.period = self._tariff(self.now)
        self.around.contact_closed = self.period in OFF_PEAK
        self.around.outdoor = self._outdoor(self.now)


def _sum(
    parts: Iterable[Base], phase: int, length: int
) -> tuple[array[float], array[float]]:
    """Return the W and the squared var, by second, of all parts on a phase."""
    watts = array("f", bytes(4 * length))
    var = array("f", bytes(4 * length))
    for part in parts:
        if part.phase != phase:
            continue
        for index, power in zip(range(length), cycle(part.watts), strict=False):
            watts[index] += power
        if part.apparent is None:
            continue
        both = zip(range(length), cycle(part.watts), cycle(part.apparent), strict=False)
        for index, power, seen in both:
            var[index] += sqrt(max(0.0, seen * seen - power * power))
    return watts, array("f", (value * value for value in var))
