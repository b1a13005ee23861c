"""The ESPHome examples as programs of this machine, in the place of a board's.

An example keeps what it does; only what belongs to a board is exchanged: a UART becomes
a serial port, a pin becomes a line in the log, and the network is the machine's. The
compiled programs are kept in the environment `.venv-esphome`.
"""

import asyncio
from collections.abc import Callable
import hashlib
import os
from pathlib import Path
import re
import signal
import subprocess
from tempfile import TemporaryDirectory
from typing import Any, Final

import yaml

from demo.config_folder import REPOSITORY

from .instance import free_port, until

EXAMPLES: Final = REPOSITORY / "examples" / "esphome"
_ENVIRONMENT: Final = REPOSITORY / ".venv-esphome"
ESPHOME: Final = _ENVIRONMENT / "bin" / "esphome"
_PROGRAMS: Final = _ENVIRONMENT / "programs"
_COMPILING_S: Final = 300
_STARTING_S: Final = 20.0
_COLOUR: Final = re.compile(r"\x1b\[[\d;]*m")

_OF_A_BOARD: Final = (
    "captive_portal",
    "esp32",
    "esp8266",
    "improv_ble",
    "improv_serial",
    "ota",
    "wifi",
)
_NOWHERE: Final = "/dev/null"
"""A UART that nobody attaches is no terminal, hence silent."""

_ATTACH: Final = """
if (const char *port = getenv("UART_{id}"))
  id({id}).set_name(port);
"""
# The platform `host` sets the speed of a port once, when it opens it.
_FOLLOW_SPEED: Final = """
static uint32_t speed = 0;
const char *port = getenv("UART_{id}");
if (port != nullptr && id({id}).get_baud_rate() != speed) {{
  speed = id({id}).get_baud_rate();
  int file = ::open(port, O_RDWR | O_NOCTTY | O_NONBLOCK);
  struct termios options;
  tcgetattr(file, &options);
  cfsetspeed(&options, speed == 1200 ? B1200 : B9600);
  tcsetattr(file, TCSANOW, &options);
  ::close(file);
}}
"""
_LISTEN: Final = """
id({id}).set_port(atoi(getenv("{variable}")));
"""


class _Tagged(str):
    """A scalar with a tag of ESPHome's."""

    __slots__ = ("tag",)
    tag: str


class _Loader(yaml.SafeLoader):
    """Reads ESPHome's YAML, its tags kept."""


class _Dumper(yaml.SafeDumper):
    """Writes ESPHome's YAML."""


def _load_tagged(_: _Loader, tag: str, node: yaml.ScalarNode) -> _Tagged:
    value = _Tagged(node.value)
    value.tag = f"!{tag}"
    return value


def _dump_tagged(dumper: _Dumper, value: _Tagged) -> yaml.ScalarNode:
    return dumper.represent_scalar(value.tag, str(value))


_Loader.add_multi_constructor("!", _load_tagged)
_Dumper.add_representer(_Tagged, _dump_tagged)


def _lambda(code: str) -> dict[str, _Tagged]:
    value = _Tagged(code)
    value.tag = "!lambda"
    return {"lambda": value}


def for_this_machine(example: Path, **substitutions: str) -> str:
    """Return an example's YAML for the platform `host`."""
    config: dict[str, Any] = yaml.load(example.read_text("utf-8"), _Loader)  # noqa: S506
    for key in _OF_A_BOARD:
        config.pop(key, None)
    config["host"] = None
    config["logger"] = {"level": "DEBUG"}
    config.setdefault("substitutions", {}).update(substitutions)
    config["esphome"]["name_add_mac_suffix"] = False
    config["api"].pop("encryption")
    api = config["api"].setdefault("id", "native_api")
    boot = _LISTEN.format(id=api, variable="API_PORT")
    for uart in config.get("uart", ()):
        del uart["rx_pin"]
        uart["port"] = _NOWHERE
        boot += _ATTACH.format(id=uart["id"])
        follow = _lambda(_FOLLOW_SPEED.format(id=uart["id"]))
        config.setdefault("interval", []).append({"interval": "20ms", "then": [follow]})
    for server in config.get("uart_tcp", ()):
        boot += _LISTEN.format(id=server["id"], variable="TCP_PORT")
    for output in config.get("output", ()):
        output.pop("pin")
        log = f'ESP_LOGI("pin", "{output["id"]} %s", ONOFF(state));'
        output |= {
            "platform": "template",
            "type": "binary",
            "write_action": _lambda(log),
        }
    for sensor in config.get("binary_sensor", ()):
        if sensor.pop("pin", None):
            sensor["platform"] = "template"
    config["esphome"]["includes"] = ["<fcntl.h>", "<termios.h>", "<unistd.h>"]
    config["esphome"]["on_boot"] = {"priority": 1100.0, "then": [_lambda(boot)]}
    return yaml.dump(config, Dumper=_Dumper, allow_unicode=True, sort_keys=False)


def compile_program(example: Path, **substitutions: str) -> Path:
    """Compile an example for this machine, unless that was done before."""
    text = for_this_machine(example, **substitutions)
    version = subprocess.run(
        [ESPHOME, "version"], check=True, capture_output=True, text=True
    ).stdout
    name = hashlib.sha256((version + text).encode()).hexdigest()[:16]
    program = _PROGRAMS / f"{example.stem}-{name}"
    if program.exists():
        return program
    _PROGRAMS.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=_PROGRAMS) as folder:
        (Path(folder) / "host.yaml").write_text(text, "utf-8")
        done = subprocess.run(
            [ESPHOME, "compile", "host.yaml"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_COMPILING_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        (built,) = Path(folder).glob(".esphome/build/*/.pioenvs/*/program")
        built.replace(program)
    return program


class HostProgram:
    """A compiled example that runs here, and what it writes to its log."""

    def __init__(self, program: Path, folder: Path, **uarts: str) -> None:
        """Attach UARTs, by their id, to ports; the folder is for what it keeps."""
        self.api_port = free_port()
        self.tcp_port = free_port()
        self._program = program
        self._folder = folder
        self._log = folder / f"{program.stem}.log"
        self._environment = {
            **os.environ,
            **{f"UART_{name}": port for name, port in uarts.items()},
            "API_PORT": str(self.api_port),
            "TCP_PORT": str(self.tcp_port),
            "ESPHOME_PREFDIR": str(folder),
        }
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Switch it on, and wait until it has started; the ports must exist."""
        mark = self.mark()
        self._launch()
        await self.wait_for(r"setup\(\) finished", mark, _STARTING_S)

    async def stop(self) -> None:
        """Switch it off in good order, as for an update: it says goodbye."""
        await self._end(subprocess.Popen.terminate)

    async def kill(self) -> None:
        """Take its power away."""
        await self._end(subprocess.Popen.kill)

    def freeze(self) -> None:
        """Let it keep its connections and do nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def mark(self) -> int:
        """Return how long the log is."""
        return len(self._text())

    def lines(self, pattern: str, mark: int = 0) -> list[str]:
        """Return what was logged after a mark and matches, without its colours."""
        lines = _COLOUR.sub("", self._text()[mark:]).splitlines()
        return [line for line in lines if re.search(pattern, line)]

    async def wait_for(self, pattern: str, mark: int, seconds: float) -> str:
        """Wait for a line in the log."""

        async def found() -> list[str]:
            return self.lines(pattern, mark)

        return (await until(found, seconds, pattern))[0]

    def _launch(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._program],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _text(self) -> str:
        return self._log.read_text("utf-8") if self._log.exists() else ""

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        process, self._process = self._process, None
        if process is not None:
            how(process)
            await asyncio.to_thread(process.wait, _STARTING_S)
