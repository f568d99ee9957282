"""R8: what are the parts of an incident, and which parts belong together?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from geofence.crossing import Crossing
from geofence.fixes import Fixes
from geofence.instants import SECOND_US, Instant
from geofence.rules import Rules
from geofence.runs import Ordered, Runs

# A watched (track, zone) and an in-force interval.
_Where = tuple[int, int]


class Part(NamedTuple):
    """A run of likely fixes, or a crossing. `start`, `end`: its first and last likely fix, or its entry and exit.

    first_fix, last_fix: those fixes, or the crossing's ends. first_row, last_row: rows of `Runs.touching`, else -1.
    """

    start: Instant
    end: Instant
    first_fix: int
    last_fix: int
    first_row: int
    last_row: int
    crossing: Crossing | None

    @property
    def is_run(self) -> bool:
        """Whether this is a run."""
        return self.crossing is None


def _end(part: Part) -> tuple[Instant, bool, int]:
    return part.end, part.is_run, part.last_fix


@dataclass(frozen=True, slots=True)
class Group:
    """The parts of one incident, in order of their start."""

    watch: int
    interval: int
    parts: tuple[Part, ...]
    visits: int

    @property
    def opening(self) -> Part:
        """The part with which the incident begins: the earliest; of several, a run."""
        return min(self.parts, key=lambda part: (part.start, not part.is_run))

    @property
    def closing(self) -> Part:
        """The part with which the incident ends: the one that ends last; of several, a run, the last in track order."""
        return max(self.parts, key=_end)

    @property
    def first_fix(self) -> int:
        """The earliest fix of any part."""
        return min(part.first_fix for part in self.parts)

    @property
    def last_fix(self) -> int:
        """The latest fix of any part."""
        return max(part.last_fix for part in self.parts)


def groups(
    fixes: Fixes, ordered: Ordered, runs: Runs, crossings: Sequence[Crossing], rules: Rules
) -> Iterator[list[Group]]:
    """Yield, for each (watch, interval) that has any, its incidents' parts in order of time."""
    places: dict[_Where, list[Part]] = {}
    rows = zip(runs.first.tolist(), runs.last.tolist(), strict=True)
    touching = runs.touching
    for first, last in rows:
        first_fix, last_fix = int(touching.fix[first]), int(touching.fix[last])
        part = Part(
            Instant(int(fixes.at[first_fix])), Instant(int(fixes.at[last_fix])), first_fix, last_fix, first, last, None
        )
        places.setdefault((int(touching.watch[first]), int(touching.interval[first])), []).append(part)
    for crossing in crossings:
        part = Part(crossing.entry, crossing.exit, crossing.start, crossing.end, -1, -1, crossing)
        places.setdefault((crossing.watch, crossing.interval), []).append(part)
    for where, parts in sorted(places.items()):
        parts.sort(key=lambda part: (part.start, not part.is_run, part.first_fix))
        yield _joined(ordered, runs, where, parts, rules)


def _joined(ordered: Ordered, runs: Runs, where: _Where, parts: Sequence[Part], rules: Rules) -> list[Group]:
    """Join parts: one at most 5 min after the latest end before it, or at most 60 min with no OUTSIDE fix between."""
    soon, unbroken = round(rules.join_s * SECOND_US), round(rules.join_unbroken_s * SECOND_US)
    found: list[Group] = []
    together = [parts[0]]
    latest, visits = parts[0], 1
    for part in parts[1:]:
        apart = part.start - latest.end
        outside = outside_between(ordered, runs, where, latest, part)
        if apart <= soon or (apart <= unbroken and not outside):
            visits += outside
            together.append(part)
        else:
            found.append(Group(*where, tuple(together), visits))
            together, visits = [part], 1
            latest = part
        latest = max(latest, part, key=_end)
    found.append(Group(*where, tuple(together), visits))
    return found


def outside_between(ordered: Ordered, runs: Runs, where: _Where, before: Part, after: Part) -> bool:
    """Return whether an OUTSIDE fix lies between the end of one part and the start of another.

    A crossing ends before the fix at its far end and starts after the fix at its near end.
    """
    low = int(ordered.number[before.last_fix]) + (1 if before.is_run else 0)
    high = int(ordered.number[after.first_fix]) - (1 if after.is_run else 0)
    if high < low:
        return False
    own_low, own_high = runs.rows_of(where[0])
    numbers = runs.number[own_low:own_high]
    known = np.searchsorted(numbers, high, side="right") - np.searchsorted(numbers, low)
    return int(known) < high - low + 1
