"""R3: where does a position lie in a zone's own plane?

The plane is azimuthal equidistant on WGS 84: a position keeps its geodesic distance and direction from the plane's
origin. Near the origin both follow from the straight chord through the ellipsoid, which costs no iteration: the
direction is that of the chord (the normal section parts from the geodesic by 0.01 mm at 10 km and 1 mm at 60 km), the
length is the arc over the chord with the radius of curvature in that direction.
"""

from dataclasses import dataclass

import numpy as np
from pyproj import Geod

from geofence.tracks import FloatArray, IndexArray

WGS84 = Geod(ellps="WGS84")
# No degree of latitude or longitude is longer than this anywhere on the ellipsoid.
LONGEST_DEGREE_M = 111_700.0
_A_M = 6_378_137.0
_E2 = 0.00669437999014
# Up to this chord the answer is good to about a millimetre; beyond, the geodesic itself is asked.
_CHORD_IS_ENOUGH_M = 60_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """The planes of m zone versions.

    frame: shape (m, 10): the origin in earth-centred metres (0-2), the directions east (3-4; its third component is 0)
    and north (5-7), the reciprocal radii of curvature along the meridian (8) and across it (9).
    """

    longitude_deg: FloatArray
    latitude_deg: FloatArray
    frame: FloatArray


def planes(longitude_deg: FloatArray, latitude_deg: FloatArray) -> Planes:
    """Return the planes with these origins, each of shape (m,)."""
    lam, phi = np.radians(longitude_deg), np.radians(latitude_deg)
    w = np.sqrt(1 - _E2 * np.sin(phi) ** 2)
    along, across = w**3 / (_A_M * (1 - _E2)), w / _A_M
    east = (-np.sin(lam), np.cos(lam))
    north = (-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi))
    frame = np.stack([*earth_centred(longitude_deg, latitude_deg), *east, *north, along, across], axis=1)
    return Planes(longitude_deg, latitude_deg, frame)


def earth_centred(longitude_deg: FloatArray, latitude_deg: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return earth-centred coordinates in metres of positions on the ellipsoid."""
    lam, phi = np.radians(longitude_deg), np.radians(latitude_deg)
    sin_phi, cos_phi = np.sin(phi), np.cos(phi)
    n = _A_M / np.sqrt(1 - _E2 * sin_phi * sin_phi)
    return n * cos_phi * np.cos(lam), n * cos_phi * np.sin(lam), n * (1 - _E2) * sin_phi


def to_plane(
    there: Planes, which: IndexArray, longitude_deg: FloatArray, latitude_deg: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return metres east and north of the origin of plane `which[i]` for position i; all arrays have shape (n,)."""
    frame = there.frame[which]
    x, y, z = earth_centred(longitude_deg, latitude_deg)
    dx, dy, dz = x - frame[:, 0], y - frame[:, 1], z - frame[:, 2]
    east = dx * frame[:, 3] + dy * frame[:, 4]
    north = dx * frame[:, 5] + dy * frame[:, 6] + dz * frame[:, 7]
    chord2 = dx * dx + dy * dy + dz * dz
    flat2 = east * east + north * north
    with np.errstate(invalid="ignore", divide="ignore"):
        curvature = (north * north * frame[:, 8] + east * east * frame[:, 9]) / flat2
        bend = chord2 * curvature * curvature
        stretch = np.sqrt(chord2 / flat2) * (1 + bend / 24 + 3 * bend * bend / 640)
    stretch = np.where(flat2 > 0, stretch, 1.0)
    east, north = east * stretch, north * stretch
    far = np.flatnonzero(chord2 > _CHORD_IS_ENOUGH_M**2)
    if len(far):
        origin = which[far]
        azimuth, _, metres = WGS84.inv(
            there.longitude_deg[origin], there.latitude_deg[origin], longitude_deg[far], latitude_deg[far]
        )
        turned = np.radians(azimuth)
        east[far], north[far] = metres * np.sin(turned), metres * np.cos(turned)
    return east, north


def from_plane(
    there: Planes, which: IndexArray, east_m: FloatArray, north_m: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return longitude and latitude in degrees of places in the planes: `to_plane` undone."""
    longitude, latitude, _ = WGS84.fwd(
        there.longitude_deg[which],
        there.latitude_deg[which],
        np.degrees(np.arctan2(east_m, north_m)),
        np.hypot(east_m, north_m),
    )
    return np.asarray(longitude), np.asarray(latitude)
