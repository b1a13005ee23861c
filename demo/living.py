"""A house that remembers: what is done to its appliances shows in what it draws.

It lives second by second on the clock of its meter, which counts what it draws: the
energy of the appliances and the difference of the meter's indexes are the same.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from .appliances import Appliance
from .chance import key, wave
from .house import PhasePower, reactive_share
from .moment import Moment
from .plant import Device, Surroundings
from .sky import Sky

_HOUR_S: Final = 3600.0
_SKY_S: Final = 10
"""Seconds between two looks at the sky."""
_FREQUENCY: Final = key("frequency")
_STRAIN_HZ: Final = 0.22
"""What the frequency falls by when the grid is strained."""


class LivingHouse:
    """Appliances with a state, those of habit beside them, on one or three phases."""

    def __init__(
        self,
        devices: Iterable[Device],
        habits: Iterable[Appliance],
        *,
        phases: int,
        sky: Sky,
        power_factors: Mapping[str, float],
    ) -> None:
        """A battery comes last: it reacts to what the others did a second ago."""
        self.phases = phases
        self.sky = sky
        self.devices: Mapping[str, Device] = {device.key: device for device in devices}
        self.habits = tuple(habits)
        self.around = Surroundings()
        self.strained = False
        """The grid lacks power: its frequency is low."""
        names = [*self.devices, *(appliance.name for appliance in self.habits)]
        self.powers_w = dict.fromkeys(names, 0.0)
        """Drawn in the last second, by name; negative: delivered."""
        self.drawn_wh = dict.fromkeys(names, 0.0)
        self.given_wh = dict.fromkeys(names, 0.0)
        self._reactive = {
            name: reactive_share(power_factors.get(name, 1.0)) for name in self.devices
        }
        self._habit_reactive = [
            reactive_share(appliance.power_factor) for appliance in self.habits
        ]
        self._plan: list[tuple[float, Callable[[], object]]] = []
        self.acting = False
        """What was planned is being done."""
        self._second: int | None = None
        self._powers = (PhasePower(0.0, 0.0),) * phases

    def powers(self, moment: Moment, *, live: bool = True) -> tuple[PhasePower, ...]:
        """Live through the second of an instant, once; return the power on each phase.

        Without electricity rooms cool down, and tanks.
        """
        second = int(moment.epoch_s)
        if second != self._second:
            self.acting = True
            while self._plan and self._plan[0][0] <= second:
                self._plan.pop(0)[1]()
            self.acting = False
            self._look_around(moment, live, anew=self._second is None)
            self._second = second
            self._powers = self._live(moment, live)
        return self._powers

    def schedule(self, at_s: float, act: Callable[[], object]) -> None:
        """Let something happen at an instant, before that second is lived through."""
        self._plan.append((at_s, act))
        self._plan.sort(key=lambda event: event[0])

    def frequency_hz(self, moment: Moment) -> float:
        """Return the frequency of the grid."""
        swing = 0.03 * wave(moment.epoch_s / 60, _FREQUENCY)
        swing += 0.01 * wave(moment.epoch_s / 7, _FREQUENCY, 1)
        return 50.0 + swing - (_STRAIN_HZ if self.strained else 0.0)

    def _look_around(self, moment: Moment, live: bool, *, anew: bool) -> None:
        around = self.around
        around.powered = live
        around.day = moment.day.toordinal()
        around.second = int(moment.second)
        around.sun = self.sky.sun(moment)
        if anew or around.second % _SKY_S == 0:
            around.outdoor = self.sky.outdoor_c(moment)

    def _live(self, moment: Moment, live: bool) -> tuple[PhasePower, ...]:
        active = [0.0] * self.phases
        reactive = [0.0] * self.phases
        for name, device in self.devices.items():
            watts = device.step(moment.epoch_s, 1.0, self.around)
            self._note(name, watts)
            if not watts:
                continue
            share = watts / len(device.phases)
            for phase in device.phases:
                place = (phase - 1) % self.phases
                active[place] += share
                reactive[place] += abs(share) * self._reactive[name]
        for appliance, factor in zip(self.habits, self._habit_reactive, strict=True):
            watts = appliance.power_w(moment) if live else 0.0
            self._note(appliance.name, watts)
            place = (appliance.phase - 1) % self.phases
            active[place] += watts
            reactive[place] += abs(watts) * factor
        self.around.net = sum(active)
        return tuple(
            PhasePower(watts, var) for watts, var in zip(active, reactive, strict=True)
        )

    def _note(self, name: str, watts: float) -> None:
        self.powers_w[name] = watts
        if watts > 0:
            self.drawn_wh[name] += watts / _HOUR_S
        elif watts < 0:
            self.given_wh[name] -= watts / _HOUR_S
