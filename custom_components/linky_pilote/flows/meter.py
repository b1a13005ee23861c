"""Adding a meter: a port, what is heard on it, and the user's consent."""

import asyncio
from contextlib import suppress
from typing import Any, Final, NamedTuple, override

from homeassistant.components.usb import usb_unique_id_from_service_info
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    OperationNotAllowed,
    UnknownEntry,
)
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.selector import SerialPortSelector
from homeassistant.helpers.service_info.usb import UsbServiceInfo
from homeassistant.util.ulid import ulid_now
import voluptuous as vol

from ..const import CONF_METER_ID, CONF_SERIAL_PORT, DOMAIN, LOGGER
from ..engine.reading import MeterReading
from ..engine.tic import identify
from ..meter.clock import meter_clock
from ..meter.naming import default_title, title_after
from ..meter.store import MeterMemory
from ..sources.base import Problem, SourceError
from ..sources.bridge import Bridge
from ..sources.serial import SerialSource
from .found import async_describe
from .network import NETWORK_SCHEMA, bridge_from, network_errors, network_fields
from .ports import async_port_user, port_name, resolve_port, stable_port

_LISTENING: Final = 20.0
"""Seconds; three phases in overload send a long frame every 15 of them."""

SOURCES: Final = ("serial_port", "network")
"""The steps that ask where a meter is; each ends in `listen`."""

_SCHEMA: Final = vol.Schema({vol.Required(CONF_SERIAL_PORT): SerialPortSelector()})


class Heard(NamedTuple):
    """What was heard on a port."""

    reading: MeterReading
    speed: int | None
    """Baud, where the line has a speed."""


async def listen(hass: HomeAssistant, port: str) -> Heard:
    """Listen to a port until a meter has said who it is; the port is closed again.

    Raises `SourceError` when there is no such thing to hear.
    """
    source = SerialSource(port, clock=meter_clock(hass))
    task = hass.async_create_background_task(source.run(), f"{DOMAIN} listens")
    try:
        return Heard(await source.first_reading(_LISTENING), source.speed)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class _CannotStopError(Exception):
    """The entry cannot be made to release its port."""


class MeterFlow(ConfigFlow):
    """Adds a meter, or finds it again on another port or behind another bridge."""

    def __init__(self) -> None:
        """Begin without a port."""
        self._port: str | None = None
        self._asked_in = SOURCES[0]
        self._adapter = ""
        self._listening: asyncio.Task[Heard] | None = None
        self._heard: Heard | None = None
        self._errors: dict[str, str] = {}
        self._details: dict[str, str] = {}

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what the meter is attached to."""
        return self.async_show_menu(step_id="user", menu_options=SOURCES)

    @override
    async def async_step_usb(self, discovery_info: UsbServiceInfo) -> ConfigFlowResult:
        """Offer an adapter whose descriptor says that it is one for meters."""
        await self.async_set_unique_id(usb_unique_id_from_service_info(discovery_info))
        self._abort_if_unique_id_configured()
        await self._choose(discovery_info.device)
        self._adapter = discovery_info.description or discovery_info.device
        self.context["title_placeholders"] = {"name": self._adapter}
        return await self.async_step_usb_confirm()

    async def async_step_usb_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask before the port of a discovered adapter is opened."""
        assert self._port is not None
        if user_input is not None:
            await self._choose(self._port)
            return await self.async_step_listen()
        return self.async_show_form(
            step_id="usb_confirm",
            description_placeholders={"name": self._adapter, "port": self._port},
        )

    async def async_step_serial_port(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the port."""
        self._asked_in = "serial_port"
        if user_input is not None:
            await self._choose(user_input[CONF_SERIAL_PORT])
            return await self.async_step_listen()
        port = self._port
        if port is None and Bridge.of(self._present_port) is None:
            port = self._present_port or None
        return self.async_show_form(
            step_id="serial_port",
            data_schema=self.add_suggested_values_to_schema(
                _SCHEMA, {CONF_SERIAL_PORT: port}
            ),
            errors=self._errors,
            description_placeholders=self._details,
        )

    async def async_step_network(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the bridge."""
        self._asked_in = "network"
        fields = network_fields(Bridge.of(self._port or self._present_port))
        if user_input is not None:
            try:
                bridge = bridge_from(user_input)
            except ValueError:
                self._errors = {CONF_HOST: "no_host"}
                fields = user_input
            else:
                await self._choose(bridge.url)
                return await self.async_step_listen()
        return self.async_show_form(
            step_id="network",
            data_schema=self.add_suggested_values_to_schema(NETWORK_SCHEMA, fields),
            errors=self._errors,
            description_placeholders=self._details,
        )

    async def async_step_listen(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Listen to the port, and show that this takes some seconds."""
        assert self._port is not None
        if self._listening is None:
            self._listening = self.hass.async_create_task(
                self._listen(self._port), f"{DOMAIN} flow", eager_start=False
            )
        if not self._listening.done():
            return self.async_show_progress(
                step_id="listen",
                progress_action="listen",
                description_placeholders={"port": port_name(self._port)},
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
            LOGGER.exception("Unexpected error while listening to %s", self._port)
            self._errors = {"base": "unknown"}
        else:
            again = self.source == SOURCE_RECONFIGURE
            return self.async_show_progress_done(
                next_step_id="replace" if again else "confirm"
            )
        return self.async_show_progress_done(next_step_id=self._asked_in)

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what was found, and add it."""
        assert self._port is not None
        assert self._heard is not None
        number = self._heard.reading.serial
        assert number is not None
        await self.async_set_unique_id(number, raise_on_progress=False)
        self._abort_if_unique_id_configured()
        identity = identify(number)
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                description_placeholders=await async_describe(
                    self.hass, self._heard.reading, identity
                ),
            )
        meter_id = ulid_now()
        # The entry need not look for the speed that was found.
        memory = MeterMemory(self.hass, meter_id)
        memory.speed = self._heard.speed
        await memory.async_save()
        return self.async_create_entry(
            title=default_title(number),
            data={CONF_SERIAL_PORT: self._port, CONF_METER_ID: meter_id},
        )

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
        assert self._heard is not None
        number = self._heard.reading.serial
        assert number is not None
        entry = self._get_reconfigure_entry()
        changes = {CONF_SERIAL_PORT: self._port}
        if number == entry.unique_id:
            return self.async_update_and_abort(entry, data_updates=changes)
        if any(other.unique_id == number for other in self._async_current_entries()):
            raise AbortFlow("already_configured")
        if user_input is None:
            return self.async_show_form(
                step_id="replace",
                description_placeholders={
                    "name": entry.title,
                    "expected": (entry.unique_id or "")[-4:],
                    "found": number[-4:],
                },
            )
        follows = entry.state is ConfigEntryState.LOADED
        result = self.async_update_and_abort(
            entry,
            unique_id=number,
            title=title_after(entry.title, entry.unique_id, number),
            data_updates=changes,
        )
        if not follows:
            # It has no listener for its changes, or not yet.
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result

    @property
    def _present_port(self) -> str:
        """Return where the meter is by now; empty for a new one."""
        if self.source != SOURCE_RECONFIGURE:
            return ""
        port: str = self._get_reconfigure_entry().data[CONF_SERIAL_PORT]
        return port

    async def _listen(self, port: str) -> Heard:
        """Listen to a port; an entry that exists is stopped meanwhile."""
        if self.source != SOURCE_RECONFIGURE:
            return await listen(self.hass, port)
        entry = self._get_reconfigure_entry()
        await self._stop(entry)
        try:
            heard = await listen(self.hass, port)
            if heard.reading.serial == entry.unique_id:
                self.hass.config_entries.async_update_entry(
                    entry, data={**entry.data, CONF_SERIAL_PORT: port}
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

    async def _choose(self, port: str) -> None:
        """Keep a port, unless it is already ours."""
        self._errors = {}
        self._details = {}
        run = self.hass.async_add_executor_job
        device = await run(resolve_port, port)
        for entry in self._async_current_entries(include_ignore=False):
            if entry.entry_id == self.context.get("entry_id"):
                continue
            if await run(resolve_port, entry.data[CONF_SERIAL_PORT]) == device:
                raise AbortFlow("already_configured")
        self._port = await run(stable_port, port)

    async def _explain(self, error: SourceError) -> None:
        """Prepare to say why nothing was heard."""
        assert self._port is not None
        LOGGER.debug("Nothing usable on %s: %s, %s", self._port, error, error.figures)
        key: str = error.problem
        user = None
        if error.problem is Problem.PORT_BUSY:
            user = await async_port_user(self.hass, self._port)
            key = key if user else "port_busy_unknown"
        self._errors = {CONF_SERIAL_PORT: key}
        if self._asked_in == "network" and (bridge := Bridge.of(self._port)):
            self._errors = network_errors(error.problem, bridge)
        self._details = {
            "port": port_name(self._port),
            "user": user or "",
            "error": error.detail,
            "received": str(error.figures.received),
        }
