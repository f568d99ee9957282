"""What `judge` answers: the members of judgement.json, in the order in which they are printed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from geofence.ids import IncidentId, OrderId, ProhibitionId, TagId, WearerId, ZoneId
from geofence.instants import SECOND_US, Instant, printed

Verdict = Literal["INSIDE", "OUTSIDE", "UNCERTAIN"]
Kind = Literal["presence", "crossing"]
Grade = Literal["confirmed", "probable", "inferred", "possible"]
State = Literal["closed", "open", "track_lost"]
Bracket = tuple[Instant | None, Instant | None]

# The mechanisms of the precise track (R6): only their fixes are joined by a line.
PRECISE = frozenset({"gps", "wifi"})


@dataclass(frozen=True, slots=True)
class JudgedFix:
    """One fix of an incident's track against the incident's zone (R2 to R6). Its position is kept, but not printed."""

    tag_id: TagId
    position_id: str | None
    recorded_at: Instant
    mechanism: str
    r95_m: float
    accuracy_assumed: bool
    depth_m: float
    p_inside: float
    verdict: Verdict
    zone_version: int
    implausible: bool
    # Not compared: a fix has one position, and NaN, where nobody asked for it, is equal to nothing.
    longitude_deg: float = field(default=float("nan"), compare=False)
    latitude_deg: float = field(default=float("nan"), compare=False)


@dataclass(frozen=True, slots=True)
class Incident:
    """An unbroken presence in a zone, or a crossing of it (R7 to R9)."""

    incident_id: IncidentId
    wearer_id: WearerId
    tag_id: TagId
    order_id: OrderId
    prohibition_id: ProhibitionId
    zone_id: ZoneId
    kind: Kind
    grade: Grade
    state: State
    began_at: Instant
    began_between: Bracket
    ended_at: Instant | None
    ended_between: Bracket
    already_inside: bool
    suspended: bool
    before_aware: bool
    visits: int
    deepest_m: float
    p_inside_max: float
    fixes: tuple[JudgedFix, ...]


# Of the next three a national day has some for every clause: msgspec's classes are made four times as fast.
class Unmonitored(msgspec.Struct, frozen=True, gc=False):
    """A maximal interval without usable fixes, and why (R10)."""

    start: Instant
    until: Instant
    reason: str


class Nearest(msgspec.Struct, frozen=True, gc=False):
    """The closest that a wearer came to a prohibition's zones while it was in force (R11)."""

    zone_id: ZoneId
    recorded_at: Instant
    depth_m: float


class Coverage(msgspec.Struct, frozen=True, gc=False):
    """How much of a prohibition's in-force time was monitored (R10); durations in microseconds."""

    wearer_id: WearerId
    prohibition_id: ProhibitionId
    in_force_us: int
    monitored_us: int
    suspended_us: int
    unmonitored: tuple[Unmonitored, ...]
    nearest: Nearest | None


@dataclass(frozen=True, slots=True)
class NotRaised:
    """A fix at or beyond a zone's edge that is part of no incident, and why (R11)."""

    wearer_id: WearerId
    zone_id: ZoneId
    tag_id: TagId
    recorded_at: Instant
    position_id: str | None
    depth_m: float
    p_inside: float
    reason: Literal["uncertain", "implausible", "within_leg"]


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A zone that could not be read, so that nothing was judged against it."""

    zone_id: ZoneId
    fault: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The whole answer. `unassigned` and `judged` count fixes recorded before the horizon."""

    rules_version: int
    start: Instant
    until: Instant
    unassigned: int
    judged: int
    incidents: tuple[Incident, ...]
    coverage: tuple[Coverage, ...]
    not_raised: tuple[NotRaised, ...]
    not_judged: tuple[NotJudged, ...] = ()


def document(judgement: Judgement, counts: Mapping[str, int], rejections: list[dict[str, object]]) -> dict[str, object]:
    """Return judgement.json as plain values in the order in which they are printed.

    counts: `lines`, `fixes`, `duplicates`, `contradictions` and `rejected`, which only the reader of the fixes knows
    (one left out is 0); `unassigned` and `judged` are the judgement's own. rejections: unread lines, their faults.
    """
    reader = ("lines", "fixes", "duplicates", "contradictions", "rejected")
    return {
        "rules_version": judgement.rules_version,
        "from": printed(judgement.start),
        "until": printed(judgement.until),
        "counts": {
            **{name: counts.get(name, 0) for name in reader},
            "unassigned": judgement.unassigned,
            "judged": judgement.judged,
        },
        "incidents": [printed_incident(incident) for incident in judgement.incidents],
        "coverage": [_coverage(row) for row in judgement.coverage],
        "not_raised": [_not_raised(row) for row in judgement.not_raised],
        "not_judged": [{"zone_id": row.zone_id, "fault": row.fault} for row in judgement.not_judged],
        "rejections": rejections,
    }


def to_json(
    judgement: Judgement, counts: Mapping[str, int] | None = None, rejections: list[dict[str, object]] | None = None
) -> bytes:
    """Return judgement.json in UTF-8, indented by two, a newline at the end: equal judgements, equal bytes."""
    plain = msgspec.json.encode(document(judgement, counts or {}, rejections or []))
    return msgspec.json.format(plain, indent=2) + b"\n"


def printed_incident(incident: Incident) -> dict[str, object]:
    """Return one incident as judgement.json prints it."""
    return {
        "incident_id": incident.incident_id,
        "wearer_id": incident.wearer_id,
        "tag_id": incident.tag_id,
        "order_id": incident.order_id,
        "prohibition_id": incident.prohibition_id,
        "zone_id": incident.zone_id,
        "kind": incident.kind,
        "grade": incident.grade,
        "state": incident.state,
        "began_at": printed(incident.began_at),
        "began_between": [_printed(side) for side in incident.began_between],
        "ended_at": _printed(incident.ended_at),
        "ended_between": [_printed(side) for side in incident.ended_between],
        "already_inside": incident.already_inside,
        "suspended": incident.suspended,
        "before_aware": incident.before_aware,
        "visits": incident.visits,
        "deepest_m": incident.deepest_m,
        "p_inside_max": incident.p_inside_max,
        "fixes": [printed_fix(fix) for fix in incident.fixes],
    }


def printed_fix(fix: JudgedFix) -> dict[str, object]:
    """Return one fix of an incident as judgement.json prints it: without its position."""
    return {
        "tag_id": fix.tag_id,
        "position_id": fix.position_id,
        "recorded_at": printed(fix.recorded_at),
        "mechanism": fix.mechanism,
        "r95_m": fix.r95_m,
        "accuracy_assumed": fix.accuracy_assumed,
        "depth_m": fix.depth_m,
        "p_inside": fix.p_inside,
        "verdict": fix.verdict,
        "zone_version": fix.zone_version,
        "implausible": fix.implausible,
    }


def printed_seconds(duration_us: int) -> int | float:
    """Return a duration in seconds: whole if it is whole, else to 1 ms, finer only if the instants were finer.

    >>> printed_seconds(86_400_000_000), printed_seconds(1_500_000)
    (86400, 1.5)
    """
    whole, rest = divmod(duration_us, SECOND_US)
    return whole if rest == 0 else duration_us / SECOND_US


def _printed(at: Instant | None) -> str | None:
    return None if at is None else printed(at)


def _coverage(row: Coverage) -> dict[str, object]:
    return {
        "wearer_id": row.wearer_id,
        "prohibition_id": row.prohibition_id,
        "in_force_s": printed_seconds(row.in_force_us),
        "monitored_s": printed_seconds(row.monitored_us),
        "suspended_s": printed_seconds(row.suspended_us),
        "unmonitored": [
            {"from": printed(gap.start), "until": printed(gap.until), "reason": gap.reason} for gap in row.unmonitored
        ],
        "nearest": row.nearest
        and {
            "zone_id": row.nearest.zone_id,
            "recorded_at": printed(row.nearest.recorded_at),
            "depth_m": row.nearest.depth_m,
        },
    }


def _not_raised(row: NotRaised) -> dict[str, object]:
    return {
        "wearer_id": row.wearer_id,
        "zone_id": row.zone_id,
        "tag_id": row.tag_id,
        "recorded_at": printed(row.recorded_at),
        "position_id": row.position_id,
        "depth_m": row.depth_m,
        "p_inside": row.p_inside,
        "reason": row.reason,
    }
