"""Many ranges of slots at once: the rows of compressed columns, one after the other."""

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]


def slots_in(starts: NDArray[np.integer], lengths: NDArray[np.integer]) -> Places:
    """Return the slots of some ranges, one range after the other; shape (sum of the lengths,).

    >>> slots_in(np.array([5, 9, 2]), np.array([2, 0, 1])).tolist()
    [5, 6, 2]
    """
    ends = np.cumsum(lengths, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    slots: Places = np.repeat(starts - (ends - lengths), lengths) + np.arange(total)
    return slots
