"""What the regulation is told of the meter and of the grid."""

from dataclasses import replace
from typing import Final

from homeassistant.const import UnitOfFrequency
from homeassistant.core import HomeAssistant

from ..engine.estimate import Estimate
from ..engine.reading import Contract, MeterReading, TariffPeriod
from ..engine.regulation.hours import METER_LATE, paris
from ..engine.regulation.model import (
    Battery,
    Frequency,
    PeakKind,
    PeakSpan,
    Reading,
    Signals,
)
from ..engine.signals import tempo_day
from ..measures import measure, percent, watts
from ..meter.beside import LITTLE
from ..meter.headroom import phase_powers
from .options import HomeOptions

_TEMPO_OFF_PEAK: Final = frozenset(
    {
        TariffPeriod.BLUE_OFF_PEAK,
        TariffPeriod.WHITE_OFF_PEAK,
        TariffPeriod.RED_OFF_PEAK,
    }
)
_TEMPO: Final = _TEMPO_OFF_PEAK | {
    TariffPeriod.BLUE_PEAK,
    TariffPeriod.WHITE_PEAK,
    TariffPeriod.RED_PEAK,
}


def regulation_reading(
    reading: MeterReading, estimate: Estimate | None, now: float
) -> Reading | None:
    """Return what the regulation needs of a reading; None where it says no power."""
    apparent = phase_powers(reading)
    if not apparent:
        return None
    injected = reading.injected_power or 0
    net = estimate.power if estimate is not None else sum(apparent) - injected
    cutoff = reading.cutoff_power or reading.subscribed_power
    peaks = reading.peaks_today_by_phase
    if not peaks and reading.phases == 1 and reading.peak_today is not None:
        peaks = (reading.peak_today,)
    return Reading(
        time=now,
        net=net,
        apparent=tuple(float(power) for power in apparent),
        injecting=_gives(reading),
        cutoff=cutoff / reading.phases if cutoff else None,
        period=reading.period,
        peak_today=tuple(float(peak.power) for peak in peaks),
        overload=reading.overload,
        dry_contact_closed=_dry_contact(reading),
    )


def signals(
    hass: HomeAssistant,
    reading: MeterReading | None,
    options: HomeOptions,
    now: float,
    heard_at: float,
) -> Signals:
    """Return what the meter announces, and what the home measures beside it.

    The meter was heard last at `heard_at`, in s since 1970.
    """
    beside = Signals(
        production=watts(hass, options.production),
        battery=_battery(hass, options),
        frequency=_frequency(hass, options.frequency),
    )
    if reading is None:
        return beside
    today, tomorrow = reading.color_today, reading.color_tomorrow
    late = reading.period in _TEMPO_OFF_PEAK and _has_just_begun(now)
    days = tempo_day(paris(now)) - tempo_day(paris(heard_at))
    for _ in range(max(days.days, late)):
        # it spoke, or still speaks, of a Tempo day before this one
        today, tomorrow = tomorrow, None
    return replace(
        beside,
        tempo=reading.contract is Contract.TEMPO or reading.period in _TEMPO,
        color=today,
        color_tomorrow=tomorrow,
        peaks=tuple(
            PeakSpan(
                start=peak.start.timestamp(),
                end=peak.end.timestamp(),
                kind=PeakKind.SUPPLIER,
            )
            for peak in reading.moving_peaks.values()
            if peak.start is not None and peak.end is not None
        ),
    )


def _battery(hass: HomeAssistant, options: HomeOptions) -> Battery | None:
    power = watts(hass, options.battery)
    if power is None:
        return None
    return Battery(
        power=-power if options.battery_inverted else power,
        soc=percent(hass, options.battery_level),
    )


def _frequency(hass: HomeAssistant, stored: str | None) -> Frequency | None:
    said = measure(hass, stored, UnitOfFrequency.HERTZ)
    if said is None:
        return None
    return Frequency(
        value=said.value, time=said.at.timestamp(), resolution=said.resolution
    )


def injects(reading: MeterReading | None) -> bool:
    """Tell whether a meter says what the home gives to the grid, or that it does."""
    if reading is None:
        return False
    return _exports(reading) or reading.injected_power is not None


def _exports(reading: MeterReading) -> bool:
    return reading.status is not None and reading.status.exporting


def _gives(reading: MeterReading) -> bool:
    """Tell whether a home draws nothing because it gives to the grid.

    In historical mode the currents alone tell: they have no sign, and PAPP is what is
    drawn (Enedis-NOI-CPT_54E).
    """
    by_currents = reading.apparent_power == 0 and any(reading.currents)
    return _exports(reading) or by_currents


def tells_injection(reading: MeterReading) -> bool:
    """Tell whether a reading says what the home gives to the grid, be it nothing.

    In historical mode 0 VA may be anything that is given, unless a clamp says more.
    """
    told = (reading.injected_power, reading.active_power, reading.status)
    return told != (None, None, None) or (reading.apparent_power or 0) > LITTLE


def _has_just_begun(now: float) -> bool:
    """Tell whether a Tempo day has begun that a late meter may not know of yet."""
    wall = paris(now)
    return 0 <= (wall.hour - 6) * 3600 + wall.minute * 60 + wall.second < METER_LATE


def _dry_contact(reading: MeterReading) -> bool | None:
    if reading.status is not None:
        return not reading.status.dry_contact_open
    return reading.relays[0] if reading.relays else None
