"""The last answers: a restart neither asks again too soon nor forgets what was known."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, override

from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from ..engine.reading import TempoColor
from ..engine.signals import Json, TempoSource, Trouble, Word
from ..memory_file import MemoryFile
from .sources import SourceName

_SOON: Final = 2.0
"""s; several answers come at the same time."""

_LATER: Final = 900.0
"""s between two saves while nothing happens but that the home draws power."""


def _instant(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


@dataclass(slots=True)
class Record:
    """What is remembered of one source."""

    asked: datetime | None = None
    """The last time, whatever became of it."""
    answered: datetime | None = None
    body: Json = None
    """The last good answer."""
    due: datetime | None = None
    """When it is to be asked next; None: as soon as it may be."""
    failures: int = 0
    """In a row."""
    trouble: Trouble | None = None
    detail: str = ""


def _fields(record: Record) -> Iterator[tuple[str, Any]]:
    """Yield names and values; the bodies are long, and not copied."""
    for field in fields(record):
        yield field.name, getattr(record, field.name)


_RECORD: Final = vol.All(
    vol.Schema(
        {
            **{
                vol.Optional(key): vol.Maybe(_instant)
                for key in ("asked", "answered", "due")
            },
            vol.Optional("body"): object,
            vol.Optional("failures"): int,
            vol.Optional("trouble"): vol.Maybe(Trouble),
            vol.Optional("detail"): str,
        },
        extra=vol.REMOVE_EXTRA,
    ),
    lambda fields: Record(**fields),
)
_WORD: Final = vol.All(
    vol.ExactSequence([TempoSource, date.fromisoformat, TempoColor, _instant]),
    lambda parts: Word(source=parts[0], day=parts[1], color=parts[2], said=parts[3]),
)
_SCHEMA: Final = vol.Schema(
    {
        vol.Required("sources"): {str: _RECORD},
        vol.Required("words"): [_WORD],
        vol.Required("home_carbon"): object,
    },
    extra=vol.REMOVE_EXTRA,
)


class GridMemory(MemoryFile):
    """Remembers one grid entry. Whatever becomes of its file, the grid is asked."""

    def __init__(self, hass: HomeAssistant, grid_id: str) -> None:
        """Begin without knowing anything."""
        super().__init__(hass, f"grid.{grid_id}", "The grid is")
        self.words: list[Word] = []
        self.home_carbon: Any = None
        self._records: dict[str, Record] = {}

    @override
    def _recall(self, data: Any) -> None:
        known = _SCHEMA(data)
        self._records = known["sources"]
        self.words = known["words"]
        self.home_carbon = known["home_carbon"]

    def record(self, name: SourceName) -> Record:
        """Return what is remembered of a source; changes of it are to be saved."""
        return self._records.setdefault(name, Record())

    @callback
    def save_soon(self) -> None:
        """Have all saved in a moment."""
        self._save_within(_SOON, again=True)

    @callback
    def save_later(self) -> None:
        """Have all saved within a quarter of an hour."""
        self._save_within(_LATER, again=False)

    @override
    def _state(self) -> dict[str, Any]:
        return {
            "sources": {
                name: {
                    key: value.isoformat() if isinstance(value, datetime) else value
                    for key, value in _fields(record)
                }
                for name, record in self._records.items()
            },
            "words": [
                [word.source, word.day.isoformat(), word.color, word.said.isoformat()]
                for word in self.words
            ],
            "home_carbon": self.home_carbon,
        }
