"""Straight-line distances on the globe."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

EARTH_RADIUS_KM = 6371.0088
"""Mean radius, IUGG."""

KM_PER_MILE = 1.609344

Floats = NDArray[np.float64]
Point = tuple[float, float]


def distance_km(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return the great-circle distance of two (latitude, longitude) pairs in degrees, in km.

    Haversine formula (R. W. Sinnott, *Virtues of the Haversine*, Sky and Telescope 68, 1984).

    >>> round(distance_km((45.52, -122.68), (45.52, -122.68)), 6), round(distance_km((0.0, 0.0), (0.0, 180.0)))
    (0.0, 20015)
    """
    there = np.array([second])
    return float(distances_km(first, there[:, 0], there[:, 1])[0])


def distances_km(origin: tuple[float, float], latitudes: Floats, longitudes: Floats) -> Floats:
    """Return the distance in km from ``origin`` to each point, NaN where a point is not known; all in degrees."""
    phi = np.radians(latitudes)
    phi_0, lambda_0 = np.radians(origin[0]), np.radians(origin[1])
    half = np.sin((phi - phi_0) / 2) ** 2
    half = half + np.cos(phi_0) * np.cos(phi) * np.sin((np.radians(longitudes) - lambda_0) / 2) ** 2
    result: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return result


def is_within(
    origins: Sequence[Point] | Floats, points: Sequence[Point] | Floats, reach_km: float
) -> NDArray[np.bool_]:
    """Say of each point whether any origin is within ``reach_km``; shape (points,), all in degrees.

    Straight lines through the globe are compared by a k-d tree; where they are too close to the limit to be sure, the
    distances are measured.

    >>> is_within([(45.0, -122.0)], [(45.5, -122.0), (46.0, -122.0)], 60.0).tolist()
    [True, False]
    """
    here, there = (np.asarray(some, dtype=np.float64).reshape(-1, 2) for some in (origins, points))
    found = np.zeros(len(there), dtype=bool)
    if not len(here) or not len(there) or reach_km < 0:
        return found
    limit = 2 * np.sin(min(reach_km / EARTH_RADIUS_KM, np.pi) / 2)
    margin = 1e-9 * limit + 1e-12
    tree, vectors = cKDTree(_on_sphere(here)), _on_sphere(there)
    nearest, _ = tree.query(vectors, distance_upper_bound=limit + 2 * margin)
    found[nearest < limit - margin] = True
    for at in np.flatnonzero((nearest >= limit - margin) & (nearest <= limit + margin)):
        close = here[tree.query_ball_point(vectors[at], limit + margin)]
        found[at] = bool((distances_km(tuple(there[at]), close[:, 0], close[:, 1]) <= reach_km).any())
    return found


def _on_sphere(points: Floats) -> Floats:
    """Return points on a sphere of radius 1; shape (points, 3)."""
    phi, lambda_ = np.radians(points).T
    return np.column_stack([np.cos(phi) * np.cos(lambda_), np.cos(phi) * np.sin(lambda_), np.sin(phi)])
