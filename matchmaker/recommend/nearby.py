"""Who of a group is near: each group's sites in the order of a space-filling curve, so that a look-up is a window.

Sites are numbered along the Z-order curve (G. M. Morton, *A computer oriented geodetic data base*, IBM 1966). Two sites
near each other may lie far apart on one curve, hardly ever on two that are shifted against each other (T. M. Chan,
*Closest-point problems simplified on the RAM*, SODA 2002), so a window is taken from each. What is found is measured
exactly afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.features.geography import Floats, PlaceColumns
from matchmaker.recommend.rows import Numbers, Places, Rows, rows_of

SHIFTS = (0.0, 1.0 / 3.0)
"""By which share of the globe each curve is shifted."""

MOST_TIED = 50
"""How many of a group's best tied are kept: for whom nothing else leads to anybody."""

_CELLS = 1 << 21
_CURVE_BITS = 42


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of nodes in the order of places.

    Attributes
    ----------
    codes
        Shape (shifts, sites): the place on each curve of every site of the snapshot.
    starts
        Shape (groups + 1,): the sites of group ``g`` stand at ``starts[g]:starts[g + 1]`` of each curve.
    curves
        Shape (shifts, grouped sites): the group's number and the place on the curve in one number, ascending.
    nodes
        Shape (shifts, grouped sites): whose sites these are.
    sizes
        Shape (groups,): how many nodes a group has.
    most_tied
        For each group those with the most ties, at most `MOST_TIED`; equal ones by index.
    unplaced
        The same of those only whose place isn't known.
    """

    codes: NDArray[np.int64]
    starts: Places
    curves: NDArray[np.int64]
    nodes: NDArray[np.int32]
    sizes: Places
    most_tied: Rows
    unplaced: Rows

    def around(self, groups: NDArray[np.integer], sites: NDArray[np.integer], width: int) -> tuple[Places, Numbers]:
        """Return the nodes of groups whose sites stand next to some sites, ``width`` on each side of each curve.

        Parameters
        ----------
        groups, sites
            Shape (wanted,): the group, and the place of the site in ``codes``.

        Returns
        -------
        tuple of arrays
            The place among the wanted, and the node, for each that is found; a node may be found more than once.
        """
        held = np.flatnonzero(self.starts[groups] < self.starts[groups + 1])
        groups, sites = groups[held], sites[held]
        first, last = self.starts[groups][:, None], self.starts[groups + 1][:, None] - 1
        wide = np.arange(-width, width)
        found = []
        for shift in range(len(SHIFTS)):
            middle = np.searchsorted(self.curves[shift], _numbered(groups, self.codes[shift, sites]))
            slots = np.minimum(np.maximum(middle[:, None] + wide, first), last)
            found.append(self.nodes[shift][slots])
        near = np.concatenate(found, axis=1)
        return np.repeat(held, near.shape[1]), near.ravel()


def build_groups(places: PlaceColumns, degrees: NDArray[np.int32], members: Sequence[Numbers]) -> Groups:
    """Return groups of nodes by their members' indices."""
    codes = np.stack([curve_of(places.points, shift) for shift in SHIFTS])
    owners = np.repeat(np.arange(len(places.starts) - 1), np.diff(places.starts)).astype(np.int32)
    sites = [_sites_of(places, group) for group in members]
    starts = np.zeros(len(members) + 1, dtype=np.int64)
    np.cumsum([len(held) for held in sites], out=starts[1:])
    curves = np.zeros((len(SHIFTS), int(starts[-1])), dtype=np.int64)
    nodes = np.zeros((len(SHIFTS), int(starts[-1])), dtype=np.int32)
    for shift in range(len(SHIFTS)):
        for group, held in enumerate(sites):
            ordered = held[np.argsort(codes[shift, held], kind="stable")]
            curves[shift, starts[group] : starts[group + 1]] = _numbered(group, codes[shift, ordered])
            nodes[shift, starts[group] : starts[group + 1]] = owners[ordered]
    tied = [_most_tied(held, degrees) for held in members]
    unplaced = [_most_tied(held[~places.placed[held]], degrees) for held in members]
    sizes = np.array([len(held) for held in members], dtype=np.int64)
    return Groups(codes, starts, curves, nodes, sizes, rows_of(tied), rows_of(unplaced))


def _numbered(groups: int | NDArray[np.integer], codes: NDArray[np.int64]) -> NDArray[np.int64]:
    found: NDArray[np.int64] = np.asarray(groups, dtype=np.int64) << _CURVE_BITS | codes
    return found


def _most_tied(nodes: Numbers, degrees: NDArray[np.int32]) -> list[int]:
    best: list[int] = nodes[np.argsort(-degrees[nodes], kind="stable")[:MOST_TIED]].tolist()
    return best


def curve_of(points: Floats, shift: float) -> NDArray[np.int64]:
    """Return the places of points (latitude, longitude in degrees) on a Z-order curve.

    >>> bool(np.ptp(curve_of(np.array([[45.0, 9.0], [45.0001, 9.0001]]), 0.0)) < 2**12)
    True
    """
    rows = ((points[:, 0] + 90.0) / 360.0 + shift) * _CELLS / 2.0
    columns = ((points[:, 1] + 180.0) / 360.0 + shift) * _CELLS / 2.0
    return _spaced(rows.astype(np.int64)) << 1 | _spaced(columns.astype(np.int64))


def _spaced(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return numbers of up to 21 bits with a free bit between every two."""
    found = numbers & 0x1FFFFF
    for shift, mask in ((16, 0x1F0000FFFF), (8, 0x100F00F00F00F00F), (4, 0x10C30C30C30C30C3), (2, 0x1249249249249249)):
        found = (found | found << shift) & mask
    return found


def _sites_of(places: PlaceColumns, nodes: Numbers) -> NDArray[np.int64]:
    return Rows(places.starts, np.arange(len(places.points), dtype=np.int32)).expand(nodes)[1].astype(np.int64)
