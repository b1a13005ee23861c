"""English and French say the same things, and all that the code asks for."""

import ast
from collections.abc import Iterable
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.helpers.entity import EntityDescription
import pytest
import yaml

from custom_components.linky_pilote import config_flow, const
from custom_components.linky_pilote.actions import SERVICES
from custom_components.linky_pilote.engine.reading import (
    ColorSource,
    Contract,
    TempoColor,
    TicMode,
)
from custom_components.linky_pilote.engine.regulation.model import (
    GridUse,
    Guard,
    Level,
    Quantity,
    Reason,
)
from custom_components.linky_pilote.engine.signals import (
    PRICED_PERIODS,
    TempoSource,
    Trouble,
)
from custom_components.linky_pilote.flows.entities import DRAWS, INJECTS
from custom_components.linky_pilote.flows.grid import GRID
from custom_components.linky_pilote.flows.grid_options import NO_CONTRACT
from custom_components.linky_pilote.flows.load import LoadFlow
from custom_components.linky_pilote.flows.load_forms import (
    SUITED,
    how_schema,
    what_schema,
    when_schema,
)
from custom_components.linky_pilote.flows.load_trial import TrialSteps
from custom_components.linky_pilote.flows.meter import SOURCES
from custom_components.linky_pilote.grid.pricing import PriceOrigin
from custom_components.linky_pilote.grid.sensor import GRID_SENSORS, WHYS
from custom_components.linky_pilote.home.binary_sensor import HEATING_BINARY_SENSORS
from custom_components.linky_pilote.home.button import EMERGENCY, TOGGLE
from custom_components.linky_pilote.home.calendar import SHED_PERIODS
from custom_components.linky_pilote.home.climate import HEATING, ROOM
from custom_components.linky_pilote.home.event import REGULATION
from custom_components.linky_pilote.home.load import Behaviour
from custom_components.linky_pilote.home.number import GROUP
from custom_components.linky_pilote.home.select import HOUSE_MODE, LOAD_MODE
from custom_components.linky_pilote.home.sensor import HOUSE_SENSORS, LOAD_SENSORS
from custom_components.linky_pilote.home.switch import ARMED
from custom_components.linky_pilote.meter.binary_sensor import BINARY_SENSORS
from custom_components.linky_pilote.meter.sensor import SENSORS
from custom_components.linky_pilote.sources.base import Problem
from custom_components.linky_pilote.sources.bridge import Protocol

ROOT = Path(const.__file__).parent
LANGUAGES = ("en", "fr")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def load(name: str) -> dict[str, Any]:
    """Return a JSON file of the integration."""
    content: dict[str, Any] = json.loads((ROOT / name).read_text("utf-8"))
    return content


def leaves(tree: dict[str, Any], path: str = "") -> dict[str, str]:
    """Return the texts of a tree by their path."""
    texts: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            texts |= leaves(value, f"{path}{key}.")
        else:
            texts[path + key] = value
    return texts


@pytest.fixture(params=LANGUAGES)
def texts(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the translations of a language."""
    return load(f"translations/{request.param}.json")


def test_languages_have_the_same_keys_and_placeholders() -> None:
    english, french = (
        leaves(load(f"translations/{language}.json")) for language in LANGUAGES
    )
    assert english.keys() == french.keys()
    for key, text in english.items():
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(french[key]))
        assert text.strip()
        assert french[key].strip()


def test_entities_have_a_name_an_icon_and_their_states(texts: dict[str, Any]) -> None:
    icons = load("icons.json")["entity"]
    described: dict[str, Iterable[EntityDescription]] = {
        "binary_sensor": (*BINARY_SENSORS, *HEATING_BINARY_SENSORS),
        "button": (TOGGLE, EMERGENCY),
        "climate": (HEATING, ROOM),
        "event": (REGULATION,),
        "number": (GROUP,),
        "select": (LOAD_MODE, HOUSE_MODE),
        "sensor": (*SENSORS, *GRID_SENSORS, *LOAD_SENSORS, *HOUSE_SENSORS),
        "switch": (ARMED,),
    }
    calendars = {"grid_tempo", "grid_ecowatt", SHED_PERIODS.translation_key}
    assert texts["entity"].pop("calendar").keys() == calendars
    assert icons.pop("calendar").keys() == calendars
    assert texts["entity"].keys() == described.keys() == icons.keys()
    for platform, descriptions in described.items():
        keys = {description.translation_key for description in descriptions}
        assert keys == texts["entity"][platform].keys() == icons[platform].keys()
        of_loads = {key for key in keys if (key or "").startswith("load_")}
        for of_device in (keys - of_loads, of_loads):
            names = {texts["entity"][platform][key]["name"] for key in of_device}
            assert len(names) == len(of_device), "each has a name of its own"
    for select in (LOAD_MODE, HOUSE_MODE):
        states = texts["entity"]["select"][select.translation_key]["state"]
        assert states.keys() == set(select.options or ())
    for sensor in (*SENSORS, *GRID_SENSORS, *LOAD_SENSORS, *HOUSE_SENSORS):
        states = texts["entity"]["sensor"][sensor.translation_key].get("state", {})
        assert states.keys() == set(sensor.options or ())
        icon = icons["sensor"][sensor.translation_key]
        assert icon.get("state", {}).keys() <= set(sensor.options or ())


def test_every_field_of_a_form_is_explained(texts: dict[str, Any]) -> None:
    forms = {
        **texts["config"]["step"],
        **{f"options_{name}": form for name, form in texts["options"]["step"].items()},
        **texts["config_subentries"]["load"]["step"],
    }
    for name, form in forms.items():
        explained = form.get("data_description", {})
        assert form.get("data", {}).keys() == explained.keys(), name


def test_attributes(texts: dict[str, Any]) -> None:
    sensors = texts["entity"]["sensor"]
    assert sensors["tariff_period"]["state_attributes"].keys() == {"meter_wording"}
    for key in (key for key in sensors if key.startswith("index_")):
        assert sensors[key]["state_attributes"].keys() == {"meter_index"}
    for key in ("tempo_today", "tempo_tomorrow"):
        source = sensors[key]["state_attributes"]["source"]
        assert source["state"].keys() == set(ColorSource)


def test_attributes_of_the_grid(texts: dict[str, Any]) -> None:
    for sensor in GRID_SENSORS:
        attributes = texts["entity"]["sensor"][sensor.translation_key][
            "state_attributes"
        ]
        assert attributes["why"]["state"].keys() == set(WHYS)
        if "trouble" in attributes:
            assert attributes["trouble"]["state"].keys() == set(Trouble)
        if (source := attributes.get("source")) is not None:
            said = PriceOrigin if "price" in sensor.key else TempoSource
            assert source["state"].keys() == set(said)


def test_problems_are_said_in_the_flow_and_in_the_set_up(texts: dict[str, Any]) -> None:
    problems = set(Problem) - {Problem.OTHER_METER}
    refusals = {
        f"refused_{reason}{until}"
        for reason in ("absent", "ejp_peak", "red_peak", "supplier_peak")
        for until in ("", "_until")
    } | {"refused_house_off", "refused_switched_off"}
    actions = {"not_a_load", "not_running"}
    of_actions = {
        *("bad_period", "no_answer", "no_forecast_in_plan", "no_grid", "no_such_grid"),
        *("no_source_ecowatt", "no_source_electricity_maps", "no_source_prices"),
        "no_source_tempo_rte",
        *("no_recorder", "no_statistic", "no_subscription"),
    }
    of_sources = {"bad_answer"}
    assert (
        texts["exceptions"].keys()
        == problems | refusals | actions | of_actions | of_sources
    )
    assert texts["config"]["error"].keys() == problems | {
        "bridge_closed",
        "bridge_failed",
        "bridge_noise",
        "bridge_silent",
        "both_or_none",
        "cannot_stop",
        "maps_token_refused",
        "no_zone",
        "not_in_plan",
        "rte_key_refused",
        "service_unreachable",
        "too_many_requests",
        *("no_direction", "no_limit", "not_understood", "nothing_measured"),
        *("one_or_three", "own_entity"),
        "no_host",
        "no_meter_found",
        "no_rfc2217",
        "no_topic",
        "port_busy_unknown",
        "unknown",
    }
    given = {"port", "error", "received"}
    for key, message in texts["exceptions"].items():
        found = set(PLACEHOLDER.findall(message["message"]))
        if key in refusals:
            assert found == ({"until"} if key.endswith("_until") else set())
        elif key in problems | actions:
            assert found <= ({"device"} if key in actions else given)
    for message in texts["config"]["error"].values():
        assert set(PLACEHOLDER.findall(message)) <= given | {"name", "user"}


def test_what_was_found_can_be_said(texts: dict[str, Any]) -> None:
    colors = [*TempoColor, "unknown"]
    assert texts["selector"]["found"]["options"].keys() == {
        *TicMode,
        *Contract,
        "measured",
        "single_phase",
        "three_phase",
        "consumer",
        "producer",
        "unknown_meter",
        "unknown_number",
        "unknown_power",
        *(f"today_{color}" for color in colors),
        *(f"tomorrow_{color}" for color in colors),
    }


def test_steps_and_aborts_of_the_code_exist(texts: dict[str, Any]) -> None:
    flow = config_flow.LinkyPiloteConfigFlow
    steps, aborts, progress = (
        set(),
        {
            *("already_configured", "already_in_progress"),
            *("reauth_successful", "reconfigure_successful"),
        },
        set(),
    )
    for path in (ROOT / "config_flow.py", *(ROOT / "flows").glob("*.py")):
        if path.name in ("load.py", "load_trial.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            words = {
                word.arg: word.value.value
                for word in node.keywords
                if isinstance(word.value, ast.Constant)
            }
            if name in ("async_show_form", "async_show_menu"):
                steps.add(words["step_id"])
            elif name == "async_show_progress":
                progress.add(words["progress_action"])
            elif name == "AbortFlow":
                assert isinstance(node.args[0], ast.Constant)
                aborts.add(str(node.args[0].value))
    assert texts["config"]["step"].keys() | texts["options"]["step"].keys() == steps
    assert texts["config"]["create_entry"].keys() == {"default", GRID}
    assert texts["config"]["progress"].keys() == progress
    assert texts["config"]["abort"].keys() == aborts
    assert all(hasattr(flow, f"async_step_{step}") for step in texts["config"]["step"])
    for menu in ("user", "reconfigure"):
        step = texts["config"]["step"][menu]
        assert step["menu_options"].keys() == step["menu_option_descriptions"].keys()
        grid = {GRID} if menu == "user" else set()
        assert step["menu_options"].keys() == set(SOURCES) | grid
    protocols = texts["selector"]["bridge_protocol"]["options"]
    assert protocols.keys() == set(Protocol)
    contracts = texts["selector"]["grid_contract"]["options"]
    assert contracts.keys() == {NO_CONTRACT, *PRICED_PERIODS}


def test_the_forms_of_a_load(texts: dict[str, Any]) -> None:
    texts = texts["config_subentries"]["load"]
    steps = {
        name.removeprefix("async_step_")
        for name in vars(LoadFlow) | vars(TrialSteps)
        if name.startswith("async_step_")
    }
    assert texts["step"].keys() == steps - {"finish", "try_it"}, "they show no form"
    assert texts["progress"].keys() == {"try_it"}
    assert texts["step"]["ready"]["menu_options"].keys() == {"finish", "try_it"}
    asked: dict[str, set[str]] = {"how": set(), "when": set()}
    for behaviour, domains in SUITED.items():
        for domain in domains:
            asked["how"] |= set(map(str, how_schema(behaviour, domain, 3).schema))
        asked["when"] |= set(map(str, when_schema(behaviour).schema))
    what = set(map(str, what_schema(several=True).schema))
    asked |= {"user": what, "reconfigure": what}
    for step, fields in asked.items():
        assert texts["step"][step]["data"].keys() == fields
        assert texts["step"][step].get("data_description", {}).keys() <= fields
    files = ("load.py", "load_checks.py")
    source = "".join((ROOT / "flows" / name).read_text("utf-8") for name in files)
    for error in texts["error"]:
        assert f'"{error}"' in source, "one that nobody sees"


def test_choices(texts: dict[str, Any]) -> None:
    choices: dict[str, Iterable[str]] = {
        "behaviour": Behaviour,
        "ecowatt_level": ("2", "3"),
        "grid_use": GridUse,
        "guard": Guard,
        "phases": ("1", "2", "3"),
        "quantity": Quantity,
        "white_level": (Level.FROST, Level.ECO),
        "direction": (DRAWS, INJECTS),
    }
    for key, options in choices.items():
        assert texts["selector"][key]["options"].keys() == set(options)


def test_actions_are_described(texts: dict[str, Any]) -> None:
    described = yaml.safe_load((ROOT / "services.yaml").read_text("utf-8"))
    assert texts["services"].keys() == described.keys() >= set(SERVICES)
    assert load("icons.json")["services"].keys() == described.keys()
    for name, action in described.items():
        assert texts["services"][name]["fields"].keys() == action["fields"].keys()


def test_reasons_can_be_said(texts: dict[str, Any]) -> None:
    attributes = texts["entity"]["sensor"]["load_state"]["state_attributes"]
    event = texts["entity"]["event"]["house_regulation"]["state_attributes"]
    climate = texts["entity"]["climate"]
    home, room = (climate[key]["state_attributes"] for key in climate)
    assert home == room, "they say the same"
    for found in (
        *(attributes["reason"], attributes["blocked_by"]),
        *(event["reason"], home["reason"]),
    ):
        assert found["state"].keys() == set(Reason)
    assert event["event_type"]["state"].keys() == set(REGULATION.event_types or ())


def test_issues(texts: dict[str, Any]) -> None:
    asking = {
        "other_meter": {"name", "found", "expected"},
        "cutoff_power": {"name", "before", "now"},
        **{f"mode_{mode}": {"name"} for mode in TicMode},
    }
    telling = {
        *("bridge_gone", "broker_lost", "line_noisy", "line_silent", "mqtt_missing"),
        *("not_a_meter", "port_busy", "port_busy_unknown", "port_gone", "topic_silent"),
    }
    of_sensors = {"sensors_silent": {"name"}, "sensors_unavailable": {"name"}}
    of_loads = {
        "load_entity_gone": {"name"},
        "load_not_following": {"name"},
        "load_not_given_back": {"name", "had"},
        "load_schedule_gone": {"name"},
        "load_undone": {"automation", "name"},
        "nothing_armed": {"name"},
    }
    of_grid = {
        "not_subscribed": {"name", "service"},
        "zone_not_in_plan": {"name", "service"},
        "service_retired": {"name", "service"},
        "tempo_disputed": {"name", "day", "voices"},
        "prices_outdated": {"name", "since"},
    }
    assert (
        texts["issues"].keys()
        == asking.keys() | telling | (of_sensors | of_loads | of_grid).keys()
    )
    for key, given in (of_sensors | of_loads | of_grid).items():
        assert set(PLACEHOLDER.findall(str(texts["issues"][key]))) == given
    for key, given in asking.items():
        assert texts["issues"][key]["fix_flow"]["step"].keys() == {"confirm"}
        assert set(PLACEHOLDER.findall(str(texts["issues"][key]))) == given
    for key in telling:
        found = set(PLACEHOLDER.findall(str(texts["issues"][key])))
        assert found == {"name", "port"} | ({"user"} if key == "port_busy" else set())


def test_system_health(texts: dict[str, Any]) -> None:
    assert texts["system_health"]["info"].keys() == {
        "grid_sources_answering",
        "meters_heard",
        "unknown_labels",
        "valid_groups",
    }


def test_actions(texts: dict[str, Any]) -> None:
    described = yaml.safe_load((ROOT / "services.yaml").read_text("utf-8"))
    assert texts["services"].keys() == described.keys()
    assert load("icons.json")["services"].keys() == described.keys()
    for action, description in described.items():
        fields = texts["services"][action]["fields"]
        assert fields.keys() == description["fields"].keys()


def test_manifest() -> None:
    manifest = load("manifest.json")
    keys = list(manifest)
    assert keys[:2] == ["domain", "name"]
    assert keys[2:] == sorted(keys[2:])
    for matcher in manifest["usb"]:
        distinctive = {"serial_number", "description"} & matcher.keys()
        assert len(distinctive) == 1, "a bare vid and pid would claim others' sticks"
        (key,) = distinctive
        assert matcher[key] == matcher[key].lower()
        assert matcher["vid"] == matcher["vid"].upper()
        assert matcher["pid"] == matcher["pid"].upper()
