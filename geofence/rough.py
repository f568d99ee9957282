"""Between which depths does a fix lie, at a glance? Few fixes need to be measured to know that they are far away."""

import numpy as np

from geofence.scene import Scene
from geofence.tracks import FloatArray, IndexArray

# The middle of the shortest and the longest degree of latitude.
_DEGREE_M = 111_133.0


def rough_depths_m(scene: Scene, fix: IndexArray, version: IndexArray) -> tuple[FloatArray, FloatArray]:
    """Return the greatest and the least depth that each fix can have, from its rough distance to the zone's origin.

    A degree of latitude is 110.6 to 111.7 km long, and the cosine that shortens one of longitude changes by less than
    `metres / 1,700 km` up to 75 degrees north: together the distance is known to a hundredth and `metres^2 / 3,000 km`.
    """
    shapes, fixes = scene.zones.shapes, scene.fixes
    origin = shapes.planes.latitude_deg
    north = fixes.latitude_deg[fix] - origin[version]
    east = fixes.longitude_deg[fix] - shapes.planes.longitude_deg[version]
    east *= np.cos(np.radians(origin))[version]
    away = np.sqrt(north * north + east * east) * _DEGREE_M
    doubt = 0.01 + away * (0.01 + away * (1 / 3e6))
    # Where these bounds do not hold: beyond 70 degrees north, over 3 degrees of latitude, 20 of longitude.
    doubt[(np.abs(origin) > 70.0)[version] | (np.abs(north) > 3.0) | (np.abs(east) > 6.8)] = np.inf
    reach = shapes.reach_m[version]
    return reach - away + doubt, 2 * shapes.distance_m[version] - reach - away - doubt
