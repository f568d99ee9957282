"""How close a scenario comes to a threshold.

Two honest computations of a depth may part by a centimetre. Where a verdict hangs on that centimetre, a difference
between them says nothing, so the scenario is set aside. Every comparison of a measured number in the oracle goes
through `Margins`; comparisons of recorded instants are exact and do not.
"""

from dataclasses import dataclass

DEPTH_TOLERANCE_M = 0.02
FAR_TOLERANCE_M = 0.5
P_TOLERANCE = 2e-4
SPEED_TOLERANCE_M_S = 0.05
INSTANT_TOLERANCE_US = 100_000


@dataclass
class Margins:
    """The closest that any comparison came to its threshold, in tolerances: below 1 the scenario decides nothing."""

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
