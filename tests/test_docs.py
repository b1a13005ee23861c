"""The guides: every link leads somewhere, and every page has its other language."""

from pathlib import Path
import re
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*/*.md")]
)
_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_CODE: Final = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Return the names that the headings of a page have on GitHub."""
    text = _CODE.sub("", page.read_text("utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page: Path) -> None:
    for link in _LINK.findall(_CODE.sub("", page.read_text("utf-8"))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_other_language(page: Path) -> None:
    if page.parent.parent.name != "docs":
        return
    first = next(
        iter(re.findall(r"^\*\[.+\]\((.+)\)\*$", page.read_text("utf-8"), re.MULTILINE))
    )
    other = (page.parent / first).resolve()
    assert {page.parent.name, other.parent.name} == {"fr", "en"}
    assert f"../{page.parent.name}/{page.name}" in other.read_text("utf-8")
