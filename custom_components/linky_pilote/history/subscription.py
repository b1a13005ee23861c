"""The action `advise_subscription`: whether another subscribed power fits."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import ServiceCall, ServiceResponse, callback
from homeassistant.exceptions import ServiceValidationError
import voluptuous as vol

from ..const import DOMAIN
from ..data import LinkyPiloteConfigEntry, meter_entries
from ..engine.subscription import BEARABLE, TRIPS, advise

ADVISE_SCHEMA: Final = vol.Schema({})


@callback
def advise_subscription(call: ServiceCall) -> ServiceResponse:
    """Answer for each meter that runs."""
    meters: list[Any] = [
        told
        for entry in meter_entries(call.hass)
        if entry.state is ConfigEntryState.LOADED
        and (told := _advice(entry)) is not None
    ]
    if not meters:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_subscription"
        )
    return {"meters": meters}


def _advice(entry: LinkyPiloteConfigEntry) -> dict[str, Any] | None:
    coordinator = entry.runtime_data.coordinator
    reading = coordinator.data
    if reading is None or not reading.subscribed_power:
        return None
    advice = advise(
        coordinator.peaks.days, reading.phases, float(reading.subscribed_power)
    )
    return {
        "name": entry.title,
        "subscribed_kva": reading.subscribed_power / 1000,
        "verdict": advice.verdict,
        "fitting_kva": advice.fitting,
        "days": advice.days,
        "winter_days": advice.cold_days,
        "deciding_days": [
            {
                "day": day.isoformat(),
                "highest_va": round(peak.power),
                "from": "meter" if peak.measured else "estimate",
            }
            for day, peak in advice.deciding
        ],
        "choices": [
            {
                "kva": choice.power,
                "days_above": choice.days_above,
                "days_cut": choice.days_cut,
            }
            for choice in advice.choices
        ],
        "fits_below": BEARABLE,
        "cuts_above": TRIPS,
    }
