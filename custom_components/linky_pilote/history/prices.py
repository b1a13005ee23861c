"""What a kWh costs under each contract: the user's own prices, then the regulated."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..engine.reading import Contract, TariffPeriod
from ..engine.signals import PRICED_PERIODS, Prices, PricesClient, SignalError
from ..grid.servers import servers_of

_KEPT: Final = timedelta(hours=12)
"""For which an answer is not asked for again: prices change twice a year."""

_DATA: Final[HassKey[dict[tuple[Contract, int], _Answer]]] = HassKey(
    f"{DOMAIN}_regulated_prices"
)


class PricesOf(StrEnum):
    """Where the prices of a contract come from."""

    GIVEN = "given"
    OPTIONS = "options"
    REGULATED = "regulated"
    MIXED = "mixed"


class _Answer(NamedTuple):
    at: datetime
    prices: Prices


class Priced(NamedTuple):
    """The prices of a contract."""

    by_period: Mapping[TariffPeriod, float]
    source: PricesOf
    subscription: float | None
    """EUR a year, where the regulated one is known."""
    regulated_since: str | None


async def prices_of(
    hass: HomeAssistant,
    contract: Contract,
    power: int | None,
    given: Mapping[TariffPeriod, float],
    own: Mapping[TariffPeriod, float],
) -> Priced | None:
    """Return the prices of a contract; None where one of them is not known.

    `power` is the subscribed one, in kVA: the regulated prices hang on it.
    """
    regulated = None if power is None else await _regulated(hass, contract, power)
    by_period: dict[TariffPeriod, float] = {}
    sources: set[PricesOf] = set()
    ladder = (
        (PricesOf.GIVEN, given),
        (PricesOf.OPTIONS, own),
        (PricesOf.REGULATED, regulated.by_period if regulated else {}),
    )
    for period in PRICED_PERIODS[contract]:
        found = next(
            ((source, prices[period]) for source, prices in ladder if period in prices),
            None,
        )
        if found is None:
            return None
        sources.add(found[0])
        by_period[period] = found[1]
    return Priced(
        by_period,
        sources.pop() if len(sources) == 1 else PricesOf.MIXED,
        regulated.subscription if regulated else None,
        regulated.since.isoformat() if regulated else None,
    )


async def _regulated(
    hass: HomeAssistant, contract: Contract, power: int
) -> Prices | None:
    """Ask for the regulated prices, or remember them; None where nobody answers."""
    now, kept = dt_util.utcnow(), hass.data.setdefault(_DATA, {})
    known = kept.get((contract, power))
    if known is not None and now - known.at < _KEPT:
        return known.prices
    client = PricesClient(
        async_get_clientsession(hass), contract, power, servers_of(hass).data_gouv
    )
    try:
        prices = client.read(await client.ask(now))
    except SignalError:
        return None if known is None else known.prices
    kept[contract, power] = _Answer(now, prices)
    return prices
