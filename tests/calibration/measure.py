"""Everything that is measured, from seeds: the same numbers each time."""

from collections.abc import Callable

from tests.calibration import beside, candidates, passes, reliability
from tests.calibration.candidates import DEFAULT, PROPOSED
from tests.calibration.tables import Measured

SEED = 20_261_120
HOURS, PASSES, VISITS = 4000, 1000, 1000
CANDIDATES_SCALE = 0.2


def measure(scale: float, say: Callable[[str], None]) -> Measured:
    """Return all tables' rows; scale: this share of the hours, years, passes and visits."""
    say("hours spent about a zone")
    bins, grades = reliability.measured(round(HOURS * scale), SEED, DEFAULT)
    say("years spent beside a zone")
    accused = beside.measured(scale, SEED + 100, DEFAULT)
    say("passes through a zone")
    passed, proposed = (passes.measured(round(PASSES * scale), SEED + 200, rules) for rules in (DEFAULT, PROPOSED))
    say("other numbers for the rules")
    others = candidates.measured(CANDIDATES_SCALE * scale, round(VISITS * scale), SEED + 1000)
    return Measured(bins, grades, accused, passed, proposed, others)
