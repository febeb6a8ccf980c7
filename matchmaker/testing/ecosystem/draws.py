"""Draws that depend on a seed and a name, never on what was drawn before.

Adding something to a generated world leaves everything else as it was, and the same seed gives the same world on any
machine and any version of Python or NumPy.
"""

import hashlib
from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")

_NORMAL = NormalDist()
_FINEST = 2.0**-53


class Draws:
    """Named pseudo-random draws.

    The draw named ``("home", 7)`` under seed 1 is the first 53 bits of the SHA-256 of ``1|home|7``, divided by 2**53.

    Parameters
    ----------
    seed
        Any integer.

    Examples
    --------
    >>> Draws(1).share("home", 7) == Draws(1).share("home", 7)
    True
    >>> Draws(1).share("home", 7) == Draws(2).share("home", 7)
    False
    """

    def __init__(self, seed: int) -> None:
        self._start = f"{seed}|"

    def share(self, *name: object) -> float:
        """Return a number in [0, 1)."""
        text = self._start + "|".join(map(str, name))
        digest = hashlib.sha256(text.encode()).digest()
        return (int.from_bytes(digest[:8], "big") >> 11) * _FINEST

    def chance(self, probability: float, *name: object) -> bool:
        """Return True with a probability."""
        return self.share(*name) < probability

    def whole(self, low: int, high: int, *name: object) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + int(self.share(*name) * (high - low + 1))

    def between(self, low: float, high: float, *name: object) -> float:
        """Return a number in [low, high)."""
        return low + self.share(*name) * (high - low)

    def normal(self, *name: object) -> float:
        """Return a standard normal number."""
        return _NORMAL.inv_cdf(self.share(*name) * (1 - 2 * _FINEST) + _FINEST)

    def pick(self, options: Sequence[T], *name: object) -> T:
        """Return one of the options."""
        return options[self.whole(0, len(options) - 1, *name)]

    def shuffle(self, options: Sequence[T], *name: object) -> list[T]:
        """Return the options in a drawn order."""
        keyed = [(self.share(*name, place), place) for place in range(len(options))]
        return [options[place] for _, place in sorted(keyed)]

    def sample(self, options: Sequence[T], size: int, *name: object) -> list[T]:
        """Return ``size`` different options (all where there are fewer), in the order they were given."""
        keyed = sorted((self.share(*name, place), place) for place in range(len(options)))
        return [options[place] for place in sorted(place for _, place in keyed[:size])]
