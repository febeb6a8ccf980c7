"""Sequences that make an element when it is asked for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Generic, TypeVar, overload

Element = TypeVar("Element")

_NOTHING: Mapping[int, Any] = MappingProxyType({})


class Elements(Sequence[Element], Generic[Element]):
    """Elements by number, made when they are asked for; the latest ones are remembered.

    Equal to any sequence of equal elements. Threads may share it.

    Parameters
    ----------
    size
        How many there are.
    make
        Makes the element of a number.
    remembered
        How many are remembered.
    get
        What remembers them, where that is shared.
    changed
        Elements in place of those that would be made, by number.
    """

    def __init__(
        self,
        size: int,
        make: Callable[[int], Element],
        remembered: int,
        get: Callable[[int], Element] | None = None,
        changed: Mapping[int, Element] = _NOTHING,
    ) -> None:
        self._size, self._make, self._remembered, self._changed = size, make, remembered, changed
        self._get = lru_cache(maxsize=remembered)(make) if get is None else get

    def changed(self, size: int, changed: Mapping[int, Element]) -> "Elements[Element]":
        """Return the same elements but for some, which are given; what is remembered is shared."""
        return Elements(size, self._make, self._remembered, self._get, changed)

    def __len__(self) -> int:
        """Return how many there are."""
        return self._size

    @overload
    def __getitem__(self, index: int) -> Element: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Element, ...]: ...

    def __getitem__(self, index: int | slice) -> Element | tuple[Element, ...]:
        """Return one element, or those of a slice."""
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(self._size)))
        at = int(index) + self._size if index < 0 else int(index)
        if not 0 <= at < self._size:
            raise IndexError(index)
        found = self._changed.get(at)
        return self._get(at) if found is None else found

    def __iter__(self) -> Iterator[Element]:
        """Yield all of them; where there are more than are remembered, each is made anew."""
        get = self._get if self._size <= self._remembered else self._make
        changed = self._changed
        return (changed[at] if at in changed else get(at) for at in range(self._size))

    def __eq__(self, other: object) -> bool:
        """Say whether another sequence holds equal elements."""
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # as big as a graph: never a key

    def __repr__(self) -> str:
        """Say how many there are."""
        return f"<{self._size} elements>"
