"""R1: whose is each fix, and in which order do the fixes of a track follow each other?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from geofence.accuracy import r95_m
from geofence.ids import TagId, WearerId
from geofence.instants import FOREVER, Instant
from geofence.register import Fitting, Register, SameRegister
from geofence.rules import Rules
from geofence.segments import first_at_or_after, spread
from geofence.tracks import BoolArray, CodeArray, FloatArray, IndexArray, InstantArray, TextArray, Tracks


@dataclass(frozen=True, slots=True, eq=False)
class Fixes:
    """The fixes that lie in a fitting and before the horizon, laid track after track, each track in its order.

    Columns of shape (n,): `row` in the caller's `Tracks`, `track`, `at` (recorded, microseconds), `mechanism`,
    `longitude_deg`, `latitude_deg`, `r95_m`, `accuracy_assumed`, `flagged` (`clock_suspect` or `person_mismatch`).
    Columns of shape (tracks,): `first` and `end` delimit a track's fixes; `fittings` names it. Tracks are sorted by
    (wearer, fitted_at, tag), so that a wearer's fixes lie together.
    """

    row: IndexArray
    track: IndexArray
    at: InstantArray
    mechanism: CodeArray
    longitude_deg: FloatArray
    latitude_deg: FloatArray
    r95_m: FloatArray
    accuracy_assumed: BoolArray
    flagged: BoolArray
    fittings: tuple[Fitting, ...]
    first: IndexArray
    end: IndexArray
    position_ids: TextArray
    unassigned: int
    assigned: int

    def __len__(self) -> int:
        return len(self.row)

    def position_id(self, fix: int) -> str | None:
        """Return the provider's id of a fix, None if it has none."""
        found: str | None = self.position_ids[self.row[fix]]
        return found


def in_order(tracks: Tracks, register: Register, rules: Rules, horizon: Instant) -> Fixes:
    """Return the fixes that count, in track order: (`recorded_at`, `position_id` with none first, `mechanism`)."""
    rows = _sorted_rows(tracks, horizon)
    everything = _is_everything(rows, len(tracks))
    tag, at = (column if everything else column[rows] for column in (tracks.tag, tracks.recorded_at))
    worn = _worn(SameRegister(register))
    first, end = _slices(worn, tracks.tag_ids, tag, at)
    some = np.flatnonzero(end > first)
    first, end = first[some], end[some]
    fittings = tuple(map(worn.fittings.__getitem__, some.tolist()))
    count = end - first
    own_end = np.cumsum(count)
    own_first = own_end - count
    track = np.repeat(np.arange(len(count), dtype=np.int64), count)
    # Columns that are in order already are taken as they are.
    if (first == own_first).all() and len(track) == len(rows):
        row, assigned = rows, len(rows)
    else:
        everything = False
        _, place = spread(first, count)
        row, at, assigned = rows[place], at[place], len(np.unique(place))
    taken = slice(None) if everything else row
    mechanism = tracks.mechanism[taken]
    radius, assumed = r95_m(mechanism, tracks.accuracy_m[taken], tracks.accuracy_confidence[taken], rules)
    flagged = tracks.clock_suspect[taken]
    if register.provider_person_ids:
        flagged = flagged | _mismatch(
            tracks.person_id[taken], fittings, own_first, own_end, register.provider_person_ids
        )
    return Fixes(
        row=row,
        track=track,
        at=at,
        mechanism=mechanism,
        longitude_deg=tracks.longitude_deg[taken],
        latitude_deg=tracks.latitude_deg[taken],
        r95_m=radius,
        accuracy_assumed=assumed,
        flagged=flagged,
        fittings=fittings,
        first=own_first,
        end=own_end,
        position_ids=tracks.position_id,
        unassigned=len(rows) - assigned,
        assigned=assigned,
    )


class _Worn(NamedTuple):
    """A register's fittings, sorted by (wearer, fitted_at, tag), and when each began and ended."""

    fittings: tuple[Fitting, ...]
    fitted_at: InstantArray
    removed_at: InstantArray


@lru_cache(maxsize=2)
def _worn(same: SameRegister) -> _Worn:
    fittings = tuple(
        sorted(same.register.fittings, key=lambda fitting: (fitting.wearer_id, fitting.fitted_at, fitting.tag_id))
    )
    return _Worn(
        fittings,
        np.array([fitting.fitted_at for fitting in fittings], dtype=np.int64),
        np.array([min(fitting.removed_at, FOREVER) for fitting in fittings], dtype=np.int64),
    )


def _is_everything(rows: IndexArray, length: int) -> bool:
    return len(rows) == length and bool((rows[1:] > rows[:-1]).all())


def _sorted_rows(tracks: Tracks, horizon: Instant) -> IndexArray:
    """Return the rows before the horizon, sorted by tag and then as R1 sorts a track."""
    early = tracks.recorded_at < horizon
    if early.all():
        rows, tag, at = np.arange(len(tracks), dtype=np.int64), tracks.tag, tracks.recorded_at
    else:
        rows = np.flatnonzero(early)
        tag, at = tracks.tag[rows], tracks.recorded_at[rows]
    same_tag = tag[1:] == tag[:-1]
    if ((tag[1:] > tag[:-1]) | (same_tag & (at[1:] > at[:-1]))).all():
        return rows
    order = np.lexsort((at, tag))
    rows, tag, at = rows[order], tag[order], at[order]
    tied = np.flatnonzero((tag[1:] == tag[:-1]) & (at[1:] == at[:-1]))
    if len(tied):
        _settle_ties(rows, tied, tracks)
    return rows


def _settle_ties(rows: IndexArray, tied: IndexArray, tracks: Tracks) -> None:
    """Order, in place, the fixes that one tag recorded at one instant; each of `tied` ties with the row after it."""

    def rank(row: int) -> tuple[bool, str, int]:
        position_id = tracks.position_id[row]
        return position_id is not None, position_id or "", int(tracks.mechanism[row])

    for group in np.split(tied, np.flatnonzero(np.diff(tied) > 1) + 1):
        low, high = int(group[0]), int(group[-1]) + 2
        rows[low:high] = sorted(rows[low:high].tolist(), key=rank)


def _slices(worn: _Worn, tag_ids: Sequence[TagId], tag: IndexArray, at: InstantArray) -> tuple[IndexArray, IndexArray]:
    """Return where each fitting's fixes begin and end among rows sorted by tag and time; both shape (fittings,)."""
    code = {tag_id: index for index, tag_id in enumerate(tag_ids)}
    wanted = np.array([code.get(fitting.tag_id, -1) for fitting in worn.fittings], dtype=np.int64)
    # The last of these belongs to no tag, and so to -1.
    begins = np.append(np.searchsorted(tag, np.arange(len(tag_ids) + 1)), len(tag))
    low, high = begins[wanted], begins[wanted + 1]
    low[wanted < 0] = high[wanted < 0]
    return first_at_or_after(at, low, high, worn.fitted_at), first_at_or_after(at, low, high, worn.removed_at)


def _mismatch(
    person_id: TextArray,
    fittings: Sequence[Fitting],
    first: IndexArray,
    end: IndexArray,
    expected_of: Mapping[WearerId, str],
) -> BoolArray:
    """Return where a fix names another person than the one its tag is fitted to (`person_mismatch`)."""
    different = np.zeros(len(person_id), dtype=np.bool_)
    for number, fitting in enumerate(fittings):
        expected = expected_of.get(fitting.wearer_id)
        if expected is not None:
            named = person_id[first[number] : end[number]]
            different[first[number] : end[number]] = [person is not None and person != expected for person in named]
    return different
