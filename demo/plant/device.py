"""What every virtual appliance has: a wiring, an order, a meter of its own, faults."""

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, replace
from math import floor
from typing import Final

from custom_components.linky_pilote.engine.regulation.model import (
    Level,
    Modulation,
    Setting,
    Status,
    Unit,
)

VOLT: Final = 230.0
OFF: Final = Setting(power=0.0, value=0.0)
_HOUR_S: Final = 3600.0
_UNAVAILABLE: Final = Status(available=False)

type State = tuple[float, Level | None, float, float | None, bool]
"""Setting, level, power, temperature, connected: what a status is made of."""


@dataclass(slots=True)
class Surroundings:
    """What the appliances feel; the house that steps them keeps it up to date."""

    day: int = 0
    """Number of the day, Paris time."""
    second: int = 0
    """Of the day, as the clock on the wall shows it."""
    outdoor: float = 5.0
    """°C."""
    sun: float = 0.0
    """Share of the panels' peak power."""
    contact_closed: bool = False
    """The meter's dry contact."""
    net: float = 0.0
    """W through the meter a second ago, negative while it injects."""
    powered: bool = True
    """False: no electricity comes in."""


class Device(ABC):
    """An appliance: told a setting, stepped second by second, read by its status."""

    produces = False
    """What it delivers is production."""

    def __init__(
        self,
        key: str,
        *,
        phases: tuple[int, ...] = (1,),
        setting: Setting = OFF,
    ) -> None:
        """`setting` is what it has been told before the first order."""
        self.key = key
        self.phases = phases
        """Those that it draws on, the power is shared equally."""
        self.setting = setting
        self.power = 0.0
        """W, truly drawn in the last second."""
        self.energy = 0.0
        """Wh drawn since the start, negative when it delivered more."""
        self.available = True
        self.reports_power = True
        """False: its power sensor says 0 W whatever happens."""
        self._stuck = False
        self._by_hand = False
        self._seen: deque[float] | None = None
        self._told: State | None = None
        self._status = Status()

    # --- faults ---

    def stick(self, setting: Setting) -> None:
        """Let it obey that once more, and nothing after it."""
        self.command(setting)
        self._stuck = True

    def repair(self) -> None:
        """Let it obey again."""
        self._stuck = False

    def delay_power(self, seconds: int) -> None:
        """Let its power sensor lag by that."""
        self._seen = deque([self.power] * (seconds + 1), maxlen=seconds + 1)

    @property
    def obeys(self) -> bool:
        """An order would reach it and change something."""
        return self.available and not self._stuck

    # --- what goes in ---

    def command(self, setting: Setting) -> None:
        """Obey an order, if it reaches the appliance and the relay moves."""
        if self.obeys:
            self._by_hand = False
            self._obey(setting)
            self.setting = setting

    def use_by_hand(self, setting: Setting) -> None:
        """Let somebody in the home set it; the next status says so."""
        self.command(setting)
        self._by_hand = True

    def step(self, now: float, seconds: float, around: Surroundings) -> float:
        """Live on for some seconds and return the W drawn, negative: delivered."""
        if around.powered:
            power = self._draw(now, seconds, around)
        else:
            power = 0.0
            self._rest(seconds, around)
        self.power = power
        self.energy += power * seconds / _HOUR_S
        if self._seen is not None:
            self._seen.append(power)
        return power

    # --- what comes out ---

    def status(self) -> Status:
        """Return what its entities say; the same object while nothing changes."""
        if not self.available:
            return _UNAVAILABLE
        state = self._state()
        if state != self._told:
            self._told = state
            setting, level, power, temperature, connected = state
            self._status = Status(
                setting=setting,
                level=level,
                power=power,
                temperature=temperature,
                connected=connected,
            )
        return replace(self._status, by_hand=True) if self._by_hand else self._status

    def forget_hand(self) -> None:
        """Note that its being used by hand was told."""
        self._by_hand = False

    @property
    def is_on(self) -> bool:
        """It was told to draw."""
        return self.setting.value > 0

    @property
    def wants(self) -> bool:
        """It would draw if it might."""
        return True

    def effect(self, setting: Setting) -> tuple[float, int]:
        """Return what a setting does: in which measure it is on, on how many phases."""
        return setting.value, setting.phases or len(self.phases)

    def shortfall(self) -> float:
        """Return the Wh that it still has to be given, as far as it stores any."""
        return 0.0

    def _obey(self, setting: Setting) -> None:  # noqa: B027 (most have nothing to do)
        """Prepare for a new setting, `setting` is still the old one."""

    @abstractmethod
    def _draw(self, now: float, seconds: float, around: Surroundings) -> float:
        """Live on and return the W drawn."""

    def _rest(self, seconds: float, around: Surroundings) -> None:  # noqa: B027
        """Live on without electricity."""

    @property
    def _measured(self) -> float:
        if not self.reports_power:
            return 0.0
        return self.power if self._seen is None else self._seen[0]

    def _state(self) -> State:
        return self.setting.value, None, self._measured, None, True


def watts_of(
    setting: Setting, modulation: Modulation | None, rated: float, phases: int = 1
) -> float:
    """Return the W that a setting lets an appliance draw.

    Between two steps of its modulation it takes the lower one, and below the lowest
    value it is off.
    """
    if modulation is None:
        return rated if setting.value > 0 else 0.0
    value = min(setting.value, modulation.high)
    if value < modulation.low or value <= 0:
        return 0.0
    # a rounding error must not cost a step
    steps = floor((value - modulation.low) / modulation.step + 1e-6)
    value = modulation.low + steps * modulation.step
    return _TO_WATTS[modulation.unit](value, modulation, rated, phases)


def _from_watts(value: float, _how: Modulation, rated: float, _phases: int) -> float:
    return min(value, rated)


def _from_amperes(value: float, _how: Modulation, rated: float, phases: int) -> float:
    return min(value * VOLT * phases, rated)


def _from_percent(value: float, how: Modulation, rated: float, _phases: int) -> float:
    return rated * along(how.curve, value / 100)


_TO_WATTS: Final = {
    Unit.WATT: _from_watts,
    Unit.AMPERE: _from_amperes,
    Unit.PERCENT: _from_percent,
}


def along(curve: tuple[tuple[float, float], ...], place: float) -> float:
    """Return the height of a rising curve of straight pieces at a place."""
    left, low = curve[0]
    if place <= left:
        return low
    for right, high in curve[1:]:
        if place <= right:
            return low + (high - low) * (place - left) / (right - left)
        left, low = right, high
    return low
