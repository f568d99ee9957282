"""The day's fixes, track by track, and how any of them is judged against a zone, also one of no incident."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from alerts.inputs import DayInputs
from geofence.fixes import in_order
from geofence.ids import TagId, WearerId
from geofence.instants import Instant
from geofence.judgement import JudgedFix
from geofence.plausible import fine, implausible
from geofence.register import Zone, ZoneVersion
from geofence.shapes import shapes
from geofence.tracks import IndexArray, Mechanism
from geofence.verdict import VERDICTS, verdicts

# What `Reported.uploaded_at` holds of a fix that does not say when its tag sent it.
NOT_UPLOADED: Final = -(2**63)


class DayFixes:
    """The fixes recorded before the horizon: each is known by its place in track order, a track by its number."""

    def __init__(self, inputs: DayInputs) -> None:
        self._rules = inputs.rules
        self.fixes = in_order(inputs.tracks, inputs.register, inputs.rules, inputs.horizon)
        self._implausible = implausible(self.fixes, fine(self.fixes), inputs.rules)
        self._tracks_of: dict[TagId, list[int]] = {}
        for number, fitting in enumerate(self.fixes.fittings):
            self._tracks_of.setdefault(fitting.tag_id, []).append(number)

    def track(self, tag_id: TagId, at: Instant) -> int | None:
        """Return the track of the fitting that held the tag at an instant, None if it has no fix."""
        for number in self._tracks_of.get(tag_id, ()):
            fitting = self.fixes.fittings[number]
            if fitting.fitted_at <= at < fitting.removed_at:
                return number
        return None

    def between(self, track: int, start: int, end: int) -> IndexArray:
        """Return a track's fixes recorded in `[start, end)`."""
        first = int(self.fixes.first[track])
        own = self.fixes.at[first : int(self.fixes.end[track])]
        low, high = np.searchsorted(own, (start, end))
        return np.arange(first + low, first + high, dtype=np.int64)

    def of_wearer(self, wearer_id: WearerId, start: int, end: int) -> IndexArray:
        """Return the fixes of all a wearer's tracks recorded in `[start, end)`."""
        parts = [
            self.between(number, start, end)
            for number, fitting in enumerate(self.fixes.fittings)
            if fitting.wearer_id == wearer_id
        ]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def next_after(self, tag_id: TagId, at: Instant, until: Instant) -> Instant | None:
        """Return when the next fix of a worn tag after `at` and before `until` was recorded."""
        track = self.track(tag_id, at)
        if track is None:
            return None
        later = self.between(track, at + 1, until)
        return Instant(int(self.fixes.at[later[0]])) if len(later) else None

    def last_before(self, until: Instant) -> Instant | None:
        """Return when the last fix of any tag before `until` was recorded."""
        earlier = self.fixes.at[self.fixes.at < until]
        return Instant(int(earlier.max())) if len(earlier) else None

    def key(self, fix: int) -> tuple[Instant, str | None, str]:
        """Return what tells a fix from any other of its tag: instant, position id, mechanism."""
        mechanism = Mechanism(int(self.fixes.mechanism[fix])).name.lower()
        return Instant(int(self.fixes.at[fix])), self.fixes.position_id(fix), mechanism

    def judged(self, chosen: Sequence[int], tag_id: TagId, zone: Zone) -> list[JudgedFix]:
        """Return R3 to R6 of some of a tag's fixes against a zone, whether or not it was in force.

        Where no version is valid, the next one decides, after the last the last (as R7 and R8 have it).
        """
        if not chosen:
            return []
        fix = np.array(chosen, dtype=np.int64)
        version = np.array([_version(zone.versions, int(at)) for at in self.fixes.at[fix]], dtype=np.int64)
        known = shapes([(zone.zone_id, each) for each in zone.versions])
        found = verdicts(self.fixes, known, self._rules, fix, version)
        return [
            JudgedFix(
                tag_id=tag_id,
                position_id=self.key(one)[1],
                recorded_at=self.key(one)[0],
                mechanism=self.key(one)[2],
                r95_m=float(self.fixes.r95_m[one]),
                accuracy_assumed=bool(self.fixes.accuracy_assumed[one]),
                depth_m=float(found.depth_m[place]),
                p_inside=float(found.p_inside[place]),
                verdict=VERDICTS[int(found.verdict[place])],
                zone_version=zone.versions[int(version[place])].version,
                implausible=bool(self._implausible[one]),
            )
            for place, one in enumerate(chosen)
        ]


def _version(versions: Sequence[ZoneVersion], at: int) -> int:
    return next((number for number, version in enumerate(versions) if at < version.valid_until), len(versions) - 1)
