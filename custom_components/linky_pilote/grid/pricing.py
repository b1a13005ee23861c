"""What a kWh costs, now and next: the user's own prices first, then the regulated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from ..const import CONF_OFF_PEAK_HOURS, CONF_PRICES
from ..engine.reading import Contract, TariffPeriod, TempoColor
from ..engine.signals import (
    Prices,
    Stretch,
    next_change,
    paris,
    read_blocks,
    stretches,
    tempo_day,
    tempo_period,
)
from .peaks import Peak
from .sources import contract_of

_AHEAD: Final = timedelta(days=2)


class PriceOrigin(StrEnum):
    """Whose price it is."""

    OWN = "own"
    REGULATED = "regulated"


class PricePoint(NamedTuple):
    """The price from a time on."""

    since: datetime
    period: TariffPeriod | None
    """None: the colour of the day is not known."""
    price: float | None
    """EUR/kWh."""
    origin: PriceOrigin | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """The contract that the user chose."""

    contract: Contract
    own: Mapping[TariffPeriod, float]
    regulated: Prices | None
    off_peak: tuple[Stretch, ...] = ()
    """Of a contract with off-peak hours, from now on."""
    peaks: tuple[Peak, ...] | None = None
    """Of EJP; None: not known."""

    @classmethod
    def of(
        cls,
        options: Mapping[str, Any],
        regulated: Prices | None,
        peaks: tuple[Peak, ...] | None,
        now: datetime,
    ) -> Tariff | None:
        """Return the tariff in an entry's options; None where none is chosen."""
        contract = contract_of(options)
        if contract is None:
            return None
        blocks = read_blocks(options.get(CONF_OFF_PEAK_HOURS, ""))
        return cls(
            contract=contract,
            own={
                TariffPeriod(period): price
                for period, price in options.get(CONF_PRICES, {}).items()
            },
            regulated=regulated,
            off_peak=stretches(blocks, now, _AHEAD)
            if contract is Contract.OFF_PEAK
            else (),
            peaks=peaks if contract is Contract.EJP else None,
        )

    @property
    def uses_regulated(self) -> bool:
        """Whether a price is missing among the user's own."""
        return self.regulated is not None and not (
            self.regulated.by_period.keys() <= self.own.keys()
        )

    def at(
        self, moment: datetime, colors: Mapping[Any, TempoColor | None]
    ) -> PricePoint:
        """Return the price at an instant, by the colours of the Tempo days around."""
        period: TariffPeriod | None
        match self.contract:
            case Contract.TEMPO:
                period = tempo_period(moment, colors.get(tempo_day(moment)))
            case Contract.OFF_PEAK if self.off_peak:
                off = any(block.start <= moment < block.end for block in self.off_peak)
                period = TariffPeriod.OFF_PEAK if off else TariffPeriod.PEAK
            case Contract.EJP if self.peaks is not None:
                dear = any(peak.start <= moment < peak.end for peak in self.peaks)
                period = TariffPeriod.MOVING_PEAK if dear else TariffPeriod.NORMAL
            case Contract.BASE:
                period = TariffPeriod.BASE
            case _:
                period = None
        if period is None:
            return PricePoint(moment, None, None, None)
        if (price := self.own.get(period)) is not None:
            return PricePoint(moment, period, price, PriceOrigin.OWN)
        if self.regulated is None:
            return PricePoint(moment, period, None, None)
        return PricePoint(
            moment, period, self.regulated.by_period[period], PriceOrigin.REGULATED
        )

    def points(
        self, now: datetime, colors: Mapping[Any, TempoColor | None]
    ) -> tuple[PricePoint, ...]:
        """Return the price now and after each change, as far as it is known."""
        moments = [now]
        if self.contract is Contract.TEMPO:
            while len(moments) < 5:
                moments.append(next_change(moments[-1]))
        moments += sorted(
            edge
            for block in (*self.off_peak, *(self.peaks or ()))
            for edge in block
            if edge > now
        )
        end = paris(now) + _AHEAD
        return tuple(
            self.at(moment, colors) for moment in dict.fromkeys(moments) if moment < end
        )
