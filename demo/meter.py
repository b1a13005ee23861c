"""The virtual meter: it counts what the house draws, and says what it knows.

Power is taken as constant over the cells of a grid that is fixed in time (`step_s`),
so that the registers do not depend on how often the meter is looked at.
"""

from dataclasses import dataclass
import math
from typing import Any, NamedTuple

from .breaker import RECLOSE_AFTER_S, filtered_square, trip_square
from .chance import key, wave
from .house import Household, PhasePower, family_house
from .moment import Moment
from .setup import MeterSetup
from .state import (
    INJECTED,
    TOTAL,
    CurvePoint,
    Maximum,
    MeterState,
    first_state,
)
from .tariff import OFFERS, Band, Tariff, TariffState
from .tempo import TempoCalendar

CURVE_S = 1800
MEAN_VOLTAGE_S = 600
# a new meter has already counted for that long: yesterday's figures exist
WARM_UP_S = 2 * 86_400
WARM_UP_STEP_S = 300
_LINE_OHM = 0.18
_NO_LOAD_V = 233.0
_SWING_V = 3.5
_VOLTAGE = key("voltage")
_WINTER_MONTHS = frozenset((11, 12, 1, 2, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How right the meter's clock is."""

    ahead_s: float = 0.0
    degraded: bool = False
    """The meter knows that its clock cannot be trusted."""


class _Cell(NamedTuple):
    """What is constant from one grid point to the next."""

    moment: Moment
    powers: tuple[PhasePower, ...]
    voltages: tuple[float, ...]
    band: Band
    distributor_place: int
    net: PhasePower
    drawn_va: float
    injected_va: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the meter can say at one instant."""

    setup: MeterSetup
    moment: Moment
    clock: Clock
    tariff: TariffState
    off_peak: bool
    distributor_place: int
    """Place of the distributor's index that counts, from 0."""
    indexes_wh: dict[str, int]
    distributor_wh: tuple[int, ...]
    injected_wh: int
    reactive_varh: tuple[int, ...]
    powers: tuple[PhasePower, ...]
    drawn_va: int
    injected_va: int
    currents_a: tuple[int, ...]
    voltages_v: tuple[int, ...]
    mean_voltages_v: tuple[int, ...]
    mean_voltages_end_s: float
    today: dict[str, Maximum]
    yesterday: dict[str, Maximum]
    curve: tuple[CurvePoint, ...]
    breaker_open: bool

    @property
    def total_wh(self) -> int:
        """Drawn energy in all."""
        return self.setup.earlier_wh + sum(self.indexes_wh.values())

    @property
    def overloaded_phases(self) -> tuple[int, ...]:
        """The phases whose current is above the subscribed one."""
        limit = self.setup.subscribed_a
        return tuple(
            phase
            for phase, (current, power) in enumerate(
                zip(self.currents_a, self.powers, strict=True), 1
            )
            if current > limit and power.active_w > 0
        )

    @property
    def above_subscribed_power(self) -> bool:
        """The drawn power is above PREF, or a phase above its share of it."""
        limit = self.setup.subscribed_kva * 1000
        share = limit / self.setup.phases
        return self.drawn_va > limit or any(
            power.active_w > 0 and power.apparent_va > share for power in self.powers
        )


class VirtualMeter:
    """A Linky in a house, over simulated time."""

    def __init__(
        self,
        setup: MeterSetup,
        state: MeterState,
        *,
        house: Household | None = None,
        step_s: int = 1,
    ) -> None:
        """Cells of `step_s` seconds; it divides ten minutes."""
        if MEAN_VOLTAGE_S % step_s:
            raise ValueError(f"{step_s} s does not divide {MEAN_VOLTAGE_S} s")
        self.setup = setup
        self.state = state
        self.step_s = step_s
        self.clock = Clock()
        self.mains = True
        """False: a power cut in the street."""
        self.tariff = Tariff(setup.contract, TempoCalendar(setup.seed))
        self.house: Household = house or family_house(
            seed=setup.seed,
            phases=setup.phases,
            off_peak=OFFERS[setup.contract].off_peak,
            solar=setup.solar,
            charger=setup.charger,
        )
        self._cell_number: tuple[int, int] | None = None
        self._cell: _Cell
        self._trip_square = trip_square(setup.subscribed_kva * 1000 / setup.phases)

    @classmethod
    def new(
        cls,
        setup: MeterSetup,
        epoch_s: float,
        *,
        house: Household | None = None,
        step_s: int = 1,
    ) -> VirtualMeter:
        """Return a meter that has counted until an instant."""
        state = first_state(setup, epoch_s - WARM_UP_S)
        meter = cls(setup, state, house=house, step_s=WARM_UP_STEP_S)
        meter.advance(epoch_s)
        meter.step_s = step_s
        return meter

    @classmethod
    def restored(
        cls, setup: MeterSetup, saved: dict[str, Any], *, step_s: int = 1
    ) -> VirtualMeter:
        """Return a meter with the registers that `MeterState.to_json` gave."""
        return cls(setup, MeterState.from_json(saved), step_s=step_s)

    def advance(self, epoch_s: float) -> None:
        """Count until an instant; one that has passed changes nothing."""
        state = self.state
        while state.epoch_s < epoch_s:
            cell_end = (int(state.epoch_s // self.step_s) + 1) * self.step_s
            until = min(float(cell_end), epoch_s)
            self._count(self._current_cell(), until - state.epoch_s, until)
            state.epoch_s = until
            if until == cell_end:
                self._close_cell(cell_end)

    def snapshot(self) -> Snapshot:
        """Return what the meter says at the instant it has reached."""
        state = self.state
        cell = self._current_cell()
        moment = Moment.at(state.epoch_s)
        return Snapshot(
            setup=self.setup,
            moment=moment,
            clock=self.clock,
            tariff=self.tariff.state(moment),
            off_peak=self.tariff.off_peak(moment),
            distributor_place=self._distributor_place(moment),
            indexes_wh={
                period: int(energy) for period, energy in state.indexes_wh.items()
            },
            distributor_wh=tuple(map(int, state.distributor_wh)),
            injected_wh=int(state.injected_wh),
            reactive_varh=tuple(map(int, state.reactive_varh)),
            powers=cell.powers,
            drawn_va=round(cell.drawn_va),
            injected_va=round(cell.injected_va),
            currents_a=tuple(
                round(power.apparent_va / volts)
                for power, volts in zip(cell.powers, cell.voltages, strict=True)
            ),
            voltages_v=tuple(map(round, cell.voltages)),
            mean_voltages_v=tuple(map(round, state.mean_voltages)),
            mean_voltages_end_s=state.mean_voltages_end_s,
            today=dict(state.today),
            yesterday=dict(state.yesterday),
            curve=tuple(state.curve),
            breaker_open=state.reclose_s is not None,
        )

    def _current_cell(self) -> _Cell:
        number = (self.step_s, int(self.state.epoch_s // self.step_s))
        if self._cell_number != number:
            self._cell_number = number
            self._cell = self._make_cell(Moment.at(number[1] * self.step_s))
        return self._cell

    def _make_cell(self, moment: Moment) -> _Cell:
        live = self.mains and self.state.reclose_s is None
        powers = self.house.powers(moment, live=live)
        net = PhasePower(
            sum(power.active_w for power in powers),
            sum(power.reactive_var for power in powers),
        )
        # the signed sum of the phases, as the meter makes it
        apparent = sum(
            math.copysign(power.apparent_va, power.active_w) for power in powers
        )
        drawing = net.active_w >= 0
        return _Cell(
            moment=moment,
            powers=powers,
            voltages=tuple(
                self._voltage(moment, phase, power)
                for phase, power in enumerate(powers, 1)
            ),
            band=self.tariff.band(moment),
            distributor_place=self._distributor_place(moment),
            net=net,
            drawn_va=abs(apparent) if drawing else 0.0,
            injected_va=0.0 if drawing else abs(apparent),
        )

    def _distributor_place(self, moment: Moment) -> int:
        winter = moment.local.month in _WINTER_MONTHS
        return 2 * winter + (not self.tariff.off_peak(moment))

    def _voltage(self, moment: Moment, phase: int, power: PhasePower) -> float:
        grid = wave(moment.epoch_s / 900, self.setup.seed, _VOLTAGE, phase)
        drop = _LINE_OHM * power.active_w / _NO_LOAD_V
        return _NO_LOAD_V + _SWING_V * grid - drop

    def _count(self, cell: _Cell, seconds: float, until: float) -> None:
        state = self.state
        hours = seconds / 3600
        energy = cell.net.active_w * hours
        if energy >= 0:
            period = str(cell.band.period)
            state.indexes_wh[period] = state.indexes_wh.get(period, 0.0) + energy
            state.distributor_wh[cell.distributor_place] += energy
            state.curve_drawn_wh += energy
        else:
            state.injected_wh -= energy
            state.curve_injected_wh -= energy
        quadrant = _QUADRANTS[energy >= 0, cell.net.reactive_var >= 0]
        state.reactive_varh[quadrant - 1] += abs(cell.net.reactive_var) * hours
        for place, volts in enumerate(cell.voltages):
            state.voltage_sums[place] += volts * seconds
        self._filter(TOTAL, cell.drawn_va, seconds, until)
        self._filter(INJECTED, cell.injected_va, seconds, until)
        for phase, power in enumerate(cell.powers, 1):
            drawn = power.apparent_va if power.active_w >= 0 else 0.0
            self._filter(str(phase), drawn, seconds, until)

    def _filter(self, place: str, va: float, seconds: float, until: float) -> None:
        state = self.state
        square = filtered_square(state.filters.get(place, 0.0), va, seconds)
        state.filters[place] = square
        best = state.today.get(place)
        if best is None or square > best.va * best.va:
            state.today[place] = Maximum(va=math.sqrt(square), epoch_s=until)

    def _close_cell(self, end_s: int) -> None:
        state = self.state
        if end_s % MEAN_VOLTAGE_S == 0:
            state.mean_voltages = [
                total / MEAN_VOLTAGE_S for total in state.voltage_sums
            ]
            state.mean_voltages_end_s = end_s
            state.voltage_sums = [0.0] * self.setup.phases
        if end_s % CURVE_S == 0:
            point = CurvePoint(
                end_s=end_s,
                drawn_w=state.curve_drawn_wh * 3600 / CURVE_S,
                injected_w=state.curve_injected_wh * 3600 / CURVE_S,
            )
            state.curve = [point, *state.curve[:1]]
            state.curve_drawn_wh = state.curve_injected_wh = 0.0
        if end_s % 3600 == 0 and Moment.at(end_s).local.hour == 0:
            state.yesterday = state.today
            state.today = {}
        self._move_breaker(end_s)

    def _move_breaker(self, now_s: float) -> None:
        """Open it on too much power; the household closes it again a little later."""
        state = self.state
        if state.reclose_s is not None:
            if now_s >= state.reclose_s:
                state.reclose_s = None
                self._cell_number = None
            return
        phases = range(1, self.setup.phases + 1)
        if any(state.filters[str(phase)] > self._trip_square for phase in phases):
            state.reclose_s = now_s + RECLOSE_AFTER_S
            self._cell_number = None


# quadrant of the reactive energy by (active power drawn, reactive power drawn)
_QUADRANTS = {
    (True, True): 1,
    (False, True): 2,
    (False, False): 3,
    (True, False): 4,
}
