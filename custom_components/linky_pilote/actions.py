"""Actions: force, release and pause loads, say why, and what is to come."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final, NamedTuple, TypedDict

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .const import DOMAIN
from .data import LinkyPiloteConfigEntry, meter_entries
from .engine.regulation.model import LoadMode
from .engine.regulation.plan import best_start, planned_hours
from .home.coordinator import HomeCoordinator
from .home.verdicts import moment
from .home.wishes import set_mode

ATTR_DURATION: Final = "duration"
ATTR_POWER: Final = "power"

_DAY: Final = 86_400.0
_LOADS: Final = {vol.Required(ATTR_DEVICE_ID): vol.All(cv.ensure_list, [cv.string])}
_DURATION: Final = vol.All(
    cv.time_period, vol.Range(min=timedelta(minutes=1), max=timedelta(days=7))
)

SERVICES: Final = ("force_load", "release_load", "pause_load", "explain", "get_plan")


class Explanation(TypedDict):
    """Why a load is as it is."""

    name: str
    mode: LoadMode
    armed: bool
    group: int
    reason: str
    blocked_by: str | None
    until: str | None
    wanted_w: int
    granted_w: int | None
    observed: bool
    figures: dict[str, float]


class _Target(NamedTuple):
    home: HomeCoordinator
    key: str


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register the actions, whether a meter is loaded or not."""
    timed = {**_LOADS, vol.Required(ATTR_DURATION): _DURATION}
    power = vol.All(vol.Coerce(float), vol.Range(min=1))
    some = {vol.Optional(ATTR_DEVICE_ID): vol.All(cv.ensure_list, [cv.string])}
    none, only = SupportsResponse.NONE, SupportsResponse.ONLY

    def register(
        name: str,
        handler: Callable[[ServiceCall], ServiceResponse],
        schema: dict[Any, Any],
        response: SupportsResponse,
    ) -> None:
        hass.services.async_register(
            DOMAIN, name, handler, vol.Schema(schema), supports_response=response
        )

    register("force_load", _force, {**timed, vol.Optional(ATTR_POWER): power}, none)
    register("release_load", _release, _LOADS, none)
    register("pause_load", _pause, timed, none)
    register("explain", _explain, some, only)
    register("get_plan", _plan, {vol.Optional(ATTR_DURATION): _DURATION}, only)


# --- what they do ---


@callback
def _force(call: ServiceCall) -> ServiceResponse:
    return _set_modes(call, LoadMode.FORCED, call.data.get(ATTR_POWER))


@callback
def _pause(call: ServiceCall) -> ServiceResponse:
    return _set_modes(call, LoadMode.PAUSED)


@callback
def _release(call: ServiceCall) -> ServiceResponse:
    return _set_modes(call, LoadMode.AUTOMATIC)


def _set_modes(
    call: ServiceCall, mode: LoadMode, power: float | None = None
) -> ServiceResponse:
    duration: timedelta = call.data.get(ATTR_DURATION, timedelta())
    for home, key in list(_targets(call)):
        set_mode(home, key, mode, home.now() + duration.total_seconds(), power)
    return None


@callback
def _explain(call: ServiceCall) -> ServiceResponse:
    asked = list(_targets(call)) if ATTR_DEVICE_ID in call.data else None
    targets = asked or [
        _Target(home, key) for home in _homes(call.hass) for key in home.drivers
    ]
    loads: list[Any] = [
        explanation
        for home, key in targets
        if (explanation := explain(home, key)) is not None
    ]
    return {"loads": loads}


def explain(home: HomeCoordinator, key: str) -> Explanation | None:
    """Return why a load is as it is; None before the first decision."""
    verdict = home.verdict(key)
    if verdict is None:
        return None
    wishes = home.wishes
    wish = wishes.loads.get(key)
    setting = verdict.setting
    return Explanation(
        name=home.drivers[key].load.name,
        mode=LoadMode.AUTOMATIC if wish is None else wish.mode,
        armed=key in wishes.armed,
        group=home.memory.ranks[key],
        reason=verdict.reason,
        blocked_by=verdict.blocked_by,
        until=_iso(verdict.until),
        wanted_w=round(verdict.wanted),
        granted_w=None if setting is None else round(setting.power),
        observed=verdict.observed,
        figures={name: round(value, 1) for name, value in verdict.figures.items()},
    )


@callback
def _plan(call: ServiceCall) -> ServiceResponse:
    duration: timedelta | None = call.data.get(ATTR_DURATION)
    homes: list[Any] = [_plan_of(home, duration) for home in _homes(call.hass)]
    return {"homes": homes}


def _plan_of(home: HomeCoordinator, duration: timedelta | None) -> JsonObjectType:
    """Return the next day of a home, as it stands."""
    now, reading = home.now(), home.meter.data
    hours = planned_hours(now, _DAY, reading.period if reading else None, home.signals)
    start = None if duration is None else best_start(hours, duration.total_seconds())
    return {
        "name": home.config_entry.title,
        "hours": [
            {
                "start": _iso(span.start),
                "end": _iso(span.end),
                "peak": span.peak,
                "off_peak": span.off_peak,
                "color": span.color,
            }
            for span in hours
        ],
        "guarantees": [
            {
                "name": driver.load.name,
                "quantity": guarantee.quantity,
                "amount": guarantee.amount,
                "by": f"{guarantee.by // 60:02d}:{guarantee.by % 60:02d}",
            }
            for driver in home.drivers.values()
            if (guarantee := driver.load.load.guarantee) is not None
        ],
        "best_start": _iso(start),
    }


# --- what they are asked of ---


def _homes(hass: HomeAssistant) -> Iterator[HomeCoordinator]:
    for entry in meter_entries(hass):
        if entry.state is ConfigEntryState.LOADED:
            yield entry.runtime_data.home


def _targets(call: ServiceCall) -> Iterator[_Target]:
    """Yield the loads of the devices that were named.

    Raises:
        ServiceValidationError: a device is no load, or its meter is not loaded.
    """
    for device_id in call.data[ATTR_DEVICE_ID]:
        device = dr.async_get(call.hass).async_get(device_id)
        name = device_id if device is None else device.name_by_user or device.name
        entry: LinkyPiloteConfigEntry | None = None
        if device is not None and device.primary_config_entry is not None:
            entry = call.hass.config_entries.async_get_entry(
                device.primary_config_entry
            )
        keys = (
            {key for domain, key in device.identifiers if domain == DOMAIN}
            if (device is not None)
            else set()
        )
        if entry is None or not keys & entry.subentries.keys():
            raise _invalid("not_a_load", name)
        if entry.state is not ConfigEntryState.LOADED:
            raise _invalid("not_running", name)
        for key in keys & entry.runtime_data.home.drivers.keys():
            yield _Target(entry.runtime_data.home, key)


def _invalid(key: str, device: str | None) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"device": device or ""},
    )


def _iso(seconds: float | None) -> str | None:
    at = moment(seconds)
    return None if at is None else at.isoformat()
