"""What happens to one load: orders that reach it, sheds, cold, deadlines."""

from typing import Final

from custom_components.linky_pilote.engine.regulation.model import (
    Load,
    Quantity,
    Setting,
)
from demo.plant import Car, Device, Radiator, Tank, watts_of

from .outcome import LoadFigures

_HOUR_S: Final = 3600.0
_DRAWS: Final = 10.0
"""W from which an appliance runs."""
_UNDONE: Final = 120.0
_COLD: Final = 0.5
"""K below comfort that nobody minds."""
_RECOVERY: Final = 4 * 3600.0
"""s that a room has to get warm after a rule kept it cold."""


class LoadWatch:
    """The figures of one load, in the making."""

    def __init__(self, load: Load, device: Device) -> None:
        self.load = load
        self.device = device
        self.figures = LoadFigures()
        self.shed = False
        """It was switched off for an overload, and not switched on since."""
        self.hand: float | None = None
        """When somebody last used it by hand."""
        self._sent: Setting | None = None
        self._shed_to = 0.0
        self._restored: float | None = None
        self._fits = 0.0
        self._excused_until = 0.0
        self._ran = 0.0
        self._at_deadline = 0.0

    @property
    def least(self) -> float:
        """W that it would draw at least if it were on."""
        load = self.load
        rated = load.power or float(getattr(self.device, "rated", 0.0))
        how = load.modulation
        if how is None:
            return rated
        phases = min(how.phase_counts, default=len(load.phases))
        low = Setting(power=0.0, value=how.low)
        return watts_of(low, how, rated or float("inf"), phases)

    @property
    def wants(self) -> bool:
        """It would draw from the grid, were there neither rules nor a limit."""
        device, load = self.device, self.load
        if isinstance(device, Tank) and load.thermal is not None:
            thermal = load.thermal
            return device.temperature < thermal.eco - thermal.hysteresis
        return device.wants and self._missing() != 0

    # --- orders ---

    def ordered(self, setting: Setting) -> None:
        """Count a command that is sent."""
        figures = self.figures
        figures.commands += 1
        before = self._sent or self.device.setting
        if self._same(before, setting) and self._same(self.device.setting, setting):
            figures.idle_commands += 1
        self._sent = setting

    def arrives(self, setting: Setting, now: float, *, overloaded: bool) -> None:
        """See a command reach the appliance, which has not obeyed yet."""
        device, figures = self.device, self.figures
        before, after = self._place(device.setting), self._place(setting)
        if before == after or not device.obeys:
            return
        figures.switchings += 1
        if after > before:
            if self.shed:
                self._restored = now
            self.shed = False
            self._fits = 0.0
            return
        if self.load.never_cut and device.power > _DRAWS:
            figures.cuts += 1
        if overloaded and self.wants:
            self.shed = True
            self._shed_to = after
            if self._restored is not None and now - self._restored <= _UNDONE:
                figures.restores_undone += 1

    # --- time ---

    def tick(self, seconds: float, *, cold_allowed: bool, now: float) -> None:
        """See some seconds go by."""
        device, figures = self.device, self.figures
        if device.power > _DRAWS:
            self._ran += seconds
        if self.shed and self._place(device.setting) > self._shed_to:
            # somebody in the home has switched it on
            self.forget_shed()
        if self.shed:
            figures.shed += seconds
        if isinstance(device, Radiator) and self.load.heating is not None:
            self._feel(
                device.room.temperature,
                self.load.heating.comfort - _COLD,
                seconds,
                cold_allowed=cold_allowed,
                now=now,
            )

    def fits(self, seconds: float, *, fits: bool) -> None:
        """Note whether it would have fitted while it was shed."""
        figures = self.figures
        self._fits = self._fits + seconds if fits else 0.0
        if fits:
            figures.shed_though_fit += seconds
            figures.longest_shed_though_fit = max(
                figures.longest_shed_though_fit, self._fits
            )

    def forget_shed(self) -> None:
        """Note that something else than an overload keeps it off by now."""
        self.shed = False
        self._fits = 0.0

    def minute(self, minute_of_day: int) -> None:
        """Look at its deadline."""
        guarantee = self.load.guarantee
        if guarantee is None or minute_of_day != guarantee.by:
            return
        self.figures.missing += self._missing() or 0.0
        self._at_deadline = self.device.energy
        self._ran = 0.0

    def close(self) -> LoadFigures:
        """Return its figures at the end."""
        self.figures.energy = self.device.energy
        if self.load.guarantee is None and isinstance(self.device, Car):
            self.figures.missing += sum(self.device.missed)
        return self.figures

    def _missing(self) -> float | None:
        """Return the Wh that its guarantee lacks yet; None: it has none."""
        guarantee, device = self.load.guarantee, self.device
        if guarantee is None:
            return None
        amount, missing = guarantee.amount, 0.0
        if guarantee.quantity is Quantity.ENERGY:
            missing = amount - (device.energy - self._at_deadline)
        elif guarantee.quantity is Quantity.MINUTES:
            missing = (amount - self._ran / 60) * self.least / 60
        elif isinstance(device, Tank):
            missing = (amount - device.temperature) * device.capacity
        return max(0.0, missing)

    def _same(self, one: Setting, other: Setting) -> bool:
        return self.device.effect(one) == self.device.effect(other)

    def _place(self, setting: Setting) -> float:
        """Return how much is on, what is lower is shed."""
        amount, _ = self.device.effect(setting)
        return amount if isinstance(self.device, Radiator) else float(amount > 0)

    def _feel(
        self,
        temperature: float,
        wanted: float,
        seconds: float,
        *,
        cold_allowed: bool,
        now: float,
    ) -> None:
        figures = self.figures
        coldest = figures.coldest
        figures.coldest = temperature if coldest is None else min(coldest, temperature)
        if cold_allowed:
            self._excused_until = now + _RECOVERY
        elif temperature >= wanted:
            self._excused_until = now
        elif now >= self._excused_until:
            figures.cold += (wanted - temperature) * seconds / _HOUR_S
