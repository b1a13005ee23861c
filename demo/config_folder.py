"""The configuration folder of the demo's Home Assistant."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
import json
from pathlib import Path
import shutil
from typing import Any

import yaml

from custom_components.linky_pilote.engine.reading import TicMode

from .setup import MeterSetup

REPOSITORY = Path(__file__).resolve().parent.parent
INTEGRATION = REPOSITORY / "custom_components" / "linky_pilote"
DEMO = REPOSITORY / "demo"
CLOCK_INTEGRATION = DEMO / "custom_components" / "linky_pilote_demo"
HOUSE_INTEGRATION = DEMO / "custom_components" / "virtual_house"
_MADE_BY_US = "demo.json"
_MANIFEST = "manifest.json"
_LOCAL = ("127.0.0.1", "::1")


class FolderError(Exception):
    """The folder cannot be used; the message is for a person."""


@dataclass(frozen=True, slots=True)
class ConfigFolder:
    """A folder that Home Assistant runs in, and what the demo keeps beside it."""

    path: Path

    @property
    def meter_link(self) -> Path:
        """Where the virtual meter is plugged in."""
        return self.path / "meter"

    @property
    def meter_state(self) -> Path:
        """Where its registers outlive the demo."""
        return self.path / "meter.json"

    def meter_time_s(self) -> float | None:
        """Return how far the meter had counted when it was saved, s since 1970."""
        if not self.meter_state.exists():
            return None
        saved = json.loads(self.meter_state.read_text("utf-8"))
        return float(saved["state"]["epoch_s"])

    @property
    def console(self) -> Path:
        """What Home Assistant writes to its terminal."""
        return self.path / "console.log"

    @property
    def control(self) -> Path:
        """The socket on which the virtual house takes commands."""
        return self.path / "control"

    @property
    def lock(self) -> Path:
        """Locked as long as a demo runs in the folder."""
        return self.path / "demo.lock"

    def open(self, *, fresh: bool) -> None:
        """Make the folder, or check that it is one of ours; empty it when asked to."""
        ours = (self.path / _MADE_BY_US).exists()
        if self.path.exists() and any(self.path.iterdir()) and not ours:
            raise FolderError(f"{self.path} is not empty and is not a demo's folder.")
        if fresh and self.path.exists():
            shutil.rmtree(self.path)
        self.path.mkdir(parents=True, exist_ok=True)
        # the tokens of a home are in it, be it a made-up one
        self.path.chmod(0o700)

    def remembered(self) -> dict[str, Any] | None:
        """Return what `remember` was given the last time."""
        path = self.path / _MADE_BY_US
        if not path.exists():
            return None
        remembered: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return remembered

    def remember(self, choices: dict[str, Any]) -> None:
        """Keep the choices for the next start."""
        _write_json(self.path / _MADE_BY_US, choices)

    def house(
        self,
        meter: MeterSetup,
        mode: TicMode,
        scenario: str | None = None,
        control: Path | None = None,
    ) -> dict[str, Any]:
        """Return a virtual house as Home Assistant reads it."""
        return {
            "link": str(self.meter_link),
            "state": str(self.meter_state),
            "control": str(control or self.control),
            "mode": str(mode),
            "meter": {**asdict(meter), "contract": str(meter.contract)},
            **({"scenario": scenario} if scenario else {}),
        }

    def fill(
        self,
        *,
        http_port: int,
        language: str,
        speed: float | None = None,
        house: Mapping[str, Any] | None = None,
    ) -> None:
        """Write what Home Assistant reads when it starts.

        With a house it lives in the virtual one, which is described by that; with a
        speed its meters live that much faster than it does. Without both there is
        nothing of the demo in it: what people install.
        """
        demo: dict[Path, Any] = {}
        if speed is not None:
            demo[CLOCK_INTEGRATION] = {"speed": speed}
        if house is not None:
            demo[HOUSE_INTEGRATION] = dict(house)
        self._link_code(demo)
        self._write_configuration(
            language, {path.name: options for path, options in demo.items()}
        )
        self._write_http_store(http_port)
        onboarding = self.path / ".storage" / "onboarding"
        if not onboarding.exists():
            # the step that sets up the weather, the radio and other web services is
            # skipped: nothing of the demo leaves the machine
            _write_store(onboarding, 4, 1, {"done": ["core_config"]})

    def _link_code(self, demo: Collection[Path]) -> None:
        custom = self.path / "custom_components"
        shutil.rmtree(custom, ignore_errors=True)
        custom.mkdir()
        if demo:
            _link_after(custom, demo)
        else:
            (custom / INTEGRATION.name).symlink_to(INTEGRATION)
        # the folder is where Home Assistant finds modules
        link = self.path / DEMO.name
        link.unlink(missing_ok=True)
        if HOUSE_INTEGRATION in demo:
            link.symlink_to(DEMO)

    def _write_configuration(
        self, language: str, demo: Mapping[str, Mapping[str, Any]]
    ) -> None:
        configuration: dict[str, Any] = {
            "homeassistant": {
                "name": "Linky",
                "unit_system": "metric",
                "time_zone": "Europe/Paris",
                "latitude": 48.85,
                "longitude": 2.35,
                "elevation": 35,
                "country": "FR",
                "language": language,
                "currency": "EUR",
                "auth_providers": [
                    # no log-in on this machine; others cannot reach it
                    {
                        "type": "trusted_networks",
                        "trusted_networks": list(_LOCAL),
                        "allow_bypass_login": True,
                    },
                    {"type": "homeassistant"},
                ],
            },
            "frontend": {},
            "history": {},
            "logbook": {},
            "energy": {},
            "logger": {"default": "info"},
            "recorder": {"commit_interval": 5, "purge_keep_days": 10},
        }
        configuration.update(demo)
        text = yaml.safe_dump(configuration, sort_keys=False, allow_unicode=True)
        header = "# Written by the demo at each start.\n"
        (self.path / "configuration.yaml").write_text(header + text, "utf-8")

    def _write_http_store(self, port: int) -> None:
        # Settings from YAML are on trial for five minutes, after which Home Assistant
        # takes them back and stops: these are settled.
        settled = {
            "server_port": port,
            "server_host": ["127.0.0.1"],
            "cors_allowed_origins": [],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": False,
            "ssl_profile": "intermediate_v6",
            "use_x_frame_options": True,
            "created_at": "2026-01-01T00:00:00+00:00",
            "error": None,
            "error_message": None,
        }
        data = {"stable": settled, "pending": None, "yaml_migration_done": True}
        _write_store(self.path / ".storage" / "http", 3, 1, data)


def _link_after(custom: Path, demo: Collection[Path]) -> None:
    """Link the integration and those of the demo so that these are set up first.

    What people install does not know the demo: the order is asked for in a manifest of
    our own, beside links to all the rest.
    """
    for integration in demo:
        (custom / integration.name).symlink_to(integration)
    copy = custom / INTEGRATION.name
    copy.mkdir()
    for item in INTEGRATION.iterdir():
        if item.name not in (_MANIFEST, "__pycache__"):
            (copy / item.name).symlink_to(item)
    manifest = json.loads((INTEGRATION / _MANIFEST).read_text("utf-8"))
    after = [
        *manifest.get("after_dependencies", ()),
        *(integration.name for integration in demo),
    ]
    _write_json(copy / _MANIFEST, {**manifest, "after_dependencies": after})


def _write_store(path: Path, major: int, minor: int, data: dict[str, Any]) -> None:
    """Write a file of Home Assistant's storage."""
    path.parent.mkdir(exist_ok=True)
    envelope = {
        "version": major,
        "minor_version": minor,
        "key": path.name,
        "data": data,
    }
    _write_json(path, envelope)


def _write_json(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data, indent=2) + "\n", "utf-8")
