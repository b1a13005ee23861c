"""An electric car on its charger."""

from custom_components.linky_pilote.engine.regulation.model import (
    Modulation,
    Setting,
    Unit,
)

from .device import Device, State, Surroundings, watts_of

_HOUR_S = 3600.0


class Car(Device):
    """A car that is plugged in each day and stops by itself when it is full.

    Phases that are not charged on carry nothing; without a setting that says how many,
    all of its own are used.
    """

    def __init__(
        self,
        key: str,
        *,
        modulation: Modulation | None = None,
        needed: float = 9000.0,
        plugged: int = 18 * 3600,
        leaves: int = 7 * 3600 + 1800,
        phases: tuple[int, ...] = (1,),
        setting: Setting | None = None,
    ) -> None:
        """`needed` Wh each time, plugged in and leaving at these seconds of the day."""
        self.modulation = modulation or Modulation(low=6, high=16, unit=Unit.AMPERE)
        self.wiring = phases
        super().__init__(
            key,
            phases=phases,
            setting=setting or Setting(power=0.0, value=self.modulation.high),
        )
        self.needed = needed
        self.plugged = plugged
        self.leaves = leaves
        self.connected = False
        self.left = 0.0
        """Wh until it is full."""
        self.missed: list[float] = []
        """Wh that was missing each time it left."""
        self.drive: float | None = None
        """W that it is fed with whatever it was told, for a perfect control."""
        self._let = 0.0
        self._obey(self.setting)

    @property
    def rated(self) -> float:
        """W at its highest setting, on all of its phases."""
        most = Setting(power=0.0, value=self.modulation.high)
        return watts_of(most, self.modulation, float("inf"), len(self.wiring))

    @property
    def wants(self) -> bool:
        """It is plugged in and not full."""
        return self.connected and self.left > 0

    def effect(self, setting: Setting) -> tuple[float, int]:
        """Return the amperes by phase, and on how many."""
        return setting.value, setting.phases or len(self.wiring)

    def shortfall(self) -> float:
        """Return the Wh until it is full, and those it has left without."""
        return self.left + sum(self.missed)

    def _obey(self, setting: Setting) -> None:
        _, count = self.effect(setting)
        self.phases = self.wiring[:count]
        self._let = watts_of(setting, self.modulation, float("inf"), count)

    def _draw(self, now: float, seconds: float, around: Surroundings) -> float:
        self._come_or_go(around.second)
        if not self.connected or self.left <= 0:
            return 0.0
        power = self._let if self.drive is None else min(self.drive, self.rated)
        given = min(power * seconds / _HOUR_S, self.left)
        self.left -= given
        return given * _HOUR_S / seconds

    def _come_or_go(self, second: int) -> None:
        if self.plugged < self.leaves:
            here = self.plugged <= second < self.leaves
        else:
            here = second >= self.plugged or second < self.leaves
        if here == self.connected:
            return
        self.connected = here
        if here:
            self.left = self.needed
        else:
            self.missed.append(self.left)
            self.left = 0.0

    def _state(self) -> State:
        return self.setting.value, None, self._measured, None, self.connected
