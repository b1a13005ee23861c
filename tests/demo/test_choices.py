"""What is chosen, what is remembered, and where it is kept."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from demo import config_folder
from demo.choices import Choices, OtherMeterError, complete, config_path, parse
from demo.config_folder import ConfigFolder, FolderError
from demo.texts import TEXTS, Speaker, own_language


def choose(
    *arguments: str, remembered: dict[str, Any] | None = None
) -> tuple[Choices, dict[str, Any]]:
    return complete(parse(arguments), remembered)


def test_the_defaults() -> None:
    choices, _ = choose("--language", "fr")
    assert choices.mode is TicMode.HISTORICAL
    assert choices.meter.contract is Contract.TEMPO
    assert (choices.meter.phases, choices.meter.subscribed_kva) == (1, 6)
    assert choices.speed == 1
    assert choices.language == "fr"
    assert choices.config.parts[-2:] == (".demo", "virtual")


def test_what_was_chosen_is_kept() -> None:
    _, kept = choose(
        *("--mode", "standard", "--phases", "3", "--contract", "ejp", "--producer"),
        *("--speed", "600", "--language", "fr"),
    )
    again, _ = choose(remembered=json.loads(json.dumps(kept)))
    assert again.mode is TicMode.STANDARD
    assert again.meter.contract is Contract.EJP
    assert again.meter.producer
    assert again.meter.solar
    assert (again.meter.phases, again.meter.subscribed_kva) == (3, 9)
    assert (again.speed, again.language) == (600, "fr")


def test_a_scenario_brings_its_meter_and_begins_anew() -> None:
    choices, _ = choose("--scenario", "ejp-day", "--kva", "9")
    assert choices.meter.contract is Contract.EJP
    assert choices.meter.subscribed_kva == 9
    assert choices.fresh
    assert config_path(parse(["--scenario", "ejp-day"])).name == "ejp-day"


def test_mode_and_speed_may_change_the_meter_may_not() -> None:
    _, kept = choose("--phases", "3")
    again, _ = choose(
        "--phases", "3", "--mode", "standard", "--speed", "60", remembered=kept
    )
    assert (again.mode, again.speed) == (TicMode.STANDARD, 60)
    with pytest.raises(OtherMeterError, match=r"phases: 3, contract: tempo"):
        choose("--phases", "1", "--contract", "base", remembered=kept)


def test_a_real_meter_has_a_folder_of_its_own_and_real_time() -> None:
    choices, _ = choose("--port", "/dev/ttyUSB0", "--speed", "60")
    assert choices.port == "/dev/ttyUSB0"
    assert choices.speed == 1
    assert config_path(parse(["--port", "/dev/ttyUSB0"])).name == "real"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--speed", "0.5"],
        ["--speed", "601"],
        ["--port", "/dev/ttyUSB0", "--scenario", "red-day"],
        ["--port", "/dev/ttyUSB0", "--phases", "3"],
        ["--contract", "producer"],
        ["--language", "de"],
    ],
)
def test_choices_that_make_no_sense(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(arguments)
    assert "error: " in capsys.readouterr().err


def test_the_folder_has_what_home_assistant_reads(tmp_path: Path) -> None:
    folder = ConfigFolder(tmp_path / "config")
    folder.open(fresh=False)
    folder.fill(http_port=8200, language="fr", speed=600)
    configuration = yaml.safe_load(
        (folder.path / "configuration.yaml").read_text("utf-8")
    )
    assert configuration["linky_pilote_demo"] == {"speed": 600}
    assert configuration["homeassistant"]["language"] == "fr"
    assert "default_config" not in configuration
    assert "http" not in configuration
    http = json.loads((folder.path / ".storage" / "http").read_text("utf-8"))
    assert http["data"]["stable"]["server_port"] == 8200
    assert http["data"]["stable"]["server_host"] == ["127.0.0.1"]
    onboarding = json.loads(
        (folder.path / ".storage" / "onboarding").read_text("utf-8")
    )
    assert onboarding["data"] == {"done": ["core_config"]}


def test_the_integration_is_set_up_after_its_clock(tmp_path: Path) -> None:
    folder = ConfigFolder(tmp_path)
    folder.fill(http_port=8123, language="en", speed=1)
    folder.fill(http_port=8123, language="en", speed=1)
    linked = folder.path / "custom_components" / "linky_pilote"
    real = config_folder.INTEGRATION
    ours = json.loads((linked / "manifest.json").read_text("utf-8"))
    theirs = json.loads((real / "manifest.json").read_text("utf-8"))
    assert ours.pop("after_dependencies")[-1] == "linky_pilote_demo"
    theirs.pop("after_dependencies", None)
    assert ours == theirs
    assert (linked / "const.py").resolve() == real / "const.py"
    assert {item.name for item in linked.iterdir()} == {
        item.name for item in real.iterdir() if item.name != "__pycache__"
    }


def test_the_house_is_linked_where_home_assistant_looks(tmp_path: Path) -> None:
    folder = ConfigFolder(tmp_path)
    choices, _ = choose("--scenario", "red-day")
    house = folder.house(choices.meter, choices.mode, choices.scenario)
    folder.fill(http_port=8123, language="en", house=house)
    folder.fill(http_port=8123, language="en", house=house)
    custom = folder.path / "custom_components"
    assert (custom / "virtual_house").resolve() == config_folder.HOUSE_INTEGRATION
    assert (folder.path / "demo").resolve() == config_folder.DEMO
    manifest = json.loads(
        (custom / "linky_pilote" / "manifest.json").read_text("utf-8")
    )
    assert manifest["after_dependencies"][-1] == "virtual_house"
    configuration = yaml.safe_load(
        (folder.path / "configuration.yaml").read_text("utf-8")
    )
    assert configuration["virtual_house"] == house
    folder.fill(http_port=8123, language="en")
    assert not (folder.path / "demo").exists()


def test_for_a_real_meter_there_is_nothing_of_the_demo(tmp_path: Path) -> None:
    folder = ConfigFolder(tmp_path)
    folder.fill(http_port=8123, language="en", speed=None)
    (linked,) = (folder.path / "custom_components").iterdir()
    assert linked.resolve() == config_folder.INTEGRATION
    configuration = (folder.path / "configuration.yaml").read_text("utf-8")
    assert "linky_pilote_demo" not in configuration


def test_a_second_start_keeps_what_is_there_a_fresh_one_does_not(
    tmp_path: Path,
) -> None:
    folder = ConfigFolder(tmp_path / "config")
    folder.open(fresh=False)
    assert folder.remembered() is None
    folder.remember({"speed": 60})
    folder.fill(http_port=8123, language="en", speed=60)
    onboarding = folder.path / ".storage" / "onboarding"
    onboarding.write_text("all done")
    folder.open(fresh=False)
    folder.fill(http_port=8124, language="en", speed=60)
    assert onboarding.read_text() == "all done"
    assert folder.remembered() == {"speed": 60}
    folder.open(fresh=True)
    assert list(folder.path.iterdir()) == []


@pytest.mark.parametrize("fresh", [False, True])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, fresh: bool) -> None:
    (tmp_path / "photo.jpg").write_text("precious")
    with pytest.raises(FolderError, match="is not a demo's folder"):
        ConfigFolder(tmp_path).open(fresh=fresh)
    assert (tmp_path / "photo.jpg").exists()


def test_both_languages_say_the_same_things() -> None:
    french, english = TEXTS["fr"], TEXTS["en"]
    assert french.keys() == english.keys()
    for name, text in french.items():
        fields = {part.split("}")[0] for part in text.split("{")[1:]}
        others = {part.split("}")[0] for part in english[name].split("{")[1:]}
        assert fields == others, name


def test_the_language_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for code, language in (("fr_CA", "fr"), ("de_DE", "en"), (None, "en")):
        monkeypatch.setattr("locale.getlocale", lambda code=code: (code, "UTF-8"))
        assert own_language() == language
    # whether or not the machine has that locale
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert own_language() == "fr"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert own_language() == "en"
    assert Speaker("xx").text("stopped") == "Stopped."
