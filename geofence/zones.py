"""What the register says, as columns: zones with their versions and in-force intervals, prohibitions with theirs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely

from geofence.ids import WearerId
from geofence.in_force import InForce, Span, cut_at, held, parted, published, within
from geofence.instants import Interval
from geofence.plane import LONGEST_DEGREE_M
from geofence.register import Order, Prohibition, Register, SameRegister, Zone, ZoneVersion
from geofence.schedule import meet, unite
from geofence.shapes import Shapes, ZoneUnreadable, shapes
from geofence.tracks import BoolArray, FloatArray, IndexArray, InstantArray

# One degree of latitude, or of longitude times the cosine of the latitude, is never shorter.
SHORTEST_DEGREE_M = 110_500.0
# Near the poles and the antimeridian boxes in degrees mislead: there every fix counts as near.
_BOXES_HOLD_TO_LATITUDE, _BOXES_HOLD_TO_LONGITUDE = 80.0, 170.0
_ANY_DAY = date(2000, 1, 1)


class ZoneOf(NamedTuple):
    """A zone with the prohibition and the order it belongs to."""

    order: Order
    prohibition: Prohibition
    zone: Zone


class Piece(NamedTuple):
    """A stretch of a prohibition's in-force time that nothing parts (R10)."""

    start: int
    end: int
    suspended: bool
    no_zone: bool
    fitted: bool


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """The register as columns.

    Of zones, sorted so that a prohibition's and a wearer's lie together: `of`, `version_first`, `version_count`,
    `interval_first`, `interval_count`, and `box`, shape (4, zones): west, south, east, north in degrees;
    `rank` among all zones by `zone_id`.
    Of versions, in order of `valid_from`: `versions`, `valid_from`, `valid_until`, `shapes`.
    Of in-force intervals, in order (R1): `interval_start`, `interval_end`, `suspended`, `before_aware`.
    Of prohibitions that R10 asks about, sorted by (wearer, prohibition_id): `prohibitions`, their zones `zone_first`,
    `zone_count`, and their pieces `piece_first`, `piece_count` in `pieces`, shape (pieces, 5), the members of `Piece`;
    `wearer`, the number of each one's wearer.
    Of wearers with an order: `wearers`, their number by id, ascending with it; their zones `own_first`, `own_count`.
    """

    of: Sequence[ZoneOf]
    version_first: IndexArray
    version_count: IndexArray
    versions: Sequence[ZoneVersion]
    valid_from: InstantArray
    valid_until: InstantArray
    shapes: Shapes
    interval_first: IndexArray
    interval_count: IndexArray
    interval_start: InstantArray
    interval_end: InstantArray
    suspended: BoolArray
    before_aware: BoolArray
    box: FloatArray
    rank: IndexArray
    wearers: dict[WearerId, int]
    own_first: IndexArray
    own_count: IndexArray
    prohibitions: Sequence[tuple[Order, Prohibition]]
    wearer: IndexArray
    zone_first: IndexArray
    zone_count: IndexArray
    piece_first: IndexArray
    piece_count: IndexArray
    pieces: InstantArray


def zones(register: Register, during: Span) -> Zones:
    """Return the register as columns, with the in-force intervals that touch a span of days.

    Raises ZoneUnreadable for a shape that can't be judged.
    """
    scheduled = any(p.schedule is not None for order in register.orders for p in order.prohibitions)
    return _zones(SameRegister(register), during if scheduled else None)


@lru_cache(maxsize=2)
def _zones(same: SameRegister, scheduled: Span | None) -> Zones:
    register = same.register
    during = scheduled or Span(_ANY_DAY, _ANY_DAY)
    clauses = _clauses(register, during)
    of = [ZoneOf(clause.order, clause.prohibition, zone) for clause in clauses for zone in clause.prohibition.zones]
    for entry in of:
        if not entry.zone.versions:
            raise ZoneUnreadable(entry.zone.zone_id, 0, "it has no version")
    versions = [
        (entry.zone.zone_id, version)
        for entry in of
        for version in sorted(entry.zone.versions, key=lambda version: version.valid_from)
    ]
    version_count = _column([len(entry.zone.versions) for entry in of])
    version_first = np.cumsum(version_count) - version_count
    drawn = shapes(versions)
    intervals = [own for clause in clauses for own in _in_force(clause)]
    interval_count = _column([len(own) for own in intervals])
    flat: list[InForce] = [interval for own in intervals for interval in own]
    asked = [clause for clause in clauses if clause.prohibition.zones or clause.prohibition.needs_zone]
    zone_count = _column([len(clause.prohibition.zones) for clause in asked])
    pieces = _pieces(register, asked)
    piece_count = _column([len(own) for own in pieces])
    wearers = {wearer_id: number for number, wearer_id in enumerate(dict.fromkeys(c.order.wearer_id for c in clauses))}
    own_count = np.bincount(_column([wearers[entry.order.wearer_id] for entry in of]), minlength=len(wearers))
    return Zones(
        of=of,
        version_first=version_first,
        version_count=version_count,
        versions=[version for _, version in versions],
        valid_from=_column([version.valid_from for _, version in versions]),
        valid_until=_column([version.valid_until for _, version in versions]),
        shapes=drawn,
        interval_first=np.cumsum(interval_count) - interval_count,
        interval_count=interval_count,
        interval_start=_column([interval.start for interval in flat]),
        interval_end=_column([interval.end for interval in flat]),
        suspended=np.array([interval.suspended for interval in flat], dtype=np.bool_),
        before_aware=np.array([interval.before_aware for interval in flat], dtype=np.bool_),
        box=_boxes(drawn, version_first, version_count),
        rank=_ranks(of),
        wearers=wearers,
        own_first=np.cumsum(own_count) - own_count,
        own_count=own_count,
        prohibitions=[(clause.order, clause.prohibition) for clause in asked],
        wearer=_column([wearers[clause.order.wearer_id] for clause in asked]),
        zone_first=np.cumsum(zone_count) - zone_count,
        zone_count=zone_count,
        piece_first=np.cumsum(piece_count) - piece_count,
        piece_count=piece_count,
        pieces=np.array([piece for own in pieces for piece in own], dtype=np.int64).reshape(-1, 5),
    )


class _Clause(NamedTuple):
    """A prohibition with its order, and when order, monitoring requirement, prohibition and schedule all hold."""

    order: Order
    prohibition: Prohibition
    held: list[Interval]


def _clauses(register: Register, during: Span) -> list[_Clause]:
    """Return all prohibitions, sorted by (wearer, prohibition_id)."""
    orders = sorted(register.orders, key=lambda order: (order.wearer_id, order.order_id))
    clauses = [
        _Clause(order, prohibition, held(order, prohibition, during))
        for order in orders
        for prohibition in order.prohibitions
    ]
    return sorted(clauses, key=lambda clause: (clause.order.wearer_id, clause.prohibition.prohibition_id))


def _column(values: Sequence[int]) -> IndexArray:
    return np.array(values, dtype=np.int64)


def _in_force(clause: _Clause) -> Iterator[list[InForce]]:
    """Yield the in-force intervals of each of a prohibition's zones; zones published alike share them."""
    known: dict[tuple[Interval, ...], list[InForce]] = {}
    for zone in clause.prohibition.zones:
        with_version = tuple(published([zone]))
        if with_version not in known:
            known[with_version] = parted(meet(clause.held, with_version), clause.order)
        yield known[with_version]


def _pieces(register: Register, asked: Sequence[_Clause]) -> list[list[Piece]]:
    """Return each prohibition's in-force time, parted where a fitting, suspension or `no_zone` begins or ends (R10)."""
    fittings: dict[WearerId, list[Interval]] = defaultdict(list)
    for fitting in register.fittings:
        fittings[fitting.wearer_id].append(Interval(fitting.fitted_at, fitting.removed_at))
    found = []
    for order, prohibition, wholes in asked:
        suspensions, with_zone = unite(order.suspensions), published(prohibition.zones)
        worn = fittings.get(order.wearer_id, [])
        fitted = unite(worn)
        cuts = sorted({cut for interval in (*suspensions, *with_zone, *worn) for cut in interval})
        own = []
        for whole in wholes:
            own += [
                Piece(start, end, within(start, suspensions), not within(start, with_zone), within(start, fitted))
                for start, end in pairwise(cut_at(whole, cuts))
            ]
        found.append(own)
    return found


def widened(box: FloatArray, metres: FloatArray) -> FloatArray:
    """Return boxes in degrees, shape (4, n), widened so that they hold everything within some metres of them."""
    west, south, east, north = box
    up = metres / SHORTEST_DEGREE_M
    steepest = np.maximum(np.abs(south), np.abs(north)) + up
    usable = steepest < 85.0
    aside = np.where(usable, up / np.cos(np.radians(np.where(usable, steepest, 0.0))), 360.0)
    return np.stack([west - aside, south - up, east + aside, north + up])


def bulge_m(box: FloatArray | Sequence[FloatArray]) -> FloatArray:
    """Return by how many metres a straight line between places in a box may leave the box."""
    west, south, east, north = box
    bulge: FloatArray = ((east - west) ** 2 + (north - south) ** 2) * (LONGEST_DEGREE_M**2 / 1e7)
    return bulge


def version_boxes(footprints: "np.ndarray[tuple[int], np.dtype[np.object_]]", distance_m: FloatArray) -> FloatArray:
    """Return, for each zone version, a box in degrees that holds it and the way of a straight line within it.

    Shape (4, n): west, south, east, north; NaN where there is no shape.
    """
    box = np.ascontiguousarray(shapely.bounds(footprints).reshape(-1, 4).T)
    box = widened(box, distance_m + bulge_m(box) + 1.0)
    misleading = (np.abs(box[[0, 2]]) > _BOXES_HOLD_TO_LONGITUDE).any(axis=0)
    misleading |= (np.abs(box[[1, 3]]) > _BOXES_HOLD_TO_LATITUDE).any(axis=0)
    box[:, misleading] = np.array([[-1e3], [-90.0], [1e3], [90.0]])
    return box


def _boxes(drawn: Shapes, first: IndexArray, count: IndexArray) -> FloatArray:
    """Return, for each zone, a box in degrees that holds all its versions; shape (4, zones)."""
    if len(count) == 0:
        return np.empty((4, 0))
    box = version_boxes(np.array(drawn.footprints, dtype=object), drawn.distance_m)
    least, most = np.minimum.reduceat(box[:2], first, axis=1), np.maximum.reduceat(box[2:], first, axis=1)
    return np.concatenate([least, most])


def _ranks(of: Sequence[ZoneOf]) -> IndexArray:
    """Return the place of each zone among all of them by `zone_id`."""
    rank = np.empty(len(of), dtype=np.int64)
    rank[sorted(range(len(of)), key=lambda index: of[index].zone.zone_id)] = np.arange(len(of))
    return rank
