"""The one function that judges: by the desk, for the report, for files, and to verify a sealed bundle."""

from typing import NamedTuple

import numpy as np

from geofence.blocks import Blocks, blocks, watch
from geofence.bounds import Bounds, bounds
from geofence.coverage import coverage
from geofence.crossing import crossings
from geofence.exculpation import not_raised
from geofence.fixes import in_order
from geofence.in_force import span
from geofence.incidents import Draft, drafts, incidents, is_listed
from geofence.instants import Instant, Interval
from geofence.judgement import Incident, Judgement
from geofence.legs import legs
from geofence.near import near
from geofence.nearest import nearest
from geofence.parts import groups
from geofence.register import Register
from geofence.rules import Rules
from geofence.runs import runs, sequence
from geofence.scene import Scene
from geofence.shapes import ZoneUnreadable
from geofence.touches import Touches, touches
from geofence.tracks import Tracks
from geofence.zones import zones

__all__ = ["ZoneUnreadable", "judge", "judge_incidents"]


class _Found(NamedTuple):
    """What steps 1 to 3 of `judge` come to: the evidence, what touched a zone, and the incidents drawn from it."""

    scene: Scene
    cut: Blocks
    touching: Touches
    known: Bounds
    drawn: list[Draft]

    def incidents(self, between: Interval) -> tuple[Incident, ...]:
        """Return the incidents that a range lists."""
        return tuple(incidents(self.known, [draft for draft in self.drawn if is_listed(self.known, draft, between)]))


# A claimed radius may be any number: its square may be infinite, and is then compared as such.
@np.errstate(over="ignore")
def judge(tracks: Tracks, register: Register, rules: Rules, between: Interval, horizon: Instant) -> Judgement:
    """Judge fixes and tag events against a register: rules R0 to R11 (see the package's docstring).

    between: the range reported on; fixes before it are context. horizon: fixes recorded at or after it take no part.
    The answer depends on the set of fixes and events, the register, the rules, the range and the horizon alone.

    1. Whose is each fix, in which order, how accurate (R1, R2)? Which are implausible, which make legs (R6, R7)?
    2. Which fixes and legs may touch a zone of their wearer at all? Of these fixes, what is the verdict (R3 to R5)?
    3. Which likely fixes make runs, which legs are crossings (R7, R8)? Joined, they are incidents, graded (R9).
    4. How much time was monitored (R10), how close did each wearer come, and what was not raised (R11)?

    Raises ZoneUnreadable for a zone version whose shape can't be judged.
    """
    found = _found(tracks, register, rules, between, horizon)
    # 4. comes with the answer.
    return Judgement(
        rules_version=rules.version,
        start=between.start,
        until=between.end,
        unassigned=found.scene.fixes.unassigned,
        judged=found.scene.fixes.assigned,
        incidents=found.incidents(between),
        coverage=coverage(found.scene, tracks, nearest(found.scene, found.cut, between), between),
        not_raised=not_raised(found.scene, found.touching, [draft.group for draft in found.drawn], between),
    )


@np.errstate(over="ignore")
def judge_incidents(
    tracks: Tracks, register: Register, rules: Rules, between: Interval, horizon: Instant
) -> tuple[Incident, ...]:
    """Return the incidents of `judge`, without its step 4: what the desk asks many times a day of each track."""
    return _found(tracks, register, rules, between, horizon).incidents(between)


def _found(tracks: Tracks, register: Register, rules: Rules, between: Interval, horizon: Instant) -> _Found:
    # 1.
    fixes = in_order(tracks, register, rules, horizon)
    first = Instant(int(fixes.at.min())) if len(fixes) else between.start
    zoned = zones(register, span(min(first, between.start), max(between.end, horizon)))
    scene = Scene(register, rules, horizon, fixes, legs(fixes, rules), zoned, watch(fixes, zoned))
    # 2.
    cut = blocks(fixes, scene.legs, zoned, scene.watched)
    close = near(fixes, scene.legs, zoned, scene.watched, cut)
    touching = touches(scene, close)
    # 3.
    ordered = sequence(fixes, scene.legs, rules)
    unbroken = runs(ordered, scene.legs, touching, rules)
    together = list(groups(fixes, ordered, unbroken, crossings(scene, close, touching), rules))
    known = bounds(scene, ordered, unbroken, [group for neighbours in together for group in neighbours])
    drawn = [draft for neighbours in together for draft in drafts(known, neighbours)]
    return _Found(scene, cut, touching, known, drawn)
