"""What the grid tells the home: the regulator's signals, as they are now."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import CONF_CONTRACT, DOMAIN
from ..engine.reading import Contract, TariffPeriod
from ..engine.regulation.model import (
    EcowattSpan,
    PeakKind,
    PeakSpan,
    Signals,
    Span,
)
from ..engine.signals import tempo_day
from .view import View

if TYPE_CHECKING:
    from .hub import Grid


class GridBoard:
    """Hangs in `hass.data` as long as a grid entry runs."""

    def __init__(self, grid: Grid) -> None:
        """Tell of a grid."""
        self._grid = grid

    @property
    def prices(self) -> Mapping[TariffPeriod, float]:
        """EUR/kWh by period: the user's own first, then the regulated ones."""
        tariff = self._grid.view.tariff
        if tariff is None:
            return {}
        regulated = tariff.regulated.by_period if tariff.regulated else {}
        return {**regulated, **tariff.own}

    @property
    def signals(self) -> Signals:
        """What is announced, with what is measured beside the meter left out.

        The colours are the dearest of those that are final: where sources disagree
        the regulation sheds by them (SEMANTICS, section 2).
        """
        view = self._grid.view
        color, color_tomorrow = view.today.dearest, view.tomorrow.dearest
        if tempo_day(dt_util.utcnow()) > view.today.day:
            # The grid looks again in a moment; its tomorrow has begun
            color, color_tomorrow = color_tomorrow, None
        return Signals(
            tempo=self._grid.entry.options.get(CONF_CONTRACT) == Contract.TEMPO,
            color=color,
            color_tomorrow=color_tomorrow,
            peaks=tuple(
                PeakSpan(
                    start=peak.start.timestamp(),
                    end=peak.end.timestamp(),
                    kind=PeakKind.SUPPLIER,
                )
                for peak in self._grid.peaks.peaks
                if peak.end > view.now
            ),
            off_peak=tuple(
                Span(start=block.start.timestamp(), end=block.end.timestamp())
                for block in (view.tariff.off_peak if view.tariff else ())
            ),
            ecowatt=_ecowatt(view),
            carbon=view.intensity,
            price=view.price and view.price.price,
        )


DATA_GRID_BOARD: Final[HassKey[GridBoard]] = HassKey(f"{DOMAIN}_grid_board")


def signals_of(hass: HomeAssistant) -> Signals | None:
    """Return what the grid announces; None without a grid entry that runs."""
    board = hass.data.get(DATA_GRID_BOARD)
    return None if board is None else board.signals


def price_of(hass: HomeAssistant, period: TariffPeriod | None) -> float | None:
    """Return the EUR/kWh of a meter's period; None where no grid entry knows it."""
    board = hass.data.get(DATA_GRID_BOARD)
    return None if board is None or period is None else board.prices.get(period)


def announced(hass: HomeAssistant, own: Signals) -> Signals:
    """Return a meter entry's own signals with what the grid announces, if it runs.

    The board has heard what the meter says of colours, and when it said it.
    """
    board = signals_of(hass)
    if board is None:
        return own
    return replace(
        own,
        tempo=own.tempo or board.tempo,
        color=board.color or own.color,
        color_tomorrow=board.color_tomorrow or own.color_tomorrow,
        peaks=tuple(sorted({*own.peaks, *board.peaks}, key=lambda span: span.start)),
        off_peak=own.off_peak or board.off_peak,
        ecowatt=board.ecowatt,
        carbon=board.carbon,
        price=board.price,
    )


def _ecowatt(view: View) -> tuple[EcowattSpan, ...]:
    """Return the levels from now on; the low-carbon one is green to the regulator."""
    spans = view.ecowatt.spans if view.ecowatt else ()
    return tuple(
        EcowattSpan(
            start=span.start.timestamp(),
            end=span.end.timestamp(),
            level=max(int(span.level), 1),
        )
        for span in spans
        if span.end > view.now
    )
