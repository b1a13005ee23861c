"""How a meter is called."""

from custom_components.linky_pilote.meter.naming import default_title, title_after


def test_name_by_kind_and_last_digits() -> None:
    assert default_title("022075000123") == "Linky 0123"
    assert default_title("031728000654") == "Itron 0654"
    assert default_title("991799000654") == "Linky 0654"


def test_only_a_name_of_ours_follows() -> None:
    assert title_after("Linky 0123", "022075000123", "031728000654") == "Itron 0654"
    assert title_after("Home", "022075000123", "031728000654") == "Home"
    assert title_after("Linky 0123", None, "031728000654") == "Linky 0123"
