"""What persons wish, from the doors of Home Assistant; a refusal is said to them."""

from collections.abc import Callable
from functools import partial
from typing import Final

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..engine.regulation.hours import Hours
from ..engine.regulation.model import HeatingMode, LoadMode, Wishes
from ..engine.regulation.wishes import (
    RefusedError,
    arm,
    ask_heating,
    disarm,
    force,
    pause,
    release,
    switch_off,
)
from .coordinator import HomeCoordinator
from .verdicts import moment

_UNKNOWN_HOURS: Final = Hours()


def ask(
    coordinator: HomeCoordinator,
    change: Callable[[Wishes], Wishes],
    key: str | None = None,
) -> None:
    """Have a wish granted.

    Raises:
        ServiceValidationError: it is refused; the text says why, and until when.
    """
    try:
        coordinator.wish(change, key)
    except RefusedError as err:
        until = moment(err.until)
        known = until is not None
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=f"refused_{err.reason}" + ("_until" if known else ""),
            translation_placeholders={
                "until": dt_util.as_local(until).strftime("%H:%M") if until else ""
            },
        ) from err


def set_mode(
    coordinator: HomeCoordinator,
    key: str,
    mode: LoadMode,
    until: float,
    power: float | None = None,
) -> None:
    """Choose the mode of a load until a moment; `power` in W is for FORCED."""
    load = coordinator.drivers[key].load.load
    hours = coordinator.memory.state.hours or _UNKNOWN_HOURS
    changes: dict[LoadMode, Callable[[Wishes], Wishes]] = {
        LoadMode.AUTOMATIC: lambda wishes: release(load, hours, wishes),
        LoadMode.FORCED: lambda wishes: force(load, power, until, hours, wishes),
        LoadMode.OFF: lambda wishes: switch_off(load, until, wishes),
        LoadMode.PAUSED: lambda wishes: pause(load, until, hours, wishes),
    }
    ask(coordinator, changes[mode], key)


def set_heating(
    coordinator: HomeCoordinator, mode: HeatingMode, room: str | None = None
) -> None:
    """Choose a thermostat's mode, which a red peak may refuse or end.

    `room` is the key of the heater whose it is; None: the home's.
    """
    memory = coordinator.memory
    settings = coordinator.options.settings(memory.ranks)
    hours = memory.state.hours or _UNKNOWN_HOURS
    now = coordinator.now()
    ask(
        coordinator,
        lambda wishes: ask_heating(mode, now, hours, wishes, settings, room=room),
        room,
    )


def set_armed(coordinator: HomeCoordinator, key: str, *, armed: bool) -> None:
    """Let a load be commanded, or only observe it from now on."""
    if armed:
        coordinator.warnings.armed_again(key)
    ask(coordinator, partial(arm if armed else disarm, key), key)
