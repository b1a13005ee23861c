"""Asks one source, no oftener than it may be, and keeps what it said."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from ..const import DOMAIN, LOGGER
from ..engine.signals import Client, Json, SignalError, Trouble
from .issues import GridIssues
from .sources import RULES, SourceName, back_off, next_time, spread
from .store import GridMemory
from .world import World

if TYPE_CHECKING:
    from ..data import GridConfigEntry


class SourceCoordinator(DataUpdateCoordinator[Any]):
    """One source; its data is its last good answer, None until the first.

    It is not asked by a timer of its own but by the grid's, which knows the time.
    """

    config_entry: GridConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: GridConfigEntry,
        name: SourceName,
        *,
        client: Client[Any],
        memory: GridMemory,
        world: World,
    ) -> None:
        """Begin with what was remembered of it."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{DOMAIN} {name}",
            always_update=True,
        )
        self.source = name
        self.rule = RULES[name]
        self.trouble: Trouble | None = None
        self.detail = ""
        self.asked: datetime | None = None
        self.answered: datetime | None = None
        self.asking = False
        self.requests = 0
        """Since the start."""
        self.due: datetime | None = None
        """When it is to be asked next; None: now."""
        self._client = client
        self._memory = memory
        self._world = world
        self._issues = GridIssues(hass, entry)
        self._delay = spread(entry.entry_id)
        self._failures = 0
        self.body: Json = None
        """What its data was read from."""
        self._recall()

    @callback
    def _recall(self) -> None:
        known = self._memory.source(self.source)
        if known is None:
            return
        asked, answered, body = known
        self.asked = asked
        # What was asked for last may have failed
        self.due = asked + self.rule.least
        if answered is None:
            return
        try:
            self.data = self._client.read(body)
        except SignalError as err:
            LOGGER.debug("What %s said cannot be read any more: %s", self.name, err)
            return
        self.answered, self.body = answered, body
        if answered == asked:
            self.due = next_time(self.source, answered, self.data, self._delay)
            self.due = max(self.due, asked + self.rule.least)

    def may_ask(self, now: datetime) -> bool:
        """Tell whether a request now keeps to the least time between two."""
        return self.asked is None or now >= self.asked + self.rule.least

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is time to ask."""
        return self.may_ask(now) and (self.due is None or now >= self.due)

    async def async_ask(self) -> bool:
        """Ask again if the source may be; tell whether it was."""
        now = self._world.now()
        allowed = self.is_due(now) or (self.trouble is None and self.may_ask(now))
        if allowed:
            await self.async_refresh()
        return allowed

    @override
    async def _async_update_data(self) -> Any:
        """Ask the source, and keep its answer."""
        now = self._world.now()
        self.asked = now
        self.asking = True
        self.requests += 1
        try:
            body = await self._client.ask(now)
            if self.body is not None:
                body = self._client.join(self.body, body)
            answer = self._client.read(body)
        except SignalError as err:
            self._note_trouble(err, now)
            raise UpdateFailed(str(err)) from err
        finally:
            self.asking = False
        self._failures = 0
        self.trouble, self.detail = None, ""
        self.answered, self.body = now, body
        self.due = next_time(self.source, now, answer, self._delay)
        self._memory.note(self.source, now, now, body)
        self._issues.end_source(self.source)
        return answer

    @callback
    def _note_trouble(self, error: SignalError, now: datetime) -> None:
        self._failures += 1
        self.trouble, self.detail = error.trouble, error.detail
        wait = back_off(self.rule, self._failures, error.retry_after)
        if error.trouble in (
            Trouble.KEY_REFUSED,
            Trouble.NOT_SUBSCRIBED,
            Trouble.RETIRED,
        ):
            wait = max(wait, timedelta(hours=1))  # A person has to do something
        self.due = now + wait
        self._memory.note(self.source, now, self.answered, self.body)
        if error.trouble is Trouble.KEY_REFUSED and self.rule.key is not None:
            self.config_entry.async_start_reauth(
                self.hass, data={"refused_key": self.rule.key}
            )
        self._issues.tell_source(self.source, error.trouble)
