"""Compare thousands of scenarios: `python -m tests.geofence.oracle --seed 1 --count 5000`.

Prints the first difference with the smallest scenario that still shows it, and ends with 1; with 0 if all agree.
"""

import argparse
import sys

from geofence.judge import judge
from tests.geofence.oracle.compare import differences
from tests.geofence.oracle.generator import scenario
from tests.geofence.oracle.judge import judge as oracle
from tests.geofence.oracle.scenario import Scenario, smaller


def disagreement(case: Scenario) -> list[str] | None:
    """Return what differs; None if the scenario hangs on less than a tolerance and decides nothing."""
    tracks = case.tracks()
    expected, margins = oracle(tracks, case.register, case.rules, case.between, case.horizon, case.planes_part_m)
    if margins.closest < 1:
        return None
    try:
        answer = judge(tracks, case.register, case.rules, case.between, case.horizon)
    except Exception as fault:  # noqa: BLE001 - whatever it refuses, the scenario is to be shown
        return [f"judge raised {type(fault).__name__}: {fault}"]
    return differences(expected, answer, case.planes_part_m)


def kind_of(difference: str) -> str:
    """Return a difference without the ids and numbers in it, so that shrinking doesn't slide into another one."""
    return " ".join(word for word in difference.partition(":")[0].split() if word.replace("_", "").isalpha())


def minimised(case: Scenario) -> Scenario:
    """Return the smallest scenario found that shows the first difference of this one."""
    wanted = kind_of((disagreement(case) or [""])[0])
    shrinking = True
    while shrinking:
        shrinking = False
        for candidate in smaller(case):
            found = disagreement(candidate) if candidate.rows else None
            if found and any(kind_of(f) == wanted for f in found):
                case, shrinking = candidate, True
                break
    return case


def say(*lines: str) -> None:
    """Write lines to standard output."""
    sys.stdout.write("\n".join(lines) + "\n")


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--stop-after", type=int, default=1)
    parser.add_argument("--no-shrinking", action="store_true")
    wanted = parser.parse_args()
    decided = undecided = different = 0
    for seed in range(wanted.seed, wanted.seed + wanted.count):
        case = scenario(seed)
        found = disagreement(case)
        if found is None:
            undecided += 1
            continue
        decided += 1
        if found:
            different += 1
            small = case if wanted.no_shrinking else minimised(case)
            say(
                f"=== seed {seed}",
                *found[:4],
                "--- smallest:",
                *(disagreement(small) or []),
                small.described(),
            )
            if different >= wanted.stop_after:
                break
    say(f"{decided} decided, {undecided} set aside, {different} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
