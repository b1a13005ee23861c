"""How a meter is called, until the user calls it something else."""

from ..engine.tic import MeterIdentity, identify


def default_title(number: str) -> str:
    """Name a meter by its kind and the last digits of its number."""
    return f"{_kind(identify(number))} {number[-4:]}"


def title_after(title: str, old: str | None, new: str) -> str:
    """Return the title when another meter has taken the place of the old one."""
    return default_title(new) if old and title == default_title(old) else title


def _kind(identity: MeterIdentity) -> str:
    """Name a meter: most are Linkys, others go by their maker."""
    if identity.model is None or identity.model.startswith("Linky"):
        return "Linky"
    return identity.maker or "Linky"
