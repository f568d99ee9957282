"""Can a drawn shape be judged? Every fault with its place and its remedy, before it comes near the register."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import shapely
from shapely import Geometry

from geofence.faults import FootprintFault
from geofence.outline import footprint_warnings

__all__ = ["MOST_VERTICES", "FootprintFault", "FootprintFaults", "footprint_warnings", "read_footprint"]

MOST_VERTICES = 10_000
_SHAPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
# How deep positions lie in `coordinates`, and whether the innermost list is a ring.
_NESTING = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
# A box around the United Kingdom, only to tell whether longitude and latitude were exchanged: west, south, east, north.
_UK_BOX = (-9.0, 49.5, 2.2, 61.2)


class FootprintFaults(Exception):
    """A shape is refused; `faults` holds every fault that was found. Draw it again without them."""

    def __init__(self, faults: tuple[FootprintFault, ...]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


class _Vertex(NamedTuple):
    """A position with its place in words: ring and vertex number."""

    place: str
    value: object


class _Chain(NamedTuple):
    """One ring, line or point of a shape, its vertices in drawing order."""

    name: str
    kind: str
    vertices: list[_Vertex]


def read_footprint(geojson: object, distance_m: float, *, protected: bool = False) -> Geometry:
    """Return the shapely geometry of an RFC 7946 geometry; a third number of a position is dropped.

    protected: messages name ring and vertex number, never a coordinate. Raises FootprintFaults with every fault.
    """
    faults = _distance_faults(geojson, distance_m)
    kind = geojson.get("type") if isinstance(geojson, dict) else None
    if not isinstance(geojson, dict) or kind not in _SHAPES:
        raise FootprintFaults((*faults, _not_a_shape(geojson)))
    try:
        chains = list(_chains(str(kind), geojson.get("coordinates")))
    except _Malformed as malformed:
        raise FootprintFaults((*faults, malformed.fault)) from None
    count = sum(len(chain.vertices) for chain in chains)
    if count == 0:
        faults.append(FootprintFault("coordinates", "the shape is empty", "draw it"))
    elif count > MOST_VERTICES:
        many = f"{count:,} vertices are more than {MOST_VERTICES:,}"
        raise FootprintFaults((*faults, FootprintFault("coordinates", many, "simplify the shape")))
    positions = [
        fault for chain in chains for vertex in chain.vertices if (fault := _position_fault(vertex, protected))
    ]
    faults += positions or [wrong for chain in chains if (wrong := _chain_fault(chain))]
    if not positions and count:
        faults += _swapped(chains)
    if faults:
        raise FootprintFaults(tuple(faults))
    geometry = shapely.force_2d(_geometry(str(kind), geojson["coordinates"]))
    if not shapely.is_valid(geometry):
        raise FootprintFaults((_invalid(geometry, chains, protected),))
    return geometry


class _Malformed(Exception):
    def __init__(self, place: str, fault: str) -> None:
        super().__init__(fault)
        self.fault = FootprintFault(place, fault, "write it as RFC 7946 has it")


def _distance_faults(geojson: object, distance_m: object) -> list[FootprintFault]:
    if isinstance(distance_m, bool) or not isinstance(distance_m, int | float) or not _is_finite(distance_m):
        return [FootprintFault("distance_m", "it is not a number", "give metres, 0 or more")]
    if distance_m < 0:
        return [FootprintFault("distance_m", "it is negative", "give metres, 0 or more")]
    kind = str(geojson.get("type")) if isinstance(geojson, dict) else ""
    if distance_m == 0 and kind in _SHAPES and "Polygon" not in kind:
        what = "point" if "Point" in kind else "line"
        return [FootprintFault("distance_m", f"a {what} without a distance holds nothing", "give a distance above 0")]
    return []


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(float(number))
    except OverflowError:
        return False


def _not_a_shape(geojson: object) -> FootprintFault:
    if not isinstance(geojson, dict):
        return FootprintFault("footprint", "it is not an object", "write an RFC 7946 geometry")
    if geojson.get("type") == "GeometryCollection":
        return FootprintFault(
            "type", "a GeometryCollection mixes kinds of shapes", "draw one zone for each of its shapes"
        )
    return FootprintFault("type", "it names no kind of shape", f"use one of {', '.join(_SHAPES)}")


def _chains(kind: str, coordinates: object) -> Iterator[_Chain]:
    """Yield the rings, lines or points of `coordinates`. Raises _Malformed where a list is missing."""
    match kind:
        case "Point":
            present = [] if coordinates == [] else [_Vertex("the point", coordinates)]
            yield _Chain("the point", "point", present)
        case "MultiPoint":
            for number, position in enumerate(_list(coordinates, "coordinates"), 1):
                yield _Chain(f"point {number}", "point", [_Vertex(f"point {number}", position)])
        case "LineString":
            yield _chain("the line", "line", coordinates)
        case "MultiLineString":
            for number, line in enumerate(_list(coordinates, "coordinates"), 1):
                yield _chain(f"line {number}", "line", line)
        case "Polygon":
            yield from _rings("", coordinates)
        case _:
            for number, polygon in enumerate(_list(coordinates, "coordinates"), 1):
                yield from _rings(f"polygon {number}, ", polygon)


def _rings(prefix: str, coordinates: object) -> Iterator[_Chain]:
    rings = _list(coordinates, f"{prefix}coordinates")
    if prefix and not rings:
        yield _Chain(f"{prefix}ring 1", "ring", [])
    for number, ring in enumerate(rings, 1):
        yield _chain(f"{prefix}ring {number}", "ring", ring)


def _chain(name: str, kind: str, positions: object) -> _Chain:
    listed = _list(positions, name)
    return _Chain(name, kind, [_Vertex(f"{name}, vertex {number}", value) for number, value in enumerate(listed, 1)])


def _list(value: object, place: str) -> list[object]:
    if not isinstance(value, list | tuple):
        raise _Malformed(place, "a list is missing here")
    return list(value)


def _position_fault(vertex: _Vertex, protected: bool) -> FootprintFault | None:
    value = vertex.value
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= 3:
        return FootprintFault(vertex.place, "a position is two numbers, or three", "give longitude and latitude")
    if any(isinstance(number, bool) or not isinstance(number, int | float) for number in value):
        return FootprintFault(vertex.place, "a coordinate is not a number", "give longitude and latitude in degrees")
    if not all(_is_finite(number) for number in value):
        return FootprintFault(vertex.place, "a coordinate is not finite", "give longitude and latitude in degrees")
    longitude, latitude = value[0], value[1]
    for name, number, most in (("longitude", longitude, 180), ("latitude", latitude, 90)):
        if abs(number) > most:
            fault = f"{name} is out of range" if protected else f"{name} {number} is out of range"
            swapped = name == "latitude" and abs(longitude) <= 90
            remedy = (
                "longitude comes first, then latitude" if swapped else f"it lies between -{most} and {most} degrees"
            )
            return FootprintFault(vertex.place, fault, remedy)
    return None


def _chain_fault(chain: _Chain) -> FootprintFault | None:
    """Return what is wrong with a ring or line of sound positions."""
    places = [tuple(vertex.value[:2]) for vertex in chain.vertices if isinstance(vertex.value, list | tuple)]
    if chain.kind == "line":
        if len(places) < 2:
            return FootprintFault(chain.name, "a line has at least two positions", "draw it on")
        if len(set(places)) == 1:
            return FootprintFault(chain.name, "the line has no length", "draw a point with a distance instead")
    if chain.kind == "ring":
        if places and places[0] != places[-1]:
            last = chain.vertices[-1].place
            return FootprintFault(last, "the ring is not closed", "repeat the first position at the end")
        if len(places) < 4 or len(set(places)) < 3:
            return FootprintFault(
                chain.name, "a ring has at least three corners and its first position again", "draw it on"
            )
    return None


def _swapped(chains: list[_Chain]) -> list[FootprintFault]:
    """Return a fault if the shape lies in the United Kingdom only when longitude and latitude are exchanged."""
    places = [vertex.value for chain in chains for vertex in chain.vertices if isinstance(vertex.value, list | tuple)]
    west, south, east, north = _UK_BOX
    there = all(west <= place[1] <= east and south <= place[0] <= north for place in places)
    here = any(west <= place[0] <= east and south <= place[1] <= north for place in places)
    if there and not here:
        first = chains[0].vertices[0].place
        return [FootprintFault(first, "longitude and latitude look swapped", "longitude comes first, then latitude")]
    return []


def _geometry(kind: str, coordinates: object) -> Geometry:
    plain = _two(coordinates, _NESTING[kind])
    geometry: Geometry = shapely.geometry.shape({"type": kind, "coordinates": plain})
    return geometry


def _two(coordinates: object, nesting: int) -> object:
    """Return coordinates with two numbers to a position."""
    if not isinstance(coordinates, list | tuple):
        return coordinates
    if nesting == 0:
        return tuple(float(number) for number in coordinates[:2])
    return [_two(inner, nesting - 1) for inner in coordinates]


def _invalid(geometry: Geometry, chains: list[_Chain], protected: bool) -> FootprintFault:
    """Return why shapely calls a geometry invalid: near which vertex and, unless protected, at which coordinate."""
    reason = str(shapely.is_valid_reason(geometry))
    what, _, rest = reason.partition("[")
    where = tuple(float(number) for number in rest.rstrip("]").split())
    fault, remedy = _REASONS.get(what, (what.lower(), "draw the shape again"))
    vertices = [vertex for chain in chains for vertex in chain.vertices if isinstance(vertex.value, list | tuple)]
    nearest = min(vertices, key=lambda vertex: _squared(vertex.value, where)) if where else vertices[0]
    place = f"near {nearest.place}"
    if not protected and where:
        place = f"{place}, at {where[0]:.6f}, {where[1]:.6f}"
    return FootprintFault(place, fault, remedy)


def _squared(value: object, where: tuple[float, ...]) -> float:
    longitude, latitude = (float(number) for number in value[:2]) if isinstance(value, list | tuple) else (0.0, 0.0)
    return (longitude - where[0]) ** 2 + (latitude - where[1]) ** 2


_REASONS = {
    "Self-intersection": ("an edge crosses another", "draw it without the crossing"),
    "Ring Self-intersection": ("a ring touches or crosses itself", "draw it without the crossing"),
    "Hole lies outside shell": ("a hole lies outside its ring", "draw the hole inside, or as a shape of its own"),
    "Holes are nested": ("a hole lies within another hole", "leave out the inner one"),
    "Nested shells": ("a polygon lies within another", "leave out the inner one"),
    "Duplicate Rings": ("two rings are the same", "leave out one of them"),
    "Interior is disconnected": ("the holes cut the shape in pieces", "draw each piece as a polygon"),
    "Too few points in geometry component": ("a ring has too few corners", "draw it on"),
}
