"""Entries of the grid, the world around them, and its time."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.linky_pilote.const import DOMAIN
from custom_components.linky_pilote.grid.servers import Servers

from ..upstream import Upstream


def servers(upstream: Upstream) -> Servers:
    """Return servers that are all one on this machine."""
    url = upstream.url
    return Servers(
        rte=url,
        services_rte=url,
        couleur_tempo=url,
        electricity_maps=url,
        odre=url,
        data_gouv=url,
    )


def make_grid(
    *,
    all_keys: bool = False,
    rte: bool = False,
    contract: str | None = None,
    **options: Any,
) -> MockConfigEntry:
    """Return an entry as the flow makes it."""
    keys: dict[str, str] = {}
    if all_keys or rte:
        keys |= {"rte_client_id": "an-id", "rte_client_secret": "a-secret"}
    if all_keys:
        keys |= {"electricity_maps_token": "a-token", "electricity_maps_zone": "FR"}
    if contract:
        options |= {"contract": contract, "subscribed_power": "6"}
    return MockConfigEntry(
        domain=DOMAIN,
        title="Grid",
        unique_id="grid",
        entry_id="grid-entry",
        data={"kind": "grid", "grid_id": "gridid", **keys},
        options=options,
    )


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set an entry up, and let its sources answer."""
    if entry.entry_id not in {e.entry_id for e in hass.config_entries.async_entries()}:
        entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


class Clock:
    """Time that passes when told to."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        """Take it over."""
        self._hass = hass
        self._freezer = freezer

    async def move_to(self, moment: datetime) -> None:
        """Be at an instant, and let what is due happen."""
        self._freezer.move_to(moment)
        async_fire_time_changed(self._hass, moment)
        await self._hass.async_block_till_done(wait_background_tasks=True)

    async def advance(self, **time: float) -> None:
        """Let some time pass, in one step."""
        now = datetime.fromisoformat(self._freezer().astimezone().isoformat())
        await self.move_to(now + timedelta(**time))
