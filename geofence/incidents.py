"""R8: which incidents are there, and which of them does a range list?"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geofence.bounds import Began, Bounds, Ended
from geofence.grade import grades
from geofence.ids import IncidentId
from geofence.instants import Instant, Interval, printed
from geofence.judgement import Grade, Incident, JudgedFix
from geofence.parts import Group
from geofence.segments import spread
from geofence.touches import Touches
from geofence.tracks import FloatArray, IndexArray, Mechanism
from geofence.verdict import VERDICTS, Verdicts, verdicts
from geofence.versions import version_for

_MECHANISMS = tuple(mechanism.name.lower() for mechanism in sorted(Mechanism))


@dataclass(frozen=True, slots=True)
class Draft:
    """An incident whose fixes have not been looked up yet."""

    group: Group
    began: Began
    ended: Ended


def drafts(bounds: Bounds, neighbours: Sequence[Group]) -> list[Draft]:
    """Return the incidents of one track, zone and in-force interval; `neighbours` in order of time."""
    found = []
    for index, group in enumerate(neighbours):
        before = neighbours[index - 1] if index else None
        after = neighbours[index + 1] if index + 1 < len(neighbours) else None
        found.append(Draft(group, bounds.began(group, before), bounds.ended(group, after)))
    return found


def is_listed(bounds: Bounds, draft: Draft, between: Interval) -> bool:
    """Return whether a range lists an incident (R1).

    Its last fix or exit is at or after `from` and its first fix or entry before `until`; one whose track was lost stays
    listed until the track's next plausible fix or the fitting's end.
    """
    first, last = draft.group.opening.start, draft.group.closing.end
    if draft.ended.state == "track_lost":
        fitting = bounds.scene.fixes.fittings[int(bounds.scene.watched.track[draft.group.watch])]
        if between.start < min(draft.ended.found_again, fitting.removed_at):
            return first < between.end
    return last >= between.start and first < between.end


def incidents(bounds: Bounds, listed: Sequence[Draft]) -> list[Incident]:
    """Return the incidents with all their fixes, sorted by (`began_at`, `zone_id`, `incident_id`)."""
    scene, groups = bounds.scene, [draft.group for draft in listed]
    low = np.array([group.first_fix for group in groups], dtype=np.int64)
    count = np.array([group.last_fix + 1 for group in groups], dtype=np.int64) - low
    owner, fix = spread(low, count)
    zone = scene.watched.zone[np.array([group.watch for group in groups], dtype=np.int64)]
    interval = np.array([group.interval for group in groups], dtype=np.int64)
    version = version_for(scene.zones, zone[owner], interval[owner], scene.fixes.at[fix])
    judged = verdicts(scene.fixes, scene.zones.shapes, scene.rules, fix, version)
    shown = _shown(bounds, fix, version, judged)
    ends = np.cumsum(count)
    rows_low, rows_high = _rows(groups)
    graded = grades(scene, bounds.runs.touching, groups, rows_low, rows_high)
    extremes = _extremes(bounds.runs.touching, groups, rows_low, rows_high, judged.p_inside, ends - count - low)
    found = [
        _incident(bounds, draft, tuple(shown[end - fixes : end]), grade, *extreme)
        for draft, end, fixes, grade, extreme in zip(
            listed, ends.tolist(), count.tolist(), graded, extremes, strict=True
        )
    ]
    return sorted(found, key=lambda incident: (incident.began_at, incident.zone_id, incident.incident_id))


def _rows(groups: Sequence[Group]) -> tuple[IndexArray, IndexArray]:
    """Return the rows of touches `[low, high)` that hold each incident's runs; none where it holds crossings only."""
    runs = [[part for part in group.parts if part.is_run] for group in groups]
    low = [own[0].first_row if own else 0 for own in runs]
    high = [own[-1].last_row + 1 if own else 0 for own in runs]
    return np.array(low, dtype=np.int64), np.array(high, dtype=np.int64)


def _extremes(
    touching: Touches,
    groups: Sequence[Group],
    low: IndexArray,
    high: IndexArray,
    p_inside: FloatArray,
    offset: IndexArray,
) -> list[tuple[float, float]]:
    """Return `deepest_m` and `p_inside_max` of each incident: of its likely fixes, its crossings and their ends.

    p_inside: of all the fixes shown; that of fix f of an incident stands at `f + offset`.
    """
    owner, row = spread(low, high - low)
    likely = touching.likely[row]
    owner, row = owner[likely], row[likely]
    deepest, likeliest = (np.full(len(groups), -np.inf) for _ in range(2))
    np.maximum.at(deepest, owner, touching.depth_m[row])
    np.maximum.at(likeliest, owner, touching.p_inside[row])
    crossed = [
        (n, part.crossing) for n, group in enumerate(groups) for part in group.parts if part.crossing is not None
    ]
    for number, crossing in crossed:
        deepest[number] = max(deepest[number], crossing.deepest_m)
        ends = p_inside[offset[number] + crossing.start], p_inside[offset[number] + crossing.end]
        likeliest[number] = max(likeliest[number], *ends)
    return list(zip(deepest.tolist(), likeliest.tolist(), strict=True))


def _shown(bounds: Bounds, fix: IndexArray, version: IndexArray, judged: Verdicts) -> list[JudgedFix]:
    fixes = bounds.scene.fixes
    rows = zip(
        fix.tolist(),
        fixes.track[fix].tolist(),
        fixes.at[fix].tolist(),
        fixes.mechanism[fix].tolist(),
        fixes.r95_m[fix].tolist(),
        fixes.accuracy_assumed[fix].tolist(),
        judged.depth_m.tolist(),
        judged.p_inside.tolist(),
        judged.verdict.tolist(),
        version.tolist(),
        bounds.scene.legs.implausible[fix].tolist(),
        fixes.longitude_deg[fix].tolist(),
        fixes.latitude_deg[fix].tolist(),
        strict=True,
    )
    return [
        JudgedFix(
            tag_id=fixes.fittings[track].tag_id,
            position_id=fixes.position_id(one),
            recorded_at=at,
            mechanism=_MECHANISMS[mechanism],
            r95_m=r95_m,
            accuracy_assumed=assumed,
            depth_m=depth_m,
            p_inside=p_inside,
            verdict=VERDICTS[verdict],
            zone_version=bounds.scene.zones.versions[of].version,
            implausible=implausible,
            longitude_deg=east,
            latitude_deg=north,
        )
        for one, track, at, mechanism, r95_m, assumed, depth_m, p_inside, verdict, of, implausible, east, north in rows
    ]


def _incident(
    bounds: Bounds, draft: Draft, shown: tuple[JudgedFix, ...], grade: Grade, deepest_m: float, p_inside_max: float
) -> Incident:
    group, zones = draft.group, bounds.scene.zones
    entry = zones.of[int(bounds.scene.watched.zone[group.watch])]
    fitting = bounds.scene.fixes.fittings[int(bounds.scene.watched.track[group.watch])]
    return Incident(
        incident_id=_incident_id(bounds, group),
        wearer_id=fitting.wearer_id,
        tag_id=fitting.tag_id,
        order_id=entry.order.order_id,
        prohibition_id=entry.prohibition.prohibition_id,
        zone_id=entry.zone.zone_id,
        kind="presence" if any(part.is_run for part in group.parts) else "crossing",
        grade=grade,
        state=draft.ended.state,
        began_at=draft.began.at,
        began_between=draft.began.between,
        ended_at=draft.ended.at,
        ended_between=draft.ended.between,
        already_inside=draft.began.already_inside,
        suspended=bool(zones.suspended[group.interval]),
        before_aware=bool(zones.before_aware[group.interval]),
        visits=group.visits,
        deepest_m=deepest_m,
        p_inside_max=p_inside_max,
        fixes=shown,
    )


def _incident_id(bounds: Bounds, group: Group) -> IncidentId:
    """Return the id that R8 makes of zone, interval and first likely fix, or of a crossing's first end."""
    runs = [part for part in group.parts if part.is_run]
    first = min(part.first_fix for part in (runs or group.parts))
    text = "|".join(
        (
            bounds.scene.zones.of[int(bounds.scene.watched.zone[group.watch])].zone.zone_id,
            printed(Instant(int(bounds.scene.zones.interval_start[group.interval]))),
            bounds.scene.fixes.fittings[int(bounds.scene.watched.track[group.watch])].tag_id,
            printed(Instant(int(bounds.scene.fixes.at[first]))),
            bounds.scene.fixes.position_id(first) or "",
        )
    )
    return IncidentId(hashlib.sha256(text.encode()).hexdigest()[:16])
