"""R11: the nearest approach, and the fixes in a zone that raised nothing."""

from collections.abc import Sequence

from geofence.instants import Instant, Interval
from geofence.judgement import Nearest, NotRaised
from geofence.register import Zone
from geofence.rules import Rules
from tests.geofence.oracle.fixes import Fix, Track
from tests.geofence.oracle.force import InForce, version_at
from tests.geofence.oracle.legs import legs_of
from tests.geofence.oracle.margins import DEPTH_TOLERANCE_M, FAR_TOLERANCE_M
from tests.geofence.oracle.parts import left_out
from tests.geofence.oracle.shape import NEAR_M
from tests.geofence.oracle.sight import Sight, Sights


def recorded_in(tracks: Sequence[Track], between: Interval) -> list[tuple[Track, Fix]]:
    """Return the fixes recorded in the range."""
    return [(t, f) for t in tracks for f in t.fixes if between.start <= f.at < between.end]


def in_force_sight(
    zone: Zone, times: Sequence[InForce], at: Instant, fix: Fix, sights: Sights
) -> tuple[InForce, Sight] | None:
    """Return how a zone in force at an instant sees a fix."""
    holding = next((i for i in times if i.holds(at)), None)
    version = version_at(zone, at)
    return (holding, sights.of(fix, version)) if holding and version else None


def nearest(
    tracks: Sequence[Track], zones: Sequence[tuple[Zone, Sequence[InForce]]], between: Interval, sights: Sights
) -> Nearest | None:
    """R11: "`nearest`: of the wearer's precise tracks, the fix recorded in the range with the greatest `depth_m` while
    in force, not suspended (ties: earliest, then `zone_id`), for each prohibition".
    """
    found: list[tuple[float, Instant, str, Nearest, tuple[float, float]]] = []
    for _, fix in recorded_in(tracks, between):
        for zone, times in zones:
            seen = in_force_sight(zone, times, fix.at, fix, sights) if fix.precise else None
            if seen is not None and not seen[0].suspended:
                depth = seen[1].depth_m
                place = (fix.longitude_deg, fix.latitude_deg)
                found.append((-depth, fix.at, zone.zone_id, Nearest(zone.zone_id, fix.at, depth), place))
    if not found:
        return None
    best = min(found, key=lambda one: one[:3])
    for other in found:
        # The same place before the same shape is an honest tie; another place that is as near is not.
        if (other[0] != best[0]) or other[4] != best[4]:
            tolerance = 2 * DEPTH_TOLERANCE_M if -best[0] > -NEAR_M else 2 * FAR_TOLERANCE_M
            sights.margins.note(other[0] - best[0], tolerance, "R11 two places are as near")
    return best[3]


def not_raised(
    tracks: Sequence[Track],
    zone: Zone,
    times: Sequence[InForce],
    raised: set[Fix],
    between: Interval,
    rules: Rules,
    sights: Sights,
) -> list[tuple[int, NotRaised]]:
    """R11: "`not_raised`: every fix recorded in the range with `depth_m >= 0` in force that is part of no incident,
    with its reason (uncertain, implausible, or within_leg: left out by R8 and not UNCERTAIN)." Small print: "an
    implausible fix has the reason implausible, whatever its verdict".
    """
    found = []
    for track, fix in recorded_in(tracks, between):
        seen = in_force_sight(zone, times, fix.at, fix, sights)
        if seen is None:
            continue
        sight = seen[1]
        inside = sights.margins.at_least(sight.depth_m, 0.0, DEPTH_TOLERANCE_M, "R11 not raised")
        if not inside or fix in raised:
            continue
        if fix.implausible:
            why = "implausible"
        elif left_out(fix, legs_of(track, rules)) and sight.verdict != "UNCERTAIN":
            why = "within_leg"
        elif sight.verdict == "UNCERTAIN":
            why = "uncertain"
        else:
            raise AssertionError("a violation is part of no incident")
        row = NotRaised(
            wearer_id=track.fitting.wearer_id,
            zone_id=zone.zone_id,
            tag_id=fix.tag_id,
            recorded_at=fix.at,
            position_id=fix.position_id,
            depth_m=sight.depth_m,
            p_inside=sight.p_inside,
            reason=why,  # type: ignore[arg-type]
        )
        found.append((fix.index, row))
    return found
