"""Roles: the ways in which a node may stand in a pattern, and for each node the roles that it fits, as bits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.vocabulary import PatternName, Side
from matchmaker.recommend.patterns import PATTERNS, EndSpec, Form, LinkPattern, Place, Pool, StageDemand, covering_forms

Bits = NDArray[np.uint64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Role:
    """One form of a pattern with the subject at one side."""

    pattern: LinkPattern
    form: Form
    side: Side

    @property
    def own(self) -> EndSpec:
        """The subject's end."""
        return self.form.source if self.side is Side.SOURCE else self.form.target

    @property
    def other(self) -> EndSpec:
        """The other's end."""
        return self.form.target if self.side is Side.SOURCE else self.form.source


def _sides(pattern: LinkPattern) -> tuple[Side, ...]:
    return (Side.SOURCE,) if pattern.symmetric else (Side.SOURCE, Side.TARGET)


ROLES = tuple(
    Role(pattern, form, side) for pattern in PATTERNS.values() for form in pattern.forms for side in _sides(pattern)
)
"""Every role, in the order of patterns, forms and sides; at most 64, since a node's are kept as bits."""

PATTERN_NAMES = tuple(PATTERNS)
"""The patterns by code: the order in which equal suggestions prefer them."""

PATTERN_OF = np.array([PATTERN_NAMES.index(role.pattern.name) for role in ROLES], dtype=np.int8)
"""Shape (roles,): the code of each role's pattern."""

AT_SOURCE = np.array([role.side is Side.SOURCE for role in ROLES], dtype=bool)
"""Shape (roles,): whether the subject is the source."""

STAGE_DEMANDS = tuple(StageDemand)
DEMAND_OF = np.array([STAGE_DEMANDS.index(role.pattern.stage_demand) for role in ROLES], dtype=np.int8)
"""Shape (roles,): how the ends' stages should relate."""

NEAR_ROLES = sum(1 << place for place, role in enumerate(ROLES) if role.pattern.place is Place.WITHIN_REACH)
"""The roles, as bits, whose others must be within reach."""

OTHER_ENDS = tuple(dict.fromkeys(role.other for role in ROLES))
"""The distinct ends at which the others of some role stand."""

OTHER_END_OF = np.array([OTHER_ENDS.index(role.other) for role in ROLES], dtype=np.int8)
"""Shape (roles,): the place of each role's other end in `OTHER_ENDS`."""

_COVERING = tuple(
    ends for form in covering_forms() for ends in ((form.source, form.target), (form.target, form.source))
)
"""The ends of more particular kinds of link between partners, either way round."""


@dataclass(frozen=True, slots=True, eq=False)
class RoleColumns:
    """Which roles each node fits.

    Attributes
    ----------
    own, other
        Shape (nodes,): the roles that a node fits as the subject, and as the other, as bits of `ROLES`.
    ends
        Shape (nodes,): the ends at which others stand for the roles that a node fits, as bits of `OTHER_ENDS`.
    covered_own, covered_other
        Shape (nodes,): the same for the kinds of link that `cross_sector` leaves to more particular patterns.
    """

    own: Bits
    other: Bits
    ends: Bits
    covered_own: Bits
    covered_other: Bits


def build_roles(size: int, fits: Callable[[EndSpec], Mask]) -> RoleColumns:
    """Return the roles of every node; ``fits`` returns which nodes may stand at an end."""
    covering = [(own.any_programs(), other.any_programs()) for own, other in _COVERING]
    own = _bits(size, [role.own for role in ROLES], fits)
    ends = np.zeros(size, dtype=np.uint64)
    for place, end in enumerate(OTHER_END_OF.tolist()):
        ends[own >> np.uint64(place) & np.uint64(1) == 1] |= np.uint64(1 << end)
    return RoleColumns(
        own,
        _bits(size, [role.other for role in ROLES], fits),
        ends,
        _bits(size, [own for own, _ in covering], fits),
        _bits(size, [other for _, other in covering], fits),
    )


@cache
def roles_of(pattern: PatternName | None) -> int:
    """Return the roles of a pattern, or of all, as bits."""
    return sum(1 << place for place, role in enumerate(ROLES) if pattern in {None, role.pattern.name})


@lru_cache(maxsize=4096)
def roles_in(bits: int) -> tuple[int, ...]:
    """Return the places in `ROLES` of a set of roles, ascending."""
    return tuple(place for place in range(len(ROLES)) if bits >> place & 1)


@lru_cache(maxsize=4096)
def ends_in(bits: int) -> tuple[tuple[int, int], ...]:
    """Return the other ends of a set of roles, as places in `OTHER_ENDS`, each with the roles that have it as bits."""
    ends: dict[int, int] = {}
    for place in roles_in(bits):
        end = int(OTHER_END_OF[place])
        ends[end] = ends.get(end, 0) | 1 << place
    return tuple(sorted(ends.items()))


def unpack(bits: Bits) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return, for every bit that is set, the place of its number and the bit.

    >>> unpack(np.array([0b101, 0b10], dtype=np.uint64))
    (array([0, 0, 1]), array([0, 2, 1], dtype=int8))
    """
    held = np.ascontiguousarray(bits.astype("<u8")).view(np.uint8)
    found = np.flatnonzero(np.unpackbits(held, bitorder="little").view(bool))
    return found >> 6, (found & 63).astype(np.int8)


def _bits(size: int, ends: Sequence[EndSpec], fits: Callable[[EndSpec], Mask]) -> Bits:
    found = np.zeros(size, dtype=np.uint64)
    for place, end in enumerate(ends):
        found[fits(end)] |= np.uint64(1 << place)
    return found


def role_of(pool: Pool) -> int:
    """Return the place in `ROLES` of a pool's role."""
    return _PLACES[pool.pattern.name, pool.form, pool.side]


_PLACES = {(role.pattern.name, role.form, role.side): place for place, role in enumerate(ROLES)}
