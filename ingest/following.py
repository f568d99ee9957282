"""New fixes lengthen tracks: where does each end now, and which of them must the desk judge?"""

from dataclasses import dataclass

import numpy as np

from geofence.accuracy import r95_m
from geofence.instants import FOREVER, Instant
from geofence.plausible import fine_by
from geofence.rules import Rules
from geofence.tracks import BoolArray, IndexArray, InstantArray
from geofence.untouched import Followed, NewFixes, Tails, columns_of, follow, untouched
from ingest.connections import Connection
from ingest.reported import ReportedFixes
from ingest.tags import LockedTags, move_tags, some_tags
from ingest.watched import Unwatched, Watched
from ingest.work_list import NewOfTags, ask_for_judging


@dataclass(frozen=True, slots=True)
class Watch:
    """Where the zones are, and by which rules fixes are judged against them."""

    zones: Watched
    rules: Rules


UNWATCHED = Watch(Unwatched(), Rules())


async def follow_tracks(
    connection: Connection,
    fixes: ReportedFixes,
    new: IndexArray,
    late: IndexArray,
    tags: LockedTags,
    now: Instant,
    watch: Watch,
) -> None:
    """Write down where the tracks of new fixes end now, and put those on the work list that they may concern.

    new: rows of `fixes`. late: those among them that are not newer than all other fixes of their tag: what their track
    ends in is not known from here on, and it is judged.
    """
    new = new[np.lexsort((fixes.columns.recorded_at[new], fixes.columns.tag[new]))]
    tag, at = fixes.columns.tag[new], fixes.columns.recorded_at[new]
    first = np.flatnonzero(np.r_[True, tag[1:] != tag[:-1]])
    own = tag[first].astype(np.int64)
    moved = some_tags(tags, own)
    newest = np.maximum(moved.newest, np.maximum.reduceat(at, first))
    is_late = np.isin(own, fixes.columns.tag[late])
    followed = follow(moved.tails, _new_fixes(fixes, new, first, moved.newest, watch.rules), watch.rules)
    await move_tags(connection, moved, newest, _forgotten(followed.tails, is_late), watch.rules)
    concerned = np.flatnonzero(is_late | ~await _untouched(connection, fixes, own, followed, watch))
    past = at < now
    given = NewOfTags(
        [fixes.tag_ids[number] for number in own[concerned].tolist()],
        np.minimum.reduceat(np.where(past, at, FOREVER), first)[concerned],
        np.maximum.reduceat(np.where(past, at, 0), first)[concerned],
        np.minimum.reduceat(np.where(past, FOREVER, at), first)[concerned],
    )
    await ask_for_judging(connection, given, now)


async def _untouched(
    connection: Connection, fixes: ReportedFixes, own: IndexArray, followed: Followed, watch: Watch
) -> BoolArray:
    zones = await watch.zones.zones_of(connection, [fixes.tag_ids[number] for number in own.tolist()])
    if zones is None:
        return np.zeros(len(own), dtype=np.bool_)
    return untouched(followed, zones.first, zones.count, zones.box)


def _new_fixes(
    fixes: ReportedFixes, rows: IndexArray, first: IndexArray, newest: InstantArray, rules: Rules
) -> NewFixes:
    columns, mechanism = fixes.columns, fixes.columns.mechanism[rows]
    radius, _ = r95_m(mechanism, columns.accuracy_m[rows], columns.accuracy_confidence[rows], rules)
    return NewFixes(
        first,
        newest,
        columns.recorded_at[rows],
        columns.longitude_deg[rows],
        columns.latitude_deg[rows],
        radius,
        fine_by(mechanism),
    )


def _forgotten(tails: Tails, which: BoolArray) -> Tails:
    """Return the tails, some of them no longer known."""
    return Tails(*(np.where(which, np.nan, column) for column in columns_of(tails)))
