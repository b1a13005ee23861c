"""What is simply on or off, and what runs a cycle that nobody wants cut."""

from typing import Final

from custom_components.linky_pilote.engine.regulation.model import Setting

from ..appliances import Stage
from .device import OFF, Device, State, Surroundings

ON: Final = Setting(power=10_000.0, value=1.0)

WASH: Final = (
    Stage(4 * 60, 90),
    Stage(20 * 60, 2050),
    Stage(45 * 60, 190, duty=0.6),
    Stage(10 * 60, 500),
)
DISHES: Final = (
    Stage(6 * 60, 70),
    Stage(15 * 60, 1900),
    Stage(35 * 60, 70),
    Stage(13 * 60, 1900),
)
BAKING: Final = (
    Stage(11 * 60, 2300),
    Stage(40 * 60, 2300, duty=0.4, period_s=150),
)


def power_at(stages: tuple[Stage, ...], since: float) -> float | None:
    """Return the W of a cycle some seconds after its start, None when it is over."""
    for stage in stages:
        if since < stage.length_s:
            on = since % stage.period_s < stage.duty * stage.period_s
            return stage.power_w if on else 0.0
        since -= stage.length_s
    return None


class Socket(Device):
    """A plug with something of a fixed power behind it, a pool pump for one."""

    def __init__(
        self,
        key: str,
        *,
        rated: float,
        phases: tuple[int, ...] = (1,),
        setting: Setting = OFF,
    ) -> None:
        """`rated` in W."""
        super().__init__(key, phases=phases, setting=setting)
        self.rated = rated
        self.drive: float | None = None
        """W that it is fed with whatever it was told, for a perfect control."""

    def _draw(self, now: float, seconds: float, around: Surroundings) -> float:
        if self.drive is not None:
            return min(self.drive, self.rated)
        return self.rated if self.is_on else 0.0


class Oven(Device):
    """An oven: someone switches it on, its clock switches it off when all is baked."""

    def __init__(
        self,
        key: str,
        *,
        ready: tuple[int, ...] = (),
        stages: tuple[Stage, ...] = BAKING,
        phases: tuple[int, ...] = (1,),
    ) -> None:
        """`ready` are the seconds of the day at which somebody switches it on."""
        super().__init__(key, phases=phases)
        self.stages = stages
        self._ready = frozenset(ready)
        self._at = 0.0
        """Seconds since it was switched on."""

    @property
    def wants(self) -> bool:
        """It bakes."""
        return self.is_on

    def _obey(self, setting: Setting) -> None:
        if not self.is_on:
            self._at = 0.0

    def _draw(self, now: float, seconds: float, around: Surroundings) -> float:
        if around.second in self._ready and not self.is_on:
            self.command(ON)
        if not self.is_on:
            return 0.0
        power = power_at(self.stages, self._at)
        self._at += seconds
        if power is None:
            self.setting = OFF
            return 0.0
        return power


class Machine(Device):
    """A machine that is filled at some times of the day and starts when it may."""

    def __init__(
        self,
        key: str,
        *,
        ready: tuple[int, ...],
        stages: tuple[Stage, ...] = WASH,
        phases: tuple[int, ...] = (1,),
        setting: Setting = OFF,
    ) -> None:
        """`ready` are the seconds of the day at which somebody fills it."""
        super().__init__(key, phases=phases, setting=setting)
        self.stages = stages
        self.cuts = 0
        """Cycles that an order interrupted."""
        self.finished = 0
        self._ready = frozenset(ready)
        self._waits = False
        self._at: float | None = None
        """Seconds into its cycle."""

    @property
    def wants(self) -> bool:
        """It was filled and has not finished."""
        return self._waits or self.runs

    @property
    def runs(self) -> bool:
        """It is within a cycle, cut or not."""
        return self._at is not None

    def _obey(self, setting: Setting) -> None:
        if self.runs and self.is_on and setting.value <= 0:
            self.cuts += 1

    def _draw(self, now: float, seconds: float, around: Surroundings) -> float:
        if around.second in self._ready:
            self._waits = True
        if not self.is_on:
            return 0.0
        if self._at is None:
            if not self._waits:
                return 0.0
            self._waits = False
            self._at = 0.0
        power = power_at(self.stages, self._at)
        self._at += seconds
        if power is None:
            self._at = None
            self.finished += 1
            return 0.0
        return power

    def _state(self) -> State:
        return self.setting.value, None, self._measured, None, self.wants
