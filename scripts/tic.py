"""Run the terminal reader without Home Assistant: see `linky_pilote/cli.py`."""

from pathlib import Path
import sys
from types import ModuleType

INTEGRATION = Path(__file__).parents[1] / "custom_components" / "linky_pilote"

# The package's own __init__ imports Home Assistant; its modules do not need it.
package = ModuleType(INTEGRATION.name)
package.__path__ = [str(INTEGRATION)]
sys.modules[INTEGRATION.name] = package

from linky_pilote.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
