"""R8, first half: runs and crossings of one track, zone and in-force interval, and which of them join."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from geofence.instants import SECOND_US, Instant
from geofence.register import Zone
from geofence.rules import Rules
from tests.geofence.oracle.fixes import Fix, Track
from tests.geofence.oracle.force import InForce, version_for
from tests.geofence.oracle.legs import Crossing, Leg, crossing, legs_of
from tests.geofence.oracle.margins import INSTANT_TOLERANCE_US, Margins
from tests.geofence.oracle.sight import Sight, Sights

Run = list[Fix]
Part = Run | Crossing


@dataclass
class Scene:
    """One track before one zone in one in-force interval.

    `considered`: the plausible fixes of the whole track, in order, without those left out; `inside` the interval below.
    """

    track: Track
    zone: Zone
    interval: InForce
    rules: Rules
    sights: Sights
    margins: Margins
    legs: list[Leg] = field(default_factory=list)
    considered: list[Fix] = field(default_factory=list)
    during: list[Fix] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.legs = legs_of(self.track, self.rules)
        self.considered = considered_of(self.track, self.legs)
        self.during = [f for f in self.considered if self.interval.holds(f.at)]

    def sight(self, fix: Fix) -> Sight:
        """Return how the zone sees a fix, by the version that judges it in this interval."""
        return self.sights.of(fix, version_for(self.zone, self.interval, fix.at))

    def outside(self, fix: Fix) -> bool:
        return self.sight(fix).verdict == "OUTSIDE"


def left_out(fix: Fix, legs: Sequence[Leg]) -> bool:
    """R8: "leaving out cell, rf and unknown fixes recorded within a leg (ends included)"."""
    return fix.mechanism in ("cell", "rf", "unknown") and any(x.first.at <= fix.at <= x.last.at for x in legs)


def considered_of(track: Track, legs: Sequence[Leg]) -> list[Fix]:
    """R8: "over plausible fixes in order, leaving out ..."."""
    return [f for f in track.fixes if not f.implausible and not left_out(f, legs)]


def runs(scene: Scene) -> list[Run]:
    """R8: "A *run* is a maximal sequence of likely fixes, no two neighbours parted by an OUTSIDE fix or by more than
    15 min; UNCERTAIN fixes neither break nor prolong it."
    """
    found: list[Run] = []
    parted = True
    for fix in scene.during:
        sight = scene.sight(fix)
        if sight.verdict == "OUTSIDE":
            parted = True
        elif sight.likely:
            if parted or fix.at - found[-1][-1].at > scene.rules.silence_s * SECOND_US:
                found.append([])
            found[-1].append(fix)
            parted = False
    return found


def crossings(scene: Scene) -> list[Crossing]:
    """Return the legs of the track that are crossings in this interval (R7)."""
    judged = [crossing(leg, scene.zone, scene.interval, scene.sights, scene.margins) for leg in scene.legs]
    return [c for c in judged if c is not None]


def start_of(part: Part) -> Instant:
    """Return a run's first fix, a crossing's entry."""
    return part.entry if isinstance(part, Crossing) else part[0].at


def end_of(part: Part) -> Instant:
    """Return a run's last fix, a crossing's exit."""
    return part.exit if isinstance(part, Crossing) else part[-1].at


def first_fix(part: Part) -> Fix:
    """Return the first of a part's fixes: "a crossing's are its two ends"."""
    return part.leg.first if isinstance(part, Crossing) else part[0]


def last_fix(part: Part) -> Fix:
    """Return the last of a part's fixes."""
    return part.leg.last if isinstance(part, Crossing) else part[-1]


def ends_last(parts: Sequence[Part]) -> Part:
    """Return the latest-ending part ("ties: a run before a crossing"; of runs, the last in track order)."""
    return max(parts, key=lambda p: (end_of(p), not isinstance(p, Crossing), last_fix(p).index))


def parted_by_outside(scene: Scene, earlier: Part, later: Part) -> bool:
    """Tell whether an OUTSIDE fix lies between two parts, in the order of the track."""
    after, before = last_fix(earlier).index, first_fix(later).index
    if isinstance(earlier, Crossing):
        after -= 1
    if isinstance(later, Crossing):
        before += 1
    return any(after < f.index < before and scene.outside(f) for f in scene.during)


def incidents_of(scene: Scene) -> list[list[Part]]:
    """R8: "Parts in order of start: one at most 5 min after the latest end before it, or at most 60 min with no OUTSIDE
    fix between, joins it in one incident."
    """
    parts: list[Part] = [*runs(scene), *crossings(scene)]
    parts.sort(key=lambda p: (start_of(p), isinstance(p, Crossing), first_fix(p).index))
    found: list[list[Part]] = []
    for part in parts:
        if found and joins(scene, ends_last(found[-1]), part):
            found[-1].append(part)
        else:
            found.append([part])
    return found


def joins(scene: Scene, earlier: Part, later: Part) -> bool:
    """Tell whether a part belongs to the incident whose latest end is `earlier`'s."""
    apart_s = (start_of(later) - end_of(earlier)) / SECOND_US
    for limit_s in (scene.rules.join_s, scene.rules.join_unbroken_s):
        doubt_derived(scene, (start_of(later), later), (end_of(earlier), earlier), apart_s - limit_s)
    if apart_s <= scene.rules.join_s:
        return True
    return apart_s <= scene.rules.join_unbroken_s and not parted_by_outside(scene, earlier, later)


def doubt_derived(scene: Scene, one: tuple[Instant, Part], other: tuple[Instant, Part], short_s: float) -> None:
    """Note how near a difference of derived instants is to its limit; recorded instants are exact."""
    if not (exact(scene, *one) and exact(scene, *other)):
        scene.margins.note(short_s * SECOND_US, 2 * INSTANT_TOLERANCE_US, "R8 parts nearly joined")


def exact(scene: Scene, at: Instant, part: Part) -> bool:
    """Tell whether a part's start or end is a recorded instant, or the interval's own."""
    if not isinstance(part, Crossing):
        return True
    return at in (part.leg.first.at, part.leg.last.at, scene.interval.start, scene.interval.end)


def visits(scene: Scene, parts: Sequence[Part]) -> int:
    """R8: "`visits` = 1 + the neighbouring parts with an OUTSIDE fix between."."""
    return 1 + sum(parted_by_outside(scene, a, b) for a, b in pairwise(parts))
