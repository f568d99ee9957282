"""A little town to try the rules in: places in metres east and north of its market cross, times as HH:MM:SS of one day.

Everything here is written so that an example in a test can be drawn on squared paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
import shapely
from pyproj import Geod
from shapely import Geometry

from geofence.ids import OrderId, ProhibitionId, TagId, WearerId, ZoneId
from geofence.instants import FOREVER, Instant, Interval, instant, moment
from geofence.judge import judge
from geofence.judgement import Incident, Judgement
from geofence.register import Fitting, Order, Prohibition, Register, Window, Zone, ZoneVersion
from geofence.rules import Rules
from geofence.tracks import Mechanism, TagEvent, Tracks

WGS84 = Geod(ellps="WGS84")
CROSS = (-0.1, 51.37)
DAY = datetime(2026, 11, 20, tzinfo=UTC)
TAG, WEARER = TagId("T-1"), WearerId("W-1")
LONG_AGO = instant(DAY - timedelta(days=30))
ALWAYS = Interval(LONG_AGO, FOREVER)
Name = Literal["gps", "wifi", "cell", "rf", "unknown"]


def at(clock: str) -> Instant:
    """Return an instant of the day: `18:02:11`; `+1 08:00` is on the next day, `-1 08:00` on the day before."""
    days, _, time_ = clock.rpartition(" ")
    hours, minutes, seconds = ([*time_.split(":"), "0"])[:3]
    return instant(DAY + timedelta(days=int(days or 0), hours=int(hours), minutes=int(minutes), seconds=float(seconds)))


def clock(moment_: Instant | None) -> str | None:
    """Return an instant as the clock shows it, seconds rounded to tenths: `18:02:11.5`."""
    if moment_ is None:
        return None
    shown = moment(Instant(round(moment_ / 100_000) * 100_000))
    text = shown.strftime("%H:%M:%S")
    return f"{text}.{shown.microsecond // 100_000}" if shown.microsecond else text


def place(east_m: float, north_m: float) -> tuple[float, float]:
    """Return longitude and latitude of a place, exactly so far and in that direction from the cross."""
    longitude, latitude, _ = WGS84.fwd(*CROSS, np.degrees(np.arctan2(east_m, north_m)), np.hypot(east_m, north_m))
    return float(longitude), float(latitude)


def polygon(*corners: tuple[float, float], holes: Sequence[Sequence[tuple[float, float]]] = ()) -> Geometry:
    """Return a polygon of corners in metres."""
    return shapely.Polygon([place(*corner) for corner in corners], [[place(*c) for c in hole] for hole in holes])


@dataclass(frozen=True)
class Fix:
    """One fix in the town."""

    at: Instant
    east_m: float
    north_m: float = 0.0
    mechanism: Name = "gps"
    accuracy_m: float = 10.0
    confidence: float = float("nan")
    position_id: str | None = None
    person_id: str | None = None
    clock_suspect: bool = False
    tag_id: TagId = TAG


def fix(
    when: str, east_m: float, north_m: float = 0.0, mechanism: Name = "gps", accuracy_m: float = 10.0, **more: object
) -> Fix:
    """Return a fix at a clock time."""
    return Fix(at(when), east_m, north_m, mechanism, accuracy_m, **more)  # type: ignore[arg-type]


def tracks(fixes: Sequence[Fix], events: Sequence[TagEvent] = ()) -> Tracks:
    """Return fixes as columns, in the order given."""
    tag_ids = tuple(sorted({one.tag_id for one in fixes}))
    places = [place(one.east_m, one.north_m) for one in fixes]

    def texts(values: list[str | None]) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
        column = np.empty(len(values), dtype=np.object_)
        column[:] = values
        return column

    return Tracks(
        tag_ids=tag_ids,
        tag=np.array([tag_ids.index(one.tag_id) for one in fixes], dtype=np.int64),
        recorded_at=np.array([one.at for one in fixes], dtype=np.int64),
        position_id=texts([one.position_id for one in fixes]),
        person_id=texts([one.person_id for one in fixes]),
        mechanism=np.array([Mechanism[one.mechanism.upper()] for one in fixes], dtype=np.uint8),
        longitude_deg=np.array([longitude for longitude, _ in places], dtype=np.float64),
        latitude_deg=np.array([latitude for _, latitude in places], dtype=np.float64),
        accuracy_m=np.array([one.accuracy_m for one in fixes], dtype=np.float64),
        accuracy_confidence=np.array([one.confidence for one in fixes], dtype=np.float64),
        clock_suspect=np.array([one.clock_suspect for one in fixes], dtype=np.bool_),
        events=tuple(events),
    )


def version(footprint: Geometry, distance_m: float = 0.0, number: int = 1, valid: Interval = ALWAYS) -> ZoneVersion:
    """Return a zone version."""
    return ZoneVersion(number, valid.start, valid.end, footprint, distance_m)


def circle(radius_m: float = 100.0, east_m: float = 0.0, north_m: float = 0.0) -> ZoneVersion:
    """Return a circle, at the cross unless said otherwise."""
    return version(shapely.Point(place(east_m, north_m)), radius_m)


def zone(*versions: ZoneVersion, zone_id: str = "Z-1") -> Zone:
    """Return a zone of these versions."""
    return Zone(ZoneId(zone_id), versions)


def register(
    *zones: Zone,
    schedule: tuple[Window, ...] | None = None,
    suspensions: tuple[Interval, ...] = (),
    aware: Instant | None = None,
    fittings: tuple[Fitting, ...] = (Fitting(TAG, WEARER, LONG_AGO),),
    during: Interval = ALWAYS,
    needs_zone: bool = False,
    known_as: str | None = None,
) -> Register:
    """Return one wearer with one order of one clause that names these zones."""
    clause = Prohibition(ProhibitionId("P-1"), during, zones, schedule, needs_zone)
    order = Order(OrderId("O-1"), WEARER, ALWAYS, ALWAYS, (clause,), suspensions, aware)
    return Register(fittings, (order,), {WEARER: known_as} if known_as else {})


def judged(
    fixes: Sequence[Fix],
    people: Register,
    *,
    between: tuple[str, str] = ("00:00", "+1 00:00"),
    horizon: str | None = None,
    rules: Rules | None = None,
    events: Sequence[TagEvent] = (),
) -> Judgement:
    """Judge a day in the town."""
    span = Interval(at(between[0]), at(between[1]))
    until = span.end if horizon is None else at(horizon)
    return judge(tracks(fixes, events), people, rules or Rules(), span, until)


def only(judgement: Judgement) -> Incident:
    """Return the one incident that there is."""
    (incident,) = judgement.incidents
    return incident
