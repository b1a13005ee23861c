"""Our engine, as the bench asks it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
import json
from typing import override

from custom_components.linky_pilote.engine.regulation.memory import State
from custom_components.linky_pilote.engine.regulation.model import (
    House,
    Load,
    Order,
    Reading,
    Settings,
    Signals,
    Status,
    Verdict,
    Wishes,
)
from custom_components.linky_pilote.engine.regulation.regulator import Regulator

from .controller import Controller


class Ours(Controller):
    """A regulator and the state that it leaves from decision to decision."""

    def __init__(self, loads: Sequence[Load], settings: Settings) -> None:
        """Start with a fresh state."""
        self._loads = tuple(loads)
        self._settings = settings
        self._regulator = Regulator(self._loads, settings)
        self._state = State()
        self._verdicts: Mapping[str, Verdict] = {}
        self.houses: set[House] = set()
        """What it has been about."""

    @property
    @override
    def wishes(self) -> Wishes:
        """Return what is wished, as far as the engine has not ended it."""
        return self._state.wishes

    @wishes.setter
    def wishes(self, wishes: Wishes) -> None:
        self._state = self._state.with_wishes(wishes)

    @property
    @override
    def verdicts(self) -> Mapping[str, Verdict]:
        """Return those of the last decision."""
        return self._verdicts

    @override
    def decide(
        self,
        now: float,
        reading: Reading | None,
        statuses: Mapping[str, Status],
        signals: Signals,
    ) -> Iterable[Order]:
        """Return the commands to send."""
        decision = self._regulator.decide(now, reading, signals, statuses, self._state)
        self._state = decision.state
        self._verdicts = decision.verdicts
        self.houses.add(decision.house)
        return decision.orders

    def restart(self) -> None:
        """Go on from what was saved."""
        saved = json.loads(json.dumps(self._state.to_dict()))
        self._state = State.from_dict(saved)
        self._regulator = Regulator(self._loads, self._settings)

    def rank(self, ranks: tuple[tuple[str, ...], ...]) -> None:
        """Change the order of the loads."""
        self._settings = replace(self._settings, ranks=ranks)
        self._regulator = Regulator(self._loads, self._settings)
