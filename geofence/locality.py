"""How much of a track decides every incident from an instant on? Law 9: judging that much equals judging everything."""

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
from geofence.register import Register
from geofence.rules import Rules
from geofence.runs import Runs, runs, sequence
from geofence.scene import Scene
from geofence.segments import latest_where
from geofence.touches import touches
from geofence.tracks import BoolArray, Tracks
from geofence.zones import zones


# As in `judge`: a claimed radius may be any number.
@np.errstate(over="ignore")
def settled_before(tracks: Tracks, register: Register, rules: Rules, since: Instant) -> Instant | None:
    """Return the latest settled instant at or before `since`: no incident depends on fixes on both sides of it.

    tracks: one fitting's fixes from some instant on. Judging them all, or only those recorded at or after the settled
    instant, gives every incident whose last fix or exit is at or after it as judging everything would; and no change of
    the fixes recorded at or after `since` alters an incident that ends before it. None if these fixes show no such
    instant: ask again with an earlier start.

    An instant is settled if a fix X was recorded then, and no other, of which all this holds.
    1. X takes part in R8 and its circle reaches no version of any of the wearer's zones: it parts runs and closes
       brackets.
    2. No run or crossing has an instant in the `join_s` before it: nothing joins across it (R8).
    3. The last gps or wifi fix up to X has a next one before `since`: what is plausible up to X stays so (R6). The
       first one from X on is plausible, so that leaving out what came before changes nothing about it.
    4. If X is a cell, rf or unknown fix, `since` is more than `leg_s` later: no leg can come to span it (R7).
    5. The window starts early enough to know all that 2 asks: its first gps or wifi fix, whose neighbour before is not
       known, comes more than `join_s` + `leg_s` before X.
    """
    fixes = in_order(replace(tracks, events=()), register, rules, FOREVER)
    if len(fixes.fittings) != 1:
        return None
    zoned = zones(register, span(Instant(int(fixes.at[0])), max(Instant(int(fixes.at[-1])), since)))
    scene = Scene(register, rules, FOREVER, fixes, legs(fixes, rules), zoned, watch(fixes, zoned))
    cut = blocks(fixes, scene.legs, zoned, scene.watched)
    close = near(fixes, scene.legs, zoned, scene.watched, cut)
    touching = touches(scene, close)
    found = runs(sequence(fixes, scene.legs, rules), scene.legs, touching, rules)
    settled = (fixes.at <= since) & _parts(scene, close) & _stays_plausible(scene, since)
    settled &= _known(fixes, rules) & _unjoined(scene, found, crossings(scene, close, touching))
    place = np.flatnonzero(settled)
    return Instant(int(fixes.at[place[-1]])) if len(place) else None


def _parts(scene: Scene, close: Near) -> BoolArray:
    """Return where a fix is OUTSIDE every zone, takes part in R8, and is the only one of its instant."""
    fixes = scene.fixes
    apart = scene.legs.sequence.copy()
    apart[close.fix] = False
    tied = np.flatnonzero(fixes.at[1:] == fixes.at[:-1])
    apart[tied] = False
    apart[tied + 1] = False
    return apart


def _stays_plausible(scene: Scene, since: Instant) -> BoolArray:
    """Return where what is plausible up to a fix, and whether it takes part in R8, can't change any more."""
    fixes = scene.fixes
    good = fine(fixes)
    chosen = np.flatnonzero(good)
    following = np.append(fixes.at[chosen[1:]], FOREVER)
    sure = np.zeros(len(fixes), dtype=np.bool_)
    sure[chosen] = following < since
    last = latest_where(good)
    stays = (last >= 0) & sure[last]
    first = np.searchsorted(chosen, np.arange(len(fixes)))
    some = first < len(chosen)
    stays[some] &= ~scene.legs.implausible[chosen[first[some]]]
    kept: BoolArray = stays & (good | (fixes.at < since - round(scene.rules.leg_s * SECOND_US)))
    return kept


def _known(fixes: Fixes, rules: Rules) -> BoolArray:
    """Return where nothing before the window can matter within `join_s` before a fix."""
    chosen = np.flatnonzero(fine(fixes))
    if len(chosen) == 0:
        return np.zeros(len(fixes), dtype=np.bool_)
    known: BoolArray = fixes.at - round((rules.join_s + rules.leg_s) * SECOND_US) > fixes.at[chosen[0]]
    return known


def _unjoined(scene: Scene, found: Runs, passed: list[Crossing]) -> BoolArray:
    """Return where no run or crossing has an instant within `join_s` before a fix, or at it."""
    fixes = scene.fixes
    touched = fixes.at[found.touching.fix]
    starts = np.concatenate([touched[found.first], np.array([one.entry for one in passed], dtype=np.int64)])
    ends = np.concatenate([touched[found.last], np.array([one.exit for one in passed], dtype=np.int64)])
    joins = round(scene.rules.join_s * SECOND_US)
    # Each part covers the fixes from its start to `join_s` after its end: count the parts that cover each fix.
    opened = np.searchsorted(np.sort(starts), fixes.at, side="right")
    closed = np.searchsorted(np.sort(ends + joins), fixes.at, side="left")
    unjoined: BoolArray = opened == closed
    return unjoined
