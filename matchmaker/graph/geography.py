"""Straight-line distances on the globe."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

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


def is_within(origins: Sequence[Point], points: Sequence[Point], reach_km: float) -> NDArray[np.bool_]:
    """Say of each point whether any origin is within ``reach_km``; shape (points,), all in degrees.

    Compares an origin only with points in its band of latitude that no other origin has reached yet.

    >>> is_within([(45.0, -122.0)], [(45.5, -122.0), (46.0, -122.0)], 60.0).tolist()
    [True, False]
    """
    found = np.zeros(len(points), dtype=bool)
    known = np.array(points, dtype=np.float64).reshape(-1, 2)
    waiting = np.argsort(known[:, 0], kind="stable")
    band = np.degrees(reach_km / EARTH_RADIUS_KM) * (1 + 1e-9) + 1e-9
    for origin in origins:
        latitudes = known[waiting, 0]
        first, last = np.searchsorted(latitudes, [origin[0] - band, origin[0] + band])
        there = waiting[first:last]
        close = distances_km(origin, known[there, 0], known[there, 1]) <= reach_km
        if close.any():
            found[there[close]] = True
            waiting = waiting[~found[waiting]]
    return found
