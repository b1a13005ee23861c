"""Serial ports as the user knows them: stable names, and who uses them."""

from pathlib import Path
from typing import Final

from homeassistant.components.usb import (
    async_get_serial_port_consumers,
    async_scan_serial_ports,
    get_serial_by_id,
)
from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..sources.bridge import Bridge

_PROGRAMS: Final = Path("/proc")
"""One folder a program (Linux)."""


def resolve_port(port: str) -> str:
    """Return what is behind a port, whatever name it is given. Does I/O.

    That is a device for a path, host and port for a bridge; other URLs stay.
    """
    if (bridge := Bridge.of(port)) is not None:
        return bridge.address
    return port if "://" in port else str(Path(port).resolve())


def stable_port(port: str) -> str:
    """Return the name of a port that survives a replug, if it has one. Does I/O."""
    if "://" in port:
        return port
    device = resolve_port(port)
    by_id = get_serial_by_id(device)
    return port if by_id == device else by_id


async def async_port_user(hass: HomeAssistant, port: str) -> str | None:
    """Return who uses a port: an integration, an app or a program, if it is known.

    A meter that is set up on the port claims it, and is not what keeps it busy.
    """
    device = await hass.async_add_executor_job(resolve_port, port)
    consumers = await async_get_serial_port_consumers(
        hass, await async_scan_serial_ports(hass)
    )
    for path, users in consumers.items():
        if await hass.async_add_executor_job(resolve_port, path) == device:
            for user in users:
                if user.active and user.domain != DOMAIN:
                    return user.title
    return await hass.async_add_executor_job(_program_using, device)


def _program_using(device: str) -> str | None:
    """Return the name of a program that holds a device open."""
    for descriptor in _PROGRAMS.glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()) == device:
                return (descriptor.parents[1] / "comm").read_text("utf-8").strip()
        except OSError:
            # The program ended meanwhile, or belongs to somebody else.
            continue
    return None
