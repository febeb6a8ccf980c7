"""The scores that the recommender is measured against: each a single published measure, or chance, or popularity."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

KATZ_STEP = 0.005
"""How much a step costs in the Katz index (L. Katz, Psychometrika 18, 1953), cut after three steps."""

WALK_POPULARITY = 0.6
"""By which power of its work a candidate's three-step walk is divided in RP3β."""

MEASURED = (
    *("partners", "common_neighbours", "three_step_paths", "adamic_adar", "resource_allocation", "work_flow", "l3"),
    *("random_walk", "works", "ease", "topics_alike"),
)

BASELINES: Mapping[str, Callable[[Mapping[str, Floats]], Floats]] = MappingProxyType(
    {
        "popularity": lambda found: found["partners"],
        "common_neighbours": lambda found: found["common_neighbours"],
        "adamic_adar": lambda found: found["adamic_adar"],
        "resource_allocation": lambda found: found["resource_allocation"],
        "weighted_resource_allocation": lambda found: found["work_flow"],
        "three_step_l3": lambda found: found["l3"],
        "katz": lambda found: found["common_neighbours"] + KATZ_STEP * found["three_step_paths"],
        "rp3beta": lambda found: found["random_walk"] / np.maximum(found["works"], 1.0) ** WALK_POPULARITY,
        "ease": lambda found: np.nan_to_num(found["ease"], nan=-1e9),
        "content_cosine": lambda found: found["topics_alike"],
    }
)
"""How each is made of measures of pairs; chance is ``random``."""

METHODS = ("random", *BASELINES)


def score_baselines(found: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return each baseline's score of pairs, but for chance, given the measures of `MEASURED`."""
    return {name: make(found) for name, make in BASELINES.items()}
