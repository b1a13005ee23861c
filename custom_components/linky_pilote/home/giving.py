"""Gives loads back while the home runs: those that are not commanded any more."""

import asyncio
from collections.abc import Callable, Mapping, Set as AbstractSet
from math import inf
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from .actuators.driver import Driver
from .actuators.handback import HandBack
from .store import HomeMemory

_AT_ONCE: Final = (0, -inf)
_TRY_AGAIN: Final = 30.0
_LONGEST_WAIT: Final = 1800.0
"""s after which what failed is tried again: at first, and at most."""


class Giving:
    """Waits until an entity is there and nothing is being sent to it."""

    def __init__(
        self,
        hass: HomeAssistant,
        memory: HomeMemory,
        drivers: Mapping[str, Driver],
        may_write: Callable[[str], bool],
    ) -> None:
        """`drivers` are those of the loads that are there, by key, as they come and go."""
        self._hass = hass
        self._memory = memory
        self._drivers = drivers
        self._may_write = may_write
        self._hand_back = HandBack(hass, memory)
        self._leaving: dict[str, Driver] = {}
        """Of loads that have gone, by the key of what is to be given back."""
        self._running: set[str] = set()
        self._failed: dict[str, tuple[int, float]] = {}
        """How often that was tried in vain, and when on the loop's clock it is again."""

    @callback
    def leave(self, left_as: str, driver: Driver) -> None:
        """Command an entity no more; what it is to be given back is noted as that."""
        driver.stop()
        change = self._memory.changes.pop(driver.load.key, None)
        if change is not None:
            self._memory.changes[left_as] = change
            self._leaving[left_as] = driver

    @callback
    def settle(self) -> None:
        """Give back what is changed and not commanded any more, once it is there."""
        for key in self._hand_back.waiting:
            _, again = self._failed.get(key, _AT_ONCE)
            waits = self._hass.loop.time() < again
            if waits or key in self._running or self._may_write(key):
                continue
            if self._hand_back.can(key):
                self._running.add(key)
                self._hass.async_create_task(
                    self._give_back(key), f"{DOMAIN} gives {key} back"
                )

    async def all_but(self, kept: AbstractSet[str] = frozenset()) -> None:
        """Give all back, some loads excepted, once nothing is being sent."""
        await self.idle()
        await self._hand_back.give_all_back(
            key for key in self._hand_back.waiting if key not in kept
        )

    async def idle(self) -> None:
        """Wait until nothing is being sent."""
        drivers = (*self._drivers.values(), *self._leaving.values())
        await asyncio.gather(*(driver.idle() for driver in drivers))

    async def _give_back(self, key: str) -> None:
        try:
            for driver in (self._leaving.pop(key, None), self._drivers.get(key)):
                if driver is not None:
                    await driver.idle()
            if not self._may_write(key):
                await self._hand_back.give_back(key)
        finally:
            self._running.discard(key)
            tries, _ = self._failed.pop(key, _AT_ONCE)
            if key in self._memory.changes and not self._may_write(key):
                wait = min(_TRY_AGAIN * 2**tries, _LONGEST_WAIT)
                self._failed[key] = tries + 1, self._hass.loop.time() + wait
