"""A day in the virtual house: Home Assistant, house and meter on one fast clock."""

from collections.abc import Mapping
import json
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, override

import yaml

from custom_components.linky_pilote.engine.reading import TicMode
from demo import clock, furnish
from demo.control import ask
from demo.scenarios import SCENARIOS, seconds

from .instance import Instance, until

FAST: Final = 600.0
_TOKEN_DAYS: Final = 3650
"""An ordinary token lasts half an hour: three seconds of a fast clock."""
_SPARE_S: Final = 60.0


class SimulatedDay(Instance):
    """A Home Assistant that lives through a scenario of the demo.

    It starts at the scenario's start, in real time; `run_until` lets time fly.
    """

    def __init__(
        self,
        path: Path,
        scenario: str,
        *,
        mode: TicMode = TicMode.HISTORICAL,
        language: str = "en",
        configuration: Mapping[str, Any] | None = None,
    ) -> None:
        """`configuration` is added to that of the demo: automations, for instance."""
        self.scenario = SCENARIOS[scenario]
        self._library = library = clock.find_library()
        assert library is not None, "libfaketime is missing: apt install libfaketime"
        super().__init__(
            path, variables=clock.variables(library, self.scenario.start_s)
        )
        self.entry_id = ""
        """Of the meter."""
        self._name = scenario
        self._mode = mode
        self._language = language
        self._configuration = configuration or {}

    async def order(self, text: str) -> str:
        """Give the house an order, as at the demo's prompt; return what it says."""
        answer = await ask(self.folder.control, text)
        assert answer.startswith("ok"), (text, answer)
        return answer.removeprefix("ok").strip()

    async def run_until(self, at: str, speed: float = FAST) -> dict[str, Any]:
        """Let time fly until an instant of legal time, ISO.

        Returns the energies of that very second, in Wh since the start: `drawn_wh` and
        `given_wh` by appliance, `meter_drawn_wh` and `meter_injected_wh`.
        """
        before = await self.order("noted")
        await self.order(f"speed {speed:g} until {at}")
        noted = await until(
            lambda: self.order("noted"),
            7 * 86_400 / speed + _SPARE_S,
            f"it is {at}",
            lambda text: text != before,
        )
        energies: dict[str, Any] = json.loads(noted)
        return energies

    async def come_back(self, at: str) -> None:
        """Start it again at an instant of legal time, ISO; it has stopped, or crashed.

        The house has lived on meanwhile.
        """
        assert self._library is not None
        self._variables = clock.variables(self._library, seconds(at))
        await self.start()

    @override
    async def stop(self) -> None:
        """Stop it at the speed of the world: so are its time limits."""
        if self._process is not None:
            await self.order("speed 1")
        await super().stop()

    @override
    def _fill(self) -> None:
        self.folder.open(fresh=True)
        self.folder.remember({})
        self.folder.fill(
            http_port=int(self.url.rpartition(":")[2]),
            language=self._language,
            house=self.folder.house(self.scenario.meter(), self._mode, self._name),
        )
        file = self.folder.path / "configuration.yaml"
        configuration = yaml.safe_load(file.read_text("utf-8"))
        configuration.update(self._configuration)
        file.write_text(yaml.safe_dump(configuration), "utf-8")

    @override
    async def _log_in(self) -> None:
        await super()._log_in()
        # nobody could answer the pings of a fast clock in time
        await self.watch.disconnect()
        self.user.use_token(
            await self.user.ask(
                "auth/long_lived_access_token",
                client_name=f"e2e {token_hex(4)}",
                lifespan=_TOKEN_DAYS,
            )
        )
        self.entry_id = await self._add_meter()

    async def _add_meter(self) -> str:
        """Add the house's meter; return its entry's id."""
        return await furnish.add_meter(self.user, str(self.folder.meter_link))
