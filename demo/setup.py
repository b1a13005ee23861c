"""What a virtual meter is: its number, its contract, its phases."""

from dataclasses import dataclass

from custom_components.linky_pilote.engine.reading import Contract

from .chance import between, key, unit

VOLTS_OF_CONTRACT = 200
DEFAULT_KVA = {1: 6, 3: 9}
_YEARS = (16, 26)
# digits 5 and 6 of a Linky's number, by phases
_TYPES = {1: ("61", "64", "75"), 3: ("63", "76")}
_MAKERS = ("02", "03", "04", "06", "21", "24")
_CONTRACTS = tuple(Contract)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterSetup:
    """What Enedis and the supplier have programmed, and what is printed on it."""

    seed: int
    contract: Contract
    phases: int = 1
    producer: bool = False
    """Configured to sell: it sends what goes out."""
    solar: bool = False
    """There are panels, sold or not."""
    charger: bool = False
    """There is an electric car."""
    subscribed_kva: int = 6
    serial: str = ""
    """12 digits; made up from the rest when empty."""
    earlier_wh: int = 0
    """Drawn under an earlier contract: in the total, in no index of this contract."""

    @property
    def number(self) -> str:
        """The meter number: maker, year, type, serial."""
        return self.serial or made_up_serial(self.seed, self.phases, self.contract)

    @property
    def delivery_point(self) -> str:
        """The number of the delivery point, 14 digits; 990 is not given out."""
        draw = unit(self.seed, key("delivery point"), self.phases)
        return f"990{int(draw * 10**11):011d}"

    @property
    def subscribed_a(self) -> int:
        """The subscribed current of a phase, in A."""
        return self.subscribed_kva * 1000 // (VOLTS_OF_CONTRACT * self.phases)


def made_up_serial(seed: int, phases: int, contract: Contract) -> str:
    """Return a meter number that identifies as a Linky and belongs to nobody."""
    parts = (seed, key("serial"), phases, _CONTRACTS.index(contract))
    maker = _MAKERS[int(unit(*parts, 1) * len(_MAKERS))]
    year = int(between(*_YEARS, *parts, 2))
    types = _TYPES[phases]
    kind = types[int(unit(*parts, 3) * len(types))]
    return f"{maker}{year:02d}{kind}9{int(unit(*parts, 4) * 100_000):05d}"
