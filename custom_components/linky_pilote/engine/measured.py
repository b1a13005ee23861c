"""A reading from what sensors measure, where no meter speaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
import re
from typing import Final

from .reading import Contract, MeterReading, TariffPeriod, TempoColor
from .signals import tempo_period
from .tic import period_of_words

NOMINAL_VOLTAGE: Final = 230.0
"""V (IEC 60038), where a sensor gives a current."""

_COLORS: Final[Mapping[str, TempoColor]] = {
    **dict.fromkeys(("blue", "bleu", "bleue"), TempoColor.BLUE),
    **dict.fromkeys(("white", "blanc", "blanche"), TempoColor.WHITE),
    **dict.fromkeys(("red", "rouge"), TempoColor.RED),
}
_WORDS: Final = re.compile(r"[^\W\d_]+")

_TEMPO: Final = frozenset(
    TariffPeriod(f"{color}_{hours}")
    for color in TempoColor
    for hours in ("off_peak", "peak")
)
_CONTRACTS: Final[Mapping[TariffPeriod, Contract]] = {
    TariffPeriod.BASE: Contract.BASE,
    TariffPeriod.OFF_PEAK: Contract.OFF_PEAK,
    TariffPeriod.PEAK: Contract.OFF_PEAK,
    TariffPeriod.NORMAL: Contract.EJP,
    TariffPeriod.MOVING_PEAK: Contract.EJP,
    **dict.fromkeys(_TEMPO, Contract.TEMPO),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What sensors say at one instant, of one phase (or all in one), or of three."""

    powers: tuple[float, ...] = ()
    """W, negative where the home injects."""
    apparent: tuple[float, ...] = ()
    """VA."""
    injected: float | None = None
    """W or VA, where a sensor of its own measures what is injected."""
    currents: tuple[float, ...] = ()
    """A; their sign does not count."""
    subscribed: float | None = None
    """VA."""
    tariff: str | None = None
    """The period, in the words of some entity."""
    today: str | None = None
    """The colour of the Tempo day, the same."""
    tomorrow: str | None = None

    @property
    def net(self) -> float | None:
        """W at the meter, negative while the home injects; None where nobody says."""
        if not self.powers:
            return None
        return sum(self.powers) - abs(self.injected or 0.0)


def color_of_words(text: str | None) -> TempoColor | None:
    """Return the colour in a text, in English or French; None for no or several."""
    words = _WORDS.findall((text or "").lower())
    found = {_COLORS[word] for word in words if word in _COLORS}
    return found.pop() if len(found) == 1 else None


def reading_of(said: Measured, now: datetime) -> MeterReading:
    """Return the reading; what no sensor measures is not in it.

    A Tempo colour without a tariff tells the period by the clock. The subscribed power
    is compared with what is drawn: no meter warns.
    """
    phases = max(len(said.powers), len(said.apparent), len(said.currents), 1)
    net = said.net
    apparent = _apparent(said, phases)
    active = said.powers if len(said.powers) == phases else ()
    if phases == 1 and net is not None:
        active = (net,)
    period = period_of_words(said.tariff or "")
    today = color_of_words(said.today)
    if period is None:
        period = tempo_period(now, today)
    drawn = sum(apparent) if apparent else max(net or 0.0, 0.0)
    return MeterReading(
        mode=None,
        complete=True,
        phases=phases,
        contract=None if period is None else _CONTRACTS.get(period, Contract.OTHER),
        period=period,
        period_name=said.tariff,
        color_today=today,
        color_tomorrow=color_of_words(said.tomorrow),
        apparent_power=round(sum(apparent)) if apparent else None,
        apparent_power_by_phase=_whole(apparent) if phases > 1 else (),
        active_power=None if net is None else round(net),
        injected_power=_injected(said),
        active_power_by_phase=_whole(active),
        currents=_whole([abs(current) for current in said.currents]),
        subscribed_power=None if said.subscribed is None else round(said.subscribed),
        overload=said.subscribed is not None and drawn > said.subscribed,
    )


def _apparent(said: Measured, phases: int) -> tuple[float, ...]:
    """Return the VA drawn by phase; 0 on one that is known to inject."""
    currents = tuple(abs(current) * NOMINAL_VOLTAGE for current in said.currents)
    known = said.apparent if len(said.apparent) == phases else currents
    if len(known) != phases:
        return ()
    by_phase = said.powers if len(said.powers) == phases else (0.0,) * phases
    if phases == 1 and said.net is not None:
        by_phase = (said.net,)
    return tuple(
        0.0 if power < 0 else max(value, power)
        for value, power in zip(known, by_phase, strict=True)
    )


def _injected(said: Measured) -> int | None:
    """Return the VA injected, where no sensor says the W at the meter."""
    if said.powers or said.injected is None:
        return None
    return round(abs(said.injected))


def _whole(values: tuple[float, ...] | list[float]) -> tuple[int, ...]:
    return tuple(round(value) for value in values)
