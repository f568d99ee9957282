"""When somebody truly was in a zone: his path against the drawn shape, measured on a plane of the zone's own."""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import shapely
from shapely import Geometry
from shapely.geometry import shape as geometry_of

from service.simulation.day import Day
from service.simulation.document import Order, Version, Zone
from service.simulation.in_force import InForce, in_force
from service.simulation.path import Path
from service.simulation.plane import FloatArray, metres_per_degree

STEP_M = 2.0
"""Between points of a path this far apart, depth is taken to change evenly."""


class WhileInForce(TypedDict):
    """The part of a visit in which the prohibition bit."""

    began_at: str
    ended_at: str
    suspended: bool
    before_aware: bool


class Visit(TypedDict):
    """One unbroken stay in a zone, in force or not. `left_at` null: still inside when the day ended."""

    zone_id: str
    entered_at: str
    left_at: str | None
    state: str
    deepest_m: float
    in_force: list[WhileInForce]


@dataclass(frozen=True, slots=True)
class _Stay:
    from_s: float
    until_s: float
    deepest_m: float


def visits(day: Day, path: Path, orders: list[Order]) -> list[Visit]:
    """Return all true visits of a wearer to the zones of his orders, in order of zone and time."""
    found = []
    for order in orders:
        for prohibition in order["prohibitions"]:
            biting = in_force(day, order, prohibition)
            for zone in prohibition["zones"]:
                found += [_told(day, zone, stay, biting) for stay in _stays(day, path, zone)]
    return found


def _told(day: Day, zone: Zone, stay: _Stay, biting: list[InForce]) -> Visit:
    inside_at_the_end = stay.until_s >= day.length_s
    return {
        "zone_id": zone["zone_id"],
        "entered_at": day.printed(stay.from_s),
        "left_at": None if inside_at_the_end else day.printed(stay.until_s),
        "state": "open" if inside_at_the_end else "closed",
        "deepest_m": round(stay.deepest_m, 2),
        "in_force": [
            {
                "began_at": day.printed(max(stay.from_s, span.from_s)),
                "ended_at": day.printed(min(stay.until_s, span.until_s)),
                "suspended": span.suspended,
                "before_aware": span.before_aware,
            }
            for span in biting
            if max(stay.from_s, span.from_s) < min(stay.until_s, span.until_s)
        ],
    }


def _stays(day: Day, path: Path, zone: Zone) -> list[_Stay]:
    """Stays in each version while it was valid; those that meet where versions follow on each other are one."""
    joined: list[_Stay] = []
    for version in zone["versions"]:
        start = max(0.0, day.read(version["valid_from"]))
        end = (
            float(day.length_s)
            if version["valid_until"] is None
            else min(day.length_s, day.read(version["valid_until"]))
        )
        for stay in _within(path, version, start, end) if start < end else []:
            if joined and joined[-1].until_s >= stay.from_s:
                last = joined.pop()
                joined.append(_Stay(last.from_s, stay.until_s, max(last.deepest_m, stay.deepest_m)))
            else:
                joined.append(stay)
    return joined


def _within(path: Path, version: Version, start: float, end: float) -> list[_Stay]:
    at = _instants(path, version, start, end)
    motion = path.at(at)
    depth = depth_m(geometry_of(version["footprint"]), version["distance_m"], motion.longitude_deg, motion.latitude_deg)
    inside = np.concatenate([[False], depth >= 0, [False]])
    firsts, lasts = np.flatnonzero(~inside[:-1] & inside[1:]), np.flatnonzero(inside[:-1] & ~inside[1:]) - 1
    return [
        _Stay(
            _edge_s(at, depth, first - 1, first) if first > 0 else start,
            _edge_s(at, depth, last, last + 1) if last + 1 < len(at) else end,
            float(depth[first : last + 1].max()),
        )
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    ]


def _edge_s(at: FloatArray, depth: FloatArray, before: int, after: int) -> float:
    share = depth[before] / (depth[before] - depth[after])
    return float(at[before] + share * (at[after] - at[before]))


def _instants(path: Path, version: Version, start: float, end: float) -> FloatArray:
    """Corners of the path within an interval and its ends; near the zone, points every `STEP_M` besides."""
    corners = path.t_s[(path.t_s > start) & (path.t_s < end)]
    at = np.unique(np.concatenate([[start], corners, [end]]))
    motion = path.at(at)
    outline = geometry_of(version["footprint"])
    west, south, east, north = outline.bounds
    east_m, north_m = metres_per_degree((south + north) / 2)
    reach_x, reach_y = (version["distance_m"] + 10) / east_m, (version["distance_m"] + 10) / north_m
    longitude, latitude = motion.longitude_deg, motion.latitude_deg
    near = (
        (np.maximum(longitude[:-1], longitude[1:]) > west - reach_x)
        & (np.minimum(longitude[:-1], longitude[1:]) < east + reach_x)
        & (np.maximum(latitude[:-1], latitude[1:]) > south - reach_y)
        & (np.minimum(latitude[:-1], latitude[1:]) < north + reach_y)
    )
    finer = [at]
    for edge in np.flatnonzero(near).tolist():
        length = np.hypot(
            (longitude[edge + 1] - longitude[edge]) * east_m, (latitude[edge + 1] - latitude[edge]) * north_m
        )
        finer.append(np.linspace(at[edge], at[edge + 1], int(length / STEP_M) + 2))
    return np.unique(np.concatenate(finer))


def depth_m(footprint: Geometry, distance_m: float, longitude_deg: FloatArray, latitude_deg: FloatArray) -> FloatArray:
    """Return metres from the zone's edge, positive inside, on a plane that is true about the footprint."""
    east_m, north_m = metres_per_degree(float(shapely.bounds(footprint)[[1, 3]].mean()))
    scale = np.array([east_m, north_m])
    planar = shapely.transform(footprint, lambda degrees: degrees * scale)
    points = shapely.points(longitude_deg * east_m, latitude_deg * north_m)
    outside = np.asarray(shapely.distance(planar, points), dtype=np.float64)
    depth = distance_m - outside
    if shapely.get_dimensions(footprint) == 2:
        covered = outside == 0
        depth += np.where(covered, shapely.distance(shapely.boundary(planar), points), 0.0)
    return depth
