"""Adding a meter: a port, what is heard on it, and the user's consent."""

import asyncio
from contextlib import suppress
from typing import Any, Final, override

from homeassistant.components.usb import usb_unique_id_from_service_info
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    OperationNotAllowed,
    UnknownEntry,
)
from homeassistant.const import CONF_HOST
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.selector import SerialPortSelector
from homeassistant.helpers.service_info.usb import UsbServiceInfo
from homeassistant.util.ulid import ulid_now
import voluptuous as vol

from ..const import (
    CONF_ENTITIES,
    CONF_METER_ID,
    CONF_SERIAL_PORT,
    CONF_TOPIC,
    DOMAIN,
    LOGGER,
)
from ..data import is_grid
from ..meter.naming import default_title, number_of, title_after, unique_id_of
from ..meter.store import MeterMemory
from ..place import Place
from ..sources.base import Problem, SourceError
from ..sources.mqtt import filters_of
from .entities import EntitySteps
from .found import async_describe
from .listening import Heard, listen
from .mqtt import is_mqtt_there, is_topic, topic_errors, topic_schema
from .network import NETWORK_SCHEMA, bridge_from, network_errors, network_fields
from .ports import async_port_user, resolve_port, stable_port
from .topics import FoundMeter, async_find_meters

_SEARCH: Final = 30.0
"""Seconds; most bridges publish every 1 to 10 of them."""

SOURCES: Final = ("serial_port", "network", "mqtt_topic", CONF_ENTITIES)
"""The steps that ask where a meter is; each ends in `listen`."""

_SCHEMA: Final = vol.Schema({vol.Required(CONF_SERIAL_PORT): SerialPortSelector()})


class _CannotStopError(Exception):
    """The entry cannot be made to release its port."""


class MeterFlow(EntitySteps):
    """Adds a meter, or finds it again at another place."""

    def __init__(self) -> None:
        """Begin without a place."""
        super().__init__()
        self._asked_in = SOURCES[0]
        self._adapter = ""
        self._listening: asyncio.Task[Heard] | None = None
        self._heard: Heard | None = None
        self._search: asyncio.Task[list[FoundMeter]] | None = None
        self._found: list[FoundMeter] = []

    @override
    async def async_step_usb(self, discovery_info: UsbServiceInfo) -> ConfigFlowResult:
        """Offer an adapter whose descriptor says that it is one for meters."""
        await self.async_set_unique_id(usb_unique_id_from_service_info(discovery_info))
        self._abort_if_unique_id_configured()
        await self._choose(Place.port(discovery_info.device))
        self._adapter = discovery_info.description or discovery_info.device
        self.context["title_placeholders"] = {"name": self._adapter}
        return await self.async_step_usb_confirm()

    async def async_step_usb_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask before the port of a discovered adapter is opened."""
        assert self._place is not None
        if user_input is not None:
            await self._choose(self._place)
            return await self.async_step_listen()
        return self.async_show_form(
            step_id="usb_confirm",
            description_placeholders={
                "name": self._adapter,
                "port": self._place.name,
            },
        )

    async def async_step_serial_port(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the port."""
        self._asked_in = "serial_port"
        if user_input is not None:
            await self._choose(Place.port(user_input[CONF_SERIAL_PORT]))
            return await self.async_step_listen()
        place = self._place or self._present_place
        known = place and place.kind == CONF_SERIAL_PORT and place.bridge is None
        return self.async_show_form(
            step_id="serial_port",
            data_schema=self.add_suggested_values_to_schema(
                _SCHEMA, {CONF_SERIAL_PORT: place.where if place and known else None}
            ),
            errors=self._errors,
            description_placeholders=self._details,
        )

    async def async_step_network(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the bridge."""
        self._asked_in = "network"
        place = self._place or self._present_place
        fields = network_fields(place and place.bridge)
        if user_input is not None:
            try:
                bridge = bridge_from(user_input)
            except ValueError:
                self._errors = {CONF_HOST: "no_host"}
                fields = user_input
            else:
                await self._choose(Place.port(bridge.url))
                return await self.async_step_listen()
        return self.async_show_form(
            step_id="network",
            data_schema=self.add_suggested_values_to_schema(NETWORK_SCHEMA, fields),
            errors=self._errors,
            description_placeholders=self._details,
        )

    async def async_step_mqtt_topic(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the topic; without one, look for meters."""
        self._asked_in = "mqtt_topic"
        place = self._place or self._present_place
        topic = place.where if place and place.is_topic else ""
        if not is_mqtt_there(self.hass):
            self._errors = {"base": Problem.MQTT_MISSING}
        elif user_input is not None:
            topic = user_input.get(CONF_TOPIC, "").strip()
            if not topic:
                return await self.async_step_search()
            if is_topic(topic):
                await self._choose(Place.topic(topic))
                return await self.async_step_listen()
            self._errors = {CONF_TOPIC: "no_topic"}
        elif len(self._found) == 1:
            topic = self._found[0].topic
        return self.async_show_form(
            step_id="mqtt_topic",
            data_schema=self.add_suggested_values_to_schema(
                topic_schema(self._found), {CONF_TOPIC: topic}
            ),
            errors=self._errors,
            description_placeholders=self._details,
        )

    async def async_step_search(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Look for meters on all topics, and show that this takes some seconds."""
        if self._search is None:
            self._search = self.hass.async_create_task(
                async_find_meters(self.hass, _SEARCH),
                f"{DOMAIN} flow",
                eager_start=False,
            )
        if not self._search.done():
            return self.async_show_progress(
                step_id="search",
                progress_action="search",
                progress_task=self._search,
            )
        search, self._search = self._search, None
        self._errors = {}
        try:
            self._found = await search
        except SourceError as err:
            self._errors = topic_errors(err.problem)
        else:
            if not self._found:
                self._errors = {"base": "no_meter_found"}
        return self.async_show_progress_done(next_step_id="mqtt_topic")

    async def async_step_listen(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Listen to the place, and show that this takes some seconds."""
        assert self._place is not None
        if self._listening is None:
            self._listening = self.hass.async_create_task(
                self._listen(self._place), f"{DOMAIN} flow", eager_start=False
            )
        if not self._listening.done():
            return self.async_show_progress(
                step_id="listen",
                progress_action="listen",
                description_placeholders={"port": self._place.name},
                progress_task=self._listening,
            )
        listening, self._listening = self._listening, None
        try:
            self._heard = await listening
        except SourceError as err:
            await self._explain(err)
        except _CannotStopError:
            self._errors = {"base": "cannot_stop"}
            self._details = {"name": self._get_reconfigure_entry().title}
        except Exception:  # noqa: BLE001
            LOGGER.exception("Unexpected error while listening to %s", self._place)
            self._errors = {"base": "unknown"}
        else:
            if self.source == SOURCE_RECONFIGURE:
                return self.async_show_progress_done(next_step_id="replace")
            return self.async_show_progress_done(
                next_step_id="kept" if self._heard.kept else "confirm"
            )
        return self.async_show_progress_done(next_step_id=self._asked_in)

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what was found, and add it."""
        assert self._place is not None
        assert self._heard is not None
        unique_id = await self._identify()
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                description_placeholders=await async_describe(
                    self.hass, self._heard.reading
                ),
            )
        meter_id = ulid_now()
        # The entry need not look for the speed that was found.
        memory = MeterMemory(self.hass, meter_id)
        memory.speed = self._heard.speed
        await memory.async_save()
        return self.async_create_entry(
            title=default_title(unique_id),
            data=self._place.moved({CONF_METER_ID: meter_id}),
        )

    async def async_step_kept(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that the bridge has only been heard of; add it nevertheless."""
        assert self._heard is not None
        await self._identify()
        if user_input is not None:
            return await self.async_step_confirm(user_input)
        return self.async_show_form(
            step_id="kept",
            description_placeholders=await async_describe(
                self.hass, self._heard.reading
            ),
        )

    async def _identify(self) -> str:
        """Return the unique id of what was heard; end when it is known."""
        assert self._place is not None
        assert self._heard is not None
        unique_id = unique_id_of(self._heard.reading.serial, self._place.key)
        await self.async_set_unique_id(unique_id, raise_on_progress=False)
        self._abort_if_unique_id_configured()
        return unique_id

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what the meter is attached to now."""
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=SOURCES,
            description_placeholders={"name": self._get_reconfigure_entry().title},
        )

    async def async_step_replace(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """End with the same meter; ask whether another one has taken its place."""
        assert self._place is not None
        assert self._heard is not None
        entry = self._get_reconfigure_entry()
        expected, number = number_of(entry.unique_id), self._heard.reading.serial
        # A place that says no number is trusted to be of the meter that it was.
        unique_id = unique_id_of(number or expected, self._place.key)
        for other in self._async_current_entries():
            if other.unique_id == unique_id and other is not entry:
                raise AbortFlow("already_configured")
        if user_input is None and expected and number not in (None, expected):
            return self.async_show_form(
                step_id="replace",
                description_placeholders={
                    "name": entry.title,
                    "expected": expected[-4:],
                    "found": (number or "")[-4:],
                },
            )
        follows = entry.state is ConfigEntryState.LOADED
        changed = entry.unique_id != unique_id or not self._place.is_line
        result = self.async_update_and_abort(
            entry,
            unique_id=unique_id,
            title=title_after(entry.title, entry.unique_id, unique_id),
            data=self._place.moved(entry.data),
        )
        if changed and not follows:
            # It has no listener for its changes, or not yet.
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result

    @property
    def _present_place(self) -> Place | None:
        """Return where the meter is by now; None for a new one."""
        if self.source != SOURCE_RECONFIGURE:
            return None
        return Place.of(self._get_reconfigure_entry().data)

    async def _listen(self, place: Place) -> Heard:
        """Listen to a place; an entry that may hold its port is stopped meanwhile."""
        if self.source != SOURCE_RECONFIGURE or not place.is_line:
            return await listen(self.hass, place)
        entry = self._get_reconfigure_entry()
        await self._stop(entry)
        try:
            heard = await listen(self.hass, place)
            if heard.reading.serial == entry.unique_id:
                self.hass.config_entries.async_update_entry(
                    entry, data=place.moved(entry.data)
                )
            return heard
        finally:
            # Here and not in a later step: the dialog may be closed at any time, the
            # entry deleted.
            with suppress(UnknownEntry):
                self.hass.config_entries.async_schedule_reload(entry.entry_id)

    async def _stop(self, entry: ConfigEntry) -> None:
        """Have an entry release its port; a set-up that is under way ends first."""
        async with entry.setup_lock:
            pass
        try:
            stopped = await self.hass.config_entries.async_unload(entry.entry_id)
        except OperationNotAllowed:
            stopped = False
        if not stopped:
            raise _CannotStopError

    async def _choose(self, place: Place) -> None:
        """Keep a place, unless it is already ours."""
        self._errors = {}
        self._details = {}
        what = await self._what_is_at(place)
        for entry in self._async_current_entries(include_ignore=False):
            if is_grid(entry) or entry.entry_id == self.context.get("entry_id"):
                continue
            if await self._what_is_at(Place.of(entry.data)) == what:
                raise AbortFlow("already_configured")
        if place.is_line:
            run = self.hass.async_add_executor_job
            place = Place.port(await run(stable_port, place.where))
        self._place = place

    async def _what_is_at(self, place: Place) -> str | tuple[str, ...]:
        """Return what two places have in common that are one."""
        if place.picked is not None:
            return place.key
        if place.is_topic:
            return filters_of(place.where)
        return await self.hass.async_add_executor_job(resolve_port, place.where)

    async def _explain(self, error: SourceError) -> None:
        """Prepare to say why nothing was heard."""
        assert self._place is not None
        LOGGER.debug("Nothing usable on %s: %s, %s", self._place, error, error.figures)
        key: str = error.problem
        user = None
        if error.problem is Problem.PORT_BUSY:
            user = await async_port_user(self.hass, self._place.where)
            key = key if user else "port_busy_unknown"
        self._errors = {CONF_SERIAL_PORT: key}
        if self._place.is_topic:
            self._errors = topic_errors(error.problem)
        elif self._place.picked is not None:
            self._errors = {"base": error.problem}
        elif self._asked_in == "network" and (bridge := self._place.bridge):
            self._errors = network_errors(error.problem, bridge)
        self._details = {
            "port": self._place.name,
            "user": user or "",
            "error": error.detail,
            "received": str(error.figures.received),
        }
