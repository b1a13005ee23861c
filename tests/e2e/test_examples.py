"""The examples for ESPHome: accepted by it, and the pilot wire's local shedding."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
from pathlib import Path
import re
import subprocess
from typing import Final

from aioesphomeapi import APIClient, SelectInfo
import pytest
import pytest_asyncio

from demo.pty_port import PtyPort
from tests.meters import HISTORICAL_HC

from .esphome_host import ESPHOME, EXAMPLES, HostProgram, compile_program
from .instance import until

_NAMES: Final = ("bridge-serial-proxy", "bridge-tcp", "button", "display", "fil-pilote")
_SLICE_S: Final = 0.02
_SHORT_TIMES: Final = {"step_seconds": "2", "shed_seconds": "4", "room_seconds": "2"}
_PATIENCE_S: Final = 20.0


def test_these_are_all() -> None:
    assert {file.stem for file in EXAMPLES.glob("*.yaml")} == set(_NAMES)


@pytest.mark.parametrize("name", _NAMES)
def test_esphome_accepts(name: str, tmp_path: Path) -> None:
    example = EXAMPLES / f"{name}.yaml"
    (tmp_path / example.name).write_text(example.read_text("utf-8"), "utf-8")
    done = subprocess.run(
        [ESPHOME, "config", example.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "deprecated" not in done.stderr, done.stderr


@pytest.mark.parametrize("name", _NAMES)
def test_nothing_of_a_home_is_in_it(name: str) -> None:
    text = (EXAMPLES / f"{name}.yaml").read_text("utf-8")
    for way in ("captive_portal:", "improv_serial:", "  ap: {}"):
        assert f"\n{way}\n" in text
    assert ("improv_ble:" in text) == ("esp8266:" not in text)
    assert not re.search(r"(?m)^\s*(ssid|password|key):", text)


class Heating:
    """The pilot wire's program, with a meter on its line."""

    def __init__(self, program: HostProgram, port: PtyPort) -> None:
        """Let the meter say 1 kVA of 9."""
        self.program = program
        self._port = port
        self._frame = b""
        self.draws(1000)

    def draws(self, power: int, *, warns: bool = False) -> None:
        """Let the meter say another power, in VA, with or without a warning."""
        self._frame = HISTORICAL_HC.frame(
            ISOUSC="45", PAPP=f"{power:05d}", **({"ADPS": "046"} if warns else {})
        )

    async def talk(self) -> None:
        """Send the frame again and again, five times faster than a meter."""
        rest = b""
        while True:
            rest = rest or self._frame
            self._port.notice_reader()
            self._port.write(rest[:12])
            rest = rest[12:]
            await asyncio.sleep(_SLICE_S)

    @property
    def shed(self) -> list[int]:
        """Return how many zones were shed, after each change."""
        lines = self.program.lines(r"zone\(s\) shed")
        return [int(re.findall(r"(\d) zone", line)[0]) for line in lines]

    @property
    def orders(self) -> tuple[str, str]:
        """Return what is on the wires of both zones: positive, negative half-wave."""
        pins = dict(
            re.findall(r"(\w+_\d) (ON|OFF)", "\n".join(self.program.lines(r"\[pin")))
        )
        halves = {"OFF": "0", "ON": "1"}
        one, two = (
            halves[pins[f"positive_{zone}"]] + halves[pins[f"negative_{zone}"]]
            for zone in (1, 2)
        )
        return one, two

    async def lives(self, seconds: int) -> None:
        """Wait until it has driven its wires that many times, once a second."""
        pattern = r"pin.*positive_1"
        wanted = len(self.program.lines(pattern)) + seconds

        async def driven() -> int:
            return len(self.program.lines(pattern))

        await until(driven, 3 * seconds, "a live program", lambda times: times > wanted)

    async def expect(self, shed: list[int], orders: tuple[str, str]) -> None:
        """Wait for the shedding, and the orders that belong to it."""

        async def now() -> tuple[list[int], tuple[str, str]]:
            return self.shed, self.orders

        await until(
            now, _PATIENCE_S, f"{shed} {orders}", lambda is_: is_ == (shed, orders)
        )


@pytest_asyncio.fixture(loop_scope="session")
async def heating(tmp_path: Path) -> AsyncIterator[Heating]:
    path = await asyncio.to_thread(
        compile_program, EXAMPLES / "fil-pilote.yaml", **_SHORT_TIMES
    )
    port = PtyPort(tmp_path / "meter")
    program = HostProgram(path, tmp_path, tic_local=str(port.link))
    heating = Heating(program, port)
    await program.start()
    talking = asyncio.create_task(heating.talk())
    try:
        yield heating
    finally:
        talking.cancel()
        await program.stop()
        port.close()


@contextlib.asynccontextmanager
async def home_assistant(program: HostProgram) -> AsyncIterator[APIClient]:
    """Connect as Home Assistant does."""
    client = APIClient("127.0.0.1", program.api_port, None)
    await client.connect(login=True)
    client.subscribe_states(lambda _: None)
    yield client
    await client.disconnect()


async def test_heating_sheds_while_home_assistant_is_away(heating: Heating) -> None:
    comfort, eco, frost = "00", "11", "01"
    # all at frost at first, then back one by one
    await heating.expect([1, 0], (comfort, comfort))
    # too much: the last zone first, and no other one when that was enough
    heating.draws(9500)
    await heating.expect([1, 0, 1], (comfort, frost))
    heating.draws(8900)
    # a warning of the meter sheds the next one
    heating.draws(8900, warns=True)
    await heating.expect([1, 0, 1, 2], (frost, frost))
    heating.draws(8900)
    async with home_assistant(heating.program) as client:
        # it gives way at once, and sheds nothing of its own accord
        await heating.expect([1, 0, 1, 2, 0], (comfort, comfort))
        entities, _ = await client.list_entities_services()
        zones = [entity for entity in entities if isinstance(entity, SelectInfo)]
        assert [zone.options for zone in zones] == [
            ["comfort", "eco", "frost_protection", "off"]
        ] * 2
        client.select_command(zones[0].key, "eco")
        client.select_command(zones[1].key, "off")
        heating.draws(9500)
        await heating.expect([1, 0, 1, 2, 0], (eco, "10"))
        client.select_command(zones[1].key, "comfort")
        await heating.expect([1, 0, 1, 2, 0], (eco, comfort))
    await heating.expect([1, 0, 1, 2, 0, 1, 2], (frost, frost))
    # room for zone 1 (2000 W and a margin), not yet for zone 2 after it
    heating.draws(6700)
    await heating.expect([1, 0, 1, 2, 0, 1, 2, 1], (eco, frost))
    heating.draws(7300)
    await heating.lives(6)
    await heating.expect([1, 0, 1, 2, 0, 1, 2, 1], (eco, frost))
    heating.draws(7200)
    await heating.expect([1, 0, 1, 2, 0, 1, 2, 1, 0], (eco, comfort))


async def test_button_shows_the_link_and_what_is_cancelled(tmp_path: Path) -> None:
    path = await asyncio.to_thread(compile_program, EXAMPLES / "button.yaml")
    program = HostProgram(path, tmp_path)
    await program.start()
    try:
        mark = program.mark()
        await program.wait_for(r"link_led ON", mark, 5)
        await program.wait_for(r"link_led OFF", mark, 5)
        async with home_assistant(program) as client:
            states = {"climate.linky_1234_chauffage": "heat"}
            states["binary_sensor.linky_1234_delestage_en_cours"] = "on"

            def wanted(entity_id: str, attribute: str | None) -> None:
                if (state := states.get(entity_id)) is not None:
                    client.send_home_assistant_state(entity_id, attribute or "", state)

            client.subscribe_home_assistant_states(wanted)
            await program.wait_for(r"cancelled_led ON", mark, 5)
            await program.wait_for(r"shedding_led ON", mark, 5)
            mark = program.mark()
            await program.wait_for(r"cancelled_led ON", mark, 5)
            assert not program.lines(r"link_led OFF", mark)
    finally:
        await program.stop()
