"""How much of a track decides every incident from an instant on? Law 9: judging that much equals judging everything."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from geofence.blocks import blocks, watch
from geofence.crossing import Crossing, crossings
from geofence.fixes import Fixes, in_order
from geofence.in_force import span
from geofence.instants import FOREVER, SECOND_US, Instant
from geofence.legs import legs
from geofence.near import Near, near
from geofence.plausible import fine
from geofence.register import Fitting, Register
from geofence.rules import Rules
from geofence.runs import Runs, runs, sequence
from geofence.scene import Scene
from geofence.segments import earliest_where, first_after, first_at_or_after, latest_where
from geofence.touches import touches
from geofence.tracks import BoolArray, IndexArray, InstantArray, Tracks
from geofence.zones import zones


# As in `judge`: a claimed radius may be any number.
@np.errstate(over="ignore")
def settled_before(
    tracks: Tracks, register: Register, rules: Rules, since: Mapping[Fitting, Instant]
) -> dict[Fitting, Instant]:
    """Return the latest settled instant at or before `since`: no incident depends on fixes on both sides of it.

    tracks: each fitting's fixes from some instant on. since, and the answer: by fitting, each as if it were alone.
    Judging all these fixes of a fitting, or only those recorded at or after its settled instant, gives every incident
    whose last fix or exit is at or after it as judging everything would; and no change of the fixes recorded at or
    after `since` alters an incident that ends before it. A fitting whose fixes show no such instant is left out: ask
    again with an earlier start.

    An instant is settled if a fix X was recorded then, and no other, of which all this holds.
    1. X takes part in R8 and its circle reaches no version of any of the wearer's zones: it parts runs and closes
       brackets.
    2. No run or crossing has an instant in the `join_s` before it: nothing joins across it (R8).
    3. The last gps or wifi fix up to X has a next one before `since`: what is plausible up to X stays so (R6). The
       first one from X on is plausible, so that leaving out what came before changes nothing about it.
    4. If X is a cell, rf or unknown fix, `since` is more than `leg_s` later: no leg can come to span it (R7).
    5. The window starts early enough to know all that 2 asks: its first gps or wifi fix, whose neighbour before is not
       known, comes more than `join_s` + `leg_s` before X.

    Raises ZoneUnreadable.
    """
    fixes = in_order(replace(tracks, events=()), register, rules, FOREVER)
    if len(fixes) == 0:
        return {}
    changes = np.array([since[fitting] for fitting in fixes.fittings], dtype=np.int64)
    first, last = Instant(int(fixes.at.min())), Instant(int(max(fixes.at.max(), changes.max())))
    zoned = zones(register, span(first, last))
    scene = Scene(register, rules, FOREVER, fixes, legs(fixes, rules), zoned, watch(fixes, zoned))
    cut = blocks(fixes, scene.legs, zoned, scene.watched)
    close = near(fixes, scene.legs, zoned, scene.watched, cut)
    touching = touches(scene, close)
    found = runs(sequence(fixes, scene.legs, rules), scene.legs, touching, rules)
    changed = changes[fixes.track]
    settled = (fixes.at <= changed) & _parts(scene, close) & _stays_plausible(scene, changed)
    settled &= _known(fixes, rules) & _unjoined(scene, found, crossings(scene, close, touching))
    latest = latest_where(settled)[fixes.end - 1]
    shown = np.flatnonzero(latest >= fixes.first)
    return {fixes.fittings[track]: Instant(int(fixes.at[latest[track]])) for track in shown.tolist()}


def _parts(scene: Scene, close: Near) -> BoolArray:
    """Return where a fix is OUTSIDE every zone, takes part in R8, and is the only one of its instant."""
    fixes = scene.fixes
    apart = scene.legs.sequence.copy()
    apart[close.fix] = False
    tied = np.flatnonzero((fixes.at[1:] == fixes.at[:-1]) & (fixes.track[1:] == fixes.track[:-1]))
    apart[tied] = False
    apart[tied + 1] = False
    return apart


def _stays_plausible(scene: Scene, changed: InstantArray) -> BoolArray:
    """Return where what is plausible up to a fix, and whether it takes part in R8, can't change any more.

    changed: from when on the track of each fix may change.
    """
    fixes = scene.fixes
    good = fine(fixes)
    chosen = np.flatnonzero(good)
    following = np.full(len(chosen), FOREVER, dtype=np.int64)
    same = np.flatnonzero(fixes.track[chosen[1:]] == fixes.track[chosen[:-1]])
    following[same] = fixes.at[chosen[same + 1]]
    sure = np.zeros(len(fixes), dtype=np.bool_)
    sure[chosen] = following < changed[chosen]
    last = latest_where(good)
    stays = (last >= fixes.first[fixes.track]) & sure[last]
    next_good = earliest_where(good)
    some = np.flatnonzero(next_good < fixes.end[fixes.track])
    stays[some] &= ~scene.legs.implausible[next_good[some]]
    kept: BoolArray = stays & (good | (fixes.at < changed - round(scene.rules.leg_s * SECOND_US)))
    return kept


def _known(fixes: Fixes, rules: Rules) -> BoolArray:
    """Return where nothing before a track's window can matter within `join_s` before a fix."""
    first = earliest_where(fine(fixes))[fixes.first]
    some = first < fixes.end
    begins = np.full(len(first), FOREVER, dtype=np.int64)
    begins[some] = fixes.at[first[some]]
    known: BoolArray = fixes.at - round((rules.join_s + rules.leg_s) * SECOND_US) > begins[fixes.track]
    return known


def _unjoined(scene: Scene, found: Runs, passed: list[Crossing]) -> BoolArray:
    """Return where no run or crossing has an instant within `join_s` before a fix, or at it."""
    fixes, touching = scene.fixes, found.touching
    touched = fixes.at[touching.fix]
    starts = np.concatenate([touched[found.first], np.array([one.entry for one in passed], dtype=np.int64)])
    ends = np.concatenate([touched[found.last], np.array([one.exit for one in passed], dtype=np.int64)])
    watch = np.concatenate([touching.watch[found.first], np.array([one.watch for one in passed], dtype=np.int64)])
    track = scene.watched.track[watch]
    joins = round(scene.rules.join_s * SECOND_US)
    # Each part covers the fixes from its start to `join_s` after its end: count the parts that cover each fix.
    of_track = np.searchsorted(np.sort(track), np.arange(len(fixes.first) + 1))
    low, high = of_track[fixes.track], of_track[fixes.track + 1]
    opened = first_after(_by_track(track, starts), low, high, fixes.at)
    closed = first_at_or_after(_by_track(track, ends + joins), low, high, fixes.at)
    unjoined: BoolArray = opened == closed
    return unjoined


def _by_track(track: IndexArray, instants: InstantArray) -> InstantArray:
    """Return instants track after track, those of each in order."""
    return instants[np.lexsort((instants, track))]
