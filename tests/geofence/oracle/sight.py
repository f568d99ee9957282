"""R3 to R5: one fix against one zone version."""

from dataclasses import dataclass

from geofence.judgement import Verdict
from geofence.register import ZoneVersion
from geofence.rules import Rules
from tests.geofence.oracle.fixes import Fix
from tests.geofence.oracle.margins import DEPTH_TOLERANCE_M, Margins, p_tolerance
from tests.geofence.oracle.probability import p_inside
from tests.geofence.oracle.shape import Shape


@dataclass(frozen=True)
class Sight:
    """What a fix is to a zone version."""

    depth_m: float
    p_inside: float
    verdict: Verdict
    likely: bool


class Sights:
    """Looks at each pair once and remembers it."""

    def __init__(self, rules: Rules, margins: Margins) -> None:
        self.rules = rules
        self.margins = margins
        self.shapes: dict[int, Shape] = {}
        self.seen: dict[tuple[Fix, int], Sight] = {}

    def shape(self, version: ZoneVersion) -> Shape:
        """Return a version's shape in its plane."""
        if id(version) not in self.shapes:
            self.shapes[id(version)] = Shape(version)
        return self.shapes[id(version)]

    def of(self, fix: Fix, version: ZoneVersion) -> Sight:
        """Return how a version sees a fix."""
        key = (fix, id(version))
        if key not in self.seen:
            self.seen[key] = self.look(fix, self.shape(version))
        return self.seen[key]

    def look(self, fix: Fix, shape: Shape) -> Sight:
        """Judge a fix.

        R5: "INSIDE if `p_inside >= 0.95`. OUTSIDE if `depth_m < -r95_m` (the circle does not reach the zone). Else
        UNCERTAIN. *Likely*: `p_inside >= 0.5`."
        """
        depth = shape.depth_m(fix.longitude_deg, fix.latitude_deg)
        chance = p_inside(shape, *shape.place(fix.longitude_deg, fix.latitude_deg), depth, fix.r95_m)
        tolerance = p_tolerance(fix.r95_m, self.margins.planes_part_m)
        inside = self.margins.at_least(chance, self.rules.inside_p, tolerance, "R5 inside")
        likely = self.margins.at_least(chance, self.rules.likely_p, tolerance, "R5 likely")
        reaches = self.margins.at_least(depth, -fix.r95_m, DEPTH_TOLERANCE_M, "R5 outside")
        verdict: Verdict = "INSIDE" if inside else "UNCERTAIN" if reaches else "OUTSIDE"
        return Sight(depth, chance, verdict, likely)
