"""The action `compare_contracts`: what a period would have cost under each contract."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import (
    CONF_KIND,
    CONF_OFF_PEAK_HOURS,
    CONF_POWER,
    CONF_PRICES,
    DOMAIN,
)
from ..data import meter_entries
from ..engine.comparing import (
    Comparison,
    Energies,
    Tariff,
    avoided,
    compare,
    cost,
    learn_off_peak,
)
from ..engine.reading import Contract, TariffPeriod, TempoColor
from ..engine.signals import (
    ONE_DAY,
    PRICED_PERIODS,
    SUBSCRIBED_POWERS,
    Block,
    at,
    paris,
    read_blocks,
)
from .prices import Priced, prices_of
from .statistics import counted, hourly

if TYPE_CHECKING:
    from ..grid.hub import Grid

ATTR_END: Final = "end_date"
ATTR_INJECTED: Final = "injected_statistic"
ATTR_OFF_PEAK: Final = "off_peak_statistic"
ATTR_OFF_PEAK_HOURS: Final = "off_peak_hours"
ATTR_PEAK: Final = "peak_statistic"
ATTR_POWER: Final = "subscribed_power"
ATTR_PRICES: Final = "prices"
ATTR_PRODUCTION: Final = "production_statistic"
ATTR_START: Final = "start_date"
ATTR_STATISTIC: Final = "statistic_id"

_MOST: Final = timedelta(days=3 * 366)
_COMPARED: Final = (Contract.BASE, Contract.OFF_PEAK, Contract.TEMPO)
"""Those that are sold."""
_PERIODS: Final = [
    period.value for contract in _COMPARED for period in PRICED_PERIODS[contract]
]


def _hours(text: str) -> tuple[Block, ...]:
    try:
        return read_blocks(text)
    except ValueError as err:
        raise vol.Invalid(f"no hours: {text}") from err


COMPARE_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_STATISTIC): cv.string,
        vol.Optional(ATTR_START): cv.date,
        vol.Optional(ATTR_END): cv.date,
        vol.Optional(ATTR_POWER): vol.All(vol.Coerce(int), vol.In(SUBSCRIBED_POWERS)),
        vol.Optional(ATTR_OFF_PEAK_HOURS): vol.All(cv.string, _hours),
        vol.Inclusive(ATTR_OFF_PEAK, "learn"): cv.string,
        vol.Inclusive(ATTR_PEAK, "learn"): cv.string,
        vol.Inclusive(ATTR_PRODUCTION, "sun"): cv.string,
        vol.Inclusive(ATTR_INJECTED, "sun"): cv.string,
        vol.Optional(ATTR_PRICES, default=dict): {
            vol.In(_PERIODS): vol.All(vol.Coerce(float), vol.Range(min=0, max=10))
        },
    }
)


async def async_compare(call: ServiceCall) -> ServiceResponse:
    """Answer what the period would have cost."""
    return await _Question(call.hass, call.data).answer()


class _Question:
    """What is asked, and what is known to answer it."""

    def __init__(self, hass: HomeAssistant, data: Mapping[str, Any]) -> None:
        self._hass = hass
        self._data = data
        self._grid = _grid(hass)
        self._options = self._grid.entry.options if self._grid else {}
        self._start, self._end = self._period()
        self._left_out: list[dict[str, str]] = []
        self._priced: dict[Contract, Priced] = {}
        self._hours_from = ""

    async def answer(self) -> dict[str, Any]:
        """Read the statistics, and compare."""
        energies = await self._statistics()
        colors = dict(self._grid.view.colors) if self._grid else {}
        tariffs = await self._tariffs(energies)
        found = compare(
            energies[self._data[ATTR_STATISTIC]],
            self._start,
            self._end,
            tariffs,
            colors,
        )
        compared = [tariff for tariff in tariffs if tariff.contract in found.costs]
        if len(compared) < len(tariffs):
            self._leave_out(Contract.TEMPO, "no_colors")
        contracts = [self._told(tariff, found) for tariff in compared]
        cheapest = min(contracts, key=lambda c: c["energy_cost"], default=None)
        return {
            "statistic_id": self._data[ATTR_STATISTIC],
            "start": self._start.isoformat(),
            "end": self._end.isoformat(),
            "unit": "EUR",
            "energy_kwh": round(found.energy, 3),
            "hours_compared": found.hours,
            "days_without_data": [
                {"day": day.isoformat(), "hours": hours}
                for day, hours in found.missing.items()
            ],
            "days_without_color": [day.isoformat() for day in found.uncolored],
            "contracts": contracts,
            "left_out": self._left_out,
            "cheapest": None if cheapest is None else cheapest["contract"],
            "sun": self._sun(energies, compared, colors),
            "shedding": await self._shedding(compared, colors),
        }

    def _period(self) -> tuple[datetime, datetime]:
        today = paris(dt_util.utcnow()).date()
        last: date = self._data.get(ATTR_END, today - ONE_DAY)
        first: date = self._data.get(ATTR_START, last - timedelta(364))
        if not timedelta() <= last - first < _MOST:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="bad_period",
                translation_placeholders={
                    "start": first.isoformat(),
                    "end": last.isoformat(),
                    "days": str(_MOST.days),
                },
            )
        return at(first, 0), at(last, 24)

    async def _statistics(self) -> dict[str, dict[datetime, float]]:
        asked = (
            *(ATTR_STATISTIC, ATTR_OFF_PEAK, ATTR_PEAK),
            *(ATTR_PRODUCTION, ATTR_INJECTED),
        )
        wanted = {self._data[key] for key in asked if key in self._data}
        return await hourly(self._hass, wanted, self._start, self._end)

    async def _tariffs(self, energies: Mapping[str, Energies]) -> list[Tariff]:
        """Return the contracts that all prices and hours are known of."""
        given = {TariffPeriod(k): v for k, v in self._data[ATTR_PRICES].items()}
        own = {
            TariffPeriod(k): v for k, v in self._options.get(CONF_PRICES, {}).items()
        }
        tariffs = []
        for contract in _COMPARED:
            priced = await prices_of(self._hass, contract, self._power(), given, own)
            blocks = self._blocks(energies) if contract is Contract.OFF_PEAK else ()
            if priced is None:
                self._leave_out(contract, "no_prices")
            elif contract is Contract.OFF_PEAK and not blocks:
                self._leave_out(contract, "no_off_peak_hours")
            else:
                self._priced[contract] = priced
                tariffs.append(
                    Tariff(
                        contract=contract,
                        prices=priced.by_period,
                        subscription=priced.subscription,
                        off_peak=blocks,
                    )
                )
        return tariffs

    def _power(self) -> int | None:
        """Return the subscribed power in kVA: given, of the grid, of the meter."""
        power = self._data.get(ATTR_POWER) or self._options.get(CONF_POWER)
        if power is not None:
            return int(power)
        for entry in meter_entries(self._hass):
            if entry.state is ConfigEntryState.LOADED:
                reading = entry.runtime_data.coordinator.data
                if reading is not None and reading.subscribed_power:
                    kva = round(reading.subscribed_power / 1000)
                    return kva if kva in SUBSCRIBED_POWERS else None
        return None

    def _blocks(self, energies: Mapping[str, Energies]) -> tuple[Block, ...]:
        """Return the off-peak hours: given, learnt, or those of the grid's options."""
        blocks: tuple[Block, ...]
        if blocks := self._data.get(ATTR_OFF_PEAK_HOURS, ()):
            self._hours_from = "given"
        elif ATTR_PEAK in self._data:
            self._hours_from = "learnt"
            blocks = learn_off_peak(
                energies[self._data[ATTR_OFF_PEAK]], energies[self._data[ATTR_PEAK]]
            )
        else:
            self._hours_from = "options"
            blocks = read_blocks(self._options.get(CONF_OFF_PEAK_HOURS, ""))
        return blocks

    def _leave_out(self, contract: Contract, why: str) -> None:
        self._left_out.append({"contract": contract, "why": why})

    def _told(self, tariff: Tariff, found: Comparison) -> dict[str, Any]:
        spent, priced = found.costs[tariff.contract], self._priced[tariff.contract]
        subscription = found.subscriptions[tariff.contract]
        total = None if subscription is None else round(spent.energy + subscription, 2)
        told: dict[str, Any] = {
            "contract": tariff.contract,
            "energy_cost": round(spent.energy, 2),
            "error": round(spent.bound + 0.005, 2) if spent.bound else 0.0,
            "subscription": None if subscription is None else round(subscription, 2),
            "total": total,
            "kwh": {period: round(kwh, 3) for period, kwh in spent.by_period.items()},
            "prices": dict(tariff.prices),
            "prices_from": priced.source,
            "regulated_since": priced.regulated_since,
        }
        if tariff.contract is Contract.OFF_PEAK:
            told["off_peak_hours"] = ", ".join(
                f"{block.start:%H:%M}-{block.end:%H:%M}" for block in tariff.off_peak
            )
            told["off_peak_hours_from"] = self._hours_from
        return told

    def _sun(
        self,
        energies: Mapping[str, Energies],
        tariffs: list[Tariff],
        colors: Mapping[date, TempoColor],
    ) -> dict[str, Any] | None:
        """Return what the sun saved: what was produced and not injected."""
        if ATTR_PRODUCTION not in self._data:
            return None
        produced = energies[self._data[ATTR_PRODUCTION]]
        injected = energies[self._data[ATTR_INJECTED]]
        used = {
            hour: max(energy - injected[hour], 0.0)
            for hour, energy in produced.items()
            if hour in injected
        }
        return {
            "used_kwh": round(sum(used.values()), 3),
            "saved": {
                tariff.contract: round(cost(used, tariff, colors).energy, 2)
                for tariff in tariffs
            },
        }

    async def _shedding(
        self, tariffs: list[Tariff], colors: Mapping[date, TempoColor]
    ) -> dict[str, Any]:
        """Return what shedding saved: at most what loads draw in the time they were shed.

        At least: all of it was drawn later, at the lowest price.
        """
        powers = _shed_powers(self._hass)
        known = await counted(self._hass, set(powers))
        times = await hourly(self._hass, known, self._start, self._end)
        shed: dict[datetime, float] = {}
        for entity_id, hours in times.items():
            for hour, share in hours.items():
                kwh = min(share, 1.0) * powers[entity_id] / 1000
                shed[hour] = shed.get(hour, 0.0) + kwh
        saved = {}
        for tariff in tariffs:
            least, most = avoided(shed, tariff, colors)
            saved[tariff.contract] = {
                "at_least": round(least, 2),
                "at_most": round(most, 2),
            }
        return {"at_most_kwh": round(sum(shed.values()), 3), "saved": saved}


def _shed_powers(hass: HomeAssistant) -> dict[str, float]:
    """Return the W of loads by the sensor of the time that they were shed."""
    registry, powers = er.async_get(hass), {}
    for entry in meter_entries(hass):
        if entry.state is not ConfigEntryState.LOADED:
            continue
        home = entry.runtime_data.home
        for key, driver in home.drivers.items():
            entity_id = registry.async_get_entity_id(
                "sensor", DOMAIN, f"{key}_shed_time"
            )
            memory = home.memory.state.loads.get(key)
            power = driver.load.load.power or (memory and memory.learnt)
            if entity_id is not None and power:
                powers[entity_id] = power
    return powers


def _grid(hass: HomeAssistant) -> Grid | None:
    """Return the grid, where it is set up."""
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        if CONF_KIND in entry.data:
            grid: Grid = entry.runtime_data
            return grid
    return None
