"""What is remembered between two runs: a file that is saved in time, and never too often.

Whatever becomes of it, whoever remembers goes on.
"""

from abc import ABC, abstractmethod
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store

from .const import DOMAIN, LOGGER

_VERSION: Final = 1
_MINOR_VERSION: Final = 1


class MemoryFile(ABC):
    """Remembers something of an entry."""

    def __init__(self, hass: HomeAssistant, key: str, subject: str) -> None:
        """Begin without knowing anything; `subject` is what a log says is begun anew."""
        self._store = Store[dict[str, Any]](
            hass,
            _VERSION,
            f"{DOMAIN}.{key}",
            atomic_writes=True,
            minor_version=_MINOR_VERSION,
        )
        self._subject = subject
        self._pending = False
        self._closed = False

    @abstractmethod
    def _recall(self, data: Any) -> None:
        """Take over what was saved; raise where it cannot be understood."""

    @abstractmethod
    def _state(self) -> dict[str, Any]:
        """Return what is to be saved."""

    async def async_load(self) -> None:
        """Recall what was saved, as far as it can be understood."""
        try:
            data = await self._store.async_load()
            if data is not None:
                self._recall(data)
        except UnsupportedStorageVersionError as err:
            # The version that wrote it will find it as it was.
            self._store.make_read_only()
            LOGGER.warning("%s begun anew, and not remembered: %s", self._subject, err)
        except Exception as err:  # noqa: BLE001
            LOGGER.warning("%s begun anew, %s: %s", self._subject, self._store.key, err)

    @callback
    def _save_within(self, seconds: float, *, again: bool) -> None:
        """Have all saved; `again` also when that is due already.

        Asked again, the store would wait for longer.
        """
        if not self._closed and (again or not self._pending):
            self._pending = True
            self._store.async_delay_save(self._dump, seconds)

    async def async_save(self) -> None:
        """Save now."""
        await self._store.async_save(self._dump())

    async def async_close(self) -> None:
        """Save what is not saved yet; no more comes."""
        self._closed = True
        if self._pending:
            await self.async_save()

    async def async_remove(self) -> None:
        """Forget it all; nothing is saved any more."""
        self._closed = True
        await self._store.async_remove()

    def _dump(self) -> dict[str, Any]:
        self._pending = False
        return self._state()
