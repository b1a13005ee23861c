"""A home in Home Assistant: a meter that speaks, helpers and sensors that it controls."""

from collections.abc import Callable, Coroutine
from functools import partial
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_pilote.data import LinkyPiloteConfigEntry
from custom_components.linky_pilote.engine.regulation.wishes import arm
from custom_components.linky_pilote.home.coordinator import HomeCoordinator

from ..conftest import make_entry, set_up
from ..meters import HISTORICAL_HC, Meter
from ..serial_line import Port, Time

METER = Meter(
    mode=HISTORICAL_HC.mode,
    groups={**HISTORICAL_HC.groups, "ISOUSC": "30", "PTEC": "HC.."},
    stamps={},
    speed=1200,
)
"""6 kVA."""

HARMLESS = frozenset({"linky_pilote", "schedule"})
"""Domains whose services switch nothing."""


class Home:
    """Drives a home through time, second by second."""

    def __init__(
        self,
        hass: HomeAssistant,
        port: Port,
        time: Time,
        freezer: FrozenDateTimeFactory,
        entry: MockConfigEntry | None = None,
    ) -> None:
        """Begin with an entry that is not set up, and without loads."""
        self.hass = hass
        self.port = port
        self.time = time
        self.freezer = freezer
        self.meter = METER
        self.entry: MockConfigEntry = entry or make_entry(self.meter)
        self.entry.add_to_hass(hass)
        self.calls: list[tuple[str, str, str]] = []
        """Domain, service and entity of each service call, in order."""
        self.after: Callable[[], None] = lambda: None
        """Called each second: what the appliances do."""
        self.base = 500
        """VA that nobody manages."""
        self.silent = False
        self._energy = float(METER.groups["HCHC"])
        hass.bus.async_listen(EVENT_CALL_SERVICE, self._called)

    @callback
    def _called(self, event: Event) -> None:
        data = event.data
        entity = data["service_data"].get("entity_id", "")
        if isinstance(entity, list):
            entity = ",".join(entity)
        if data["domain"] not in HARMLESS:
            self.calls.append((data["domain"], data["service"], entity))

    # --- furniture ---

    async def add_helpers(self, domain: str, **helpers: dict[str, Any]) -> None:
        """Create helpers of a domain, once, by their configuration."""
        assert await async_setup_component(self.hass, domain, {domain: helpers})
        await self.hass.async_block_till_done()

    def add_load(self, entity: str, title: str | None = None, **data: Any) -> str:
        """Add a load as its flow does; return its key."""
        entry = er.async_get(self.hass).async_get(entity)
        stored = entity if entry is None else entry.id
        subentry = ConfigSubentry(
            data=MappingProxyType(
                {"entity": stored, "behaviour": "appliance", "power": 2000.0, **data}
            ),
            subentry_type="load",
            title=title or entity.partition(".")[2].title(),
            unique_id=stored,
        )
        self.hass.config_entries.async_add_subentry(self.entry, subentry)
        return subentry.subentry_id

    def arm(self, *keys: str) -> None:
        """Let loads be commanded."""
        for key in keys:
            self.coordinator.wish(partial(arm, key))

    # --- time ---

    async def start(self) -> None:
        """Set the entry up."""
        await set_up(self.hass, self.entry, self.time, self.port, self.frame())

    async def reload(self) -> None:
        """Reload the entry, while the meter speaks."""
        await self._while_it_speaks(
            self.hass.config_entries.async_reload(self.entry.entry_id)
        )

    async def crash(self) -> None:
        """Take the entry down as it is, without a word to the loads."""
        await self.hass.config_entries.async_unload(self.entry.entry_id)

    async def come_back(self) -> None:
        """Set the entry up again after a crash, while the meter speaks."""
        await self._while_it_speaks(
            self.hass.config_entries.async_setup(self.entry.entry_id)
        )

    async def _while_it_speaks(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        opened = len(self.port.opened)
        task = self.hass.async_create_task(coroutine)
        while len(self.port.opened) == opened and not task.done():
            await self.time.settle()
        self.port.send(self.frame())
        await task
        await self.hass.async_block_till_done()

    def issue(self, issue_id: str) -> ir.IssueEntry | None:
        """Return what the user is told."""
        return ir.async_get(self.hass).async_get_issue("linky_pilote", issue_id)

    @property
    def coordinator(self) -> HomeCoordinator:
        """What regulates it."""
        entry: LinkyPiloteConfigEntry = self.entry
        return entry.runtime_data.home

    def power(self) -> int:
        """Return the VA at the meter: every load with a sensor, and the base."""
        total = self.base
        for state in self.hass.states.async_all("sensor"):
            if state.entity_id.startswith("sensor.draws_"):
                total += int(float(state.state))
        return total

    def frame(self) -> bytes:
        """Return what the meter says now."""
        power = f"{max(self.power(), 0):05d}"
        return self.meter.frame(PAPP=power, HCHC=f"{int(self._energy):09d}")

    async def run(self, seconds: int, every: int = 1) -> None:
        """Let seconds pass, while the meter speaks."""
        for _ in range(0, seconds, every):
            self.freezer.tick(every)
            await self.time.advance(every)
            self.after()
            self._energy += max(self.power(), 0) * every / 3600
            if not self.silent:
                self.port.send(self.frame())
            await self.time.settle()

    def state(self, entity_id: str) -> str:
        """Return the state of an entity that must exist."""
        found = self.hass.states.get(entity_id)
        assert found is not None, entity_id
        return found.state
