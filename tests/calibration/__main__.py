"""Measure, write tables and plot to a folder: `python -m tests.calibration [FOLDER]`. The same numbers each time."""

import sys
import time
from pathlib import Path

from geofence.rules import Rules
from tests.calibration import beside, candidates, passes, plot, reliability, tables

SEED = 20_261_120
HOURS, PASSES, VISITS = 4000, 1000, 1000
CANDIDATES_SCALE = 0.2


def main(folder: Path) -> None:
    """Run every part and say what was measured."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = Rules()
    _say("hours spent about a zone")
    bins, grades = reliability.measured(HOURS, SEED, rules)
    _say("years spent beside a zone")
    accused = beside.measured(1.0, SEED + 100, rules)
    _say("passes through a zone")
    passed = passes.measured(PASSES, SEED + 200, rules)
    passed_proposed = passes.measured(PASSES, SEED + 200, candidates.PROPOSED)
    _say("other numbers for the rules")
    others = candidates.measured(CANDIDATES_SCALE, VISITS, SEED + 1000)
    measured = tables.Measured(bins, grades, accused, passed, passed_proposed, others)
    print(tables.write(measured, folder))
    plot.draw(measured, folder / "calibration.png")
    _say(f"written to {folder}")


def _say(what: str) -> None:
    print(f"[{time.process_time():5.0f} s] {what}", file=sys.stderr, flush=True)


main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("out/calibration"))
