"""One place on the network, however it is spelt."""

import pytest

from custom_components.linky_pilote.sources.bridge import Bridge, Protocol


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        ("192.168.1.20", 23, "socket://192.168.1.20:23"),
        ("  TIC.local ", 2000, "socket://tic.local:2000"),
        ("tic.lan.", 2000, "socket://tic.lan:2000"),
        ("compteur_été", 2000, "socket://compteur_été:2000"),
        ("fd00::1", 23, "socket://[fd00::1]:23"),
        ("[FD00:0:0::1]", 23, "socket://[fd00::1]:23"),
        ("fe80::1%eth0", 23, "socket://[fe80::1%eth0]:23"),
    ],
)
def test_host_as_people_write_it(host: str, port: int, url: str) -> None:
    bridge = Bridge.at(Protocol.RAW, host, port)
    assert bridge.url == url
    assert Bridge.of(url) == bridge
    assert bridge.address == url.removeprefix("socket://")


@pytest.mark.parametrize(
    "host",
    [
        "",
        "http://tic.lan",
        "tic.lan/",
        "tic.lan:2000",
        "user@tic",
        "a b",
        "[tic]",
        "::g",
    ],
)
def test_what_is_no_host(host: str) -> None:
    with pytest.raises(ValueError, match=r"address"):
        Bridge.at(Protocol.RAW, host, 23)


@pytest.mark.parametrize(
    ("url", "bridge"),
    [
        ("tcp://Tic:23", Bridge(protocol=Protocol.RAW, host="tic", port=23)),
        ("rfc2217://tic:23", Bridge(protocol=Protocol.RFC2217, host="tic", port=23)),
        ("/dev/ttyUSB0", None),
        ("COM3", None),
        ("esphome-hass://esphome/01J?port_name=TIC", None),
        ("socket://tic:a", None),
        ("socket://[tic:23", None),
        ("socket://", None),
        ("", None),
    ],
)
def test_url_of_a_serial_port(url: str, bridge: Bridge | None) -> None:
    assert Bridge.of(url) == bridge
