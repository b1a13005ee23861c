"""The automations that the guides show."""

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Any, Final, NamedTuple

import yaml

DOCS: Final = Path(__file__).parents[1] / "docs"


class Example(NamedTuple):
    """A block of YAML in a guide, as Home Assistant takes it."""

    language: str
    page: str
    line: int
    content: Any

    @property
    def name(self) -> str:
        """Where it is."""
        return f"{self.language}/{self.page}:{self.line}"


def examples() -> Iterator[Example]:
    """Return those of all guides that are for Home Assistant: with an action in them."""
    for page in sorted(DOCS.glob("*/*.md")):
        text = page.read_text("utf-8")
        for found in re.finditer(r"(?ms)^```yaml\n(.*?)^```$", text):
            if re.search(r"(?m)^ *- action:", found[1]):
                line = text.count("\n", 0, found.start()) + 1
                content = yaml.safe_load(found[1])
                yield Example(page.parent.name, page.name, line, content)


def automations() -> list[Example]:
    """Return those with triggers."""
    return [example for example in examples() if "triggers" in example.content]


def scripts() -> list[Example]:
    """Return those that are actions alone."""
    return [example for example in examples() if isinstance(example.content, list)]
