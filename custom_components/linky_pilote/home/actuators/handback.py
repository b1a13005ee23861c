"""Gives back what was changed: exactly what each entity had before."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from homeassistant.core import Context, HomeAssistant

from ...const import LOGGER
from ...entity_ids import resolve
from ..store import HomeMemory
from .kinds.row import Call, Kept, says_something
from .table import row_of

LONGEST_CALL: Final = 10.0
"""s that the calls of one order may take; they are given up after that."""

_PAUSE: Final = 1.0
_ALL_WITHIN: Final = 10.0
"""s between two loads that are given back, and for all of them at most."""


async def call_all(
    hass: HomeAssistant,
    calls: Iterable[Call],
    context: Context,
    *,
    go_on: Callable[[], bool] = lambda: True,
) -> str | None:
    """Call services one after the other; return why one failed.

    `go_on` is asked before each of them.
    """
    try:
        async with asyncio.timeout(LONGEST_CALL):
            for call in calls:
                if not go_on():
                    break
                await hass.services.async_call(
                    call.domain,
                    call.service,
                    dict(call.data),
                    blocking=True,
                    context=context,
                )
    except TimeoutError:
        return "no answer"
    except Exception as err:  # noqa: BLE001 - what others' services may raise is open
        return str(err) or type(err).__name__
    return None


def beside(hass: HomeAssistant, kept: Kept) -> dict[str, str | None]:
    """Return the entities beside a load that it is given back by, as they are now."""
    return {
        name: resolve(hass, kept[name][0])
        for name in ("switch", "phases")
        if name in kept
    }


def as_named(hass: HomeAssistant, kept: Kept) -> Kept:
    """Return what is to be given back, without what is gone, by the names of now."""
    names = beside(hass, kept)
    left = {name: value for name, value in kept.items() if names.get(name, name)}
    return left | {name: [here, kept[name][1]] for name, here in names.items() if here}


class HandBack:
    """Gives loads back, from what is remembered of them alone."""

    def __init__(self, hass: HomeAssistant, memory: HomeMemory) -> None:
        """Take what is remembered."""
        self._hass = hass
        self._memory = memory

    @property
    def waiting(self) -> tuple[str, ...]:
        """Keys of the loads that have something to be given back, surplus first."""
        changes = self._memory.changes
        return tuple(sorted(changes, key=lambda key: changes[key].off is None))

    def can(self, key: str) -> bool:
        """Tell whether the entity of a load is there to take it."""
        change = self._memory.changes[key]
        entity_id = resolve(self._hass, change.entity)
        needed = (entity_id, *beside(self._hass, change.due).values())
        return entity_id is None or all(
            says_something(self._hass.states.get(each)) for each in needed if each
        )

    async def give_back(self, key: str) -> None:
        """Give one load back; what is not there, or fails, stays remembered."""
        change = self._memory.changes.get(key)
        if change is None:
            return
        entity_id = resolve(self._hass, change.entity)
        if entity_id is not None:
            if not self.can(key):
                return
            kept = as_named(self._hass, change.due)
            calls = row_of(entity_id).give_back(entity_id, kept)
            error = await call_all(self._hass, calls, Context())
            if error is not None:
                LOGGER.warning("%s could not be given back: %s", entity_id, error)
                return
        if self._memory.changes.get(key) is change:
            del self._memory.changes[key]
        self._memory.state = self._memory.state.released(key)
        self._memory.save_soon(at_once=True)

    async def give_all_back(self, keys: Iterable[str] | None = None) -> None:
        """Give loads back one after the other: nothing comes back all at once."""
        keys = self.waiting if keys is None else tuple(keys)
        pause = min(_PAUSE, _ALL_WITHIN / max(len(keys), 1))
        waiting = [
            asyncio.create_task(self._later(place * pause, key))
            for place, key in enumerate(keys)
        ]
        if waiting:
            await asyncio.gather(*waiting)

    async def _later(self, seconds: float, key: str) -> None:
        if seconds:
            await asyncio.sleep(seconds)
        await self.give_back(key)
