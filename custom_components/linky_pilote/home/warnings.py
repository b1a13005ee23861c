"""What the household is told of its loads while the home runs, as repairs."""

from typing import TYPE_CHECKING

from homeassistant.core import callback

from ..const import LOGGER
from ..engine.reading import TempoColor
from ..engine.regulation import Decision
from ..engine.regulation.model import Reason
from ..engine.regulation.wishes import disarm
from .issues import ENTITY_GONE, NOT_FOLLOWING, SCHEDULE_GONE, UNDONE, LoadIssues
from .undone import Undone

if TYPE_CHECKING:
    from .coordinator import HomeCoordinator


class Warnings:
    """Tells what is wrong, and withdraws it when it is over."""

    def __init__(self, home: HomeCoordinator) -> None:
        """Begin with nothing told."""
        self._home = home
        self._issues = LoadIssues(home.hass, home.config_entry.entry_id)
        self._undone = Undone()

    @callback
    def show(self, decision: Decision) -> None:
        """Tell what a decision and what is there now show."""
        home = self._home
        for key, verdict in decision.verdicts.items():
            self._issues.show(
                NOT_FOLLOWING,
                key,
                shown=verdict.reason is Reason.NOT_FOLLOWING,
                name=home.drivers[key].load.name,
            )
        for key, driver in home.drivers.items():
            stored = driver.load.schedule
            self._issues.show(
                SCHEDULE_GONE,
                key,
                shown=stored is not None and home.schedules.is_gone(stored),
                name=driver.load.name,
            )
        red = TempoColor.RED in (home.signals.color_tomorrow, home.signals.color)
        self._issues.show_nothing_armed(
            shown=red and bool(home.heaters) and not home.wishes.armed,
            name=home.config_entry.title,
        )

    @callback
    def entity_gone(self, key: str, gone: bool) -> None:
        """Tell that the entity of a load is gone, or that it is back."""
        subentry = self._home.config_entry.subentries.get(key)
        name = subentry.title if subentry else key
        self._issues.show(ENTITY_GONE, key, shown=gone, name=name)

    @callback
    def undone_by(self, key: str, automation: str) -> None:
        """Stop commanding what another automation keeps undoing."""
        home = self._home
        if not self._undone.too_often(key, home.now()):
            return
        state = home.hass.states.get(automation)
        load = home.drivers[key].load
        LOGGER.warning("%s keeps undoing the orders to %s", automation, load.name)
        home.memory.state = home.memory.state.with_wishes(disarm(key, home.wishes))
        home.memory.save_soon(at_once=True)
        self._issues.show(
            UNDONE,
            key,
            shown=True,
            name=load.name,
            automation=state.name if state else automation,
        )

    @callback
    def armed_again(self, key: str) -> None:
        """Note that a person lets a load be commanded, whatever was told of it."""
        self._issues.show(UNDONE, key, shown=False)

    @callback
    def forget(self, key: str) -> None:
        """Withdraw what was told of a load."""
        self._issues.forget(key)

    @callback
    def end(self) -> None:
        """Withdraw what was told: nobody watches the loads any more."""
        self._issues.end(self._home.drivers)
