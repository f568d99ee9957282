"""R8: when did an incident begin and end, between which instants, and in which state is it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from geofence.instants import FOREVER, SECOND_US, Instant, Interval
from geofence.judgement import Bracket, State
from geofence.parts import Group, Part
from geofence.passage import Ways, passages
from geofence.runs import Ordered, Runs
from geofence.scene import Scene
from geofence.tracks import BoolArray, IndexArray
from geofence.verdict import INSIDE, UNCERTAIN, depths, verdicts
from geofence.versions import opening_version, version_for

# A leg against a (track, zone) and an in-force interval, named by the fix at its end in the incident.
_Way = tuple[int, int, int]


class Began(NamedTuple):
    """When an incident began: the estimate, its bracket, and whether the wearer was inside when the interval opened."""

    at: Instant
    between: Bracket
    already_inside: bool


class Ended(NamedTuple):
    """When an incident ended and its state; `found_again`: the next plausible fix after its track was lost."""

    at: Instant | None
    between: Bracket
    state: State
    found_again: Instant


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Finds where incidents begin and end; neighbours are those of the same track, zone and in-force interval.

    entries, exits: the first instant in the zone of the leg into an incident, if that leg starts outside; the last of
    the leg out of it, if that one ends outside.
    """

    scene: Scene
    ordered: Ordered
    runs: Runs
    entries: Mapping[_Way, Instant]
    exits: Mapping[_Way, Instant]

    def began(self, group: Group, before: Group | None) -> Began:
        """Return when an incident began; `before`: the incident before it in the interval."""
        part, interval = group.opening, self._interval(group)
        if part.crossing is not None:
            return Began(part.crossing.entry, self._ends(part, interval), already_inside=False)
        rows = self._rows(part)
        inside = rows[self.runs.touching.verdict[rows] == INSIDE]
        right = Instant(int(self.scene.fixes.at[self.runs.touching.fix[inside[0]]])) if len(inside) else part.start
        left, already = self._before(group, part, interval, before)
        at = self._entry(group, part, interval)
        if at is None:
            at = interval.start if already else part.start
        low = max(interval.start, left) if left is not None else interval.start
        return Began(Instant(min(max(at, low), right)), (left, right), already)

    def ended(self, group: Group, after: Group | None) -> Ended:
        """Return when and how an incident ended; `after`: the incident after it in the interval."""
        part, interval = group.closing, self._interval(group)
        if part.crossing is not None:
            return Ended(part.crossing.exit, self._ends(part, interval), "closed", FOREVER)
        rows = self._rows(part)
        inside = rows[self.runs.touching.verdict[rows] == INSIDE]
        left = Instant(int(self.scene.fixes.at[self.runs.touching.fix[inside[-1]]])) if len(inside) else part.end
        outside = self._outside_after(part, interval)
        known = min(outside, Instant(int(self.scene.fixes.at[after.first_fix]))) if after else outside
        lost, found_again = self._lost_at(part)
        first = min((known, 0), (interval.end, 0), (self.scene.horizon, 1), (lost, 2))
        if first[1]:
            return Ended(None, (left, None), "open" if first[1] == 1 else "track_lost", found_again)
        right = min(known, interval.end)
        at = self._exit(group, part, interval)
        if at is None:
            held = outside == FOREVER and interval.end - part.end <= self._silence_us
            at = interval.end if held else part.end
        return Ended(Instant(min(max(at, left), right)), (left, right), "closed", FOREVER)

    @property
    def _silence_us(self) -> int:
        return round(self.scene.rules.silence_s * SECOND_US)

    def _interval(self, group: Group) -> Interval:
        start, end = self.scene.zones.interval_start[group.interval], self.scene.zones.interval_end[group.interval]
        return Interval(Instant(int(start)), Instant(int(end)))

    def _rows(self, part: Part) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        rows = np.arange(part.first_row, part.last_row + 1, dtype=np.int64)
        chosen: np.ndarray[tuple[int], np.dtype[np.int64]] = rows[self.runs.touching.likely[rows]]
        return chosen

    def _ends(self, part: Part, interval: Interval) -> Bracket:
        """Return the ends of a crossing, clamped to the interval (R7)."""
        start, end = int(self.scene.fixes.at[part.first_fix]), int(self.scene.fixes.at[part.last_fix])
        return Instant(max(start, interval.start)), Instant(min(end, interval.end))

    def _before(
        self, group: Group, part: Part, interval: Interval, before: Group | None
    ) -> tuple[Instant | None, bool]:
        """Return the left end of the bracket, and `already_inside`."""
        place = int(self.ordered.number[part.first_fix])
        edge = int(self.runs.number[self.runs.block_first[part.first_row]]) - 1
        track_first = int(self.scene.fixes.first[self.scene.watched.track[group.watch]])
        outside = edge if edge >= 0 and self._in(edge, track_first, interval) else -1
        known = max(outside, int(self.ordered.number[before.last_fix]) if before else -1)
        if known >= 0 and self.ordered.at[known] >= interval.start:
            left, from_place = Instant(int(self.ordered.at[known])), known
            quiet = int(self.ordered.quiet_before[place]) > from_place
        else:
            # No OUTSIDE fix of the interval comes before, so the unbroken stretch starts with the interval's first fix.
            opening = edge + 1
            left = interval.start
            quiet = (
                int(self.ordered.quiet_before[place]) > opening
                or int(self.ordered.at[opening]) - interval.start > self._silence_us
            )
        already = outside < 0 and self._already_inside(group, part, interval)
        return None if quiet else left, already

    def _in(self, place: int, track_first: int, interval: Interval) -> bool:
        """Return whether a place of the sequence lies in this track and not before the interval."""
        return int(self.ordered.fix[place]) >= track_first and int(self.ordered.at[place]) >= interval.start

    def _already_inside(self, group: Group, part: Part, interval: Interval) -> bool:
        """Return whether the last fix before the interval that is not UNCERTAIN, at most 15 min old, is INSIDE.

        Those fixes are judged by the version that opens.
        """
        earliest = part.start - self._silence_us
        track_first = int(self.scene.fixes.first[self.scene.watched.track[group.watch]])
        earlier = []
        place = int(self.ordered.number[part.first_fix]) - 1
        while place >= 0 and self.ordered.fix[place] >= track_first and self.ordered.at[place] >= earliest:
            if self.ordered.at[place] < interval.start:
                earlier.append(int(self.ordered.fix[place]))
            place -= 1
        if not earlier:
            return False
        opening = opening_version(self.scene.zones, int(self.scene.watched.zone[group.watch]), group.interval)
        found = verdicts(
            self.scene.fixes,
            self.scene.zones.shapes,
            self.scene.rules,
            np.array(earlier),
            np.full(len(earlier), opening, dtype=np.int64),
        )
        sure = found.verdict[found.verdict != UNCERTAIN]
        return len(sure) > 0 and bool(sure[0] == INSIDE)

    def _outside_after(self, part: Part, interval: Interval) -> Instant:
        """Return the first OUTSIDE fix after a run, within the interval; FOREVER if there is none."""
        edge = int(self.runs.number[self.runs.block_last[part.last_row]]) + 1
        if (
            edge >= len(self.ordered.fix)
            or self.scene.fixes.track[self.ordered.fix[edge]] != self.scene.fixes.track[part.last_fix]
        ):
            return FOREVER
        at = Instant(int(self.ordered.at[edge]))
        return at if at < interval.end else FOREVER

    def _lost_at(self, part: Part) -> tuple[Instant, Instant]:
        """Return when 15 min without a fix will have passed after a run, and the next fix after that."""
        quiet = int(self.ordered.quiet_after[int(self.ordered.number[part.last_fix])])
        again = quiet + 1
        same = again < len(self.ordered.fix) and (
            self.scene.fixes.track[self.ordered.fix[again]] == self.scene.fixes.track[part.last_fix]
        )
        found_again = Instant(int(self.ordered.at[again])) if same else FOREVER
        return Instant(int(self.ordered.at[quiet]) + self._silence_us), found_again

    def _entry(self, group: Group, part: Part, interval: Interval) -> Instant | None:
        """Return the first entry of the leg into a run's first fix, if that leg starts outside."""
        at = self.entries.get((group.watch, group.interval, part.first_fix))
        return None if at is None else Instant(min(max(at, interval.start), interval.end))

    def _exit(self, group: Group, part: Part, interval: Interval) -> Instant | None:
        """Return the last exit of the leg out of a run's last fix, if that leg ends outside."""
        at = self.exits.get((group.watch, group.interval, part.last_fix))
        return None if at is None else Instant(min(max(at, interval.start), interval.end))


def bounds(scene: Scene, ordered: Ordered, found: Runs, groups: Sequence[Group]) -> Bounds:
    """Return what finds the bounds of these incidents."""
    entered = [(group.watch, group.interval, group.opening.first_fix) for group in groups if group.opening.is_run]
    left = [(group.watch, group.interval, group.closing.last_fix) for group in groups if group.closing.is_run]
    entries = _passed(scene, found, entered, scene.legs.inward, into=True)
    exits = _passed(scene, found, left, scene.legs.onward, into=False)
    return Bounds(scene, ordered, found, entries, exits)


def _passed(scene: Scene, found: Runs, ways: Sequence[_Way], beyond: IndexArray, *, into: bool) -> dict[_Way, Instant]:
    """Return the first (into) or last instant inside of those of some legs whose end beyond the incident lies outside.

    ways: each named by its fix in the incident. beyond: the fix at the other end of the leg at each fix, -1 if none.
    """
    watch, interval, near = np.array(ways, dtype=np.int64).reshape(-1, 3).T
    far = beyond[near]
    some = np.flatnonzero(far >= 0)
    watch, interval, near, far = watch[some], interval[some], near[some], far[some]
    legs = Ways(watch, scene.watched.zone[watch], interval, far if into else near, near if into else far)
    outside = _lies_outside(scene, found, legs, far)
    legs, near = legs[outside], near[outside]
    passed = passages(scene, legs, scene.fixes.at[legs.start], scene.fixes.at[legs.end], how_deep=False)
    met = np.flatnonzero(passed.met)
    keys = zip(legs.watch[met].tolist(), legs.interval[met].tolist(), near[met].tolist(), strict=True)
    at = (passed.entry if into else passed.exit)[met]
    return dict(zip(keys, map(Instant, at.tolist()), strict=True))


def _lies_outside(scene: Scene, found: Runs, ways: Ways, far: IndexArray) -> BoolArray:
    """Return whether each leg's far end lies at a depth below 0, by the version then valid or that opens or closes."""
    touching, zones = found.touching, scene.zones
    row = touching.rows_of(ways.watch, far)
    known = row >= 0
    known[known] = touching.interval[row[known]] == ways.interval[known]
    outside = np.ones(len(ways), dtype=np.bool_)
    outside[known] = touching.depth_m[row[known]] < 0
    at = scene.fixes.at[far]
    # In force and not touching is OUTSIDE: not even its circle reaches the zone.
    in_force = (zones.interval_start[ways.interval] <= at) & (at < zones.interval_end[ways.interval])
    asked = np.flatnonzero(~known & ~in_force)
    version = version_for(zones, ways.zone[asked], ways.interval[asked], at[asked])
    outside[asked] = depths(scene.fixes, zones.shapes, far[asked], version) < 0
    return outside
