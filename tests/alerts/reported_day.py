"""Builds the inputs of a report by hand: a force's day in Croydon with an incident of every kind.

Depths are computed here for round zones only, so that these tests do not depend on the rules of judgement; only
`judged_on` asks them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import shapely

from alerts.inputs import Arrivals, DayInputs, Reported
from alerts.particulars import (
    OrderParticulars,
    Particulars,
    ProhibitionParticulars,
    WearerParticulars,
    ZoneParticulars,
)
from geofence.ids import IncidentId, OrderId, ProhibitionId, TagId, WearerId, ZoneId
from geofence.instants import FOREVER, SECOND_US, Instant, Interval, instant
from geofence.judge import judge
from geofence.judgement import (
    Coverage,
    Incident,
    JudgedFix,
    Judgement,
    Nearest,
    NotJudged,
    NotRaised,
    Unmonitored,
)
from geofence.register import Fitting, Order, Prohibition, Register, Zone, ZoneVersion
from geofence.rules import Rules
from geofence.tracks import Mechanism, TagEvent, Tracks

DAY = date(2026, 11, 20)
HOUR_US = 3600 * SECOND_US
METRES_PER_DEGREE = 111_250.0
FLOORS = {"gps": 5.0, "wifi": 30.0, "rf": 0.0, "cell": 200.0, "unknown": 200.0}


def at(clock: str, day: date = DAY) -> Instant:
    """Return an instant of the day from `HH:MM:SS` in UTC; hours may go beyond 24."""
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return instant(
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    )


@dataclass(frozen=True)
class Place:
    """A round zone."""

    longitude: float = -0.0983
    latitude: float = 51.3727
    radius_m: float = 200.0

    def east(self, metres: float) -> float:
        return self.longitude + metres / (METRES_PER_DEGREE * math.cos(math.radians(self.latitude)))

    def north(self, metres: float) -> float:
        return self.latitude + metres / METRES_PER_DEGREE


@dataclass(frozen=True)
class Seen:
    """A fix by its distance east and north of the zone's centre."""

    at: Instant
    east_m: float
    north_m: float
    accuracy_m: float = 8.0
    mechanism: str = "gps"
    speed_kmh: float = 4.2
    heading_deg: float = 85.0
    position_id: str | None = None
    late_s: int = 420
    implausible: bool = False

    def judged(self, tag_id: TagId, place: Place, version: int = 1) -> JudgedFix:
        depth_m = round(place.radius_m - math.hypot(self.east_m, self.north_m), 3)
        assumed = not math.isfinite(self.accuracy_m)
        r95_m = 30.0 if assumed else max(self.accuracy_m, FLOORS[self.mechanism])
        p_inside = round(0.5 * (1 + math.erf(depth_m / (r95_m / 2.4477) / math.sqrt(2))), 6)
        verdict: Any = "INSIDE" if p_inside >= 0.95 else "OUTSIDE" if depth_m < -r95_m else "UNCERTAIN"
        return JudgedFix(
            tag_id, self.position_id, self.at, self.mechanism, r95_m, assumed, depth_m, p_inside, verdict, version,
            self.implausible,
        )  # fmt: skip


@dataclass
class Story:
    """One wearer's day: his order, his zone, his fixes, and what was judged of them."""

    number: int
    name: str
    place: Place = field(default_factory=Place)
    clause: str = "3(a)"
    text: str = "Not to come within 200 metres of the premises known as 14 Example Road, Croydon."
    label: str = "Zone A"
    seen: list[Seen] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    unmonitored: tuple[Unmonitored, ...] = ()
    in_force_us: int = 24 * HOUR_US
    suspended_us: int = 0
    nearest: Nearest | None = None

    @property
    def tag_id(self) -> TagId:
        return TagId(f"T-{self.number:06d}")

    def incident(self, start: str, end: str, **changes: Any) -> "Story":
        """Add an incident of the fixes seen from `start` to `end`."""
        fixes = tuple(s.judged(self.tag_id, self.place) for s in self.seen if at(start) <= s.at <= at(end))
        first, last = fixes[0].recorded_at, fixes[-1].recorded_at
        values: dict[str, Any] = {
            "incident_id": IncidentId(f"{self.number:08x}{len(self.incidents):08x}"),
            "wearer_id": WearerId(f"W-{self.number}"),
            "tag_id": self.tag_id,
            "order_id": OrderId(f"O-{self.number}"),
            "prohibition_id": ProhibitionId(f"P-{self.number}"),
            "zone_id": ZoneId(f"Z-{self.number}"),
            "kind": "presence",
            "grade": "confirmed",
            "state": "closed",
            "began_at": Instant(first - 20 * SECOND_US),
            "began_between": (Instant(first - 60 * SECOND_US), first),
            "ended_at": Instant(last + 20 * SECOND_US),
            "ended_between": (last, Instant(last + 60 * SECOND_US)),
            "already_inside": False,
            "suspended": False,
            "before_aware": False,
            "visits": 1,
            "deepest_m": max(fix.depth_m for fix in fixes),
            "p_inside_max": max(fix.p_inside for fix in fixes),
            "fixes": fixes,
        }
        self.incidents.append(Incident(**(values | changes)))
        return self


def walk(
    start: str, path: Sequence[tuple[float, float]], every_s: int = 60, accuracy_m: float = 8.0, mechanism: str = "gps"
) -> list[Seen]:
    """Return fixes along a path, one every `every_s` seconds, with speed and direction from fix to fix."""
    fixes = []
    for step, (east, north) in enumerate(path):
        before = path[max(step - 1, 0)]
        moved = (east - before[0], north - before[1])
        when = Instant(at(start) + step * every_s * SECOND_US)
        fixes.append(
            Seen(
                when, east, north, accuracy_m + step % 4, mechanism,
                speed_kmh=round(math.hypot(*moved) / every_s * 3.6, 1),
                heading_deg=round(math.degrees(math.atan2(*moved)) % 360, 0),
                position_id=f"{when // SECOND_US}",
            )
        )  # fmt: skip
    return fixes


def line(start: tuple[float, float], end: tuple[float, float], steps: int) -> list[tuple[float, float]]:
    """Return points from start to end, bent a little so that a path looks walked."""
    return [
        (
            start[0] + (end[0] - start[0]) * step / (steps - 1) + 9 * math.sin(step * 1.7),
            start[1] + (end[1] - start[1]) * step / (steps - 1) + 9 * math.cos(step * 2.3),
        )
        for step in range(steps)
    ]


def stories() -> list[Story]:
    """Return six wearers: confirmed, one-fix probable and still inside, crossing, possible, suspended, and nothing."""
    visited = Story(1, "Jordan Example-Whittington")
    visited.seen = walk(
        "17:45:11", line((900, 260), (230, 40), 14) + line((170, 20), (-60, -30), 7) + line((40, 90), (250, 330), 14)
    )
    visited.incident("17:59:11", "18:08:11", visits=1)
    visited.unmonitored = (
        Unmonitored(at("02:10:00"), at("03:15:00"), "no_fixes"),
        Unmonitored(at("13:05:30"), at("13:50:30"), "charging"),
    )
    staying = Story(
        2,
        "Łukasz Przykładowski",
        Place(-0.0762, 51.3989, 150),
        "2",
        "Not to enter or remain within 150 metres of the premises shown on the attached plan.",
    )
    staying.seen = walk("23:20:02", line((-700, 500), (-160, 120), 12)) + walk(
        "23:32:02", line((-70, 40), (10, -30), 27)
    )
    staying.incident("23:32:02", "23:58:02", state="open", ended_at=None, ended_between=(at("23:58:02"), None))
    once = Story(3, "Sam Sample", Place(-0.1102, 51.3571, 120), "4")
    once.seen = [
        *walk("12:01:40", line((500, -420), (150, -130), 8)),
        *walk("12:09:40", [(30, -20)]),
        *walk("12:10:40", line((-160, 150), (-600, 500), 9)),
    ]
    once.incident("12:09:40", "12:09:40", grade="probable")
    once.unmonitored = (Unmonitored(at("20:00:00"), at("24:00:00"), "battery_dead"),)
    crossing = Story(4, "Alex Ngô", Place(-0.0701, 51.3812, 100), "3(b)", label="Zone B: school")
    crossing.seen = walk("08:31:07", [(-1400, 300), (-760, 170), (-180, 60), (420, -50), (1000, -160), (1600, -250)])
    crossing.incident(
        "08:33:07", "08:34:07", kind="crossing", grade="inferred", deepest_m=71.4, p_inside_max=0.0001,
        began_at=at("08:33:17"), began_between=(at("08:33:07"), at("08:34:07")),
        ended_at=at("08:33:34"), ended_between=(at("08:33:07"), at("08:34:07")),
    )  # fmt: skip
    weak = Story(5, "Chris Placeholder", Place(-0.0451, 51.3655, 300), "3(a)")
    weak.seen = walk("15:00:30", [(900, 100), (420, -60), (230, 40), (260, -20), (700, 90)], 240, 480, "cell")
    weak.incident("15:08:30", "15:12:30", grade="possible")
    weak.unmonitored = (Unmonitored(at("14:40:00"), at("16:22:00"), "cell_only"),)
    apart = Story(6, "Robin Muster", Place(-0.1250, 51.3800, 200), "3(a)", suspended_us=2 * HOUR_US)
    apart.seen = walk("10:00:00", [(400, 0), (150, 10), (20, 5), (30, -20), (200, -220), (500, -600)], 120)
    apart.incident("10:02:00", "10:06:00", suspended=True)
    apart.seen = [
        replace(one, late_s=late) for one, late in zip(apart.seen, (4000, 4100, 300, 300, 300, 300), strict=True)
    ]
    quiet = Story(7, "Pat Nil", Place(-0.1, 51.33, 200))
    quiet.nearest = Nearest(ZoneId("Z-7"), at("14:02:11"), -812.0)
    return [visited, staying, once, crossing, weak, apart, quiet]


def day_of(
    told: Sequence[Story],
    *,
    day: date = DAY,
    between: Interval | None = None,
    horizon: Instant | None = None,
    edition: int | None = 1,
    **changes: Any,
) -> DayInputs:
    """Return the inputs of a report of these stories."""
    between = between or Interval(at("00:00:00", day), at("24:00:00", day))
    horizon = horizon if horizon is not None else at("33:00:00", day)
    judgement = Judgement(
        1, between.start, between.end, 3, sum(len(story.seen) for story in told),
        tuple(sorted((i for story in told for i in story.incidents), key=lambda i: (i.began_at, i.zone_id))),
        tuple(_coverage(story) for story in told), (), (),
    )  # fmt: skip
    fixes = sum(len(story.seen) for story in told)
    return replace(
        DayInputs(
            particulars(told), _register(told), day, between, horizon, edition, Rules(), _tracks(told), _reported(told),
            judgement, Arrivals(fixes, 12, 1, 2), (), "0.1.0",
        ),
        **changes,
    )  # fmt: skip


def judged_on(told: Sequence[Story], *events: TagEvent, **changes: Any) -> DayInputs:
    """Return the inputs of a report of what these stories' tags saw and reported, day and night judged by the rules."""
    inputs = day_of(told, **changes)
    tracks = replace(inputs.tracks, events=events)
    following = Interval(inputs.between.end, min(inputs.horizon, Instant(inputs.between.end + 24 * HOUR_US)))
    day, since = (
        judge(tracks, inputs.register, inputs.rules, during, inputs.horizon) for during in (inputs.between, following)
    )
    return replace(inputs, tracks=tracks, judgement=day, since_midnight=since)


def full_day(**changes: Any) -> DayInputs:
    """Return a day with something of everything."""
    told = stories()
    inputs = day_of(told)
    events = (
        TagEvent(told[2].tag_id, at("19:58:20"), at("20:04:00"), "strap"),
        TagEvent(told[2].tag_id, at("20:00:00"), None, "battery_dead"),
        TagEvent(told[0].tag_id, at("13:05:30"), at("13:50:30"), "charging"),
        TagEvent(told[4].tag_id, at("14:41:00"), None, "jamming"),
        TagEvent(told[6].tag_id, at("25:10:00"), None, "case"),
    )
    judgement = replace(
        inputs.judgement,
        not_judged=(
            NotJudged(
                ZoneId("Z-7"), "zone Z-7, version 2: ring 1 crosses itself at vertex 14; draw it without the crossing"
            ),
        ),
        not_raised=(
            NotRaised(WearerId("W-1"), ZoneId("Z-1"), TagId("T-000001"), at("09:12:11"), "77", 1.2, 0.4, "uncertain"),
            NotRaised(WearerId("W-1"), ZoneId("Z-1"), TagId("T-000001"), at("09:14:11"), "78", 3.2, 0.44, "uncertain"),
        ),
    )
    tracks = replace(inputs.tracks, events=events)
    differences = ("Incident 0000000100000000: the desk has visits 2, the morning run has visits 1.",)
    return replace(inputs, tracks=tracks, judgement=judgement, differences=differences, **changes)


def particulars(told: Sequence[Story]) -> Particulars:
    wearers, orders, prohibitions, zones = {}, {}, {}, {}
    for story in told:
        n = story.number
        w, o, p, z = WearerId(f"W-{n}"), OrderId(f"O-{n}"), ProhibitionId(f"P-{n}"), ZoneId(f"Z-{n}")
        wearers[w] = WearerParticulars(
            w, story.name, date(1980 + n % 20, n % 12 + 1, 10 + n % 18), f"{n:02d}/123456X", "Croydon"
        )
        orders[o] = OrderParticulars(
            o,
            w,
            "MPS",
            "DAPO",
            f"DAPO-2026-{n:04d}",
            "Croydon Magistrates' Court",
            date(2026, 10, 1),
            at("00:00:00", date(2026, 10, 1)),
        )
        prohibitions[p] = ProhibitionParticulars(
            p, o, story.clause, story.text, needs_zone=True, address_protected=False
        )
        zones[z] = ZoneParticulars(z, p, story.label, None)
    return Particulars("MPS", "Metropolitan Police Service", wearers, orders, prohibitions, zones)


def _register(told: Sequence[Story]) -> Register:
    start = at("00:00:00", date(2026, 10, 1))
    fittings, orders = [], []
    for story in told:
        n = story.number
        version = ZoneVersion(
            1, start, FOREVER, shapely.Point(story.place.longitude, story.place.latitude), story.place.radius_m
        )
        zone = Zone(ZoneId(f"Z-{n}"), (version,))
        during = Interval(start, FOREVER)
        prohibition = Prohibition(ProhibitionId(f"P-{n}"), during, (zone,))
        orders.append(Order(OrderId(f"O-{n}"), WearerId(f"W-{n}"), during, during, (prohibition,)))
        fittings.append(Fitting(story.tag_id, WearerId(f"W-{n}"), start))
    return Register(tuple(fittings), tuple(orders))


def _coverage(story: Story) -> Coverage:
    unmonitored = sum(gap.until - gap.start for gap in story.unmonitored)
    n = story.number
    nearest = story.nearest
    if nearest is None and story.seen:
        deepest = max((s.judged(story.tag_id, story.place) for s in story.seen), key=lambda fix: fix.depth_m)
        nearest = Nearest(ZoneId(f"Z-{n}"), deepest.recorded_at, deepest.depth_m)
    return Coverage(
        WearerId(f"W-{n}"), ProhibitionId(f"P-{n}"), story.in_force_us,
        story.in_force_us - unmonitored - story.suspended_us, story.suspended_us, story.unmonitored, nearest,
    )  # fmt: skip


def _tracks(told: Sequence[Story]) -> Tracks:
    rows = [(number, story, seen) for number, story in enumerate(told) for seen in story.seen]
    return Tracks(
        tag_ids=tuple(story.tag_id for story in told),
        tag=np.array([number for number, _, _ in rows], dtype=np.int64),
        recorded_at=np.array([seen.at for _, _, seen in rows], dtype=np.int64),
        position_id=np.array([seen.position_id for _, _, seen in rows], dtype=object),
        person_id=np.array([None for _ in rows], dtype=object),
        mechanism=np.array([Mechanism[seen.mechanism.upper()] for _, _, seen in rows], dtype=np.uint8),
        longitude_deg=np.array([story.place.east(seen.east_m) for _, story, seen in rows], dtype=np.float64),
        latitude_deg=np.array([story.place.north(seen.north_m) for _, story, seen in rows], dtype=np.float64),
        accuracy_m=np.array([seen.accuracy_m for _, _, seen in rows], dtype=np.float64),
        accuracy_confidence=np.full(len(rows), np.nan),
        clock_suspect=np.zeros(len(rows), dtype=np.bool_),
    )


def _reported(told: Sequence[Story]) -> Reported:
    seen = [one for story in told for one in story.seen]
    return Reported(
        speed_kmh=np.array([one.speed_kmh for one in seen], dtype=np.float64),
        heading_deg=np.array([one.heading_deg for one in seen], dtype=np.float64),
        uploaded_at=np.array([one.at + one.late_s * SECOND_US for one in seen], dtype=np.int64),
        received_at=np.array([one.at + (one.late_s + 3) * SECOND_US for one in seen], dtype=np.int64),
    )
