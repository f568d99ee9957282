"""R10: why was a stretch of time not monitored?"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from geofence.ids import WearerId
from geofence.instants import FOREVER, Instant, Interval
from geofence.scene import Scene
from geofence.segments import first_after, first_at_or_after
from geofence.sightings import Sightings
from geofence.tracks import BoolArray, EventKind, IndexArray, InstantArray, TagEvent, Tracks

# Of several events the first of these kinds names the reason; the other kinds explain nothing.
_KINDS: tuple[EventKind, ...] = (
    "battery_dead",
    "power_off",
    "strap",
    "case",
    "jamming",
    "shielding",
    "no_network",
    "charging",
)


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Unmonitored intervals in order of prohibition and time; columns of shape (g,)."""

    prohibition: IndexArray
    start: InstantArray
    end: InstantArray
    no_zone: BoolArray
    fitted: BoolArray


def reasons(scene: Scene, tracks: Tracks, seen: Sightings, gaps: Gaps) -> list[str]:
    """Return the reason of each gap.

    `no_zone`; else `no_fitting`; else the kind of a tag event that overlaps it; else by the worst of the wearer's
    plausible fixes strictly inside: `poor_accuracy`, `cell_only`, `sparse`; else `no_fixes`.
    """
    first, end = seen.first[gaps.prohibition], seen.end[gaps.prohibition]
    low = first_after(seen.at, first, end, gaps.start)
    high = np.maximum(low, first_at_or_after(seen.at, first, end, gaps.end))
    kind = _worst_event(scene, tracks, gaps)
    names = np.array(
        ["no_zone", "no_fitting", *_KINDS, "poor_accuracy", "cell_only", "sparse", "no_fixes"], dtype=object
    )
    last = len(_KINDS) + 2
    chosen = np.select(
        [
            gaps.no_zone,
            ~gaps.fitted,
            kind < len(_KINDS),
            _any_between(seen.poor, low, high),
            _any_between(seen.coarse, low, high),
            high > low,
        ],
        [0, 1, kind + 2, last, last + 1, last + 2],
        last + 3,
    )
    found: list[str] = names[chosen].tolist()
    return found


def _any_between(mask: BoolArray, low: IndexArray, high: IndexArray) -> BoolArray:
    """Return whether `mask` holds in any of the rows `[low, high)`; shape (g,)."""
    rows = np.flatnonzero(mask)
    found: BoolArray = np.searchsorted(rows, high) > np.searchsorted(rows, low)
    return found


def _worst_event(scene: Scene, tracks: Tracks, gaps: Gaps) -> IndexArray:
    """Return, for each gap, the place in `_KINDS` of the first kind of event that overlaps it; past them if none."""
    found = np.full(len(gaps.start), len(_KINDS), dtype=np.int64)
    events = list(_while_worn(scene, tracks))
    if not events:
        return found
    of_wearer: dict[WearerId, list[int]] = defaultdict(list)
    for number, (order, _) in enumerate(scene.zones.prohibitions):
        of_wearer[order.wearer_id].append(number)
    ends = np.searchsorted(gaps.prohibition, np.arange(len(scene.zones.prohibitions) + 1))
    for wearer_id, during, kind in events:
        for prohibition in of_wearer.get(wearer_id, ()):
            own = slice(int(ends[prohibition]), int(ends[prohibition + 1]))
            hit = (gaps.start[own] < during.end) & (gaps.end[own] > during.start)
            found[own][hit] = np.minimum(found[own][hit], _KINDS.index(kind))
    return found


def _while_worn(scene: Scene, tracks: Tracks) -> Iterator[tuple[WearerId, Interval, EventKind]]:
    """Yield each event that can be a reason for as long as its tag was on a wearer."""
    telling = [event for event in tracks.events if event.kind in _KINDS]
    if not telling:
        return
    ends = _ends(scene, tracks, telling)
    fittings = defaultdict(list)
    for fitting in scene.register.fittings:
        fittings[fitting.tag_id].append(fitting)
    for event, end in zip(telling, ends, strict=True):
        for fitting in fittings.get(event.tag_id, ()):
            worn = Interval(fitting.fitted_at, fitting.removed_at).meet(Interval(event.occurred_at, end))
            if worn:
                yield fitting.wearer_id, worn, event.kind


def _ends(scene: Scene, tracks: Tracks, events: Sequence[TagEvent]) -> list[Instant]:
    """Return when each event ended; one without an end lasts until its tag's next fix after it began."""
    if all(event.ended_at is not None for event in events):
        return [event.ended_at or FOREVER for event in events]
    counted = tracks.recorded_at < scene.horizon
    counted[scene.fixes.row[scene.legs.implausible]] = False
    rows = np.flatnonzero(counted)
    rows = rows[np.lexsort((tracks.recorded_at[rows], tracks.tag[rows]))]
    tag, at = tracks.tag[rows], tracks.recorded_at[rows]
    code = {tag_id: index for index, tag_id in enumerate(tracks.tag_ids)}
    wanted = np.array([code.get(event.tag_id, -1) for event in events], dtype=np.int64)
    low, high = np.searchsorted(tag, wanted), np.searchsorted(tag, wanted, side="right")
    began = np.array([event.occurred_at for event in events], dtype=np.int64)
    following = np.append(at, FOREVER)
    place = first_after(at, low, high, began)
    ends = np.where(place < high, following[place], FOREVER).tolist()
    return [end if event.ended_at is None else event.ended_at for event, end in zip(events, ends, strict=True)]
