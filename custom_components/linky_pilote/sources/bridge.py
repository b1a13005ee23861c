"""Where a serial line is on the network: a host, a port and what is spoken there."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
import re
from typing import Final, Self
from urllib.parse import urlsplit

_NAME: Final = re.compile(r"[^\s/:@?#%\[\]]+")


class Protocol(StrEnum):
    """What a bridge speaks; also the scheme of the URL that it is stored as."""

    RAW = "socket"
    """The bytes of the line and nothing else; the bridge knows its speed."""
    RFC2217 = "rfc2217"
    """Telnet with orders for the line (RFC 2217): the reader sets the speed."""


_SCHEMES: Final = {**{str(p): p for p in Protocol}, "tcp": Protocol.RAW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """A bridge; two that are at one place are the same, however it is spelt."""

    protocol: Protocol
    host: str
    """A name or an address, IPv6 without brackets, in its one spelling."""
    port: int

    @classmethod
    def at(cls, protocol: Protocol, host: str, port: int) -> Self:
        """Return the bridge at a host as people write it.

        Raises `ValueError` when that is neither a name nor an address.
        """
        host = host.strip()
        bare = host.removeprefix("[").removesuffix("]")
        try:
            return cls(protocol=protocol, host=str(ip_address(bare)), port=port)
        except ValueError:
            if _NAME.fullmatch(host) is None:
                raise
        return cls(protocol=protocol, host=host.lower().rstrip("."), port=port)

    @classmethod
    def of(cls, url: str) -> Self | None:
        """Return the bridge of a serial port's URL; None if it is something else."""
        try:
            parts = urlsplit(url)
            protocol = _SCHEMES[parts.scheme]
            return cls.at(protocol, parts.hostname or "", parts.port or 0)
        except KeyError, ValueError:
            return None

    @property
    def address(self) -> str:
        """Return host and port, as people know them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the URL that it is stored as."""
        return f"{self.protocol}://{self.address}"
