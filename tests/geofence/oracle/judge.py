"""The whole of the rules of judgement, slowly."""

from dataclasses import dataclass, field

from geofence.ids import ZoneId
from geofence.instants import Instant, Interval
from geofence.judgement import Coverage, Incident, Judgement, NotRaised
from geofence.register import Order, Prohibition, Register
from geofence.rules import Rules
from geofence.tracks import Tracks
from tests.geofence.oracle.coverage import Clause, coverage, tracks_of_wearer
from tests.geofence.oracle.exculpation import nearest, not_raised
from tests.geofence.oracle.fixes import Fix, Track, read_fixes, tracks_of
from tests.geofence.oracle.force import in_force
from tests.geofence.oracle.incidents import incident, incidents_of_scene, listed, span
from tests.geofence.oracle.margins import PLANES_PART_M, Margins
from tests.geofence.oracle.parts import Scene, incidents_of
from tests.geofence.oracle.sight import Sights


@dataclass
class Court:
    """What the rules are applied to, and what was found so far."""

    register: Register
    rules: Rules
    between: Interval
    horizon: Instant
    margins: Margins
    fixes: list[Fix] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    not_raised: list[tuple[int, NotRaised]] = field(default_factory=list)

    @property
    def last(self) -> Instant:
        """The last instant that can matter."""
        return max(self.horizon, self.between.end, *(f.at for f in self.fixes), self.between.start)


def judge(
    tracks: Tracks,
    register: Register,
    rules: Rules,
    between: Interval,
    horizon: Instant,
    planes_part_m: float = PLANES_PART_M,
) -> tuple[Judgement, Margins]:
    """Judge, and tell how close the scenario came to a threshold.

    R1: "Fixes recorded at or after the horizon take no part in anything." "Fixes in no fitting (and before the horizon)
    are kept and counted as unassigned."
    """
    court = Court(register, rules, between, horizon, Margins(planes_part_m))
    court.fixes = [f for f in read_fixes(tracks, rules) if f.at < horizon]
    court.tracks = tracks_of(court.fixes, register, rules, court.margins)
    sights = Sights(rules, court.margins)
    for order in register.orders:
        for prohibition in order.prohibitions:
            try_prohibition(court, order, prohibition, tracks, sights)
    assigned = sum(len(t.fixes) for t in court.tracks)
    judgement = Judgement(
        rules_version=rules.version,
        start=between.start,
        until=between.end,
        unassigned=len(court.fixes) - assigned,
        judged=assigned,
        incidents=tuple(sorted(court.incidents, key=lambda i: (i.began_at, i.zone_id, i.incident_id))),
        coverage=tuple(sorted(court.coverage, key=lambda c: (c.wearer_id, c.prohibition_id))),
        not_raised=tuple(row for _, row in sorted(court.not_raised, key=not_raised_order)),
    )
    return judgement, court.margins


def not_raised_order(indexed: tuple[int, NotRaised]) -> tuple[Instant, ZoneId, str, int]:
    """ "`not_raised` by (`recorded_at`, `zone_id`, `tag_id`, track order)"."""
    index, row = indexed
    return row.recorded_at, row.zone_id, row.tag_id, index


def try_prohibition(court: Court, order: Order, prohibition: Prohibition, tracks: Tracks, sights: Sights) -> None:
    """Judge one wearer's tracks against one prohibition."""
    own = tracks_of_wearer(court.tracks, order.wearer_id)
    times = [(zone, in_force(order, prohibition, zone, court.last)) for zone in prohibition.zones]
    for zone, intervals in times:
        raised: set[Fix] = set()
        for track in own:
            for interval in intervals:
                raised |= try_scene(
                    court, order, prohibition, Scene(track, zone, interval, court.rules, sights, court.margins)
                )
        court.not_raised += not_raised(own, zone, intervals, raised, court.between, court.rules, sights)
    if prohibition.zones or prohibition.needs_zone:
        clause = Clause(order, prohibition, own, court.fixes, tracks.events, court.rules, sights)
        before_horizon = (
            court.between.meet(Interval(court.between.start, court.horizon))
            if court.horizon > court.between.start
            else None
        )
        row = coverage(clause, before_horizon, court.last, nearest(own, times, court.between, sights))
        court.coverage.append(row)


def try_scene(court: Court, order: Order, prohibition: Prohibition, scene: Scene) -> set[Fix]:
    """Judge one track before one zone in one interval; return the fixes that are part of an incident."""
    raised: set[Fix] = set()
    for case in incidents_of_scene(scene, incidents_of(scene), court.horizon):
        raised |= set(span(case))
        if listed(case, court.between):
            court.incidents.append(incident(case, order.order_id, prohibition.prohibition_id))
    return raised
