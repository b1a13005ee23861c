"""What starts Home Assistant, without one: what it asks, and what it says."""

import asyncio
from collections.abc import Callable
import json
import os
from pathlib import Path
import signal
import socket
import time
from typing import Any, cast
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest
import yaml

from custom_components.linky_pilote.const import DATA_METER_CLOCK
from demo import furnish, launcher, web
from demo.choices import complete, parse
from demo.client import Client, RefusedError
from demo.config_folder import ConfigFolder
from demo.custom_components import linky_pilote_demo
from demo.home_assistant import HomeAssistantDiedError, HomeAssistantProcess
from demo.scenarios import SCENARIOS


class FakeClient:
    """Answers as Home Assistant would, and remembers what it was asked."""

    def __init__(self, answers: dict[str, Any]) -> None:
        """An answer that is a list is given away from its front."""
        self._answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def _answer(self, name: str, fields: dict[str, Any]) -> Any:
        self.asked.append((name, fields))
        answer = self._answers.get(name)
        if isinstance(answer, Exception):
            raise answer
        return answer.pop(0) if isinstance(answer, list) else answer

    async def get(self, path: str) -> Any:
        """Answer a GET."""
        return self._answer(f"GET {path}", {})

    async def post(self, path: str, data: dict[str, Any]) -> Any:
        """Answer a POST."""
        return self._answer(f"POST {path}", data)

    async def ask(self, kind: str, **fields: Any) -> Any:
        """Answer a command."""
        return self._answer(kind, fields)

    def fields_of(self, name: str) -> dict[str, Any]:
        """Return what came with the only question of that name."""
        (found,) = [fields for asked, fields in self.asked if asked == name]
        return found


def client(answers: dict[str, Any]) -> tuple[FakeClient, Client]:
    fake = FakeClient(answers)
    return fake, cast("Client", fake)


ENTRIES = "GET /api/config/config_entries/entry?domain=linky_pilote"
FLOW = "/api/config/config_entries/flow"
METER = {"entry_id": "e1", "supported_subentry_types": {"load": {}}}
GRID = {"entry_id": "e2", "supported_subentry_types": {}}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Poll without a pause."""
    monkeypatch.setattr(furnish, "_STEP_S", 0)


async def test_the_meter_is_added_as_a_person_does() -> None:
    fake, ours = client(
        {
            ENTRIES: [[]],
            f"POST {FLOW}": {"flow_id": "f1", "type": "menu"},
            f"POST {FLOW}/f1": [
                {"type": "form", "step_id": "serial_port"},
                {"type": "progress"},
                {"type": "create_entry", "result": {"entry_id": "e1"}},
            ],
            f"GET {FLOW}/f1": [
                {"type": "progress"},
                {"type": "form", "step_id": "confirm", "errors": None},
            ],
        }
    )
    assert await furnish.add_meter(ours, "/tmp/meter") == "e1"
    answers = [fields for asked, fields in fake.asked if asked == f"POST {FLOW}/f1"]
    assert answers == [
        {"next_step_id": "serial_port"},
        {"serial_port": "/tmp/meter"},
        {},
    ]


async def test_a_meter_that_is_there_is_not_added_again() -> None:
    _, ours = client({ENTRIES: [[GRID, METER]]})
    assert await furnish.add_meter(ours, "/tmp/meter") == "e1"


async def test_the_grid_is_added_once_with_the_keys_of_the_stand_in() -> None:
    zone = {"name": "zone", "description": {"suggested_value": "FR"}}
    fake, ours = client(
        {
            ENTRIES: [[METER], [METER, GRID]],
            f"POST {FLOW}": {"flow_id": "f1", "type": "menu"},
            f"POST {FLOW}/f1": [
                {"type": "form", "step_id": "grid"},
                {"type": "form", "step_id": "grid_zone", "data_schema": [zone]},
                {"type": "create_entry"},
            ],
        }
    )
    await furnish.add_grid(ours)
    await furnish.add_grid(ours)
    answers = [fields for asked, fields in fake.asked if asked == f"POST {FLOW}/f1"]
    assert answers == [
        {"next_step_id": "grid"},
        {
            "rte_client_id": web.CLIENT[0],
            "rte_client_secret": web.CLIENT[1],
            "electricity_maps_token": web.KEY,
        },
        {"zone": "FR"},
    ]


async def test_a_grid_that_refuses_the_keys_is_said() -> None:
    _, ours = client(
        {
            ENTRIES: [[METER]],
            f"POST {FLOW}": {"flow_id": "f1", "type": "menu"},
            f"POST {FLOW}/f1": {"type": "form", "errors": {"base": "key_refused"}},
        }
    )
    with pytest.raises(RefusedError, match="key_refused"):
        await furnish.add_grid(ours)


async def test_what_the_form_complains_of_is_said() -> None:
    _, ours = client(
        {
            ENTRIES: [[]],
            f"POST {FLOW}": {"flow_id": "f1"},
            f"POST {FLOW}/f1": {"type": "progress"},
            f"GET {FLOW}/f1": {
                "type": "form",
                "errors": {"serial_port": "silent_line"},
                "description_placeholders": {"port": "/dev/x"},
            },
            "GET /api/config": {"language": "en"},
            "frontend/get_translations": {
                "resources": {
                    "component.linky_pilote.config.error.silent_line": "Hush on {port}."
                }
            },
        }
    )
    with pytest.raises(furnish.NoMeterError, match=r"Hush on /dev/x\."):
        await furnish.add_meter(ours, "/dev/x")


async def test_a_flow_that_is_given_up_is_said() -> None:
    _, ours = client(
        {
            ENTRIES: [[]],
            f"POST {FLOW}": {"flow_id": "f1"},
            f"POST {FLOW}/f1": {"type": "abort", "reason": "already_configured"},
        }
    )
    with pytest.raises(furnish.NoMeterError, match="already_configured"):
        await furnish.add_meter(ours, "/dev/x")


def registry(*names: str) -> list[dict[str, Any]]:
    return [
        {
            "entity_id": f"sensor.{name}",
            "translation_key": name,
            "config_entry_id": "e1",
            "disabled_by": None,
        }
        for name in names
    ]


async def test_energy_counts_the_indexes_of_the_periods() -> None:
    entities = registry(
        *("apparent_power", "index_total", "index_blue_peak", "index_blue_off_peak"),
        *("index_injected", "index_distributor_1", "index_reactive_2"),
    )
    fake, ours = client(
        {"energy/get_prefs": {}, "config/entity_registry/list": [entities]}
    )
    await furnish.set_up_energy(ours, "e1")
    sources = fake.fields_of("energy/save_prefs")["energy_sources"]
    assert [source["stat_energy_from"] for source in sources] == [
        "sensor.index_blue_peak",
        "sensor.index_blue_off_peak",
    ]
    assert sources[0]["stat_energy_to"] == "sensor.index_injected"


async def test_energy_falls_back_on_the_total() -> None:
    fake, ours = client(
        {
            "energy/get_prefs": RefusedError("no preferences"),
            "config/entity_registry/list": [registry("index_total")],
        }
    )
    await furnish.set_up_energy(ours, "e1")
    (source,) = fake.fields_of("energy/save_prefs")["energy_sources"]
    assert source["stat_energy_from"] == "sensor.index_total"


async def test_energy_that_someone_set_up_is_left_alone() -> None:
    fake, ours = client({"energy/get_prefs": {"energy_sources": [{"type": "grid"}]}})
    await furnish.set_up_energy(ours, "e1")
    assert [name for name, _ in fake.asked] == ["energy/get_prefs"]


async def test_the_dashboard_is_made_once_and_comes_first() -> None:
    fake, ours = client(
        {"lovelace/dashboards/list": [[], [{"url_path": "linky-pilote"}]]}
    )
    await furnish.make_dashboard(ours)
    assert fake.fields_of("lovelace/config/save")["config"] == {
        "strategy": {"type": "custom:linky-pilote"}
    }
    assert fake.fields_of("frontend/set_system_data")["value"] == {
        "default_panel": "linky-pilote"
    }
    count = len(fake.asked)
    await furnish.make_dashboard(ours)
    assert len(fake.asked) == count + 1


@pytest.mark.parametrize(
    ("states", "live"),
    [
        ({"sensor.a": "5", "sensor.b": "unknown"}, True),
        ({"sensor.a": "5", "sensor.b": "unavailable"}, False),
        ({"sensor.a": "5"}, False),
    ],
)
async def test_a_meter_is_live_when_all_its_entities_are(
    states: dict[str, str], live: bool
) -> None:
    entities = registry("a", "b")
    entities += [{**entities[0], "entity_id": "sensor.c", "disabled_by": "user"}]
    entities += [{**entities[0], "entity_id": "sensor.d", "config_entry_id": "e2"}]
    listed = [{"entity_id": name, "state": state} for name, state in states.items()]
    _, ours = client(
        {"config/entity_registry/list": [entities], "GET /api/states": [listed]}
    )
    assert await furnish.meter_is_live(ours, "e1") is live


async def test_the_integration_gets_the_meter_s_clock(hass: HomeAssistant) -> None:
    config = linky_pilote_demo.CONFIG_SCHEMA({"linky_pilote_demo": {"speed": 600}})
    assert await linky_pilote_demo.async_setup(hass, config)
    clock = hass.data[DATA_METER_CLOCK]
    before, hass_time = clock(), hass.loop.time()
    assert before == pytest.approx(time.time() * 600, abs=600)
    with patch.object(hass.loop, "time", return_value=hass_time + 2):
        assert clock() - before == pytest.approx(1200, abs=60)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return what puts a shell script in the place of Home Assistant."""

    def put(text: str) -> Path:
        path = tmp_path / "program"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        monkeypatch.setattr("demo.home_assistant.sys.executable", str(path))
        return tmp_path

    return put


async def test_the_end_of_its_log_is_told_when_it_dies(
    program: Callable[[str], Path],
) -> None:
    folder = program("seq 100; echo the disk is full >&2; exit 3")
    process = HomeAssistantProcess(folder, folder / "console.log")
    await process.start()
    with pytest.raises(HomeAssistantDiedError, match="status 3") as died:
        await process.died()
    assert "the disk is full" in str(died.value)
    assert "\n99\n" in str(died.value)
    assert "\n9\n" not in str(died.value)
    assert await process.stop()


async def test_it_is_stopped_in_good_order(program: Callable[[str], Path]) -> None:
    folder = program("echo ' WARNING linky_pilote: oh'; exec sleep 600")
    process = HomeAssistantProcess(folder, folder / "console.log")
    assert await process.stop()
    await process.start()
    assert await process.stop()


async def test_it_is_killed_when_it_does_not_stop(
    program: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.home_assistant._STOP_S", 0.05)
    folder = program("trap '' TERM; touch ready; while :; do sleep 0.01; done")
    process = HomeAssistantProcess(folder, folder / "console.log")
    await process.start()
    while not (folder / "ready").exists():  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    assert not await process.stop()


def test_complaints_about_us_are_found(tmp_path: Path) -> None:
    console = tmp_path / "console.log"
    console.write_text(
        "1 INFO linky_pilote: all is well\n"
        "2 WARNING linky_pilote: not so well\n"
        "3 ERROR other: not ours\n"
    )
    process = HomeAssistantProcess(tmp_path, console)
    assert process.complaints(["linky_pilote"]) == [
        "2 WARNING linky_pilote: not so well"
    ]


@pytest.mark.usefixtures("socket_enabled")
def test_the_demo_says_why_it_cannot_start(
    program: Callable[[str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    program("echo no such module; exit 1")
    folder = tmp_path / "config"
    arguments = ["--config", str(folder), "--language", "en"]
    assert launcher.main(arguments) == 1
    said = capsys.readouterr().out
    assert "Error: Home Assistant ended with exit status 1" in said
    assert "no such module" in said

    assert launcher.main([*arguments, "--phases", "3"]) == 1
    assert "holds another meter (phases: 1)" in capsys.readouterr().out

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert launcher.main([*arguments, "--http-port", str(port)]) == 1
    assert f"port {port} is taken" in capsys.readouterr().out


@pytest.mark.usefixtures("socket_enabled")
def test_one_demo_at_a_time_in_a_folder(
    program: Callable[[str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program("exec sleep 600")
    arguments = ["--config", str(tmp_path / "config"), "--language", "en"]

    async def second(demo: launcher.Demo, home_assistant: HomeAssistantProcess) -> None:
        assert launcher.main(arguments) == 1
        assert "already running" in capsys.readouterr().out
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    monkeypatch.setattr(launcher.Demo, "_set_up", second)
    assert launcher.main(arguments) == 0
    assert capsys.readouterr().out.splitlines() == ["Stopping…", "Stopped."]


@pytest.mark.usefixtures("socket_enabled")
def test_without_libfaketime_it_says_so(
    program: Callable[[str], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program("exit 1")
    monkeypatch.setattr("demo.clock.find_library", lambda: None)
    arguments = ["--config", str(tmp_path / "config"), "--language", "en"]
    for more in (["--speed", "60"], ["--scenario", "red-day"]):
        assert launcher.main([*arguments, *more]) == 1
        assert "Error: libfaketime is missing" in capsys.readouterr().out


@pytest.fixture
def no_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody answer where the house takes orders."""

    async def ask(path: Path, text: str) -> str:
        raise ConnectionRefusedError(path, text)

    monkeypatch.setattr(launcher, "ask", ask)


@pytest.mark.usefixtures("socket_enabled", "no_house")
def test_home_assistant_gets_the_clock_of_the_scenario(
    program: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program(f"env > {tmp_path / 'environment'}; exit 1")
    # none that the shell could load
    monkeypatch.setattr("demo.clock.find_library", Path)
    folder = tmp_path / "config"
    arguments = ["--config", str(folder), "--scenario", "red-day", "--speed", "60"]
    assert launcher.main(arguments) == 1
    environment = (tmp_path / "environment").read_text().splitlines()
    assert f"FAKETIME=@{SCENARIOS['red-day'].start_s:.6f} x1" in environment
    house = yaml.safe_load((folder / "configuration.yaml").read_text("utf-8"))[
        "virtual_house"
    ]
    assert house["scenario"] == "red-day"
    assert house["meter"]["contract"] == "tempo"
    assert house["meter"]["solar"] is True


@pytest.mark.usefixtures("socket_enabled", "no_house")
def test_time_does_not_go_back_after_a_fast_run(
    program: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program(f"env > {tmp_path / 'environment'}; exit 1")
    monkeypatch.setattr("demo.clock.find_library", Path)
    folder = tmp_path / "config"
    assert launcher.main(["--config", str(folder)]) == 1
    assert "FAKETIME" not in (tmp_path / "environment").read_text()
    ahead_s = time.time() + 86_400
    (folder / "meter.json").write_text(json.dumps({"state": {"epoch_s": ahead_s}}))
    assert launcher.main(["--config", str(folder)]) == 1
    assert f"FAKETIME=@{ahead_s:.6f} x1" in (tmp_path / "environment").read_text()


@pytest.mark.usefixtures("no_house")
async def test_an_order_that_finds_no_house(tmp_path: Path) -> None:
    choices, _ = complete(parse(["--config", str(tmp_path)]), None)
    demo = launcher.Demo(choices, ConfigFolder(tmp_path))
    assert (await demo._order("status")).startswith("error: ")
