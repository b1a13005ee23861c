"""Houses and meters for the tests."""

from collections.abc import Callable, Iterator
from datetime import datetime

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from custom_components.linky_pilote.engine.tic import Decoder, FrameEnd, Group
from demo.faults import Faults
from demo.house import House
from demo.meter import VirtualMeter
from demo.moment import PARIS, Moment
from demo.setup import DEFAULT_KVA, MeterSetup
from demo.state import first_state
from demo.wire import SimulatedTime, Wire

CONTRACTS = (Contract.BASE, Contract.OFF_PEAK, Contract.TEMPO, Contract.EJP)
SLICE_S = 0.02


def epoch(text: str) -> float:
    """Return an instant that is given in French legal time."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


def moment(text: str) -> Moment:
    """Return a moment that is given in French legal time."""
    return Moment.at(epoch(text))


class Steady:
    """An appliance whose power is a function of the time."""

    def __init__(
        self,
        power_w: float | Callable[[float], float],
        phase: int = 1,
        power_factor: float = 1.0,
    ) -> None:
        """`power_w` takes seconds since 1970."""
        self.name = f"steady_{phase}"
        self.phase = phase
        self.power_factor = power_factor
        self._power_w = power_w

    def power_w(self, moment: Moment) -> float:
        """Return its power."""
        if callable(self._power_w):
            return self._power_w(moment.epoch_s)
        return self._power_w


def make_setup(
    contract: Contract = Contract.BASE,
    *,
    phases: int = 1,
    producer: bool = False,
    seed: int = 1,
) -> MeterSetup:
    """Return a meter with the usual power."""
    return MeterSetup(
        seed=seed,
        contract=contract,
        phases=phases,
        producer=producer,
        solar=producer,
        subscribed_kva=DEFAULT_KVA[phases],
    )


def make_meter(
    setup: MeterSetup, start_s: float, *appliances: Steady, step_s: int = 1
) -> VirtualMeter:
    """Return a meter with a house of its own, or with the family's."""
    house = House(appliances, setup.phases) if appliances else None
    return VirtualMeter(setup, first_state(setup, start_s), house=house, step_s=step_s)


def make_wire(meter: VirtualMeter, mode: TicMode, speed: float = 1) -> Wire:
    """Return the line of a meter, from the instant that it has reached."""
    return Wire(meter, mode, SimulatedTime(meter.state.epoch_s, speed), Faults(1))


def sent(wire: Wire, seconds: float, start_s: float = 0.0) -> Iterator[bytes]:
    """Return what the line carries in some seconds, slice by slice."""
    for number in range(round(seconds / SLICE_S) + 1):
        yield wire.take(start_s + number * SLICE_S)


def decoded(data: bytes) -> tuple[Decoder, list[list[Group]], list[FrameEnd]]:
    """Return a decoder that has heard the bytes, the groups by frame, the ends."""
    decoder = Decoder()
    frames: list[list[Group]] = [[]]
    ends = []
    for event in decoder.feed(data):
        if isinstance(event, Group):
            frames[-1].append(event)
        elif isinstance(event, FrameEnd):
            frames.append([])
            ends.append(event)
    return decoder, frames, ends
