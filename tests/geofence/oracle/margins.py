"""How close a scenario comes to a threshold.

Two honest computations of a depth may part by a centimetre. Where a verdict hangs on that centimetre, a difference
between them says nothing, so the scenario is set aside. Every comparison of a measured number in the oracle goes
through `Margins`; comparisons of recorded instants are exact and do not.
"""

import math
from dataclasses import dataclass

DEPTH_TOLERANCE_M = 0.02
FAR_TOLERANCE_M = 0.5
P_TOLERANCE = 2e-4
PLANES_PART_M = 0.0005
WIDE_PLANES_PART_M = 0.012
SPEED_TOLERANCE_M_S = 0.05
INSTANT_TOLERANCE_US = 100_000


def p_tolerance(r95_m: float, planes_part_m: float) -> float:
    """Return how far two values of `p_inside` may part, if their planes put a zone's edge `planes_part_m` apart."""
    sigma = r95_m / math.sqrt(-2.0 * math.log(0.05))
    return P_TOLERANCE + (planes_part_m / (sigma * math.sqrt(2 * math.pi)) if sigma else 0.0)


@dataclass
class Margins:
    """The closest that any comparison came to its threshold, in tolerances: below 1 the scenario decides nothing.

    planes_part_m: what two planes may make of one edge; a millimetre at most, a centimetre for zones of 20 km (R3).
    """

    planes_part_m: float = PLANES_PART_M
    closest: float = float("inf")
    where: str = ""

    def note(self, difference: float, tolerance: float, where: str) -> None:
        """Remember that two compared numbers are `difference` apart."""
        margin = abs(difference) / tolerance
        if margin < self.closest:
            self.closest, self.where = margin, where

    def at_least(self, value: float, threshold: float, tolerance: float, where: str) -> bool:
        """Answer `value >= threshold`, remembering how close it was."""
        self.note(value - threshold, tolerance, where)
        return value >= threshold

    def give_up(self, where: str) -> None:
        """Set the scenario aside."""
        self.closest, self.where = 0.0, where
