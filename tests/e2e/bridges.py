"""Programs that bring a serial line to the network, to be killed and frozen."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
import contextlib
import os
from pathlib import Path
import signal
import socket
import subprocess
import sys
import time
from typing import Final, override

from .instance import free_port

_REPOSITORY: Final = Path(__file__).parents[2]
_READY_S: Final = 10.0
_SER2NET_CONFIGURATION: Final = """\
connection: &meter
  accepter: tcp,127.0.0.1,{port}
  connector: serialdev,{device},{baud}n81,local
  options:
    kickolduser: true
"""


class Bridge(ABC):
    """A bridge on this machine, which is a program of its own."""

    protocol: str

    def __init__(self, device: str, folder: Path, *, baud: int = 9600) -> None:
        """Give the line of a device a port."""
        self.host = "127.0.0.1"
        self.port = free_port()
        self.log = folder / f"bridge-{self.port}.log"
        self._device = device
        self._folder = folder
        self._baud = baud
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL that it is stored as."""
        return f"{self.protocol}://{self.host}:{self.port}"

    @abstractmethod
    def command(self) -> Sequence[str]:
        """Return what starts it."""

    def start(self) -> None:
        """Start it (again), and wait until it takes connections."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), cwd=_REPOSITORY, stdout=log, stderr=log
            )
        end = time.monotonic() + _READY_S
        while time.monotonic() < end:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection((self.host, self.port)).close()
                return
            time.sleep(0.05)
        raise AssertionError(f"no bridge: {self.log.read_text('utf-8')}")

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it stand still: its connections stay open and say nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def told(self) -> list[str]:
        """Return what it has printed."""
        return self.log.read_text("utf-8").splitlines()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


class Ser2net(Bridge):
    """Debian's ser2net, raw TCP, at 8N1."""

    protocol = "socket"

    @override
    def command(self) -> Sequence[str]:
        file = self._folder / f"ser2net-{self.port}.yaml"
        file.write_text(
            _SER2NET_CONFIGURATION.format(
                port=self.port, device=self._device, baud=self._baud
            ),
            "utf-8",
        )
        return (os.environ["SER2NET"], "-n", "-d", "-u", "-c", str(file))


class Rfc2217(Bridge):
    """Our own server of RFC 2217."""

    protocol = "rfc2217"

    @override
    def command(self) -> Sequence[str]:
        arguments = (str(self.port), self._device)
        return (sys.executable, "-m", "tests.e2e.rfc2217", *arguments)


KINDS: Final[tuple[type[Ser2net | Rfc2217], ...]] = (Ser2net, Rfc2217)


@contextlib.contextmanager
def bridged(
    kind: type[Bridge], device: str, folder: Path, *, baud: int = 9600
) -> Iterator[Bridge]:
    """Run a bridge, and end it whatever happens."""
    bridge = kind(device, folder, baud=baud)
    bridge.start()
    try:
        yield bridge
    finally:
        bridge.kill()
