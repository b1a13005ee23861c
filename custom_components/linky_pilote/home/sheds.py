"""When the heating was shed, and when it will be as far as that is known."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Self

from ..engine.reading import TariffPeriod
from ..engine.regulation.hours import PEAK_REASONS, TEMPO_PEAK, deadline
from ..engine.regulation.model import (
    HeatingMode,
    PeakKind,
    Reason,
    Settings,
    Signals,
    Thermostat,
    Wishes,
)
from ..engine.regulation.plan import planned_hours

_REMEMBERED: Final = 1000
"""Periods; a season of Tempo has 65 dear days."""

_DAY: Final = 86_400.0

_GAP: Final = 600.0
"""s for which nobody may have watched, over a restart for one, within one period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shed:
    """A stretch of time in which the heating is shed for one reason; s since 1970."""

    start: float
    end: float
    reason: Reason

    @classmethod
    def of(cls, saved: dict[str, Any]) -> Self:
        """Return what was saved."""
        return cls(**{**saved, "reason": Reason(saved["reason"])})


class Sheds:
    """Those that were, the last one last; it grows while it runs."""

    def __init__(self, saved: list[dict[str, Any]] | None = None) -> None:
        """Go on from what was saved."""
        self.past = [Shed.of(shed) for shed in saved or ()]
        self.runs = False
        """The last one runs."""

    def note(self, now: float, shown: Thermostat | None) -> None:
        """Take in what the thermostat shows now."""
        reason = None if shown is None or shown.observed else shown.shed_by
        self.runs = reason is not None
        if reason is None:
            return
        last = self.past[-1] if self.past else None
        if last and last.reason is reason and 0 <= now - last.end <= _GAP:
            self.past[-1] = replace(last, end=now)
        else:
            self.past.append(Shed(start=now, end=now, reason=reason))
            del self.past[:-_REMEMBERED]

    def to_list(self) -> list[dict[str, Any]]:
        """Return them as JSON can hold them."""
        return [asdict(shed) for shed in self.past]


def planned(
    now: float,
    period: TariffPeriod | None,
    signals: Signals,
    settings: Settings,
    wishes: Wishes,
    *,
    ecowatt: bool = False,
) -> list[Shed]:
    """Return what is to come, in order, to the end of the next Tempo day.

    Colours are known no further. HEAT keeps white peak hours and EcoWatt away while it
    lasts. `ecowatt`: a heater was named for it; its levels are known for longer.
    """
    peaks = list(_planned_peaks(now, period, signals, settings, wishes))
    alerts = _planned_alerts(now, signals, settings, wishes) if ecowatt else ()
    # a dear hour sheds no less than EcoWatt
    alone = [
        alert
        for alert in alerts
        if not any(
            peak.start <= alert.start and alert.end <= peak.end for peak in peaks
        )
    ]
    return sorted([*peaks, *alone], key=lambda shed: shed.start)


def _planned_alerts(
    now: float, signals: Signals, settings: Settings, wishes: Wishes
) -> Iterator[Shed]:
    """Return the alerts to come, those that follow each other as one."""
    heats = wishes.heating is HeatingMode.HEAT
    after = max(now, wishes.heat_until) if heats else now
    last: Shed | None = None
    for span in signals.ecowatt:
        start = max(span.start, after)
        if span.level < settings.ecowatt_level or start >= span.end:
            continue
        if last is not None and last.end >= start:
            last = replace(last, end=span.end)
            continue
        if last is not None:
            yield last
        last = Shed(start=start, end=span.end, reason=Reason.ECOWATT)
    if last is not None:
        yield last


def _planned_peaks(
    now: float,
    period: TariffPeriod | None,
    signals: Signals,
    settings: Settings,
    wishes: Wishes,
) -> Iterator[Shed]:
    ahead = deadline(now, TEMPO_PEAK[0]) + _DAY - now
    heats = wishes.heating is HeatingMode.HEAT
    for hours in planned_hours(now, ahead, period, signals):
        if hours.peak is None:
            continue
        start = hours.start
        if hours.peak is PeakKind.WHITE:
            if not settings.shed_in_white:
                continue
            start = max(start, wishes.heat_until) if heats else start
        if start < hours.end:
            yield Shed(start=start, end=hours.end, reason=PEAK_REASONS[hours.peak])
