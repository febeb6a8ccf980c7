"""What kind of ecosystem to make."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EcosystemSettings:
    """How large a generated ecosystem is, and where it lies.

    Attributes
    ----------
    seed
        Equal seeds (and equal settings) give equal bytes.
    partners
        Members of the ecosystem, within a few; from 40 to tens of thousands.
    id, name
        Of the ecosystem.
    latitude, longitude
        Its middle, in degrees. By default open ocean, where no real organization is near.
    neighbor
        Whether a second, small ecosystem lies next to it.
    """

    seed: int = 1
    partners: int = 150
    id: str = "riverbend"
    name: str = "Riverbend"
    latitude: float = 38.0
    longitude: float = -140.0
    neighbor: bool = True

    def __post_init__(self) -> None:
        """Refuse an ecosystem too small to show anything."""
        if self.partners < 40:
            raise ValueError(f"partners is {self.partners}; an ecosystem needs at least 40")

    @property
    def prefix(self) -> str:
        """What the ids of its organizations start with."""
        return "rb" if self.id == "riverbend" else self.id


RIVERBEND = EcosystemSettings(seed=2026)
"""The settings of ``fixtures/riverbend``."""
