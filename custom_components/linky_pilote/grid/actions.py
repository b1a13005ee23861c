"""Actions that answer what is announced: for scripts, templates and voice.

A source is only asked again where it may be; otherwise the answer is the last one, and
says so.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..const import CONF_KIND, DOMAIN
from ..engine.signals import EcowattLevel, Origin, Trouble, day_start, paris
from .describe import LEVELS
from .hub import Grid
from .sources import SourceName

if TYPE_CHECKING:
    from ..data import GridConfigEntry

ATTR_START: Final = "start_date"
ATTR_END: Final = "end_date"

_MOST_DAYS: Final = 366
_ONE_DAY: Final = timedelta(days=1)

_ENTRY: Final = vol.Schema({vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string})
_PERIOD: Final = _ENTRY.extend(
    {vol.Optional(ATTR_START): cv.date, vol.Optional(ATTR_END): cv.date}
)

type _Answer = Callable[[Grid, Mapping[str, Any]], dict[str, Any]]


@callback
def async_register_grid_actions(hass: HomeAssistant) -> None:
    """Register them, whether or not there is an entry by now."""
    for name, (sources, schema, answer) in _ACTIONS.items():
        hass.services.async_register(
            DOMAIN,
            name,
            partial(_handle, hass, sources, answer),
            schema,
            SupportsResponse.ONLY,
        )


async def _handle(
    hass: HomeAssistant,
    sources: tuple[SourceName, ...],
    answer: _Answer,
    call: ServiceCall,
) -> ServiceResponse:
    """Answer from the first of some sources that is set up."""
    grid = _grid(hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
    name = next((source for source in sources if source in grid.sources), None)
    if name is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key=f"no_source_{sources[0]}"
        )
    coordinator = grid.sources[name]
    asked = await coordinator.async_ask()
    record = coordinator.record
    if record.answered is None:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="no_answer",
            translation_placeholders={
                "service": coordinator.rule.service,
                "error": record.detail or Trouble.TEMPORARY,
            },
        )
    return {
        **answer(grid, call.data),
        "source": name,
        "heard_at": record.answered.isoformat(),
        "from_last_answer": not asked or record.trouble is not None,
        "trouble": record.trouble,
    }


def _grid(hass: HomeAssistant, entry_id: str | None) -> Grid:
    """Return the grid of an entry, or the only one there is."""
    loaded: list[GridConfigEntry] = [
        entry
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        if CONF_KIND in entry.data and entry_id in (None, entry.entry_id)
    ]
    if not loaded:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_grid" if entry_id is None else "no_such_grid",
        )
    return loaded[0].runtime_data


def _period(data: Mapping[str, Any], first: date, last: date) -> tuple[date, date]:
    """Return the first and the last day that are asked for; both count."""
    start, end = data.get(ATTR_START, first), data.get(ATTR_END, last)
    if not start <= end < start + timedelta(days=_MOST_DAYS):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="bad_period",
            translation_placeholders={
                "start": start.isoformat(),
                "end": end.isoformat(),
                "days": str(_MOST_DAYS),
            },
        )
    return start, end


def _tempo(grid: Grid, data: Mapping[str, Any]) -> dict[str, Any]:
    view = grid.view
    start, end = _period(data, view.today.day, view.tomorrow.day)
    days = []
    for number in range((end - start).days + 1):
        day = start + timedelta(number)
        days.append(
            {
                "day": day.isoformat(),
                "color": view.colors.get(day),
                "start": day_start(day).isoformat(),
                "end": day_start(day + _ONE_DAY).isoformat(),
            }
        )
    left = view.days_left
    return {
        "days": days,
        "season": view.season.name,
        "days_left": None if left is None else dict(left),
    }


def _ecowatt(grid: Grid, data: Mapping[str, Any]) -> dict[str, Any]:
    today = paris(grid.view.now).date()
    start, end = _period(data, today, today + 3 * _ONE_DAY)
    ecowatt = grid.view.ecowatt
    days = ecowatt.days.values() if ecowatt else ()
    return {
        "days": [
            {
                "day": day.day.isoformat(),
                "level": _level(day.level),
                "message": day.message,
                "hours": [_level(level) for level in day.hours],
            }
            for day in days
            if start <= day.day <= end
        ]
    }


def _level(level: EcowattLevel | None) -> str | None:
    return None if level is None else LEVELS[level]


def _mix(grid: Grid, _: Mapping[str, Any]) -> dict[str, Any]:
    view = grid.view
    mix = view.mix
    if mix is None:
        return {"mix": None, "why": view.why_no_measure(view.carbon_source)}
    return {
        "mix": {
            str(origin): round(share, 2)
            for origin in Origin
            if (share := mix.share(origin)) is not None
        },
        "zone": mix.zone,
        "measured_at": mix.time.isoformat(),
        "of": "consumption" if mix.consumed else "production",
        "renewable": mix.renewable,
        "low_carbon": mix.low_carbon,
        "exchange_mw": mix.exchange,
        "carbon_intensity": view.intensity,
    }


def _forecast(grid: Grid, _: Mapping[str, Any]) -> dict[str, Any]:
    forecast = grid.view.forecast
    if forecast is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_forecast_in_plan"
        )
    return {
        "unit": "gCO2eq/kWh",
        "forecast": [
            {"time": hour.time.isoformat(), "carbon_intensity": hour.intensity}
            for hour in forecast
        ],
    }


def _prices(grid: Grid, _: Mapping[str, Any]) -> dict[str, Any]:
    tariff = grid.view.tariff
    regulated = tariff.regulated if tariff else None
    return {
        "unit": "EUR/kWh",
        "prices": [
            {
                "from": point.since.isoformat(),
                "period": point.period,
                "price": point.price,
                "origin": point.origin,
            }
            for point in grid.view.points
        ],
        "regulated_since": regulated.since.isoformat() if regulated else None,
        "subscription": regulated.subscription if regulated else None,
    }


_ACTIONS: Final[Mapping[str, tuple[tuple[SourceName, ...], vol.Schema, _Answer]]] = {
    "get_tempo_calendar": (
        (SourceName.TEMPO_RTE, SourceName.TEMPO_KEYLESS),
        _PERIOD,
        _tempo,
    ),
    "get_ecowatt": ((SourceName.ECOWATT,), _PERIOD, _ecowatt),
    "get_electricity_mix": (
        (SourceName.ELECTRICITY_MAPS, SourceName.ECO2MIX),
        _ENTRY,
        _mix,
    ),
    "get_carbon_forecast": ((SourceName.ELECTRICITY_MAPS,), _ENTRY, _forecast),
    "get_prices": ((SourceName.PRICES,), _ENTRY, _prices),
}
