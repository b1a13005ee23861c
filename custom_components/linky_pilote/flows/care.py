"""What must not be shed: told by its name."""

import re
from typing import Final

_DELICATE: Final = re.compile(
    r"""
    freez | fridge | refrigerator | congel | frigo | refrig     # food
    | medic | oxyg | respir | cpap | dialys | ventilator        # health
    | alarm | smoke | fumee                                     # safety
    | vmc | \bvent | extract                                    # air
    | sump | relevage | well\ pump | forage                     # water
    | router | routeur | modem | livebox | freebox | bbox | wifi | wi-fi
    | \bnas\b | network | reseau | ethernet | serve[ru]         # network
    | home\ ?assistant | raspberry | zigbee | bridge | passerelle
    | linky | teleinfo
    """,
    re.VERBOSE,
)
_ACCENTS: Final = str.maketrans("àâäçéèêëîïôöùûü", "aaaceeeeiioouuu")


def is_delicate(name: str) -> bool:
    """Tell whether something by that name should rather not be shed."""
    plain = name.casefold().translate(_ACCENTS).replace("_", " ")
    return _DELICATE.search(plain) is not None
