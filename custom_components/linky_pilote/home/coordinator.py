"""Regulates a home: from each reading of its meter to orders for its loads."""

from collections.abc import Callable, Sequence, Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf
from typing import TYPE_CHECKING, Final

from homeassistant.core import (
    HassJob,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..engine.accounting import Step
from ..engine.regulation import Decision, Regulator, State
from ..engine.regulation.model import (
    House,
    HouseMode,
    Order,
    Reading,
    Reason,
    Setting,
    Signals,
    Verdict,
    Wishes,
)
from ..engine.regulation.sky import is_night
from ..engine.regulation.wishes import RefusedError, disarm
from ..grid.board import announced, price_of
from ..meter.coordinator import MeterCoordinator
from .accounts import count
from .actuators.driver import Driver
from .giving import Giving
from .load import CONF_SCHEDULE, SUBENTRY_LOAD, HomeLoad
from .occurrences import Occurrence, Occurrences
from .options import HomeOptions
from .power_cut import GATHER, SILENCE, has_come_back, was_cut
from .readings import injects, regulation_reading, signals
from .schedules import Schedules
from .store import HomeMemory
from .warnings import Warnings

if TYPE_CHECKING:
    from ..data import LinkyPiloteConfigEntry

_TICK: Final = timedelta(seconds=10)
"""Between two decisions while the meter says nothing."""
_IN_DANGER: Final = frozenset({House.SHEDDING, House.HOLD})


@dataclass(frozen=True, slots=True)
class LastOrder:
    """The last order that was given."""

    name: str
    setting: Setting
    reason: Reason
    at: float


class HomeCoordinator(DataUpdateCoordinator[Decision | None]):
    """Holds the last decision; the only one that orders anything."""

    config_entry: LinkyPiloteConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: LinkyPiloteConfigEntry,
        meter: MeterCoordinator,
        memory: HomeMemory,
    ) -> None:
        """Prepare to be told of readings."""
        super().__init__(hass, LOGGER, config_entry=entry, name=f"{DOMAIN} home")
        self.meter = meter
        self.memory = memory
        self.occurrences = Occurrences()
        self.drivers: dict[str, Driver] = {}
        self.giving = Giving(hass, memory, self.drivers, self.may_write)
        self.signals = Signals()
        self.meter_device_id = ""
        """Of the meter, that the loads hang on; known once it has started."""
        self.last_order: LastOrder | None = None
        self.options = HomeOptions.of(entry.options)
        self.schedules = Schedules(hass, self.apply)
        self.warnings = Warnings(self)
        self._regulator: Regulator | None = None
        self._seen: object = None
        self._reading: Reading | None = None
        self._heard_at = inf
        """When the meter said something, if only that it warns."""
        self._deciding = False
        self._decide_again = False
        self._told: Decision | None = None
        self._failed = False
        self._stopped = True  # until it starts
        self._staged_until = 0.0
        """A power cut has ended: until then all loads wait, and come back in turns."""

    # --- its life ---

    async def async_start(self) -> None:
        """Take the loads over, and go on from what is remembered."""
        entry = self.config_entry
        device = dr.async_get(self.hass).async_get_or_create(
            config_entry_id=entry.entry_id, **self.meter.device_info
        )
        self.meter_device_id = device.id
        await self.schedules.async_load(self._schedule_ids())
        if was_cut(self.memory):
            self._staged_until = self.now() + GATHER
        self._stopped = self.memory.stopped = False
        self.memory.save_soon(at_once=True)
        self.apply()
        entry.async_on_unload(self.meter.async_add_listener(self._meter_spoke, self))
        entry.async_on_unload(
            async_track_time_interval(
                self.hass, self._tick, _TICK, cancel_on_shutdown=True
            )
        )
        entry.async_on_unload(
            self.hass.async_add_shutdown_job(HassJob(self._async_shutdown_job))
        )
        entry.async_on_unload(self._stop)

    @callback
    def _stop(self) -> None:
        self._stopped = self.memory.stopped = True
        self.memory.save_soon(at_once=True)
        self.schedules.stop()
        for driver in self.drivers.values():
            driver.stop()

    async def _async_shutdown_job(self) -> None:
        """Give everything back before the other integrations go."""
        await self.async_give_all_back(
            self._kept_at_frost() if self.options.keep_frost else frozenset()
        )
        await self.memory.async_save()

    async def async_give_all_back(self, kept: AbstractSet[str] = frozenset()) -> None:
        """Order nothing any more, and give back what was changed."""
        self._stop()
        await self.giving.all_but(kept)

    def _kept_at_frost(self) -> set[str]:
        """Return the heaters that a dear hour has shed."""
        return {
            key
            for key in self.heaters
            if (verdict := self.verdict(key)) is not None
            and verdict.shed
            and verdict.blocked_by is not Reason.OVERLOAD
        }

    # --- the loads ---

    @callback
    def apply(self) -> None:
        """Take over what the user set: loads that came, went or changed, options."""
        if self._stopped:
            return
        self.options = HomeOptions.of(self.config_entry.options)
        found = {
            subentry_id: HomeLoad.of(
                subentry, self.schedules.windows(subentry.data.get(CONF_SCHEDULE))
            )
            for subentry_id, subentry in self.config_entry.subentries.items()
            if subentry.subentry_type == SUBENTRY_LOAD
        }
        for key in self.drivers.keys() - found.keys():
            self._remove(key)
        for key, load in found.items():
            self._take(key, load)
        self._regulator = Regulator(
            [driver.load.load for driver in self.drivers.values()],
            self.options.settings(self.memory.ranks),
        )
        self.hass.async_create_task(
            self.schedules.async_load(self._schedule_ids()), f"{DOMAIN} schedules"
        )
        self.decide()

    def _take(self, key: str, load: HomeLoad) -> None:
        """Take a load over, new or changed."""
        known = self.drivers.get(key)
        if known is not None:
            if known.load == load:
                return
            if known.load.entity == load.entity:
                known.load = load
                known.follow()
                return
            self._change_entity(key, known)
        last = max(self.memory.ranks.values(), default=0)
        self.memory.ranks.setdefault(key, last + 1)
        self.drivers[key] = Driver(
            self.hass,
            load,
            self.memory,
            may_write=lambda: self.may_write(key),
            on_automation=self.warnings.undone_by,
            on_gone=self.warnings.entity_gone,
            clock=self.now,
        )

    def _change_entity(self, key: str, known: Driver) -> None:
        """Give the old entity back, as if it were another load; observe the new one."""
        self.giving.leave(f"{key}-{known.load.entity}", known)
        state = self.memory.state.released(key)
        self.memory.state = state.with_wishes(disarm(key, state.wishes))
        self.memory.save_soon(at_once=True)

    def _remove(self, key: str) -> None:
        self.giving.leave(key, self.drivers.pop(key))
        self.memory.forget(key)
        self.warnings.forget(key)
        self.memory.save_soon(at_once=True)

    def _schedule_ids(self) -> set[str]:
        return {
            subentry.data[CONF_SCHEDULE]
            for subentry in self.config_entry.subentries.values()
            if subentry.data.get(CONF_SCHEDULE)
        }

    @property
    def heaters(self) -> dict[str, Driver]:
        """Those of the loads that heat rooms."""
        return {
            key: driver
            for key, driver in self.drivers.items()
            if driver.load.load.heating is not None
        }

    def may_write(self, key: str) -> bool:
        """Tell whether a load may be commanded at all."""
        wishes = self.memory.state.wishes
        return (
            not self._stopped
            and key in self.drivers
            and key in wishes.armed
            and wishes.house not in (HouseMode.OBSERVE, HouseMode.OFF)
        )

    # --- what persons choose ---

    @property
    def wishes(self) -> Wishes:
        """What persons chose."""
        return self.memory.state.wishes

    @callback
    def wish(self, change: Callable[[Wishes], Wishes], key: str | None = None) -> None:
        """Take a wish in and act on it at once.

        Raises:
            RefusedError: the wish cannot be granted; `key` is the load it was for.
        """
        try:
            wishes = change(self.wishes)
        except RefusedError as err:
            self.occurrences.add(
                Occurrence("refused", key, err.reason, self.now(), err.until)
            )
            self.async_update_listeners()
            raise
        self.memory.state = self.memory.state.with_wishes(wishes)
        self.memory.save_soon(at_once=True)
        self.decide()

    @callback
    def set_rank(self, key: str, rank: int) -> None:
        """Put a load in a group; 1 is served first and shed last."""
        self.set_ranks({**self.memory.ranks, key: rank})

    @callback
    def set_ranks(self, ranks: dict[str, int]) -> None:
        """Order the loads."""
        self.memory.ranks = ranks
        self.memory.save_soon(at_once=True)
        self.apply()

    # --- deciding ---

    def now(self) -> float:
        """Return the s since 1970."""
        return dt_util.utcnow().timestamp()

    @callback
    def _meter_spoke(self) -> None:
        """Decide before others are told of a reading, and tell with them."""
        if self.meter.data is not self._seen:
            self._go_on_after(self._regulate)
        elif self.data is not self._told:
            self._go_on_after(self._tell)

    @callback
    def _tick(self, now: datetime) -> None:
        self._go_on_after(self.decide)

    def _go_on_after(self, step: Callable[[], None]) -> None:
        """Log a mistake of ours once: the meter is read on, whatever happens here."""
        try:
            step()
        except Exception:  # noqa: BLE001
            if not self._failed:
                LOGGER.exception("The loads could not be regulated")
            self._failed = True
        else:
            self._failed = False

    @callback
    def decide(self) -> None:
        """Decide by what is known now, carry it out, and tell it."""
        self._regulate()
        if not self._stopped:
            self._tell()

    def _regulate(self) -> None:
        """Decide, and carry it out.

        An order can make others ask at once for something else, an automation for one:
        that is decided on when all of this decision has been carried out.
        """
        if self._deciding:
            self._decide_again = True
            return
        if self._stopped or self._regulator is None:
            return
        self._deciding, self._decide_again = True, False
        try:
            if self.drivers:
                self._decide(self._regulator)
            else:
                self._seen, self.data = self.meter.data, None
        finally:
            self._deciding = False
        if self._decide_again:
            self.hass.loop.call_soon(self.decide)

    def _decide(self, regulator: Regulator) -> None:
        now, memory = self.now(), self.memory
        self._read(now)
        statuses = {key: driver.status() for key, driver in self.drivers.items()}
        begun = regulator.begin(
            now, self._reading, self.signals, statuses, memory.state
        )
        memory.state = begun.state
        self._carry_out(begun.urgent, begun.state)
        decision = begun.finish()
        if memory.state is not begun.state:
            # what was shed made somebody ask for something else, which is kept
            memory.state = begun.state.with_wishes(self.wishes)
        self.data = decision
        self._carry_out(decision.orders, begun.state)
        for key, verdict in decision.verdicts.items():
            if verdict.observed or verdict.setting is None:
                self.drivers[key].leave_alone()

    def _carry_out(self, orders: Sequence[Order], state: State) -> None:
        for order in orders:
            driver, wishes = self.drivers[order.key], state.wishes
            if self.wishes.loads.get(order.key) != wishes.loads.get(order.key):
                continue  # asked for something else because of an order before this one
            driver.carry_out(order)
            self.last_order = LastOrder(
                driver.load.name, order.setting, order.reason, state.now
            )
        if orders:
            self.memory.save_soon(at_once=True)

    def _tell(self) -> None:
        """Count, note and show what was decided."""
        before = self._told
        self._told = decision = self.data
        if decision is None:
            self.memory.sheds.note(self.now(), None)
            self.warnings.end()
        else:
            now = decision.state.now
            self.occurrences.compare(before, decision, now)
            self.memory.sheds.note(now, decision.thermostat)
            self._count(now, decision)
            self.warnings.show(decision)
            self.memory.save_soon()
        if not self._stopped:
            self.giving.settle()
        self.async_update_listeners()

    def _read(self, now: float) -> None:
        reading = self.meter.data
        if reading is not self._seen:
            self._seen = reading
            if reading is not None:
                self._reading = regulation_reading(reading, self.meter.estimate, now)
                if now - self._heard_at >= SILENCE and has_come_back(self.meter):
                    self._staged_until = now
                self._heard_at = now
        heard_at = min(self._heard_at, now)  # one from before is as good as new
        own = signals(self.hass, reading, self.options, now, heard_at)
        self.signals = announced(self.hass, own)
        if now <= self._staged_until:
            self.signals = replace(self.signals, power_cut=True)

    def _count(self, now: float, decision: Decision) -> None:
        reading = self.meter.data if self.meter.connected else None
        heard = None if reading is None else self._reading
        period = heard.period if heard else None
        production = self.signals.production
        step = Step(
            now=now,
            net=heard.net if heard else None,
            production=production,
            sunny=production is not None or (injects(reading) and not is_night(now)),
            period=period,
            price=price_of(self.hass, period),
        )
        count(self.memory, decision, self.drivers, reading=reading, step=step)

    # --- what is told ---

    @property
    def has_sun(self) -> bool:
        """Whether anything tells, or has told, what the home uses of the sun."""
        return (
            self.options.production is not None
            or injects(self.meter.data)
            or any(account.sun for account in self.memory.accounts.loads.values())
        )

    @property
    def draws_too_much(self) -> bool:
        """Whether the breaker would act soon, with what is on now."""
        return self.data is not None and self.data.house in _IN_DANGER

    def verdict(self, key: str) -> Verdict | None:
        """Return what was decided about a load."""
        return None if self.data is None else self.data.verdicts.get(key)
