"""Regulated prices (Tarif Bleu), as the CRE publishes them on data.gouv.fr.

Data set "historique des tarifs réglementés de vente d'électricité pour les
consommateurs résidentiels", by its tabular service. It comes weeks late.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import aiohttp

from ..reading import Contract, TariffPeriod
from .trouble import SignalError, Trouble
from .web import WITHOUT_KEY, Json, fetch, number, rows

DATA_GOUV_URL: Final = "https://tabular-api.data.gouv.fr/api"

SUBSCRIBED_POWERS: Final = (3, 6, 9, 12, 15, 18, 24, 30, 36)
"""kVA."""

_RESOURCES: Final = {
    Contract.BASE: "c13d05e5-9e55-4d03-bf7e-042a2ade7e49",
    Contract.OFF_PEAK: "f7303b3a-93c7-4242-813d-84919034c416",
    Contract.TEMPO: "0c3d1d36-c412-4620-8566-e5cbb4fa2b5a",
}
_COLUMNS: Final[Mapping[Contract, Mapping[TariffPeriod, str]]] = {
    Contract.BASE: {TariffPeriod.BASE: "PART_VARIABLE_TTC"},
    Contract.OFF_PEAK: {
        TariffPeriod.OFF_PEAK: "PART_VARIABLE_HC_TTC",
        TariffPeriod.PEAK: "PART_VARIABLE_HP_TTC",
    },
    Contract.TEMPO: {
        TariffPeriod.BLUE_OFF_PEAK: "PART_VARIABLE_HCBleu_TTC",
        TariffPeriod.BLUE_PEAK: "PART_VARIABLE_HPBleu_TTC",
        TariffPeriod.WHITE_OFF_PEAK: "PART_VARIABLE_HCBlanc_TTC",
        TariffPeriod.WHITE_PEAK: "PART_VARIABLE_HPBlanc_TTC",
        TariffPeriod.RED_OFF_PEAK: "PART_VARIABLE_HCRouge_TTC",
        TariffPeriod.RED_PEAK: "PART_VARIABLE_HPRouge_TTC",
    },
}

PRICED_PERIODS: Final[Mapping[Contract, tuple[TariffPeriod, ...]]] = {
    **{contract: tuple(columns) for contract, columns in _COLUMNS.items()},
    Contract.EJP: (TariffPeriod.NORMAL, TariffPeriod.MOVING_PEAK),
}
"""What has a price of its own under a contract."""

REGULATED: Final = frozenset(_RESOURCES)
"""Contracts that the data set has prices of; EJP is not sold any more."""

_CHANGES: Final = (2, 8)
"""Months on whose first day the prices change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a kWh costs under a contract, all taxes included."""

    contract: Contract
    since: date
    by_period: Mapping[TariffPeriod, float]
    """EUR/kWh."""
    subscription: float | None
    """EUR a year."""

    def outdated(self, today: date) -> bool:
        """Tell whether prices must have changed since then."""
        changes = (
            date(year, month, 1)
            for year in (today.year - 1, today.year)
            for month in _CHANGES
        )
        return self.since < max(change for change in changes if change <= today)


class PricesClient:
    """Asks data.gouv.fr for the prices of a contract."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        contract: Contract,
        power: int,
        url: str = DATA_GOUV_URL,
    ) -> None:
        """Ask for a contract and its subscribed power, in kVA."""
        self._session = session
        self._contract = contract
        self._power = power
        self._url = url

    async def ask(self, now: datetime) -> Json:
        """Return the last row for that power."""
        reply = await fetch(
            self._session,
            f"{self._url}/resources/{_RESOURCES[self._contract]}/data/",
            params={
                "P_SOUSCRITE__exact": str(self._power),
                "__id__sort": "desc",
                "page_size": "1",
            },
        )
        reply.raise_for_status(WITHOUT_KEY)
        return reply.json()

    def read(self, body: Json) -> Prices:
        """Return what the newest row says; raise MALFORMED when a price is missing."""
        found = rows(body, "data")
        if not found:
            raise SignalError(Trouble.MALFORMED, "no row")
        row = found[0]
        prices = {
            period: number(row.get(column))
            for period, column in _COLUMNS[self._contract].items()
        }
        known = {
            period: price
            for period, price in prices.items()
            if price is not None and price > 0
        }
        if len(known) < len(prices):
            raise SignalError(Trouble.MALFORMED, "a price is missing")
        return Prices(
            contract=self._contract,
            since=_since(row.get("DATE_DEBUT")),
            by_period=known,
            subscription=number(row.get("PART_FIXE_TTC")),
        )

    def join(self, before: Json, body: Json) -> Json:
        """Keep nothing."""
        return body


def _since(value: Json) -> date:
    """Return the day that prices start on: always the first of a month.

    The data set writes year-day-month, which may be mended one day.
    """
    try:
        year, first, second = (int(part) for part in str(value)[:10].split("-"))
        return date(year, first, second) if second == 1 else date(year, second, first)
    except ValueError as err:
        raise SignalError(Trouble.MALFORMED, f"no start: {value!r}") from err
