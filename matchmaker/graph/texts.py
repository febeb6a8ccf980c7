"""Many texts in one array of bytes, so that a million of them cost little more than their letters."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import overload

import numpy as np
from numpy.typing import NDArray

References = NDArray[np.int32]

REMEMBERED = 65_536
"""How many different texts a builder tells apart; further ones are kept once more each time they come."""


@dataclass(frozen=True, slots=True, eq=False)
class Texts(Sequence[str]):
    """Texts by number, decoded when they are asked for.

    Attributes
    ----------
    blob
        Shape (bytes,): the texts in UTF-8, one after the other.
    starts
        Shape (texts + 1,): text ``i`` is ``blob[starts[i]:starts[i + 1]]``.
    """

    blob: NDArray[np.uint8]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.starts) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        """Return a text, or the texts of a slice."""
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(index)
        return str(self.blob[self.starts[at] : self.starts[at + 1]].data, "utf-8")

    def chosen(self, used: References) -> "Texts":
        """Return the texts of some numbers, in that order, in arrays of their own."""
        view, starts = self.blob.data, self.starts
        ends = starts[1:][used].tolist()
        parts = [view[start:end] for start, end in zip(starts[used].tolist(), ends, strict=True)]
        lengths = starts[1:][used] - starts[:-1][used]
        return Texts(np.frombuffer(b"".join(parts), dtype=np.uint8), _starts(lengths))

    def compacted(self, references: Sequence[References]) -> tuple["Texts", list[References]]:
        """Return only the texts that are referred to, and the references to them; -1 stays what it is."""
        used = np.zeros(len(self), dtype=bool)
        for numbers in references:
            used[numbers[numbers >= 0]] = True
        if used.all():
            return self, list(references)
        number = np.concatenate([np.cumsum(used, dtype=np.int32) - 1, [-1]]).astype(np.int32)
        return self.chosen(np.flatnonzero(used).astype(np.int32)), [number[numbers] for numbers in references]


class TextsBuilder:
    """Collects texts; the same text is kept once, as far as `REMEMBERED` goes.

    >>> builder = TextsBuilder()
    >>> builder.add(["a", "bc", "a"]).tolist(), builder[1], list(builder.texts())
    ([0, 1, 0], 'bc', ['a', 'bc'])
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._left = remembered
        self._known: dict[str, int] = {}
        self._blob = bytearray()
        self._starts = array("q", [0])

    def __len__(self) -> int:
        """Return how many texts are kept."""
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> str:
        """Return the text of a number."""
        return self._blob[self._starts[number] : self._starts[number + 1]].decode()

    def add(self, texts: Iterable[str]) -> References:
        """Return the number of each text."""
        asked = list(texts)
        known = self._known
        numbers = [known.get(text, -1) for text in asked]
        if self._left > 0:
            for at in [at for at, number in enumerate(numbers) if number < 0]:
                numbers[at] = self._number(asked[at])
            return np.array(numbers, dtype=np.int32)
        found = np.array(numbers, dtype=np.int32)
        unknown = np.flatnonzero(found < 0)
        found[unknown] = self._append([asked[at] for at in unknown.tolist()])
        return found

    def texts(self) -> Texts:
        """Return what was collected; nothing may be added afterwards."""
        self._known = {}
        return Texts(np.frombuffer(self._blob, dtype=np.uint8), np.frombuffer(self._starts, dtype=np.int64))

    def _number(self, text: str) -> int:
        known = self._known.get(text)
        if known is not None:
            return known
        (number,) = self._append([text]).tolist()
        if self._left > 0:
            self._known[text] = number
            self._left -= 1
        return int(number)

    def _append(self, texts: Sequence[str]) -> References:
        """Return the numbers of texts that are kept whether or not they are there."""
        first, encoded = len(self), [text.encode() for text in texts]
        ends = accumulate(map(len, encoded), initial=len(self._blob))
        next(ends)
        self._blob += b"".join(encoded)
        self._starts.extend(ends)
        return np.arange(first, len(self), dtype=np.int32)


def gather_texts(texts: Iterable[str]) -> Texts:
    """Return texts as they come, each kept whether or not it was there before."""
    builder = TextsBuilder(0)
    builder.add(texts)
    return builder.texts()


def _starts(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts
