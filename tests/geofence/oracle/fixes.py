"""R1, R2 and R6 fix by fix: who wore the tag, how exact the fix is, whether it can be true."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pyproj import Geod

from geofence.ids import TagId
from geofence.instants import SECOND_US, Instant
from geofence.register import Fitting, Register
from geofence.rules import Rules
from geofence.tracks import Mechanism, Tracks
from tests.geofence.oracle.margins import SPEED_TOLERANCE_M_S, Margins

GEOD = Geod(ellps="WGS84")
PRECISE = ("gps", "wifi")


@dataclass(eq=False)
class Fix:
    """One accepted fix; `implausible` and `index` (its place in its track) are found once the track is known."""

    tag_id: TagId
    at: Instant
    position_id: str | None
    person_id: str | None
    mechanism: str
    longitude_deg: float
    latitude_deg: float
    r95_m: float
    accuracy_assumed: bool
    clock_suspect: bool
    implausible: bool = False
    flagged: bool = False
    index: int = -1

    @property
    def precise(self) -> bool:
        """R6: "The *precise track* is the gps and wifi fixes that are not implausible"."""
        return self.mechanism in PRECISE and not self.implausible


@dataclass(eq=False)
class Track:
    """One fitting's fixes in order."""

    fitting: Fitting
    fixes: list[Fix]


def read_fixes(tracks: Tracks, rules: Rules) -> list[Fix]:
    """Return every row as a fix."""
    fixes = []
    for row in range(len(tracks)):
        mechanism = Mechanism(int(tracks.mechanism[row])).name.lower()
        r95_m, assumed = accuracy(
            mechanism, float(tracks.accuracy_m[row]), float(tracks.accuracy_confidence[row]), rules
        )
        fixes.append(
            Fix(
                tag_id=tracks.tag_ids[int(tracks.tag[row])],
                at=Instant(int(tracks.recorded_at[row])),
                position_id=tracks.position_id[row],
                person_id=tracks.person_id[row],
                mechanism=mechanism,
                longitude_deg=float(tracks.longitude_deg[row]),
                latitude_deg=float(tracks.latitude_deg[row]),
                r95_m=r95_m,
                accuracy_assumed=assumed,
                clock_suspect=bool(tracks.clock_suspect[row]),
            )
        )
    return fixes


def accuracy(mechanism: str, accuracy_m: float, confidence: float, rules: Rules) -> tuple[float, bool]:
    """Return `r95_m` and whether it was assumed.

    R2: "`r95_m = accuracy_m * sqrt(ln 0.05 / ln(1 - c))` for a radius given at confidence `c` (default 0.95).
    Accuracy that is missing, not finite, zero or negative, or whose confidence is not between 0 and 1, is *unknown*,
    never perfect: gps 30 m, rf 50, wifi 100, cell and unknown 2000, flagged `accuracy_assumed`.
    Floors: gps 5 m, wifi 30, cell and unknown 200."
    """
    claimed = 0.95 if math.isnan(confidence) else confidence
    known = math.isfinite(accuracy_m) and accuracy_m > 0 and 0 < claimed < 1
    r95_m = accuracy_m * math.sqrt(math.log(0.05) / math.log1p(-claimed)) if known else 0.0
    # R0: "rounded to 0.001 m ... before any comparison": what rounds to zero is zero.
    known = round(r95_m, 3) > 0
    if not known:
        r95_m = float(getattr(rules, f"assumed_r95_{mechanism}_m"))
    return round(max(r95_m, float(getattr(rules, f"floor_r95_{mechanism}_m"))), 3), not known


def track_order(fix: Fix) -> tuple[int, bool, str, str]:
    """R1: "sorted by (`recorded_at`, `position_id` with none first, `mechanism`)"."""
    return (fix.at, fix.position_id is not None, fix.position_id or "", fix.mechanism)


def tracks_of(fixes: Sequence[Fix], register: Register, rules: Rules, margins: Margins) -> list[Track]:
    """Return the track of each fitting.

    R1: "A *track* is one fitting's fixes (those of its tag in `[fitted_at, removed_at)`)".
    """
    found = []
    for fitting in register.fittings:
        own = [f for f in fixes if f.tag_id == fitting.tag_id and fitting.fitted_at <= f.at < fitting.removed_at]
        own.sort(key=track_order)
        provider_id = register.provider_person_ids.get(fitting.wearer_id)
        for index, fix in enumerate(own):
            fix.index = index
            mismatch = fix.person_id is not None and provider_id is not None and fix.person_id != provider_id
            fix.flagged = fix.clock_suspect or mismatch
        mark_implausible(own, rules, margins)
        found.append(Track(fitting, own))
    return found


def mark_implausible(fixes: Sequence[Fix], rules: Rules, margins: Margins) -> None:
    """R6: "Among a track's gps and wifi fixes, neighbours taken before any is removed: one for which both neighbours
    exist and both are farther than 70 m/s allow, taking `max(0, distance - r95_m - r95_m)` over `max(elapsed, 1 s)`."
    """
    candidates = [f for f in fixes if f.mechanism in PRECISE]
    for before, fix, after in zip(candidates, candidates[1:], candidates[2:], strict=False):
        fix.implausible = too_fast(before, fix, rules, margins) and too_fast(fix, after, rules, margins)


def too_fast(one: Fix, other: Fix, rules: Rules, margins: Margins) -> bool:
    """Tell whether two fixes are farther apart than the speed limit allows."""
    _, _, distance_m = GEOD.inv(one.longitude_deg, one.latitude_deg, other.longitude_deg, other.latitude_deg)
    elapsed_s = max((other.at - one.at) / SECOND_US, rules.plausible_elapsed_s)
    speed = max(0.0, float(distance_m) - one.r95_m - other.r95_m) / elapsed_s
    margins.note(speed - rules.plausible_speed_m_s, SPEED_TOLERANCE_M_S, "R6 speed")
    return speed > rules.plausible_speed_m_s
