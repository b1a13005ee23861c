"""What was sent to a load, by which its answers are told from what others do."""

from collections import deque
from math import inf
from typing import Final

from homeassistant.core import Context, HomeAssistant

from ...engine.regulation.model import Setting
from ..load import HomeLoad
from .hands import ECHO
from .kinds.row import Told
from .sight import shows

_REMEMBERED_CALLS: Final = 20
_REMEMBERED_ORDERS: Final = 2
_CHANGES_PHASES: Final = 60.0
"""s that a charger may take to change its phases."""


class Sent:
    """The last orders that went to a load, the latest at the end; moments in s."""

    def __init__(self) -> None:
        """Begin with nothing sent."""
        self.at = -inf
        self._before: Told | None = None
        """What the load said before the last one."""
        self._orders: deque[Setting] = deque(maxlen=_REMEMBERED_ORDERS)
        self._contexts: deque[str] = deque(maxlen=_REMEMBERED_CALLS)

    def note(self, order: Setting, before: Told, now: float) -> Context:
        """Note what goes now; return the context to call with."""
        context = Context()
        self.at, self._before = now, before
        self._orders.append(order)
        self._contexts.append(context.id)
        return context

    def forget(self) -> None:
        """Forget the orders: somebody has set the load since."""
        self._orders.clear()

    # --- what an entity says since ---

    def is_echo(self, load: HomeLoad, told: Told) -> bool:
        """Tell whether it says what it did before, or what it was told before."""
        return told == self._before or any(
            shows(load, told, order) for order in self._orders
        )

    def is_on_its_way(self, load: HomeLoad, told: Told, now: float) -> bool:
        """Tell whether the last order may still take effect, which is another one."""
        return (
            bool(self._orders)
            and now - self.at < ECHO * load.load.follow
            and not shows(load, told, self._orders[-1])
        )

    def is_step(self, load: HomeLoad, told: Told, now: float) -> bool:
        """Tell whether a charger shows a step of changing its phases.

        It stops, switches its contactor and starts again, and is asked now and then.
        """
        before, orders = self._before, self._orders
        if load.phase_switch is None or before is None or not orders:
            return False
        settings = {0.0, before.setting, *(each.value for each in orders)}
        phases = {before.phases, *(each.phases for each in orders)}
        recent = now - self.at < _CHANGES_PHASES
        return recent and told.setting in settings and told.phases in phases

    # --- who called ---

    def is_ours(self, context: Context) -> bool:
        """Tell whether a change came with a call of ours."""
        return context.id in self._contexts or context.parent_id in self._contexts

    def source_of(
        self, hass: HomeAssistant, context: Context
    ) -> tuple[bool, str | None]:
        """Return whether a user called, and the automation or script that did.

        An automation that our own call has triggered is another's doing; a script is
        not, which a helper runs to do what it was told.
        """
        if context.user_id is not None:  # a script that somebody starts is a hand
            return True, None
        ours = context.parent_id in self._contexts
        for domain in ("automation",) if ours else ("automation", "script"):
            for state in hass.states.async_all(domain):
                if state.context.id in (context.id, context.parent_id):
                    return False, state.entity_id
        return False, None
