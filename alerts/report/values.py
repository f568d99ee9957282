"""What a report holds: one frozen value from which every format is made.

It holds instants and numbers; `wording` turns them into words. Entries are numbered as they are printed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from alerts.inputs import Arrivals
from alerts.particulars import OrderParticulars, ProhibitionParticulars, WearerParticulars, ZoneParticulars
from geofence.ids import TagId, ZoneId
from geofence.instants import Instant, Interval
from geofence.judgement import Coverage, Incident, JudgedFix
from geofence.register import ZoneVersion
from geofence.rules import Rules
from geofence.tracks import EventKind

Section = Literal["breaches", "crossings", "possible", "apart"]
SECTIONS: tuple[Section, ...] = ("breaches", "crossings", "possible", "apart")


@dataclass(frozen=True, slots=True)
class ReportedFix:
    """One row of an incident's table: a fix as reported, and as judged against the incident's zone.

    of_incident False: one of those up to 15 minutes before or after, so that the reader sees where the wearer came from
    and went. person_mismatch: the provider names another wearer (R9). speed_kmh, heading_deg, uploaded_at None: not
    reported.
    """

    sequence: int
    judged: JudgedFix
    of_incident: bool
    latitude_deg: float
    longitude_deg: float
    speed_kmh: float | None
    heading_deg: float | None
    uploaded_at: Instant | None
    received_at: Instant
    clock_suspect: bool
    person_mismatch: bool


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One incident as an officer reads it.

    versions: the zone versions by which its own fixes were judged. single_fix: no more than one fix puts the wearer
    in the zone.
    """

    number: int
    section: Section
    incident: Incident
    wearer: WearerParticulars
    order: OrderParticulars
    prohibition: ProhibitionParticulars
    zone: ZoneParticulars
    versions: tuple[ZoneVersion, ...]
    fixes: tuple[ReportedFix, ...]
    single_fix: bool

    @property
    def inside(self) -> bool:
        """Whether the wearer is inside at the horizon, or was lost inside."""
        return self.incident.state != "closed"

    def inside_at(self, at: Instant, horizon: Instant) -> bool:
        """Whether an incident that began before `at` was still going on then, as far as the fixes tell."""
        incident = self.incident
        if incident.state == "open":
            return at < horizon
        # The last fix of a crossing lies beyond its end.
        return incident.fixes[-1].recorded_at >= at if incident.ended_at is None else incident.ended_at > at

    @property
    def deepest(self) -> ReportedFix | None:
        """The likely fix deepest in the zone; None of a crossing, which has no fix inside."""
        own = [row for row in self.fixes if row.of_incident and row.judged.depth_m == self.incident.deepest_m]
        return own[0] if own else None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a worn tag reported of itself. until None: it still lasts at the horizon, as far as is known.

    until_fix: no end was reported, and the tag's next fix ends it.
    """

    wearer: WearerParticulars
    tag_id: TagId
    kind: EventKind
    occurred_at: Instant
    until: Instant | None
    until_fix: bool


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A zone that could not be read, and whom that concerns."""

    zone_id: ZoneId
    fault: str
    label: str
    wearer: WearerParticulars
    order: OrderParticulars
    prohibition: ProhibitionParticulars


@dataclass(frozen=True, slots=True)
class Covered:
    """How much of one prohibition's time was monitored, and how near its wearer came."""

    coverage: Coverage
    wearer: WearerParticulars
    order: OrderParticulars
    prohibition: ProhibitionParticulars
    nearest_zone: ZoneParticulars | None

    @property
    def unmonitored_us(self) -> int:
        """In-force time that was neither suspended nor monitored, in microseconds."""
        return self.due_us - self.coverage.monitored_us

    @property
    def due_us(self) -> int:
        """In-force time that was not suspended, in microseconds."""
        return self.coverage.in_force_us - self.coverage.suspended_us


@dataclass(frozen=True, slots=True)
class Since:
    """What is known of the time since the report day's end, other than incidents and events.

    between: what was judged, up to the horizon or the end of the next day. last_fix_at: when the last fix of any tag
    before its end was recorded, None if there is none. silent: from when on no tag sent anything, if that is longer
    than the rules let pass between two fixes; then nobody was monitored. gaps: the rows with time not monitored
    that neither this silence nor the wait for the next fix explains.
    """

    between: Interval
    coverage: tuple[Covered, ...]
    coverage_known: bool
    last_fix_at: Instant | None
    silent: Interval | None
    gaps: tuple[Covered, ...]

    @property
    def monitored_throughout(self) -> bool:
        """Whether all time in force was monitored, but for the wait for the next fix."""
        return self.coverage_known and self.silent is None and not self.gaps


@dataclass(frozen=True, slots=True)
class GradeCounts:
    """How many incidents of each grade; never summed, for a sum would say that they weigh the same."""

    confirmed: int
    probable: int
    inferred: int
    possible: int


@dataclass(frozen=True, slots=True)
class Late:
    """One wearer's fixes of the day that came more than `LATE_US` after they were recorded, by cause.

    by_tag: the tag sent them late. in_transit: they were late between the tag's sending and their receipt.
    unknown: the tag did not say when it sent them. longest_us: the greatest delay.
    """

    wearer: WearerParticulars
    fixes: int
    by_tag: int
    in_transit: int
    unknown: int
    longest_us: int


@dataclass(frozen=True, slots=True)
class NotRaisedCount:
    """How many fixes in or at the edge of a zone are part of no incident, and why."""

    wearer: WearerParticulars
    zone: ZoneParticulars
    reason: str
    fixes: int
    first_at: Instant
    last_at: Instant
    deepest_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """One force's report of one day. edition None: a PREVIEW, never sealed.

    entries: incidents of the day, numbered in the order of SECTIONS. since: those that began after the day's end,
    numbered on. Both hold suspended and before-awareness incidents, in the section `apart`; counts leave them out.
    coverage_known: whether the judgement tells of monitored time; if it does not, nothing may sound like compliance.
    events: of the day; events_since: after it. since_midnight: None if what came after the day's end was not judged.
    """

    force: str
    force_name: str
    day: date
    between: Interval
    horizon: Instant
    edition: int | None
    rules: Rules
    software_version: str
    entries: tuple[Entry, ...]
    since: tuple[Entry, ...]
    since_midnight: Since | None
    counts: GradeCounts
    events: tuple[Event, ...]
    events_since: tuple[Event, ...]
    not_judged: tuple[Unjudged, ...]
    coverage: tuple[Covered, ...]
    coverage_known: bool
    late: tuple[Late, ...]
    not_raised: tuple[NotRaisedCount, ...]
    arrivals: Arrivals
    differences: tuple[str, ...]

    @property
    def preview(self) -> bool:
        """Whether this was never issued."""
        return self.edition is None

    @property
    def inside(self) -> tuple[Entry, ...]:
        """Who is inside at the horizon or was lost inside; not those listed apart."""
        return tuple(entry for entry in self.entries + self.since if entry.inside and entry.section != "apart")

    @property
    def inside_apart(self) -> tuple[Entry, ...]:
        """Who is inside or was lost inside during a suspension or before he knew of the order."""
        return tuple(entry for entry in self.entries + self.since if entry.inside and entry.section == "apart")

    @property
    def went_on(self) -> tuple[Entry, ...]:
        """The day's incidents that were still going on after its end."""
        return tuple(entry for entry in self.entries if entry.inside_at(self.between.end, self.horizon))

    @property
    def nil(self) -> bool:
        """Whether no incident of the day counts."""
        return all(entry.section == "apart" for entry in self.entries)

    def section(self, name: Section) -> tuple[Entry, ...]:
        """Return the day's entries of one section."""
        return tuple(entry for entry in self.entries if entry.section == name)
