"""The sources: how each is asked, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from ..const import (
    CONF_CONTRACT,
    CONF_MAPS_TOKEN,
    CONF_MAPS_ZONE,
    CONF_POWER,
    CONF_RTE_CLIENT_ID,
    CONF_RTE_CLIENT_SECRET,
)
from ..engine.reading import Contract
from ..engine.signals import (
    ONE_DAY,
    PRICED_PERIODS,
    REGULATED,
    Client,
    Eco2mixClient,
    EcowattClient,
    ElectricityMapsClient,
    KeylessTempoClient,
    PricesClient,
    RtePortal,
    RteTempoClient,
    TempoCalendar,
    at,
    paris,
)
from .servers import Servers

if TYPE_CHECKING:
    from ..data import GridConfigEntry


class SourceName(StrEnum):
    """Who is asked."""

    TEMPO_RTE = "tempo_rte"
    TEMPO_KEYLESS = "tempo_keyless"
    ECOWATT = "ecowatt"
    ELECTRICITY_MAPS = "electricity_maps"
    ECO2MIX = "eco2mix"
    PRICES = "prices"


class Key(StrEnum):
    """What a user has to get from a service."""

    RTE = "rte"
    ELECTRICITY_MAPS = "electricity_maps"


_TEMPO_HOURS: Final = (7, 11)
"""When the web is looked at: for an indication, and for the colour that binds RTE."""

_LATE: Final = timedelta(minutes=30)
"""Between two looks for a colour that is late."""

_MOST_SPREAD: Final = 600
"""s by which homes are spread, so that not all ask at the same instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRule:
    """How often a source may be asked, and how often it is."""

    least: timedelta
    """Between two requests, whatever becomes of them, over restarts too."""
    every: timedelta
    fresh: timedelta = timedelta.max
    """How long a measure stands for what is now."""
    strict: bool = False
    """The service itself refuses what comes sooner, whatever has changed here."""
    key: Key | None = None
    help_url: str = ""
    """Where the user subscribes to it."""
    service: str
    """Its name, for people."""


_RTE_CATALOGUE: Final = "https://data.rte-france.com/catalog/-/api"

RULES: Final[Mapping[SourceName, SourceRule]] = {
    SourceName.TEMPO_RTE: SourceRule(
        least=timedelta(minutes=10),
        every=ONE_DAY,
        key=Key.RTE,
        help_url=f"{_RTE_CATALOGUE}/consumption/Tempo-Like-Supply-Contract/v1.1",
        service="Tempo Like Supply Contract 1.1",
    ),
    SourceName.TEMPO_KEYLESS: SourceRule(
        least=timedelta(minutes=10), every=ONE_DAY, service="services-rte.com"
    ),
    SourceName.ECOWATT: SourceRule(
        # RTE refuses a second call in a quarter of an hour
        least=timedelta(minutes=16),
        strict=True,
        every=timedelta(hours=1),
        key=Key.RTE,
        help_url=f"{_RTE_CATALOGUE}/consumption/Ecowatt/v5.0",
        service="Ecowatt 5.0",
    ),
    SourceName.ELECTRICITY_MAPS: SourceRule(
        least=timedelta(minutes=5),
        every=timedelta(minutes=15),
        fresh=timedelta(hours=4),
        key=Key.ELECTRICITY_MAPS,
        help_url="https://portal.electricitymaps.com",
        service="Electricity Maps",
    ),
    SourceName.ECO2MIX: SourceRule(
        # It is refreshed every hour; the quota of ODRÉ is not published
        least=timedelta(minutes=5),
        every=timedelta(minutes=20),
        fresh=timedelta(hours=6),
        service="éCO2mix (ODRÉ)",
    ),
    SourceName.PRICES: SourceRule(
        least=timedelta(hours=1), every=ONE_DAY, service="data.gouv.fr"
    ),
}

_LONGEST_BACKOFF: Final = timedelta(hours=1)


def spread(entry_id: str) -> timedelta:
    """Return the same delay for the same entry, up to ten minutes."""
    return timedelta(seconds=sum(entry_id.encode()) * 7 % _MOST_SPREAD)


def back_off(rule: SourceRule, failures: int, retry_after: float | None) -> timedelta:
    """Return how long a source is left alone after some failures in a row."""
    doubled: timedelta = rule.least * (1 << min(failures - 1, 10))
    wait = max(rule.least, min(doubled, _LONGEST_BACKOFF))
    return max(wait, timedelta(seconds=retry_after or 0))


def next_time(
    name: SourceName, now: datetime, answer: object, delay: timedelta
) -> datetime:
    """Return when a source that has answered is asked again."""
    if not isinstance(answer, TempoCalendar):
        return now + RULES[name].every
    wall = paris(now)
    today = wall.date()
    binding = at(today, _TEMPO_HOURS[-1]) + delay
    needed = [today] if now < binding else [today, today + ONE_DAY]
    looks = [
        at(day, hour) + delay
        for day in (today, today + ONE_DAY)
        for hour in _TEMPO_HOURS
    ]
    following = next(look for look in looks if look > now)
    if all(day in answer.colors for day in needed):
        return following
    return min(following, now + _LATE)


def make_clients(
    entry: GridConfigEntry, session: aiohttp.ClientSession, servers: Servers
) -> dict[SourceName, Client[Any]]:
    """Return the clients that an entry's keys and contract allow."""
    data, options = entry.data, entry.options
    clients: dict[SourceName, Client[Any]] = {
        SourceName.TEMPO_KEYLESS: KeylessTempoClient(
            session, servers.services_rte, servers.couleur_tempo
        ),
        SourceName.ECO2MIX: Eco2mixClient(session, servers.odre),
    }
    if CONF_RTE_CLIENT_ID in data:
        portal = RtePortal(
            session,
            data[CONF_RTE_CLIENT_ID],
            data[CONF_RTE_CLIENT_SECRET],
            servers.rte,
        )
        clients[SourceName.TEMPO_RTE] = RteTempoClient(portal)
        clients[SourceName.ECOWATT] = EcowattClient(portal)
    if CONF_MAPS_TOKEN in data:
        clients[SourceName.ELECTRICITY_MAPS] = ElectricityMapsClient(
            session,
            data[CONF_MAPS_TOKEN],
            data[CONF_MAPS_ZONE],
            servers.electricity_maps,
        )
    if (contract := contract_of(options)) in REGULATED:
        clients[SourceName.PRICES] = PricesClient(
            session, contract, int(options[CONF_POWER]), servers.data_gouv
        )
    return clients


def contract_of(options: Mapping[str, Any]) -> Contract | None:
    """Return the contract whose prices the user wants to see."""
    contract = options.get(CONF_CONTRACT)
    return Contract(contract) if contract in set(PRICED_PERIODS) else None
