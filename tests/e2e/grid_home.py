"""Homes whose grid is on this machine."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
import json
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, override

import yaml

from demo import clock
from tests.grid.weeks import TODAY, TOMORROW, Weeks
from tests.upstream import Upstream

from .instance import DOMAIN, Instance

_FAKES: Final = Path(__file__).parent / "fakes"
_SERVERS: Final = "grid_servers"
_CLOCK: Final = "clock_steps"
_TOKEN_DAYS: Final = 3650
_JUST_AFTER_S: Final = 1.0
"""Home Assistant's timers of a full minute are up to half a second late."""


class GridInstance(Instance):
    """A Home Assistant whose grid is on this machine, from its first second on."""

    def __init__(self, path: Path, upstream: Upstream) -> None:
        """Ask this server."""
        super().__init__(path)
        self._upstream = upstream

    @override
    def _fill(self) -> None:
        super()._fill()
        fakes = self._fakes()
        custom = self.folder.path / "custom_components"
        for fake in fakes:
            (custom / fake).symlink_to(_FAKES / fake, target_is_directory=True)
        # The servers have to be known first
        file = custom / DOMAIN / "manifest.json"
        manifest = json.loads(file.read_text("utf-8"))
        manifest["after_dependencies"] += fakes
        file.write_text(json.dumps(manifest), "utf-8")
        file = self.folder.path / "configuration.yaml"
        configuration = yaml.safe_load(file.read_text("utf-8"))
        configuration.update(fakes)
        configuration["homeassistant"].update(self._settings())
        file.write_text(yaml.safe_dump(configuration), "utf-8")

    def _fakes(self) -> dict[str, Any]:
        """Return the fakes that are loaded, with their configuration."""
        return {_SERVERS: {"url": self._upstream.url}}

    def _settings(self) -> dict[str, Any]:
        """Return what is different in Home Assistant's own settings."""
        return {}


class SteppedHome(GridInstance):
    """A grid home whose clock goes on when it is told to."""

    def __init__(self, path: Path, weeks: Weeks, begin: datetime, zone: str) -> None:
        """Begin at an instant, in a time zone of its own."""
        super().__init__(path, weeks)
        self._zone = zone
        self._now = begin
        self._door: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def move_to(self, now: datetime) -> Mapping[str, tuple[str, str | None]]:
        """Be at an instant; return states and why they are unknown, by entity."""
        self._now = now
        return await self._order(now.timestamp() + _JUST_AFTER_S)

    async def look(self) -> Mapping[str, tuple[str, str | None]]:
        """Return the same at the instant that it is."""
        return await self._order(None)

    async def _order(
        self, instant: float | None
    ) -> Mapping[str, tuple[str, str | None]]:
        if self._door is None:
            self._door = await asyncio.open_unix_connection(self._socket)
        reader, writer = self._door
        writer.write(f"{json.dumps(instant)}\n".encode())
        shown: dict[str, tuple[str, str | None]] = json.loads(await reader.readline())
        return shown

    @override
    async def start(self) -> None:
        """Start it at the instant that was reached last."""
        library = clock.find_library()
        assert library is not None, "libfaketime is missing: apt install libfaketime"
        start_s = self._now.timestamp() + _JUST_AFTER_S
        self._variables = clock.variables(library, start_s)
        await super().start()

    @override
    async def stop(self) -> None:
        if self._door is not None:
            self._door[1].close()
            self._door = None
        await super().stop()

    @property
    def _socket(self) -> str:
        return str(self.folder.path / "clock")

    @override
    def _fakes(self) -> dict[str, Any]:
        entities = [TODAY, TOMORROW]
        options = {"socket": self._socket, "entities": entities}
        return {**super()._fakes(), _CLOCK: options}

    @override
    def _settings(self) -> dict[str, Any]:
        return {"time_zone": self._zone}

    @override
    async def _log_in(self) -> None:
        await super()._log_in()
        # nobody could answer the pings of a clock that leaps
        await self.watch.disconnect()
        self.user.use_token(
            await self.user.ask(
                "auth/long_lived_access_token",
                client_name=f"e2e {token_hex(4)}",
                lifespan=_TOKEN_DAYS,
            )
        )
