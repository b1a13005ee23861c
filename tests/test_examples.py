"""The examples: each file is held against its tool's schema, or what it must agree with.

Those of ESPHome are its own affair (`tests/e2e/test_examples.py`); there Mosquitto and
Home Assistant also read their files of the compose example.
"""

from pathlib import Path
import re
import subprocess
import sys
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[1]
EXAMPLES: Final = ROOT / "examples"
COMPOSE: Final = EXAMPLES / "compose.yaml"
PARTS: Final = EXAMPLES / "compose"
DASHBOARD: Final = EXAMPLES / "grafana" / "linky-pilote.json"
SOURCE: Final = PARTS / "grafana/provisioning/datasources/influxdb.yaml"
PROVIDER: Final = PARTS / "grafana/provisioning/dashboards/linky.yaml"
FLOWS: Final = PARTS / "node-red" / "flows.json"
CREDENTIALS: Final = PARTS / "node-red" / "flows_cred.json"
SETTINGS: Final = PARTS / "home-assistant" / "configuration.yaml"
_SECRET: Final = re.compile(r"\$\{\w+(:[-?][^}]*)?\}|\$\w+")


def load(path: Path) -> Any:
    """Return what a YAML or JSON file says."""
    return yaml.safe_load(path.read_text("utf-8"))


def test_each_file_is_checked_somewhere() -> None:
    found = {
        path
        for kind in ("*.yaml", "*.yml", "*.json")
        for path in EXAMPLES.rglob(kind)
        if "esphome" not in path.parts and "certificates" not in path.parts
    }
    assert found == {
        *(COMPOSE, DASHBOARD, SOURCE, PROVIDER, FLOWS, CREDENTIALS, SETTINGS),
    }


def test_compose_fits_the_compose_specification() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", COMPOSE),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_compose_mounts_what_is_there_and_asks_for_what_is_told() -> None:
    compose = load(COMPOSE)
    for name, service in compose["services"].items():
        assert re.search(r":\d", service["image"]), f"{name}: a version, not latest"
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if not source.startswith("."):
                assert source in compose["volumes"] or source.startswith("/")
                continue
            # made by certificates.sh
            if "certificates" not in source:
                assert (EXAMPLES / source).exists(), source
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text("utf-8")))
    told = (PARTS / "env.example").read_text("utf-8")
    assert asked == set(re.findall(r"(?m)^(\w+)=", told))


@pytest.mark.parametrize("path", [COMPOSE, SOURCE, CREDENTIALS, SETTINGS])
def test_no_password_is_written_down(path: Path) -> None:
    def secrets(tree: Any, key: str = "") -> list[str]:
        if isinstance(tree, dict):
            return [s for k, v in tree.items() for s in secrets(v, str(k))]
        if isinstance(tree, list):
            return [s for item in tree for s in secrets(item, key)]
        return [str(tree)] if "password" in key.lower() else []

    for secret in secrets(load(path)):
        assert _SECRET.fullmatch(secret), secret


def test_grafana_finds_its_source_and_its_dashboard() -> None:
    (source,) = load(SOURCE)["datasources"]
    (provider,) = load(PROVIDER)["providers"]
    compose = load(COMPOSE)["services"]
    assert source["type"] == "influxdb"
    assert source["url"].removeprefix("http://").partition(":")[0] in compose
    assert (
        source["jsonData"]["dbName"]
        == compose["influxdb"]["environment"]["INFLUXDB_DB"]
    )
    mounts = [volume.split(":")[1] for volume in compose["grafana"]["volumes"]]
    assert provider["options"]["path"] in mounts
    dashboard = load(DASHBOARD)
    parts = [*dashboard["panels"], *dashboard["templating"]["list"]]
    targets = [target for panel in dashboard["panels"] for target in panel["targets"]]
    assert {part["datasource"]["uid"] for part in parts + targets} == {source["uid"]}
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(
        dashboard["panels"]
    )


def test_the_dashboard_looks_for_names_that_our_entities_have() -> None:
    """Entity ids hang on the language: both are looked for."""
    queries = " ".join(
        target["query"]
        for panel in load(DASHBOARD)["panels"]
        for target in panel["targets"]
    )
    for language in ("en", "fr"):
        words = load(
            ROOT / f"custom_components/linky_pilote/translations/{language}.json"
        )["entity"]["sensor"]
        for key in (
            *("apparent_power", "headroom", "index_total", "index_injected"),
            *("active_power_estimated", "load_power"),
        ):
            assert _slug(words[key]["name"]) in queries, (language, key)


def _slug(name: str) -> str:
    from homeassistant.util import slugify

    return slugify(name)


def test_node_red_s_nodes_hang_together() -> None:
    nodes = {node["id"]: node for node in load(FLOWS)}
    for node in nodes.values():
        for wire in (target for port in node.get("wires", ()) for target in port):
            assert wire in nodes, wire
        for key in ("z", "broker", "tls"):
            # a broker is a node, and its host a name
            if node["type"] != "mqtt-broker" or key == "tls":
                assert node.get(key, node["id"]) in nodes, (node["id"], key)
    assert load(CREDENTIALS).keys() <= nodes.keys()
    broker = next(node for node in nodes.values() if node["type"] == "mqtt-broker")
    assert broker["usetls"]
    assert broker["broker"] in load(COMPOSE)["services"]
    listening = next(node for node in nodes.values() if node["type"] == "mqtt in")
    base = load(SETTINGS)["mqtt_statestream"]["base_topic"]
    assert listening["topic"] == f"{base}/sensor/+/state"
