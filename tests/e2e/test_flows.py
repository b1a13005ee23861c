"""The form when something is wrong, and what it refuses."""

import asyncio
from collections.abc import Iterator
import contextlib
from pathlib import Path
import subprocess
import sys
import time

import pytest

from custom_components.linky_pilote.engine.reading import Contract
from demo.setup import MeterSetup

from .bench import Bench, BenchMeter
from .flows import Flow
from .household import Added
from .instance import Instance

_SERIAL = "022061000777"
_HOLDER = """
import asyncio, sys
from serialx import create_serial_connection

async def hold():
    loop = asyncio.get_running_loop()
    await create_serial_connection(loop, asyncio.Protocol, sys.argv[1], baudrate=115200)
    print("held", flush=True)
    await asyncio.Event().wait()

asyncio.run(hold())
"""


@contextlib.contextmanager
def _held(port: str) -> Iterator[str]:
    """Let another program have a port; give the name it goes by."""
    command = (sys.executable, "-c", _HOLDER, port)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            yield Path(f"/proc/{holder.pid}/comm").read_text("utf-8").strip()
        finally:
            holder.kill()


@pytest.fixture(scope="module")
def free_meter(bench: Bench) -> BenchMeter:
    """Give a meter that nobody reads yet."""
    setup = MeterSetup(seed=21, contract=Contract.BASE, serial=_SERIAL)
    return bench.meter("free", setup)


async def test_lines_that_say_nothing(home: Instance, bench: Bench) -> None:
    """All at the same time, as each takes long."""
    setup = MeterSetup(seed=22, contract=Contract.BASE)
    silent = bench.meter("silent", setup)
    silent.order("fault silence")
    noisy = bench.meter("noisy", setup)
    noisy.order("fault garbage")
    nowhere = str(Path(silent.port).with_name("nowhere"))
    ports = {
        "no_such_port": nowhere,
        "silent_line": silent.port,
        "noise_only": noisy.port,
    }
    said = {
        "no_such_port": ("There is no port", "n’existe pas"),
        "silent_line": ("I1 and I2", "I1 et I2"),
        "noise_only": ("wires swapped", "fils sont-ils inversés"),
    }
    async with contextlib.AsyncExitStack() as stack:
        flows = [await stack.enter_async_context(Flow(home)) for _ in ports]
        await asyncio.gather(
            *(
                flow.choose(port)
                for flow, port in zip(flows, ports.values(), strict=True)
            )
        )
        for flow, (error, port) in zip(flows, ports.items(), strict=True):
            assert flow.step["type"] == "form"
            assert flow.step["step_id"] == "serial_port"
            assert flow.step["errors"] == {"serial_port": error}
            for language, part in zip(("en", "fr"), said[error], strict=True):
                text = await flow.text(language)
                assert part in text
                assert port in text
                assert "{" not in text
            # the port stays in the form
            field = flow.step["data_schema"][0]
            assert field["description"]["suggested_value"] == port
        assert flows[0].seconds < 3
        assert max(flow.seconds for flow in flows) < 25
    for meter in (silent, noisy):
        assert not meter.listened(), "a flow that failed left its port open"


async def test_port_that_a_program_uses(home: Instance, free_meter: BenchMeter) -> None:
    async with Flow(home) as flow:
        with _held(free_meter.port) as program:
            await flow.choose(free_meter.port)
            assert flow.step["errors"] == {"serial_port": "port_busy"}
            text = await flow.text("en")
            assert f"{program} already uses {free_meter.port}" in text
        # the same form goes on as soon as the other program has ended
        await flow.choose(free_meter.port)
        assert flow.step["step_id"] == "confirm"
        assert _SERIAL in await flow.text("en")


async def test_port_that_an_integration_uses(
    home: Instance, free_meter: BenchMeter
) -> None:
    async with Flow(home, "port_holder") as holder:
        # Home Assistant knows who uses a port by its name in /dev
        await holder.submit(port=free_meter.device)
        entry_id = holder.step["result"]["entry_id"]
    try:
        async with Flow(home) as flow:
            await flow.choose(free_meter.port)
            assert flow.step["errors"] == {"serial_port": "port_busy"}
            for language, words in (("en", "already uses"), ("fr", "utilise déjà")):
                assert f"Zigbee stick {words}" in await flow.text(language)
    finally:
        await home.user.delete(f"/api/config/config_entries/entry/{entry_id}")


async def test_port_that_a_meter_of_ours_uses(
    home: Instance, household: dict[str, Added], tmp_path: Path
) -> None:
    """The same port, and another path to it, are refused before they are opened."""
    added = household["historical_off_peak"]
    started = time.monotonic()
    detour = tmp_path / "detour"
    detour.symlink_to(added.meter.port)
    for port in (added.meter.port, added.meter.device, str(detour)):
        async with Flow(home) as flow:
            await flow.choose(port)
            assert flow.step["type"] == "abort", port
            assert flow.step["reason"] == "already_configured"
            assert not flow.progress, "it listened to a port that is in use"
            assert "already" in await flow.text("en")
            assert "déjà" in await flow.text("fr")
    disturbed = [
        change
        for change in home.watch.since(started, added.enabled_ids())
        if change.new == "unavailable"
    ]
    assert not disturbed
    assert added.meter.listened()


async def test_meter_that_is_known_on_a_second_line(
    home: Instance, household: dict[str, Added], bench: Bench
) -> None:
    added = household["historical_off_peak"]
    setup = MeterSetup(seed=23, contract=Contract.BASE, serial=added.meter.serial)
    second = bench.meter("second", setup)
    async with Flow(home) as flow:
        await flow.choose(second.port)
        assert flow.step["type"] == "abort"
        assert flow.step["reason"] == "already_configured"
    assert not second.listened()
    entries = await home.user.entries()
    numbers = [entry["title"] for entry in entries]
    assert len(numbers) == len(set(numbers))
