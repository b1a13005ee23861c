"""Tempo without a key: the data of RTE's own page, else a volunteer's copy of them.

Neither is promised to anybody: what does not answer is asked again later, and a day
without a colour is not known. It is never blue.
"""

from contextlib import suppress
from datetime import date, datetime
from typing import Final

import aiohttp

from ..reading import TempoColor
from .paris import ONE_DAY, paris
from .tempo import Season, TempoCalendar, TempoSource, color_of
from .trouble import SignalError, Trouble
from .web import WITHOUT_KEY, Json, fetch, number, table

SERVICES_RTE_URL: Final = "https://www.services-rte.com/cms/open_data/v1"
COULEUR_TEMPO_URL: Final = "https://www.api-couleur-tempo.fr/api"

_CODES: Final = {1: TempoColor.BLUE, 2: TempoColor.WHITE, 3: TempoColor.RED}
"""`codeJour`; 0 is not known."""

type _Colors = dict[str, TempoColor]


class KeylessTempoClient:
    """Asks for today and tomorrow; once a day and a run for the season, too.

    The body that is kept has one form, whoever answered: `source`, the civil `day` of
    the question, and `values`, a colour by date.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        services_rte_url: str = SERVICES_RTE_URL,
        couleur_tempo_url: str = COULEUR_TEMPO_URL,
    ) -> None:
        """Begin without knowing the season."""
        self._session = session
        self._services_rte_url = services_rte_url
        self._couleur_tempo_url = couleur_tempo_url
        self._season_of: date | None = None
        """Day on which the season was last asked for."""

    async def ask(self, now: datetime) -> Json:
        """Return what is known of today, tomorrow and the season."""
        today = paris(now).date()
        ask_season = self._season_of != today
        try:
            source = TempoSource.SERVICES_RTE
            colors = await self._services_rte(today, ask_season)
        except SignalError as first:
            source = TempoSource.API_COULEUR_TEMPO
            try:
                colors = await self._couleur_tempo(today, ask_season)
            except SignalError as second:
                raise SignalError(
                    second.trouble,
                    f"services-rte.com: {first}; api-couleur-tempo.fr: {second}",
                    retry_after=second.retry_after,
                ) from first
        if ask_season:
            self._season_of = today
        return {
            "source": source,
            "day": today.isoformat(),
            "values": dict(sorted(colors.items())),
        }

    def read(self, body: Json) -> TempoCalendar:
        """Return what a body says."""
        try:
            return TempoCalendar(
                source=TempoSource(str(table(body)["source"])),
                colors={
                    date.fromisoformat(day): TempoColor(str(color))
                    for day, color in table(body, "values").items()
                },
            )
        except (KeyError, ValueError) as err:
            raise SignalError(Trouble.MALFORMED, str(err)) from err

    def join(self, before: Json, body: Json) -> Json:
        """Keep the past days of this and the last season.

        What was said of today and tomorrow must be said again to count as said now.
        """
        now = table(body)
        today = date.fromisoformat(str(now["day"]))
        first = Season.of(Season.of(today).start - ONE_DAY).start
        past = {
            day: color
            for day, color in table(before, "values").items()
            if first <= date.fromisoformat(day) < today
        }
        return {**now, "values": {**past, **table(body, "values")}}

    async def _services_rte(self, today: date, ask_season: bool) -> _Colors:
        colors: _Colors = {}
        if ask_season:
            # Without the season today and tomorrow are good, too
            with suppress(SignalError):
                colors |= services_rte_colors(
                    await self._get(
                        f"{self._services_rte_url}/tempo", season=Season.of(today).name
                    )
                )
        light = await self._get(f"{self._services_rte_url}/tempoLight")
        return colors | services_rte_colors(light)

    async def _couleur_tempo(self, today: date, ask_season: bool) -> _Colors:
        url = self._couleur_tempo_url
        colors: _Colors = {}
        if ask_season:
            with suppress(SignalError):
                colors |= couleur_tempo_colors(
                    await self._get(f"{url}/joursTempo", periode=Season.of(today).name)
                )
        for which in ("today", "tomorrow"):
            colors |= couleur_tempo_colors(await self._get(f"{url}/jourTempo/{which}"))
        return colors

    async def _get(self, url: str, **params: str) -> Json:
        reply = await fetch(self._session, url, params=params)
        reply.raise_for_status(WITHOUT_KEY)
        return reply.json()


def services_rte_colors(body: Json) -> _Colors:
    """Return the colours by date; among the dates are other keys (`…-fallback`)."""
    values = table(body, "values")
    return {
        day: color
        for day, value in values.items()
        if _is_date(day) and (color := color_of(value)) is not None
    }


def couleur_tempo_colors(body: Json) -> _Colors:
    """Return the colours of one day or of a list of them."""
    days = body if isinstance(body, list) else [body]
    colors: _Colors = {}
    for row in days:
        day = table(row).get("dateJour")
        code = number(table(row).get("codeJour"))
        if not isinstance(day, str) or not _is_date(day) or code is None:
            raise SignalError(Trouble.MALFORMED, f"no day: {day!r}")
        if (color := _CODES.get(int(code))) is not None:
            colors[day] = color
    return colors


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
