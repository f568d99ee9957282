"""R8: which incidents are there, and which of them does a range list?"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geofence.bounds import Began, Bounds, Ended, version_for
from geofence.grade import grade
from geofence.ids import IncidentId
from geofence.instants import Instant, Interval, printed
from geofence.judgement import Incident, JudgedFix
from geofence.parts import Group
from geofence.scene import Scene
from geofence.segments import spread
from geofence.tracks import IndexArray, Mechanism
from geofence.verdict import VERDICTS, Verdicts, verdicts

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
    low = np.array([draft.group.first_fix for draft in listed], dtype=np.int64)
    high = np.array([draft.group.last_fix for draft in listed], dtype=np.int64)
    owner, fix = spread(low, high - low + 1)
    version = _versions(bounds.scene, listed, owner, fix)
    judged = verdicts(bounds.scene.fixes, bounds.scene.zones.shapes, bounds.scene.rules, fix, version)
    shown = _shown(bounds, fix, version, judged)
    ends = np.cumsum(high - low + 1)
    found = [
        _incident(bounds, draft, tuple(shown[end - count : end]), int(first))
        for draft, end, count, first in zip(listed, ends.tolist(), (high - low + 1).tolist(), low.tolist(), strict=True)
    ]
    return sorted(found, key=lambda incident: (incident.began_at, incident.zone_id, incident.incident_id))


def _versions(scene: Scene, listed: Sequence[Draft], owner: IndexArray, fix: IndexArray) -> IndexArray:
    """Return the version by which each fix is judged: the one then valid, else the interval's first or last."""
    zone = np.array([int(scene.watched.zone[draft.group.watch]) for draft in listed], dtype=np.int64)
    interval = np.array([draft.group.interval for draft in listed], dtype=np.int64)
    single = scene.zones.version_count[zone] == 1
    version = scene.zones.version_first[zone][owner]
    for row in np.flatnonzero(~single[owner]).tolist():
        own = owner[row]
        version[row] = version_for(scene.zones, int(zone[own]), int(interval[own]), int(scene.fixes.at[fix[row]]))
    return version


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


def _incident(bounds: Bounds, draft: Draft, shown: tuple[JudgedFix, ...], first_fix: int) -> Incident:
    group, zones, touching = draft.group, bounds.scene.zones, bounds.runs.touching
    entry = zones.of[int(bounds.scene.watched.zone[group.watch])]
    fitting = bounds.scene.fixes.fittings[int(bounds.scene.watched.track[group.watch])]
    crossings = [part.crossing for part in group.parts if part.crossing is not None]
    spans = [
        np.arange(part.first_row, part.last_row + 1, dtype=np.int64) for part in group.parts if part.crossing is None
    ]
    rows = np.concatenate([np.empty(0, dtype=np.int64), *spans])
    rows = rows[touching.likely[rows]]
    deepest = [float(depth) for depth in touching.depth_m[rows]] + [crossing.deepest_m for crossing in crossings]
    ends = [end for crossing in crossings for end in (crossing.start, crossing.end)]
    likeliest = [float(p) for p in touching.p_inside[rows]] + [shown[end - first_fix].p_inside for end in ends]
    return Incident(
        incident_id=_incident_id(bounds, group),
        wearer_id=fitting.wearer_id,
        tag_id=fitting.tag_id,
        order_id=entry.order.order_id,
        prohibition_id=entry.prohibition.prohibition_id,
        zone_id=entry.zone.zone_id,
        kind="presence" if len(rows) else "crossing",
        grade=grade(bounds.scene.fixes, touching, rows, crossings, bounds.scene.rules),
        state=draft.ended.state,
        began_at=draft.began.at,
        began_between=draft.began.between,
        ended_at=draft.ended.at,
        ended_between=draft.ended.between,
        already_inside=draft.began.already_inside,
        suspended=bool(zones.suspended[group.interval]),
        before_aware=bool(zones.before_aware[group.interval]),
        visits=group.visits,
        deepest_m=max(deepest),
        p_inside_max=max(likeliest),
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
