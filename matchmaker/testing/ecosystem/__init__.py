"""A generator of invented ecosystems with planted truths: for demonstration, tests and benchmarks.

`generate_ecosystem` makes one from `EcosystemSettings`; `write_bundle` writes it as a CSV bundle that can be imported.
"""

from matchmaker.testing.ecosystem.generation import GeneratedEcosystem, generate_ecosystem, write_bundle
from matchmaker.testing.ecosystem.settings import RIVERBEND, EcosystemSettings
from matchmaker.testing.ecosystem.truths import Ceiling, PlantedGap, PlantedTruths

__all__ = [
    "RIVERBEND",
    "Ceiling",
    "EcosystemSettings",
    "GeneratedEcosystem",
    "PlantedGap",
    "PlantedTruths",
    "generate_ecosystem",
    "write_bundle",
]
