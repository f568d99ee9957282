"""What `judge` answers: the members of judgement.json, in the order in which they are printed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from geofence.ids import IncidentId, OrderId, ProhibitionId, TagId, WearerId, ZoneId
from geofence.instants import Instant

Verdict = Literal["INSIDE", "OUTSIDE", "UNCERTAIN"]
Kind = Literal["presence", "crossing"]
Grade = Literal["confirmed", "probable", "inferred", "possible"]
State = Literal["closed", "open", "track_lost"]
Bracket = tuple[Instant | None, Instant | None]


@dataclass(frozen=True, slots=True)
class JudgedFix:
    """One fix of an incident's track against the incident's zone (R2 to R6)."""

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


@dataclass(frozen=True, slots=True)
class Unmonitored:
    """A maximal interval without usable fixes, and why (R10)."""

    start: Instant
    until: Instant
    reason: str


@dataclass(frozen=True, slots=True)
class Nearest:
    """The closest that a wearer came to a prohibition's zones while it was in force (R11)."""

    zone_id: ZoneId
    recorded_at: Instant
    depth_m: float


@dataclass(frozen=True, slots=True)
class Coverage:
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
    """Return the JSON document of a judgement; equal judgements give equal documents."""
    raise NotImplementedError
