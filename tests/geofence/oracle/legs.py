"""R7: legs, followed in small steps that are halved where the answer lies."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from geofence.instants import SECOND_US, Instant
from geofence.register import Zone, ZoneVersion
from geofence.rules import Rules
from tests.geofence.oracle.fixes import Fix, Track
from tests.geofence.oracle.force import InForce, version_for
from tests.geofence.oracle.margins import DEPTH_TOLERANCE_M, INSTANT_TOLERANCE_US, Margins
from tests.geofence.oracle.shape import Shape
from tests.geofence.oracle.sight import Sights

EDGE_M = -0.0005
"""Depths are rounded to 0.001 m before they are compared (R0), so that this one counts as 0."""
RESOLVED_M = 1e-4
DOUBT_M = 0.004
MOST_STEPS = 60_000


@dataclass(frozen=True)
class Leg:
    """R7: "A *leg* joins consecutive fixes of the precise track more than 0 and at most 120 s apart"."""

    first: Fix
    last: Fix


def legs_of(track: Track, rules: Rules) -> list[Leg]:
    """Return a track's legs."""
    precise = [f for f in track.fixes if f.precise]
    return [Leg(a, b) for a, b in pairwise(precise) if 0 < b.at - a.at <= rules.leg_s * SECOND_US]


@dataclass(frozen=True)
class Stretch:
    """A part of a leg under one version: from instant to instant, from place to place in that version's plane."""

    shape: Shape
    start: Instant
    end: Instant
    ax: float
    ay: float
    bx: float
    by: float

    @property
    def length_m(self) -> float:
        return math.hypot(self.bx - self.ax, self.by - self.ay)

    def depth(self, share: float) -> float:
        return self.shape.raw_depth_m(self.ax + share * (self.bx - self.ax), self.ay + share * (self.by - self.ay))

    def at(self, share: float) -> float:
        return self.start + share * (self.end - self.start)


def versions_between(
    zone: Zone, interval: InForce, start: Instant, end: Instant
) -> list[tuple[Instant, Instant, ZoneVersion]]:
    """Cut the time of a leg where the version changes: "each instant of it is judged by the version then valid"."""
    edges = {interval.start, interval.end, *(edge for v in zone.versions for edge in (v.valid_from, v.valid_until))}
    cuts = sorted({start, end, *(e for e in edges if start < e < end)})
    if len(cuts) == 1:
        return [(start, end, version_for(zone, interval, start))]
    return [(a, b, version_for(zone, interval, a)) for a, b in pairwise(cuts)]


def stretches(
    leg: Leg, zone: Zone, interval: InForce, within: tuple[Instant, Instant], sights: Sights
) -> list[Stretch]:
    """Return the parts of a leg between two instants: "it is straight in the zone's plane"."""
    found = []
    for start, end, version in versions_between(zone, interval, *within):
        shape = sights.shape(version)
        ax, ay = shape.place(leg.first.longitude_deg, leg.first.latitude_deg)
        bx, by = shape.place(leg.last.longitude_deg, leg.last.latitude_deg)
        whole = leg.last.at - leg.first.at
        s, e = (start - leg.first.at) / whole, (end - leg.first.at) / whole
        found.append(Stretch(shape, start, end, *between(ax, ay, bx, by, s), *between(ax, ay, bx, by, e)))
    return found


def between(ax: float, ay: float, bx: float, by: float, share: float) -> tuple[float, float]:
    return ax + share * (bx - ax), ay + share * (by - ay)


def deepest_on(stretch: Stretch) -> float:
    """Return the greatest depth on a stretch to 5 mm: depth changes by no more than the way gone, so that a step whose
    ends are shallow enough hides nothing."""
    length = stretch.length_m
    shares = [i / 16 for i in range(17)]
    steps = list(pairwise(shares))
    known = {s: stretch.depth(s) for s in shares}
    best = max(known.values())
    while steps and len(known) < MOST_STEPS:
        hopeful = [(a, b) for a, b in steps if (known[a] + known[b] + (b - a) * length) / 2 > best + 0.005]
        steps = []
        for a, b in hopeful:
            middle = (a + b) / 2
            known[middle] = stretch.depth(middle)
            best = max(best, known[middle])
            steps += [(a, middle), (middle, b)]
    return best


def first_reach(stretch: Stretch, level_m: float, backwards: bool = False) -> float | None:
    """Return the first (last, if backwards) share of a stretch at which its depth is `level_m` or more."""

    def depth(share: float) -> float:
        return stretch.depth(1 - share if backwards else share)

    length = stretch.length_m
    stack = [(0.0, 1.0, depth(0.0), depth(1.0))]
    looked = 0
    while stack:
        a, b, at_a, at_b = stack.pop()
        looked += 1
        if at_a >= level_m:
            return 1 - a if backwards else a
        way = (b - a) * length
        if (at_a + at_b + way) / 2 < level_m:
            continue
        if way < RESOLVED_M or looked > MOST_STEPS:
            if at_b >= level_m:
                return 1 - b if backwards else b
            continue
        middle = (a + b) / 2
        at_middle = depth(middle)
        stack += [(middle, b, at_middle, at_b), (a, middle, at_a, at_middle)]
    return None


def reach(parts: Sequence[Stretch], margins: Margins, *, last: bool) -> Instant | None:
    """Return the first or last instant of a leg's parts at depth >= 0, to 1 ms; None if there is none.

    R7: "Entry and exit: first and last instant at depth >= 0, by linear interpolation". A leg that slips along the edge
    has an entry that hangs on millimetres: such a scenario is set aside.
    """
    doubt = max(DOUBT_M, 2 * margins.planes_part_m)
    answers = [reach_at(parts, level, last=last) for level in (EDGE_M - doubt, EDGE_M, EDGE_M + doubt)]
    lower, answer, upper = answers
    if lower is None:
        return None
    if answer is None or upper is None:
        margins.give_up("R7 a leg only just reaches depth 0")
    else:
        spread = max(abs(lower - answer), abs(upper - answer))
        if spread > INSTANT_TOLERANCE_US / 2:
            margins.give_up("R7 a leg slips along the edge")
    return None if answer is None else Instant(round(answer / 1000) * 1000)


def reach_at(parts: Sequence[Stretch], level_m: float, *, last: bool) -> float | None:
    """Return the first or last instant at which the parts reach a level."""
    for part in reversed(parts) if last else parts:
        share = first_reach(part, level_m, backwards=last)
        if share is not None:
            return part.at(share)
    return None


@dataclass(frozen=True)
class Crossing:
    """R7: a leg that passes through a zone with no likely fix at either end."""

    leg: Leg
    entry: Instant
    exit: Instant
    deepest_m: float
    inferred: bool


def crossing(leg: Leg, zone: Zone, interval: InForce, sights: Sights, margins: Margins) -> Crossing | None:
    """Return the crossing that a leg is in an interval, if it is one.

    R7: "It is a crossing if neither end that lies in the in-force interval is likely, and the part of it in the
    interval reaches depth 0. ... Inferred if `deepest_m >= ` the sum of its ends' r95_m, else possible."
    """
    if leg.last.at < interval.start or leg.first.at >= interval.end:
        return None
    ends = (leg.first, leg.last)
    if any(interval.holds(f.at) and sights.of(f, version_for(zone, interval, f.at)).likely for f in ends):
        return None
    part = max(leg.first.at, interval.start), min(leg.last.at, interval.end)
    parts = stretches(leg, zone, interval, part, sights)
    if all(p.depth(0.5) + p.length_m / 2 < -1.0 for p in parts):
        return None
    deepest = round(max(deepest_on(p) for p in parts), 3) + 0.0
    if not margins.at_least(deepest, 0.0, DEPTH_TOLERANCE_M, "R7 reaches the edge"):
        return None
    entry, exit_ = reach(parts, margins, last=False), reach(parts, margins, last=True)
    if entry is None or exit_ is None:
        margins.give_up("R7 a leg only just reaches depth 0")
        return None
    wide = leg.first.r95_m + leg.last.r95_m
    inferred = margins.at_least(deepest, wide, DEPTH_TOLERANCE_M, "R7 inferred")
    return Crossing(leg, entry, exit_, deepest, inferred)
