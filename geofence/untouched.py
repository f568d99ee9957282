"""Which tracks can new fixes not concern? Most are far from every zone, and nothing that was judged hangs on them.

A fix that is newer than all others of its track can change only what still hangs on the track's end:

* its own verdict, and the leg that leads to it (R5, R7);
* whether the gps or wifi fix before it is plausible (R6), and with that what this one parted, bracketed or joined (R8).

Two consecutive gps or wifi fixes that were possible at the speed of R6 make both plausible for good. So nothing before
the later of such a pair, a *sure* one, can be changed any more. If it, whatever follows it, and the new fixes are all
OUTSIDE every version of every zone of the wearer, with the straight lines between them, then no incident is open at the
track's end, none begins there, and the judgement of the track is what it was. A track's *tail* is what has to be known
of it for this.
"""

from dataclasses import dataclass

import numpy as np

from geofence.blocks import apart_m, farthest_deg, shortening
from geofence.instants import SECOND_US
from geofence.plane import LONGEST_DEGREE_M
from geofence.rules import Rules
from geofence.segments import spread
from geofence.tracks import BoolArray, FloatArray, IndexArray, InstantArray
from geofence.zones import bulge_m


@dataclass(frozen=True, slots=True, eq=False)
class Tails:
    """The ends of some tracks, one a row.

    box: shape (4, n): west, south, east, north in degrees, around the last sure fix and whatever was recorded since;
    NaN where that is not known, inf and -inf where the track has no fix. r95_m: the greatest of them. longitude_deg,
    latitude_deg: the last gps or wifi fix; NaN where it is not known or there is none.
    """

    box: FloatArray
    r95_m: FloatArray
    longitude_deg: FloatArray
    latitude_deg: FloatArray


NO_TAIL = Tails(
    np.array([[np.inf], [np.inf], [-np.inf], [-np.inf]]), np.zeros(1), np.full(1, np.nan), np.full(1, np.nan)
)


def columns_of(tails: Tails) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return the columns of some tails; `Tails(*columns)` makes tails of them."""
    return tails.box, tails.r95_m, tails.longitude_deg, tails.latitude_deg


@dataclass(frozen=True, slots=True, eq=False)
class NewFixes:
    """New fixes sorted by track and time, each newer than all others of its track; columns of shape (n,).

    first: shape (tracks,), where each track's fixes begin; every track has some. newest: shape (tracks,), an instant at
    or after all earlier fixes of each. fine: gps or wifi.
    """

    first: IndexArray
    newest: InstantArray
    at: InstantArray
    longitude_deg: FloatArray
    latitude_deg: FloatArray
    r95_m: FloatArray
    fine: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Tails after new fixes, and `reach`, `reach_m`: the box and the greatest r95_m of tail and new fixes together."""

    tails: Tails
    reach: FloatArray
    reach_m: FloatArray


def follow(tails: Tails, new: NewFixes, rules: Rules) -> Followed:
    """Return what becomes of tails when their tracks get new fixes: row i of `tails` is that of track i of `new`."""
    track = np.repeat(np.arange(len(new.first)), np.diff(new.first, append=len(new.at)))
    sure = _sure(tails, new, track, rules)
    # What comes before the last sure fix of a track is no longer needed; without one, the old tail still is.
    rows = np.arange(len(track), dtype=np.int64)
    last_sure = np.maximum.reduceat(np.where(sure, rows, -1), new.first)
    kept = rows >= last_sure[track]
    all_boxes, all_m = _around(new, np.ones(len(track), dtype=np.bool_))
    late_boxes, late_m = _around(new, kept)
    reach, reach_m = _joined(tails.box, all_boxes), np.maximum(tails.r95_m, all_m)
    anew = last_sure >= 0
    box = np.where(anew, late_boxes, reach)
    last_fine = np.maximum.reduceat(np.where(new.fine, rows, -1), new.first)
    after = Tails(
        box,
        np.where(anew, late_m, reach_m),
        np.where(last_fine >= 0, new.longitude_deg[last_fine], tails.longitude_deg),
        np.where(last_fine >= 0, new.latitude_deg[last_fine], tails.latitude_deg),
    )
    return Followed(after, reach, reach_m)


def untouched(followed: Followed, zone_first: IndexArray, zone_count: IndexArray, zone_box: FloatArray) -> BoolArray:
    """Return which tracks their new fixes can't concern.

    zone_box: shape (4, zones), as `zones.zone_boxes` makes them; zone_first, zone_count: those of each track's wearer.
    """
    track, zone = spread(zone_first, zone_count)
    box, around = followed.reach[:, track], zone_box[:, zone]
    with np.errstate(invalid="ignore"):  # an unknown tail, or one that is as wide as the world, is near everything
        narrowest = shortening(np.maximum(farthest_deg(box), farthest_deg(around)))
        far = apart_m(box, around, narrowest) > followed.reach_m[track] + bulge_m(box)
    near = np.zeros(len(zone_first), dtype=np.bool_)
    near[track[~far]] = True
    return ~near


def _sure(tails: Tails, new: NewFixes, track: IndexArray, rules: Rules) -> BoolArray:
    """Return the gps and wifi fixes that could be reached from the one before them at a possible speed.

    The plane overstates every distance, radii are left out, and the last one before the new fixes may be older than
    `newest`: a few that are possible are not called so. The first of a track is always plausible.
    """
    fine = np.flatnonzero(new.fine)
    sure = np.zeros(len(track), dtype=np.bool_)
    if len(fine) == 0:
        return sure
    own = track[fine]
    first = np.flatnonzero(np.r_[True, own[1:] != own[:-1]])
    at, longitude, latitude = (column[fine] for column in (new.at, new.longitude_deg, new.latitude_deg))
    before_at, before_longitude, before_latitude = np.roll(at, 1), np.roll(longitude, 1), np.roll(latitude, 1)
    before_at[first] = new.newest[own[first]]
    before_longitude[first] = tails.longitude_deg[own[first]]
    before_latitude[first] = tails.latitude_deg[own[first]]
    elapsed_s = np.maximum((at - before_at) / SECOND_US, rules.plausible_elapsed_s)
    degrees = np.hypot(longitude - before_longitude, latitude - before_latitude)
    sure[fine] = degrees * LONGEST_DEGREE_M <= elapsed_s * rules.plausible_speed_m_s
    sure[fine[first[tails.box[0, own[first]] == np.inf]]] = True
    return sure


def _around(new: NewFixes, kept: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return, for each track, the box around those of its new fixes that are kept, and their greatest r95_m."""
    longitude, latitude = new.longitude_deg, new.latitude_deg
    box = np.stack(
        [
            np.minimum.reduceat(np.where(kept, longitude, np.inf), new.first),
            np.minimum.reduceat(np.where(kept, latitude, np.inf), new.first),
            np.maximum.reduceat(np.where(kept, longitude, -np.inf), new.first),
            np.maximum.reduceat(np.where(kept, latitude, -np.inf), new.first),
        ]
    )
    return box, np.maximum.reduceat(np.where(kept, new.r95_m, 0.0), new.first)


def _joined(box: FloatArray, other: FloatArray) -> FloatArray:
    return np.concatenate([np.minimum(box[:2], other[:2]), np.maximum(box[2:], other[2:])])
