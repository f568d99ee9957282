"""R10: which of the in-force time was monitored, piece by piece between all boundaries."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from geofence.ids import WearerId
from geofence.instants import FOREVER, SECOND_US, Instant, Interval
from geofence.judgement import Coverage, Nearest, Unmonitored
from geofence.register import Order, Prohibition
from geofence.rules import Rules
from geofence.tracks import TagEvent
from tests.geofence.oracle.fixes import Fix, Track
from tests.geofence.oracle.force import clause_in_force, steps, suspended_at, version_at
from tests.geofence.oracle.margins import FAR_TOLERANCE_M
from tests.geofence.oracle.sight import Sights

EVENT_ORDER = ("battery_dead", "power_off", "strap", "case", "jamming", "shielding", "no_network", "charging")


@dataclass
class Clause:
    """One prohibition with all that is known of its wearer. `tag_fixes`: every fix before the horizon, worn or not."""

    order: Order
    prohibition: Prohibition
    tracks: Sequence[Track]
    tag_fixes: Sequence[Fix]
    events: Sequence[TagEvent]
    rules: Rules
    sights: Sights

    @property
    def fixes(self) -> list[Fix]:
        """The wearer's plausible fixes in order of time."""
        return sorted((f for t in self.tracks for f in t.fixes if not f.implausible), key=lambda f: f.at)


def usable(clause: Clause, fix: Fix) -> bool:
    """R10: "*Usable*: a plausible gps, wifi or rf fix with `r95_m <= 250`, or any plausible fix whose circle stays more
    than 5 km from every zone of the prohibition that has a version then". Small print: "where no zone has a version,
    every plausible fix is far away".
    """
    if fix.mechanism in ("gps", "wifi", "rf") and fix.r95_m <= clause.rules.usable_r95_m:
        return True
    versions = [version_at(z, fix.at) for z in clause.prohibition.zones]
    for version in versions:
        if version is None:
            continue
        apart = -clause.sights.of(fix, version).depth_m - fix.r95_m
        clause.sights.margins.note(apart - clause.rules.far_away_m, FAR_TOLERANCE_M, "R10 far away")
        if apart <= clause.rules.far_away_m:
            return False
    return True


def monitored_times(clause: Clause) -> list[Interval]:
    """R10: "Consecutive usable fixes of the wearer at most 5 min apart monitor the time between."."""
    instants = [f.at for f in clause.fixes if usable(clause, f)]
    longest = clause.rules.monitored_gap_s * SECOND_US
    return [Interval(a, b) for a, b in pairwise(instants) if b - a <= longest]


def covered(intervals: Sequence[Interval], at: Instant) -> bool:
    return any(i.start <= at < i.end for i in intervals)


def coverage(clause: Clause, span: Interval | None, last: Instant, nearest: Nearest | None) -> Coverage:
    """Return a prohibition's row.

    R10: "in force here while order, monitoring requirement, prohibition and schedule hold, with or without a zone
    version: `in_force_s = suspended_s + monitored_s + unmonitored`, of the range before the horizon."
    """
    force = clause_in_force(clause.order, clause.prohibition, last)
    force = [] if span is None else [m for f in force if (m := f.meet(span))]
    watched = monitored_times(clause)
    fitted = [edge for t in clause.tracks for edge in (t.fitting.fitted_at, t.fitting.removed_at)]
    versions = [v for z in clause.prohibition.zones for v in z.versions]
    edges = [edge for i in (*watched, *clause.order.suspensions) for edge in i]
    edges += fitted + [edge for v in versions for edge in (v.valid_from, v.valid_until)]
    suspended = monitored = 0
    gaps: list[tuple[Interval, bool]] = []
    for interval in force:
        for piece in steps(edges, interval):
            bare = all(version_at(z, piece.start) is None for z in clause.prohibition.zones)
            if suspended_at(clause.order, piece.start):
                suspended += piece.end - piece.start
            elif not bare and covered(watched, piece.start):
                monitored += piece.end - piece.start
            else:
                add_gap(gaps, piece, bare, fitted)
    return Coverage(
        wearer_id=clause.order.wearer_id,
        prohibition_id=clause.prohibition.prohibition_id,
        in_force_us=sum(i.end - i.start for i in force),
        monitored_us=monitored,
        suspended_us=suspended,
        unmonitored=tuple(Unmonitored(g.start, g.end, reason(clause, g, bare)) for g, bare in gaps),
        nearest=nearest,
    )


def add_gap(gaps: list[tuple[Interval, bool]], piece: Interval, bare: bool, fitted: Sequence[Instant]) -> None:
    """R10: "Unmonitored intervals are maximal, parted only where a fitting, in-force time, suspension or `no_zone`
    begins or ends."."""
    if gaps:
        before, was_bare = gaps[-1]
        if before.end == piece.start and was_bare == bare and piece.start not in fitted:
            gaps[-1] = (Interval(before.start, piece.end), bare)
            return
    gaps.append((piece, bare))


def reason(clause: Clause, gap: Interval, bare: bool) -> str:
    """R10: "Reason: `no_zone` (in force but nothing published); else `no_fitting`; else the kind of a tag event that
    overlaps it by positive length ...; else `poor_accuracy` if a gps, wifi or rf fix with `r95_m > 250` lies strictly
    inside, else `cell_only` if a cell or unknown fix does, else `sparse` if any other fix does, else `no_fixes`."
    """
    if bare:
        return "no_zone"
    if not any(t.fitting.fitted_at <= gap.start < t.fitting.removed_at for t in clause.tracks):
        return "no_fitting"
    kinds = {e.kind for e in clause.events if any(meets(e, t, gap, clause) for t in clause.tracks)}
    for kind in EVENT_ORDER:
        if kind in kinds:
            return kind
    inside = [f for f in clause.fixes if gap.start < f.at < gap.end]
    exacting = ("gps", "wifi", "rf")
    if any(f.mechanism in exacting and f.r95_m > clause.rules.usable_r95_m for f in inside):
        return "poor_accuracy"
    if any(f.mechanism not in exacting for f in inside):
        return "cell_only"
    return "sparse" if inside else "no_fixes"


def meets(event: TagEvent, track: Track, gap: Interval, clause: Clause) -> bool:
    """Tell whether an event of a tag, while on the wearer, overlaps a gap by positive length.

    R10: "of a tag while on the wearer; an event without end lasts until its tag's next fix after it began".
    """
    fitting = track.fitting
    if event.tag_id != fitting.tag_id:
        return False
    ended = event.ended_at
    if ended is None:
        later = [
            f.at
            for f in clause.tag_fixes
            if f.tag_id == event.tag_id and f.at > event.occurred_at and not f.implausible
        ]
        ended = min(later, default=FOREVER)
    start = max(event.occurred_at, fitting.fitted_at, gap.start)
    return start < min(ended, fitting.removed_at, gap.end)


def tracks_of_wearer(tracks: Sequence[Track], wearer_id: WearerId) -> list[Track]:
    """Return the tracks that R10 and R11 join."""
    return [t for t in tracks if t.fitting.wearer_id == wearer_id]
