"""The compose example: Mosquitto and Home Assistant read their files of it."""

import asyncio
from collections.abc import AsyncIterator
import getpass
import os
from pathlib import Path
import ssl
import subprocess
import sys
from typing import Final

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
import pytest_asyncio
import yaml

from .instance import free_port, until

_PARTS: Final = Path(__file__).parents[2] / "examples" / "compose"
_PASSWORD: Final = "a password"


def _furnish(folder: Path, port: int) -> Path:
    """Make certificates, a password and the settings; return the latter."""
    (folder / "data").mkdir()
    subprocess.run(
        [_PARTS / "certificates.sh", folder / "certificates", "localhost"],
        check=True,
        timeout=60,
    )
    (folder / "certificates" / "broker.key").chmod(0o644)
    passwords = folder / "data" / "passwords"
    subprocess.run(
        ["mosquitto_passwd", "-b", "-c", passwords, "linky", _PASSWORD], check=True
    )
    text = (_PARTS / "mosquitto" / "mosquitto.conf").read_text("utf-8")
    text = text.replace("/mosquitto/", f"{folder}/")
    text = text.replace("listener 8883", f"listener {port} 127.0.0.1")
    config = folder / "mosquitto.conf"
    config.write_text(f"{text}user {getpass.getuser()}\n", "utf-8")
    return config


@pytest_asyncio.fixture(loop_scope="session")
async def broker(tmp_path: Path) -> AsyncIterator[tuple[int, Path]]:
    """Run the broker as the example has it; return its port and the authority."""
    port = free_port()
    config = await asyncio.to_thread(_furnish, tmp_path, port)
    process = await asyncio.create_subprocess_exec(
        os.environ.get("MOSQUITTO", "mosquitto"), "-c", config
    )
    yield port, tmp_path / "certificates" / "ca.crt"
    process.terminate()
    await process.wait()


async def _connect(
    port: int, authority: Path | None, user: str | None, password: str | None
) -> str:
    """Return what the broker says to somebody."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    answers: list[str] = []
    client.on_connect = lambda *said: answers.append(str(said[3]))
    if user is not None:
        client.username_pw_set(user, password)
    if authority is not None:
        client.tls_set(str(authority), cert_reqs=ssl.CERT_REQUIRED)
    try:
        await asyncio.to_thread(client.connect, "localhost", port)
        client.loop_start()
        for _ in range(30):
            if answers:
                break
            await asyncio.sleep(0.1)
    finally:
        await asyncio.to_thread(client.loop_stop)
    return answers[0] if answers else "nothing"


async def test_the_broker_asks_for_tls_and_a_password(
    broker: tuple[int, Path],
) -> None:
    port, authority = broker

    async def listening() -> bool:
        try:
            await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        return True

    await until(listening, 20, "a broker")
    assert await _connect(port, authority, "linky", _PASSWORD) == "Success"
    assert await _connect(port, authority, "linky", "another") == "Not authorized"
    assert await _connect(port, authority, None, None) == "Not authorized"
    assert await _connect(port, None, "linky", _PASSWORD) == "nothing"


def test_home_assistant_accepts_its_settings(tmp_path: Path) -> None:
    """All but `default_config`, which would bring what is not here."""
    settings = yaml.safe_load(
        (_PARTS / "home-assistant" / "configuration.yaml").read_text("utf-8")
    )
    assert "default_config" in settings
    del settings["default_config"]
    file = tmp_path / "configuration.yaml"

    def check() -> str:
        file.write_text(yaml.safe_dump(settings), "utf-8")
        done = subprocess.run(
            [
                *(sys.executable, "-m", "homeassistant", "--script", "check_config"),
                *("--config", tmp_path),
            ],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        return done.stdout + done.stderr

    said = check()
    assert "Failed config" not in said, said
    assert "Traceback" not in said, said
    settings["mqtt_statestream"]["publish_everything"] = True
    assert "publish_everything" in check(), "it looks at what it accepts"
