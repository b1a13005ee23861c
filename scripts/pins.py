"""Print what the manifests of the installed Home Assistant ask pip for.

usage: pins.py COMPONENT...

Home Assistant installs the requirements of a component when it first sets it up. The
demonstration and the tests start it with --skip-pip: they have them from uv.lock. This
lists what belongs there for some components, with all that they build on.
"""

import argparse
import importlib.util
import json
from pathlib import Path


def requirements(root: Path, components: list[str]) -> dict[str, set[str]]:
    """Return the requirements, each with the components that ask for it."""
    found: dict[str, set[str]] = {}
    known: set[str] = set()
    todo = list(components)
    while todo:
        domain = todo.pop()
        manifest_file = root / domain / "manifest.json"
        if domain in known or not manifest_file.exists():
            continue
        known.add(domain)
        manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
        for requirement in manifest.get("requirements", []):
            found.setdefault(requirement, set()).add(domain)
        todo += manifest.get("dependencies", [])
        todo += manifest.get("after_dependencies", [])
    return found


def main() -> None:
    """Print one requirement a line, in the format of requirements.txt."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("component", nargs="+")
    wanted = parser.parse_args().component
    core = importlib.util.find_spec("homeassistant")
    if core is None or core.origin is None:
        parser.exit(1, "Home Assistant is not installed in this environment.\n")
    root = Path(core.origin).parent / "components"
    for requirement, domains in sorted(requirements(root, wanted).items()):
        print(f"{requirement}  # {', '.join(sorted(domains))}")


if __name__ == "__main__":
    main()
