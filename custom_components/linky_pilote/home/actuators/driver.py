"""The only one that writes to a load's entity, and watches what becomes of it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Final

from homeassistant.const import STATE_ON
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import (
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
)

from ...const import LOGGER
from ...engine.regulation.model import Order, Reason, Status
from ...entity_ids import resolve
from ...measures import watts
from ..load import Behaviour, HomeLoad
from ..store import Change, HomeMemory
from .handback import call_all
from .hands import Change as Seen, Doing, whose
from .kinds.row import Aim, Kept, Told, says_something
from .sent import Sent
from .sight import aim_of, is_connected, read, shows, temperature_of, within_reach
from .table import row_of

_COMES_BACK: Final = 10.0
"""s in which what is there again may correct what it says: a bridge shows first what it
knew last, then what the appliance answers."""
_STARTS_ITSELF: Final = 60.0
"""s in which a charger may start by itself when a car is plugged in."""
_TAKES_DEGREES: Final = frozenset({"climate", "script"})


@dataclass(slots=True, kw_only=True)
class Tried:
    """A load that somebody tries."""

    before: Status
    """What it said until then."""
    had: Kept | None
    """None: it was not there."""
    taken: bool = False
    """An order that must not wait has ended the trial."""


class Driver:
    """Carries out the orders of one load."""

    def __init__(
        self,
        hass: HomeAssistant,
        load: HomeLoad,
        memory: HomeMemory,
        *,
        may_write: Callable[[], bool],
        on_automation: Callable[[str, str], None],
        on_gone: Callable[[str, bool], None],
        clock: Callable[[], float],
    ) -> None:
        """`may_write` is asked before every call: nothing unarmed is written to.

        `on_automation` is told the load and the entity that undid its order, `on_gone`
        the load and whether its entity is gone from the registry.
        """
        self.load = load
        self.writes = 0
        """How often the entity was commanded."""
        self._hass = hass
        self._memory = memory
        self._may_write = may_write
        self._on_automation = on_automation
        self._on_gone = on_gone
        self._clock = clock
        self._next: Order | None = None
        self._sending: asyncio.Task[None] | None = None
        self._busy = False
        self._sent = Sent()
        self._back_at = -inf
        """When the entity was there again."""
        self._plugged_at = -inf
        """When a car was plugged in, an appliance made ready."""
        self._by_hand = False
        self._tried: Tried | None = None
        self._error: str | None = None
        self._unfollow: list[CALLBACK_TYPE] = []
        self.follow()

    # --- what it watches ---

    @property
    def entity_id(self) -> str | None:
        """The entity that it controls, as it is called now."""
        return resolve(self._hass, self.load.entity)

    @callback
    def follow(self) -> None:
        """Watch the entities, by the names that they have now."""
        self._unwatch()
        entity_id = self.entity_id
        self._on_gone(self.load.key, entity_id is None)
        if entity_id is None:
            return
        beside = (self.load.switch, self.load.phase_switch)
        watched = [entity_id, *filter(None, (resolve(self._hass, it) for it in beside))]
        self._unfollow = [
            async_track_state_change_event(self._hass, watched, self._changed),
            async_track_entity_registry_updated_event(
                self._hass, watched, self._renamed
            ),
        ]
        if (plug := resolve(self._hass, self.load.connected)) is not None:
            self._unfollow.append(
                async_track_state_change_event(self._hass, plug, self._plugged)
            )

    @callback
    def stop(self) -> None:
        """Watch nothing any more, and send nothing that waits; this is for good."""
        self._may_write = lambda: False
        self._next = None
        self._unwatch()

    def _unwatch(self) -> None:
        for unfollow in self._unfollow:
            unfollow()
        self._unfollow = []

    @callback
    def _renamed(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        self.follow()

    @callback
    def _plugged(self, event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and new.state == STATE_ON:
            self._plugged_at = self._clock()

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        """See whose doing a change is."""
        old, new = event.data["old_state"], event.data["new_state"]
        memory = self._memory.state.loads.get(self.load.key)
        if new is None or not says_something(new):
            return
        now, there = self._clock(), says_something(old)
        if not there:
            self._back_at = now
        if memory is None:
            return
        ordered = memory.ordered
        aim = self._aim(new)
        if ordered is None or aim is None or self._tried is not None:
            return
        told = self._read(aim)
        if there and old is not None:
            was = self._aim(old)
            if was is not None and self._read(was) == told:
                return  # something else of it has changed
        if not self._may_write():
            if event.context.user_id is not None:
                self._forget_change()  # it waits to be given back, and has been set
            return
        sent = self._sent
        user, automation = sent.source_of(self._hass, event.context)
        doing = whose(
            Seen(
                since_order=now - max(memory.ordered_at, sent.at),
                follow=self.load.load.follow,
                as_ordered=shows(self.load, told, ordered),
                as_before=sent.is_echo(self.load, told),
                ours=sent.is_ours(event.context),
                by_user=user,
                by_automation=automation is not None,
                step=sent.is_step(self.load, told, now),
                returned=now - self._back_at < _COMES_BACK
                or now - self._plugged_at < _STARTS_ITSELF,
            )
        )
        if doing is Doing.NOTHING or self._is_free():
            return
        LOGGER.debug("%s was set by %s: %s", new.entity_id, doing, new.state)
        self._by_hand = True
        self._next = None
        sent.forget()
        self._forget_change()
        if doing is Doing.AUTOMATION and automation is not None:
            self._on_automation(self.load.key, automation)

    def _forget_change(self) -> None:
        """Take what a person chose for what there is from now on."""
        if self._memory.changes.pop(self.load.key, None) is not None:
            self._memory.save_soon(at_once=True)

    def _is_free(self) -> bool:
        """Tell whether anybody may switch it, as nothing was taken from it."""
        return (
            self.load.behaviour is Behaviour.APPLIANCE
            and self.load.key not in self._memory.changes
        )

    # --- what it says ---

    def _aim(self, said: State | None = None) -> Aim | None:
        """Return what an order goes to; `said` is what one of its entities said."""
        change = self._memory.changes.get(self.load.key)
        had = None if change is None else change.had
        return aim_of(self._hass, self.load, said=said, kept=had)

    @property
    def takes_degrees(self) -> bool:
        """Whether it is ordered a temperature, and not only a level."""
        domain = (self.entity_id or "").partition(".")[0]
        return domain in _TAKES_DEGREES and not self.load.orders

    def told(self) -> Told | None:
        """Return what its entity says it was told; None while it says nothing."""
        aim = self._aim()
        return None if aim is None else self._read(aim)

    def temperature(self) -> float | None:
        """Return the °C that it measures, or the sensor beside it."""
        aim = self._aim()
        return None if aim is None else temperature_of(self._hass, aim)

    def status(self) -> Status:
        """Return what the load's entities say; a hand is told once."""
        if self._tried is not None:
            return self._tried.before
        if not self._unfollow and self.entity_id is not None:
            self.follow()  # it is registered again
        aim = self._aim()
        if aim is None:
            return Status(available=False)
        by_hand, self._by_hand = self._by_hand, False
        told = self._read(aim)
        self._forget_what_is_back(aim, told)
        return Status(
            setting=told.setting,
            level=told.level,
            target=told.target,
            power=watts(self._hass, self.load.power_sensor),
            temperature=temperature_of(self._hass, aim),
            phases=told.phases,
            connected=is_connected(
                self._hass, aim, told, changed=self.load.key in self._memory.changes
            ),
            by_hand=by_hand,
        )

    def _read(self, aim: Aim) -> Told:
        memory = self._memory.state.loads.get(self.load.key)
        return read(aim, None if memory is None else memory.ordered)

    def _forget_what_is_back(self, aim: Aim, told: Told) -> None:
        """Forget what was changed once it is again as it was."""
        change = self._memory.changes.get(self.load.key)
        memory = self._memory.state.loads.get(self.load.key)
        if change is None or memory is None or memory.ordered is None:
            return
        if self._busy or not shows(self.load, told, memory.ordered):
            return
        if row_of(aim.state.entity_id).keep(aim) == change.had:
            del self._memory.changes[self.load.key]
            self._memory.save_soon(at_once=True)

    # --- what it does ---

    @callback
    def carry_out(self, order: Order) -> None:
        """Send an order; the last one counts, and waits while the load is tried.

        One that protects the breaker does not wait: it ends the trial.
        """
        self._next = order
        if self._tried is not None:
            if not order.protective:
                return
            self._take_back(self._tried)
        if not self._busy:
            self._busy = True
            self._sending = self._hass.async_create_task(
                self._send(), f"order to {self.load.name}", eager_start=True
            )

    @contextmanager
    def tried(self) -> Iterator[Tried]:
        """Let somebody try the entity: it is no hand, and orders wait until it ends."""
        by_hand, self._by_hand = self._by_hand, False
        aim = self._aim()
        self._tried = tried = Tried(
            before=self.status(),
            had=None if aim is None else row_of(aim.state.entity_id).keep(aim),
        )
        self._by_hand = by_hand
        try:
            yield tried
        finally:
            self._tried = None
            if self._next is not None:
                self.carry_out(self._next)

    def _take_back(self, tried: Tried) -> None:
        """End a trial; what it has changed is not what the load had."""
        tried.taken, self._tried = True, None
        if tried.had is not None:
            self._memory.changes.setdefault(
                self.load.key, Change(entity=self.load.entity, had=tried.had, off=None)
            )

    @callback
    def leave_alone(self) -> None:
        """Send nothing that still waits."""
        self._next = None

    async def idle(self) -> None:
        """Wait until nothing is being sent."""
        self._next = None
        if self._sending is not None:
            await asyncio.wait([self._sending])

    async def _send(self) -> None:
        try:
            while self._next is not None and self._tried is None:
                order, self._next = self._next, None
                await self._obey(order)
        finally:
            self._busy = False

    async def _obey(self, order: Order) -> None:
        aim = self._aim()
        if aim is None or not self._may_write():
            return
        row = row_of(aim.state.entity_id)
        told = self._read(aim)
        wanted = within_reach(aim, order.setting)
        if shows(self.load, told, wanted, exactly=True) and not (
            self._sent.is_on_its_way(self.load, told, self._clock())
        ):
            return
        calls = row.write(aim, order.setting)
        if (
            self.load.behaviour is Behaviour.APPLIANCE
            and order.setting.value
            and aim.kept
        ):
            # it comes back as it was: an air conditioner cools again
            calls = row.give_back(aim.state.entity_id, aim.kept)
        if not calls:
            return
        context = self._sent.note(order.setting, told, self._clock())
        self._note_change(aim, order)
        self.writes += 1
        error = await call_all(
            self._hass,
            calls,
            context,
            go_on=lambda: self._may_write() and not self._by_hand,
        )
        self._tell(error)

    def _note_change(self, aim: Aim, order: Order) -> None:
        """Remember what it had, before it is changed."""
        row, key = row_of(aim.state.entity_id), self.load.key
        change = self._memory.changes.get(key)
        on_surplus = order.reason is Reason.SURPLUS and order.setting.value > 0
        self._memory.changes[key] = Change(
            entity=self.load.entity,
            had=row.keep(aim) if change is None else change.had,
            off=row.off(aim) if on_surplus and self.load.load.heating is None else None,
        )
        # once the order has gone
        self._hass.loop.call_soon(partial(self._memory.save_soon, at_once=True))

    def _tell(self, error: str | None) -> None:
        """Log, once, that orders fail, and that they do no more."""
        if error is not None and self._error is None:
            LOGGER.warning("%s does not take orders: %s", self.load.name, error)
        elif error is None and self._error is not None:
            LOGGER.info("%s takes orders again", self.load.name)
        self._error = error
