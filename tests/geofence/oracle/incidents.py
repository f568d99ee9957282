"""R8, second half, and R9: what is said of an incident."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from geofence.ids import IncidentId, OrderId, ProhibitionId
from geofence.instants import FOREVER, SECOND_US, Instant, Interval, printed
from geofence.judgement import Bracket, Grade, Incident, JudgedFix, State
from tests.geofence.oracle.fixes import Fix
from tests.geofence.oracle.force import version_for
from tests.geofence.oracle.legs import Crossing, Leg, reach, stretches
from tests.geofence.oracle.margins import DEPTH_TOLERANCE_M, INSTANT_TOLERANCE_US, p_tolerance
from tests.geofence.oracle.parts import (
    Part,
    Run,
    Scene,
    end_of,
    ends_last,
    exact,
    first_fix,
    last_fix,
    start_of,
    visits,
)


@dataclass
class Case:
    """One incident while it is described: its parts, and the nearest fixes of its neighbours in the interval."""

    scene: Scene
    parts: Sequence[Part]
    before: Fix | None
    after: Fix | None
    horizon: Instant

    @property
    def earliest(self) -> Part:
        """R8: "It begins as its earliest part"."""
        return self.parts[0]

    @property
    def latest(self) -> Part:
        """R8: "and ends as its latest-ending one (ties: a run before a crossing)"."""
        return ends_last(self.parts)

    @property
    def run_fixes(self) -> list[Fix]:
        return [f for p in self.parts if not isinstance(p, Crossing) for f in p]

    @property
    def crossings(self) -> list[Crossing]:
        return [p for p in self.parts if isinstance(p, Crossing)]


def silent(scene: Scene, instants: Sequence[Instant]) -> bool:
    """Tell whether more than 15 min without a fix lie between neighbouring instants."""
    return any(b - a > scene.rules.silence_s * SECOND_US for a, b in pairwise(instants))


def clamped(at: Instant, low: Instant | None, high: Instant | None) -> Instant:
    """Return the instant between two limits, where there are any."""
    at = at if low is None else max(at, low)
    return at if high is None else min(at, high)


def began_between(case: Case) -> Bracket:
    """R8: "`began_between`: the last OUTSIDE fix before (or the interval's start, if later; null if more than 15 min
    without a fix lie between), and the part's first INSIDE, else first likely, fix." R7: a crossing's "brackets are its
    ends, clamped to the interval". "In brackets and `state`, the nearest fix of a neighbouring incident of the interval
    counts as an OUTSIDE fix."
    """
    part, scene = case.earliest, case.scene
    if isinstance(part, Crossing):
        return ends_clamped(scene, part)
    right = next((f for f in part if scene.sight(f).verdict == "INSIDE"), part[0])
    earlier = [f for f in scene.during if f.index < part[0].index]
    marks = [f for f in earlier if scene.outside(f)] + ([case.before] if case.before else [])
    left = max([scene.interval.start, *(f.at for f in marks)])
    known = [left, *(f.at for f in earlier if f.at >= left), part[0].at]
    return (None if silent(scene, known) else left), right.at


def ended_between(case: Case, state: State) -> Bracket:
    """R8: "`ended_between` mirrors it." "Open and lost incidents have `ended_at` and the right of `ended_between`
    null." """
    part, scene = case.latest, case.scene
    if isinstance(part, Crossing):
        return ends_clamped(scene, part)
    left = next((f for f in reversed(part) if scene.sight(f).verdict == "INSIDE"), part[-1])
    if state != "closed":
        return left.at, None
    later = [f for f in scene.during if f.index > part[-1].index]
    marks = [f for f in later if scene.outside(f)] + ([case.after] if case.after else [])
    right = min([scene.interval.end, *(f.at for f in marks)])
    known = [part[-1].at, *(f.at for f in later if f.at <= right), right]
    return left.at, (None if silent(scene, known) else right)


def ends_clamped(scene: Scene, part: Crossing) -> Bracket:
    """Return a crossing's ends, clamped to the interval."""
    return max(part.leg.first.at, scene.interval.start), min(part.leg.last.at, scene.interval.end)


def already_inside(case: Case) -> bool:
    """R8: "`already_inside`: the run's first fix has no OUTSIDE fix between it and the interval's start, and the last
    fix before the start that is not UNCERTAIN, at most 15 min before that first fix, is INSIDE the version that opens."
    """
    part, scene = case.earliest, case.scene
    if isinstance(part, Crossing):
        return False
    if any(scene.outside(f) for f in scene.during if f.index < part[0].index):
        return False
    for fix in reversed([f for f in scene.considered if f.at < scene.interval.start]):
        verdict = scene.sights.of(fix, scene.interval.opening).verdict
        if verdict != "UNCERTAIN":
            return verdict == "INSIDE" and part[0].at - fix.at <= scene.rules.silence_s * SECOND_US
    return False


def leg_passage(scene: Scene, leg: Leg, *, last: bool) -> Instant | None:
    """Return the first entry (last exit) of a whole leg; small print: "a leg starts and ends at its own ends, also
    where these lie outside the interval"."""
    parts = stretches(leg, scene.zone, scene.interval, (leg.first.at, leg.last.at), scene.sights)
    return reach(parts, scene.margins, last=last)


def starts_outside(scene: Scene, fix: Fix) -> bool:
    """Tell whether a leg's end lies at depth < 0."""
    return not scene.margins.at_least(scene.sight(fix).depth_m, 0.0, DEPTH_TOLERANCE_M, "R8 leg's end at depth < 0")


def began_at(case: Case, bracket: Bracket, inside_before: bool) -> Instant:
    """R8: "`began_at`: first entry of the leg into the first likely fix, if that leg exists and starts at depth < 0;
    else the interval's start if `already_inside`; else that fix's instant. ... clamped to interval and bracket."
    """
    part, scene = case.earliest, case.scene
    if isinstance(part, Crossing):
        return clamped(clamped(part.entry, scene.interval.start, scene.interval.end), *bracket)
    leg = next((x for x in scene.legs if x.last is part[0]), None)
    at = leg_passage(scene, leg, last=False) if leg and starts_outside(scene, leg.first) else None
    if at is None:
        at = scene.interval.start if inside_before else part[0].at
    return clamped(clamped(at, scene.interval.start, scene.interval.end), *bracket)


def ended_at(case: Case, bracket: Bracket, state: State) -> Instant | None:
    """R8: "`ended_at` mirrors it: last exit; else the interval's end if no OUTSIDE fix lies between and the last likely
    fix is at most 15 min before it; else that fix's instant."
    """
    part, scene = case.latest, case.scene
    if state != "closed":
        return None
    if isinstance(part, Crossing):
        return clamped(clamped(part.exit, scene.interval.start, scene.interval.end), *bracket)
    leg = next((x for x in scene.legs if x.first is part[-1]), None)
    at = leg_passage(scene, leg, last=True) if leg and starts_outside(scene, leg.last) else None
    if at is None:
        outside = any(scene.outside(f) for f in scene.during if f.index > part[-1].index)
        near = scene.interval.end - part[-1].at <= scene.rules.silence_s * SECOND_US
        at = scene.interval.end if near and not outside else part[-1].at
    return clamped(clamped(at, scene.interval.start, scene.interval.end), *bracket)


def state_of(case: Case) -> tuple[State, Instant]:
    """Return the state and when it came about.

    R8: "`state`, by whichever comes first after the last part (ties in this order): an OUTSIDE fix or the interval's
    end, `closed`; the horizon, `open`; 15 min without a fix, `track_lost`. ... A crossing is closed."
    """
    part, scene = case.latest, case.scene
    if isinstance(part, Crossing):
        return "closed", part.exit
    later = [f for f in scene.during if f.index > part[-1].index]
    marks = [f.at for f in later if scene.outside(f)] + ([case.after.at] if case.after else [])
    closed = min([scene.interval.end, *marks])
    silence = round(scene.rules.silence_s * SECOND_US)
    heard = part[-1].at
    for fix in [*later, *([case.after] if case.after else [])]:
        if fix.at - heard > silence:
            break
        heard = max(heard, fix.at)
    lost = heard + silence
    first = min(closed, case.horizon, lost)
    if first == closed:
        return "closed", closed
    return ("open", case.horizon) if first == case.horizon else ("track_lost", Instant(lost))


def grade_of(case: Case) -> Grade:
    """R9: "confirmed: two gps fixes INSIDE at least 30 s apart. probable: a gps fix INSIDE, or three gps or wifi fixes
    with `p_inside >= 0.68`. inferred: else, a crossing that R7 calls so. possible: the rest; ... fixes flagged
    `clock_suspect` or `person_mismatch` count towards no grade above possible."
    """
    scene, rules = case.scene, case.scene.rules
    sound = [f for f in case.run_fixes if not f.flagged]
    inside = [f.at for f in sound if f.mechanism == "gps" and scene.sight(f).verdict == "INSIDE"]
    if inside and max(inside) - min(inside) >= rules.confirmed_apart_s * SECOND_US:
        return "confirmed"
    good = [f for f in sound if f.mechanism in ("gps", "wifi") and probable(scene, f)]
    if inside or len(good) >= rules.probable_fixes:
        return "probable"
    if any(c.inferred and not c.leg.first.flagged and not c.leg.last.flagged for c in case.crossings):
        return "inferred"
    return "possible"


def probable(scene: Scene, fix: Fix) -> bool:
    """Tell whether one of three such fixes makes an incident probable."""
    tolerance = p_tolerance(fix.r95_m, scene.margins.planes_part_m)
    return scene.margins.at_least(scene.sight(fix).p_inside, scene.rules.probable_p, tolerance, "R9 probable")


def incident_id(case: Case) -> IncidentId:
    """R8: "first 16 hexadecimal digits of SHA-256 of `zone_id|interval start|tag_id|recorded_at|position_id` of its
    first likely fix (of a crossing's first end), instants as printed, no position_id as empty text."
    """
    fixes = case.run_fixes
    fix = fixes[0] if fixes else first_fix(case.earliest)
    scene = case.scene
    parts = [scene.zone.zone_id, printed(scene.interval.start), fix.tag_id, printed(fix.at), fix.position_id or ""]
    return IncidentId(hashlib.sha256("|".join(parts).encode()).hexdigest()[:16])


def span(case: Case) -> list[Fix]:
    """ "An incident's `fixes` are all its track's fixes from the first to the last of its parts' fixes"."""
    low = min(first_fix(p).index for p in case.parts)
    high = max(last_fix(p).index for p in case.parts)
    return case.scene.track.fixes[low : high + 1]


def judged_fix(case: Case, fix: Fix) -> JudgedFix:
    """Return a fix as an incident shows it."""
    sight = case.scene.sight(fix)
    version = version_for(case.scene.zone, case.scene.interval, fix.at)
    return JudgedFix(
        tag_id=fix.tag_id,
        position_id=fix.position_id,
        recorded_at=fix.at,
        mechanism=fix.mechanism,
        r95_m=fix.r95_m,
        accuracy_assumed=fix.accuracy_assumed,
        depth_m=sight.depth_m,
        p_inside=sight.p_inside,
        verdict=sight.verdict,
        zone_version=version.version,
        implausible=fix.implausible,
        longitude_deg=fix.longitude_deg,
        latitude_deg=fix.latitude_deg,
    )


def incident(case: Case, order_id: OrderId, prohibition_id: ProhibitionId) -> Incident:
    """Describe an incident."""
    scene = case.scene
    state, _ = state_of(case)
    inside_before = already_inside(case)
    began, ended = began_between(case), ended_between(case, state)
    ends = [f for c in case.crossings for f in (c.leg.first, c.leg.last)]
    depths = [scene.sight(f).depth_m for f in case.run_fixes] + [c.deepest_m for c in case.crossings]
    return Incident(
        incident_id=incident_id(case),
        wearer_id=scene.track.fitting.wearer_id,
        tag_id=scene.track.fitting.tag_id,
        order_id=order_id,
        prohibition_id=prohibition_id,
        zone_id=scene.zone.zone_id,
        kind="presence" if case.run_fixes else "crossing",
        grade=grade_of(case),
        state=state,
        began_at=began_at(case, began, inside_before),
        began_between=began,
        ended_at=ended_at(case, ended, state),
        ended_between=ended,
        already_inside=inside_before,
        suspended=scene.interval.suspended,
        before_aware=scene.interval.before_aware,
        visits=visits(scene, case.parts),
        deepest_m=max(depths),
        p_inside_max=max(scene.sight(f).p_inside for f in [*case.run_fixes, *ends]),
        fixes=tuple(judged_fix(case, f) for f in span(case)),
    )


def listed(case: Case, between: Interval) -> bool:
    """R1: "An incident is listed if its last fix or exit is at or after `from` and its first fix or entry is before
    `until`; one that is `track_lost` is listed in every range that begins before both its track's next plausible fix
    and its fitting's end."
    """
    scene = case.scene
    first, last = start_of(case.earliest), end_of(case.latest)
    for at, part, limit in ((first, case.earliest, between.end), (last, case.latest, between.start)):
        if not exact(scene, at, part):
            scene.margins.note(at - limit, INSTANT_TOLERANCE_US, "R1 listing")
    if first >= between.end:
        return False
    state, since = state_of(case)
    if state == "track_lost":
        later = [
            f.at
            for f in scene.track.fixes
            if not f.implausible and f.at >= since and f.index > last_fix(case.latest).index
        ]
        until = min([scene.track.fitting.removed_at, *later, FOREVER])
        return last >= between.start or between.start < until
    return last >= between.start


__all__ = ["Case", "Run", "incident", "incidents_of_scene", "listed", "span"]


def incidents_of_scene(scene: Scene, groups: Sequence[Sequence[Part]], horizon: Instant) -> list[Case]:
    """Pair each group of parts with the nearest fixes of its neighbours."""
    cases = []
    for place, parts in enumerate(groups):
        before = max((last_fix(p) for p in groups[place - 1]), key=lambda f: f.index) if place else None
        after = (
            min((first_fix(p) for p in groups[place + 1]), key=lambda f: f.index) if place + 1 < len(groups) else None
        )
        cases.append(Case(scene, parts, before, after, horizon))
    return cases
