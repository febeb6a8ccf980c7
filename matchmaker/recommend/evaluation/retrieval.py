"""Which candidates would be looked at first, without measuring all of them: paths, topics, popularity by turns."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.evaluation.metrics import Lists

Floats = NDArray[np.float64]

WAYS = ("l3", "adamic_adar", "topic_activity", "new_partners", "group_closure_of_other")
"""What leads to a candidate."""

OFFSET = 10.0
"""How little it matters whether one is the very first of a way."""


def retrieve_lists(lists: Lists, found: Mapping[str, Floats], most: int) -> NDArray[np.bool_]:
    """Return which pairs are among the ``most`` that the ways lead to first.

    Each way ranks the candidates; who is early for several is retrieved first: Σ 1 / (rank + offset) (G. Cormack,
    C. Clarke and S. Büttcher, *Reciprocal rank fusion*, SIGIR 2009).

    Parameters
    ----------
    found
        The measures of `WAYS`, each of shape (pairs,).

    Returns
    -------
    NDArray
        Shape (pairs,).
    """
    total = np.zeros(len(lists.others))
    for name in WAYS:
        total += 1.0 / (_ranks(lists, found[name]) + OFFSET)
    return _ranks(lists, total) < most


def _ranks(lists: Lists, values: Floats) -> NDArray[np.int64]:
    """Return each pair's place in its list by a value, from 0; equal values by node."""
    return lists.ranks(np.lexsort((lists.others, -values.round(9), lists.runs)))
