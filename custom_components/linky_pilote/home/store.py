"""What is remembered of a home between two runs."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, override

from homeassistant.core import HomeAssistant, callback

from ..const import LOGGER
from ..engine.accounting import HomeAccounts
from ..engine.regulation import State
from ..memory_file import MemoryFile
from .sheds import Sheds

_SAVE_INTERVAL: Final = 300.0
"""s between two saves while nothing happens but that time goes on."""


@dataclass(kw_only=True)
class LoadDay:
    """What a load had today; energies in Wh, times in s."""

    sun: float = 0.0
    grid: float = 0.0
    shed: float = 0.0
    switches: int = 0


@dataclass(kw_only=True)
class HomeDay:
    """What the home had today."""

    day: int = 0
    """Ordinal, Paris time."""
    over_limit: float = 0.0
    """s above the subscribed power."""
    produced: float = 0.0
    injected: float = 0.0
    untold: float = 0.0
    sun: float = 0.0
    """Wh; untold is what was produced while nothing told what was injected, the sun what
    the home used of it."""
    loads: dict[str, LoadDay] = field(default_factory=dict)

    def of(self, key: str) -> LoadDay:
        """Return what a load had."""
        return self.loads.setdefault(key, LoadDay())


@dataclass(frozen=True, kw_only=True)
class Change:
    """What we changed of an entity."""

    entity: str
    """Its id in the registry, or its entity id."""
    had: dict[str, Any]
    """What it had before."""
    off: dict[str, Any] | None = None
    """What to give back instead: it runs on surplus, for nobody else's sake."""

    @property
    def due(self) -> dict[str, Any]:
        """What is to be given back."""
        return self.had if self.off is None else self.off


_PARTS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "state": State.from_dict,
    "ranks": lambda saved: {str(key): int(rank) for key, rank in saved.items()},
    "changes": lambda saved: {key: Change(**change) for key, change in saved.items()},
    "today": lambda saved: HomeDay(
        **{
            **saved,
            "loads": {key: LoadDay(**day) for key, day in saved["loads"].items()},
        }
    ),
    "sheds": Sheds,
    "accounts": HomeAccounts.from_dict,
    "stopped": bool,
}
"""What is saved, and how it is read: what is spoiled of it spoils nothing else."""


class HomeMemory(MemoryFile):
    """Remembers a home, by the id of its meter's entry.

    Whatever becomes of its file, the home is regulated; what was armed is not, then.
    """

    def __init__(self, hass: HomeAssistant, meter_id: str) -> None:
        """Begin without knowing anything."""
        super().__init__(hass, f"home.{meter_id}", "The loads are")
        self.state = State()
        self.ranks: dict[str, int] = {}
        """Rank of each load, 1 is served first and shed last; equals share one."""
        self.changes: dict[str, Change] = {}
        """By load: what is to be given back."""
        self.today = HomeDay()
        self.sheds = Sheds()
        self.accounts = HomeAccounts()
        self.stopped = True
        """The last run has ended in good order, if there was one."""
        self._forgotten = False

    @override
    def _recall(self, data: Any) -> None:
        for name, read in _PARTS.items():
            try:
                setattr(self, name, read(data[name]))
            except Exception as err:  # noqa: BLE001
                LOGGER.warning(
                    "A part of what was known of the loads is lost, %s, %s: %s",
                    self._store.key,
                    name,
                    err,
                )

    @callback
    def save_soon(self, *, at_once: bool = False) -> None:
        """Have all saved within some minutes, or now."""
        self._save_within(0 if at_once else _SAVE_INTERVAL, again=at_once)

    @override
    async def async_save(self) -> None:
        """Save now, unless the home is forgotten."""
        if not self._forgotten:
            await super().async_save()

    @override
    async def async_remove(self) -> None:
        """Forget the home; nothing is saved of it any more."""
        self._forgotten = True
        await super().async_remove()

    @callback
    def forget(self, key: str) -> None:
        """Forget a load that is gone, but not what it is still to be given back."""
        wishes = self.state.wishes
        self.state = self.state.without(key)
        self.ranks.pop(key, None)
        self.today.loads.pop(key, None)
        self.accounts.loads.pop(key, None)
        if self.state.wishes != wishes:
            self.save_soon(at_once=True)

    @override
    def _state(self) -> dict[str, Any]:
        return {
            "state": self.state.to_dict(),
            "ranks": self.ranks,
            "changes": {key: asdict(change) for key, change in self.changes.items()},
            "today": asdict(self.today),
            "sheds": self.sheds.to_list(),
            "accounts": asdict(self.accounts),
            "stopped": self.stopped,
        }
