"""What Home Assistant shows, as it changes, and what it writes to its log."""

import asyncio
from collections.abc import Callable, Iterable
import contextlib
from pathlib import Path
import re
import time
from typing import Any, Final, NamedTuple

import aiohttp

UNAVAILABLE: Final = "unavailable"
_STEP_S: Final = 0.1


class Change(NamedTuple):
    """A state that was written; None before the first and after the last one."""

    time: float
    """Of the monotonic clock."""
    entity_id: str
    old: str | None
    new: str | None


class Watch:
    """Keeps up with all states, and remembers how they came about."""

    def __init__(self, url: str) -> None:
        """Begin without states; `connect` brings them."""
        self.states: dict[str, dict[str, Any]] = {}
        self.changes: list[Change] = []
        self._url = url
        self._changed = asyncio.Condition()
        self._reader: asyncio.Task[None] | None = None
        self._connections = contextlib.AsyncExitStack()

    async def connect(self, token: str) -> None:
        """Follow the states from now on."""
        session = await self._connections.enter_async_context(aiohttp.ClientSession())
        websocket = await self._connections.enter_async_context(
            session.ws_connect(f"{self._url}/api/websocket", max_msg_size=0)
        )
        await websocket.receive_json()
        await websocket.send_json({"type": "auth", "access_token": token})
        answer = await websocket.receive_json()
        assert answer["type"] == "auth_ok", answer
        await websocket.send_json(
            {"id": 1, "type": "subscribe_events", "event_type": "state_changed"}
        )
        await websocket.send_json({"id": 2, "type": "get_states"})
        self.states = {}
        ready = asyncio.Event()
        self._reader = asyncio.create_task(self._read(websocket, ready))
        await asyncio.wait_for(ready.wait(), 20)

    async def disconnect(self) -> None:
        """Stop following; what was seen is kept."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None
        await self._connections.aclose()

    def state(self, entity_id: str) -> str | None:
        """Return what an entity shows."""
        state = self.states.get(entity_id)
        return None if state is None else str(state["state"])

    def since(self, instant: float, entities: Iterable[str]) -> list[Change]:
        """Return how some entities changed since an instant."""
        wanted = frozenset(entities)
        return [
            change
            for change in self.changes
            if change.time >= instant and change.entity_id in wanted
        ]

    async def until(self, met: Callable[[], bool], seconds: float) -> bool:
        """Wait for a condition on the states; tell whether it was met in time."""
        async with self._changed:
            try:
                async with asyncio.timeout(seconds):
                    await self._changed.wait_for(met)
            except TimeoutError:
                return met()
        return True

    async def _read(
        self, websocket: aiohttp.ClientWebSocketResponse, ready: asyncio.Event
    ) -> None:
        async for message in websocket:
            answer = message.json()
            async with self._changed:
                if answer["type"] == "event":
                    self._take(answer["event"]["data"])
                elif answer["id"] == 2:
                    assert answer["success"], answer
                    fresh = {state["entity_id"]: state for state in answer["result"]}
                    self.states = fresh | self.states
                    ready.set()
                self._changed.notify_all()

    def _take(self, data: dict[str, Any]) -> None:
        entity_id, old, new = data["entity_id"], data["old_state"], data["new_state"]
        if new is None:
            self.states.pop(entity_id, None)
        else:
            self.states[entity_id] = new
        change = Change(
            time.monotonic(), entity_id, old and old["state"], new and new["state"]
        )
        self.changes.append(change)


class Log:
    """The log of one Home Assistant, over all its starts."""

    def __init__(self, folder: Path) -> None:
        """The folder holds one file a start."""
        self._folder = folder
        self._allowed: list[str] = []

    def next_file(self) -> Path:
        """Return the file for the next start."""
        return self._folder / f"console-{len(self._files()) + 1}.log"

    def lines(self, after: int = 0) -> list[str]:
        """Return all lines after a number of them."""
        text = "".join(file.read_text("utf-8", "replace") for file in self._files())
        return text.splitlines()[after:]

    def mark(self) -> int:
        """Return how many lines there are, to read only later ones."""
        return len(self.lines())

    def tail(self, count: int = 40) -> str:
        """Return the last lines, for people."""
        return "\n".join(self.lines()[-count:])

    def matching(self, pattern: str, after: int = 0) -> list[str]:
        """Return the lines in which a pattern is found."""
        return [line for line in self.lines(after) if re.search(pattern, line)]

    async def wait_for(
        self, pattern: str, after: int, seconds: float, *, count: int = 1
    ) -> list[str]:
        """Wait for one or more lines; return all that match by then.

        Home Assistant writes its log beside its work: a line may come after the
        state that it tells of.
        """
        end = time.monotonic() + seconds
        while len(found := self.matching(pattern, after)) < count:
            if time.monotonic() > end:
                raise AssertionError(
                    f"{len(found)} of {count} lines {pattern!r} in {seconds} s; "
                    f"the log ends with\n{self.tail()}"
                )
            await asyncio.sleep(_STEP_S)
        return found

    def allow(self, lines: Iterable[str]) -> None:
        """Expect these warnings and errors: a test brought them about."""
        self._allowed.extend(lines)

    def complaints(self, words: Iterable[str]) -> list[str]:
        """Return warnings and errors with one of some words that no test expected."""
        allowed = frozenset(self._allowed)
        wanted = tuple(words)
        return [
            line
            for line in self.lines()
            if re.search(r" (WARNING|ERROR|CRITICAL) ", line)
            and any(word in line for word in wanted)
            and line not in allowed
        ]

    def _files(self) -> list[Path]:
        return sorted(
            self._folder.glob("console-*.log"),
            key=lambda file: int(file.stem.removeprefix("console-")),
        )
