"""Which fixes of a batch are new, which repeat a fix, and which contradict one?

A fix newer than everything known of its tag can only be new. The rest are compared with those fixes of the ledger and
of the batch that have the same tag and instant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geofence.tracks import IndexArray, InstantArray
from ingest.columns import FixColumns, joined
from ingest.identity import Contradiction, repeated


@dataclass(frozen=True, slots=True, eq=False)
class Sorted:
    """Rows of a batch by what became of them. `new` ascends; contradictions name rows of the batch."""

    new: IndexArray
    duplicates: int
    contradictions: Sequence[Contradiction]


def doubtful_rows(columns: FixColumns, newest: InstantArray) -> IndexArray:
    """Return the rows that are not newer than all before them of their tag, ascending.

    newest: for each tag of the columns, an instant after which the ledger has no fix of it.
    """
    order = np.argsort(columns.tag, kind="stable")
    tag, at = columns.tag[order], columns.recorded_at[order]
    first = np.flatnonzero(np.r_[True, tag[1:] != tag[:-1]]) if len(tag) else np.empty(0, dtype=np.int64)
    before = np.empty_like(at)
    before[1:] = at[:-1]
    before[first] = newest[tag[first]]
    if (at > before).all():
        return np.empty(0, dtype=np.int64)
    # The greatest so far of each tag: instants by their rank, so that a tag's number can stand before them.
    known, rank = np.unique(np.concatenate([at, newest]), return_inverse=True)
    rank, start = rank[: len(at)] + len(known) * tag.astype(np.int64), rank[len(at) :]
    before[0] = 0
    before[1:] = rank[:-1]
    before[first] = start[tag[first]] + len(known) * tag[first].astype(np.int64)
    doubtful: IndexArray = np.sort(order[rank <= np.maximum.accumulate(before)])
    return doubtful


def sort_out(columns: FixColumns, doubtful: IndexArray, stored: FixColumns) -> Sorted:
    """Say of each fix whether it is new; `stored` are the ledger's fixes at the doubtful rows' tags and instants.

    Of fixes with one identity the ledger's is the first, then the earliest of the batch. `tag` of `stored` numbers the
    tags as that of `columns` does.
    """
    if len(doubtful) == 0:
        return Sorted(np.arange(len(columns), dtype=np.int64), 0, [])
    first, found = repeated(joined([stored, columns]))
    new = np.flatnonzero(first[len(stored) :])
    contradictions = [
        Contradiction(one.row - len(stored), one.first, one.fields) for one in found if one.row >= len(stored)
    ]
    return Sorted(new, len(columns) - len(new) - len(contradictions), contradictions)
