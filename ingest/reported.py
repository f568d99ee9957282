"""Fixes on their way to the ledger, as columns: most are never looked at one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from geofence.ids import TagId
from geofence.instants import Instant
from geofence.tracks import IndexArray, InstantArray
from ingest.at_a_glance import NO_INSTANT
from ingest.columns import FixColumns, columns_of, joined, rows_of
from ingest.fix import Fix


@dataclass(frozen=True, slots=True, eq=False)
class ReportedFixes:
    """Fixes in the order in which they were reported, one a row; all columns of shape (n,).

    columns: `tag` is an index into `tag_ids`, `line` the number of the message. element: the place in its message of
    each fix that came in an array, -1 of others. uploaded_at: microseconds UTC, NO_INSTANT where not reported.
    """

    tag_ids: tuple[TagId, ...]
    columns: FixColumns
    element: IndexArray
    uploaded_at: InstantArray

    def __len__(self) -> int:
        return len(self.columns)

    def __getitem__(self, row: int) -> Fix:
        """Return one row as a fix."""
        uploaded_at = int(self.uploaded_at[row])
        return msgspec.structs.replace(
            self.columns.fix(row),
            tag_id=self.tag_ids[self.columns.tag[row]],
            uploaded_at=None if uploaded_at == NO_INSTANT else Instant(uploaded_at),
        )

    def __iter__(self) -> Iterator[Fix]:
        return (self[row] for row in range(len(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Some of a batch's fixes: their columns, with the tag of each beside them."""

    columns: FixColumns
    tag_ids: Sequence[str]
    element: IndexArray
    uploaded_at: InstantArray


def piece_of(fixes: Sequence[Fix], messages: Sequence[int], elements: Sequence[int]) -> Piece:
    """Return fixes that were read one by one; the message that each came in, and its place there or -1."""
    return Piece(
        columns_of(fixes, messages, [0] * len(fixes)),
        [fix.tag_id for fix in fixes],
        np.array(elements, dtype=np.int64),
        np.array([NO_INSTANT if fix.uploaded_at is None else fix.uploaded_at for fix in fixes], dtype=np.int64),
    )


def reported(pieces: Sequence[Piece]) -> ReportedFixes:
    """Return all pieces as one, in order of message and place therein."""
    columns = joined([piece.columns for piece in pieces])
    element = np.concatenate([piece.element for piece in pieces] or [np.empty(0, dtype=np.int64)])
    uploaded_at = np.concatenate([piece.uploaded_at for piece in pieces] or [np.empty(0, dtype=np.int64)])
    tag_ids = [tag_id for piece in pieces for tag_id in piece.tag_ids]
    numbers = {tag_id: number for number, tag_id in enumerate(dict.fromkeys(tag_ids))}
    columns.tag[:] = [*map(numbers.__getitem__, tag_ids)]
    if len(pieces) > 1:
        order = np.lexsort((element, columns.line))
        columns, element, uploaded_at = rows_of(columns, order), element[order], uploaded_at[order]
    return ReportedFixes(tuple(map(TagId, numbers)), columns, element, uploaded_at)
