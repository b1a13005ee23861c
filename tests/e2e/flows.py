"""The form that adds a meter, or finds it again, as a person fills it in."""

import asyncio
import time
from typing import Any, Final, Self

from .instance import DOMAIN, Instance

_FLOWS: Final = "/api/config/config_entries/flow"
_STEP_S: Final = 0.15
_LISTENING_S: Final = 40.0


class Flow:
    """One run through the form; left early, it is given up."""

    def __init__(
        self, instance: Instance, handler: str = DOMAIN, *, entry_id: str | None = None
    ) -> None:
        """Begin with `async with`; with an entry, its meter is to be found again."""
        self._instance = instance
        self._request = {"handler": handler}
        if entry_id is not None:
            self._request["entry_id"] = entry_id
        self.step: dict[str, Any] = {}
        self.progress: list[dict[str, Any]] = []
        """The steps that showed that something goes on."""
        self.seconds = 0.0
        """How long that was."""

    async def __aenter__(self) -> Self:
        """Open the form."""
        self.step = await self._instance.user.post(_FLOWS, self._request)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        if self.step["type"] not in ("create_entry", "abort"):
            await self._instance.user.delete(self._path)

    @property
    def _path(self) -> str:
        return f"{_FLOWS}/{self.step['flow_id']}"

    async def submit(self, **answers: Any) -> dict[str, Any]:
        """Answer the form, and wait while it shows progress."""
        user = self._instance.user
        started = time.monotonic()
        self.step = await user.post(self._path, answers)
        self.progress = []
        while self.step["type"] == "progress":
            self.progress.append(self.step)
            assert time.monotonic() < started + _LISTENING_S, (
                f"still listening: {self.step}\n{self._instance.log.tail()}"
            )
            await asyncio.sleep(_STEP_S)
            self.step = await user.get(self._path)
        self.seconds = time.monotonic() - started
        return self.step

    async def choose(self, port: str) -> dict[str, Any]:
        """Choose a port, by the menu at first."""
        await self._source("serial_port")
        return await self.submit(serial_port=port)

    async def choose_bridge(
        self, host: str, port: int, protocol: str = "socket"
    ) -> dict[str, Any]:
        """Choose a bridge on the network, by the menu at first."""
        await self._source("network")
        return await self.submit(host=host, port=port, protocol=protocol)

    async def _source(self, step_id: str) -> None:
        """Go to the form of a kind of source."""
        if self.step["type"] == "menu":
            assert step_id in self.step["menu_options"], self.step
            await self.submit(next_step_id=step_id)
        assert self.step["step_id"] == step_id, self.step

    async def show_again(self) -> dict[str, Any]:
        """Look at the same step anew."""
        self.step = await self._instance.user.get(self._path)
        return self.step

    async def text(self, language: str) -> str:
        """Return all that the step says, in a language."""
        words = await self._instance.user.words(language, "config")
        prefix = f"component.{DOMAIN}.config"
        if self.step["type"] == "abort":
            keys = [f"{prefix}.abort.{self.step['reason']}"]
        else:
            step = f"{prefix}.step.{self.step['step_id']}"
            errors = (self.step.get("errors") or {}).values()
            keys = [f"{step}.title", f"{step}.description"]
            keys += [f"{prefix}.error.{error}" for error in errors]
        return _fill("\n".join(words[key] for key in keys), self.step)

    async def progress_text(self, language: str) -> str:
        """Return what it said while it listened."""
        words = await self._instance.user.words(language, "config")
        step = self.progress[0]
        key = f"component.{DOMAIN}.config.progress.{step['progress_action']}"
        return _fill(words[key], step)


def _fill(text: str, step: dict[str, Any]) -> str:
    """Put the values in their places."""
    for name, value in (step.get("description_placeholders") or {}).items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


async def add_meter(instance: Instance, port: str) -> str:
    """Add a meter; return its entry's id."""
    async with Flow(instance) as flow:
        await flow.choose(port)
        assert flow.step["type"] == "form", flow.step
        assert flow.step["step_id"] == "confirm", flow.step
        await flow.submit()
        assert flow.step["type"] == "create_entry", flow.step
        return str(flow.step["result"]["entry_id"])


async def show_every_frame(instance: Instance, entry_id: str) -> None:
    """Set the least time between two writes to nothing, in the options' form."""
    path = "/api/config/config_entries/options/flow"
    step = await instance.user.post(path, {"handler": entry_id})
    answer = {"update_interval": 0}
    step = await instance.user.post(f"{path}/{step['flow_id']}", answer)
    assert step["type"] == "create_entry", step
