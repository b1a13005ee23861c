"""Asks one source, no oftener than it may be, and keeps what it said."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..engine.signals import Client, SignalError, Trouble
from .issues import GridIssues
from .sources import RULES, SourceName, back_off, next_time, spread
from .store import GridMemory

if TYPE_CHECKING:
    from ..data import GridConfigEntry


_FOR_A_PERSON: Final = frozenset(
    {Trouble.KEY_REFUSED, Trouble.NOT_SUBSCRIBED, Trouble.RETIRED}
)
"""What does not get better by itself."""


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
        self.record = memory.record(name)
        self.asking = False
        self.requests = 0
        """Since the start."""
        self._client = client
        self._memory = memory
        self._issues = GridIssues(hass, entry)
        self._delay = spread(entry.entry_id)
        self._recall()

    @callback
    def _recall(self) -> None:
        record = self.record
        if record.trouble is not None:
            self._issues.tell_source(self.source, record.trouble)
        if record.answered is None:
            return
        try:
            self.data = self._client.read(record.body)
        except SignalError as err:
            LOGGER.debug("What %s said cannot be read any more: %s", self.name, err)
            record.answered, record.body, record.due = None, None, None

    @callback
    def forget_waits(self) -> None:
        """Let it be asked at once with other keys, as far as the service allows."""
        self.record.due = None
        if not self.rule.strict:
            self.record.asked = None

    def may_ask(self, now: datetime) -> bool:
        """Tell whether a request now keeps to the least time between two."""
        asked = self.record.asked
        return asked is None or now >= asked + self.rule.least

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is time to ask."""
        due = self.record.due
        return self.may_ask(now) and (due is None or now >= due)

    async def async_ask(self) -> bool:
        """Ask again if the source may be; tell whether it was."""
        now, record = dt_util.utcnow(), self.record
        asks = self.is_due(now) or (record.trouble is None and self.may_ask(now))
        if asks:
            await self.async_refresh()
        return asks

    @override
    async def _async_update_data(self) -> Any:
        """Ask the source, and keep its answer."""
        now, record = dt_util.utcnow(), self.record
        record.asked = now
        self.asking = True
        self.requests += 1
        try:
            body = await self._client.ask(now)
            if record.body is not None:
                body = self._client.join(record.body, body)
            answer = self._client.read(body)
        except SignalError as err:
            self._note_trouble(err, now)
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="bad_answer",
                translation_placeholders={
                    "service": self.rule.service,
                    "error": str(err),
                },
            ) from err
        finally:
            self.asking = False
            self._memory.save_soon()
        record.answered, record.body = now, body
        record.due = next_time(self.source, now, answer, self._delay)
        record.failures, record.trouble, record.detail = 0, None, ""
        self._issues.end_source(self.source)
        return answer

    @callback
    def _note_trouble(self, error: SignalError, now: datetime) -> None:
        record = self.record
        record.failures += 1
        record.trouble, record.detail = error.trouble, error.detail
        wait = back_off(self.rule, record.failures, error.retry_after)
        if error.trouble in _FOR_A_PERSON:
            wait = max(wait, timedelta(hours=1))
        record.due = now + wait
        if error.trouble is Trouble.KEY_REFUSED and self.rule.key is not None:
            self.config_entry.async_start_reauth(
                self.hass, data={"refused_key": self.rule.key}
            )
        self._issues.tell_source(self.source, error.trouble)
