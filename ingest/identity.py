"""Is this fix the same as that one? Its identity and its content say so.

Identity: (tag, recorded_at, position_id), or (tag, recorded_at, mechanism) without a position_id. The same identity
with the same content is a duplicate; with other content, a contradiction: the first stays.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from geofence.tracks import BoolArray, IndexArray
from ingest.columns import FixColumns
from ingest.fix import Profile
from ingest.profiles import member_names

# What a provider reports of a position, but for its identity, when it was uploaded, and whose tag it thought it was;
# with the field of a profile that holds it.
_CONTENT = {
    "latitude_deg": "latitude",
    "longitude_deg": "longitude",
    "accuracy_m": "accuracy_m",
    "accuracy_confidence": "accuracy_confidence",
    "mechanism": "mechanism",
    "satellites": "satellites",
    "hdop": "hdop",
    "speed_kmh": "speed_kmh",
    "heading_deg": "heading_deg",
}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Row `row` has the identity of the earlier row `first`, and other content in `fields`."""

    row: int
    first: int
    fields: tuple[str, ...]


def contradiction_faults(fields: tuple[str, ...], profile: Profile, where: str) -> tuple[str, ...]:
    """Return the fault of each such field; `where` the first fix of the identity stands."""
    names = member_names(profile)
    return tuple(f"{names.get(field, field)}: differs from the first fix of this identity, {where}" for field in fields)


def repeated(columns: FixColumns) -> tuple[BoolArray, list[Contradiction]]:
    """Return which rows are the first of their identity, and the rows that contradict the first of theirs, in order.

    Rows count in the order in which they stand. What is neither is a duplicate. Nothing reported equals nothing
    reported.
    """
    first = np.ones(len(columns), dtype=np.bool_)
    again, original = _again(columns)
    if len(again) == 0:
        return first, []
    first[again] = False
    differs = np.stack([_differ(getattr(columns, name), again, original) for name in _CONTENT])
    rows = np.flatnonzero(differs.any(axis=0))
    rows = rows[np.argsort(again[rows])]
    fields = np.array(list(_CONTENT.values()), dtype=object)
    contradictions = [
        Contradiction(int(again[row]), int(original[row]), tuple(fields[differs[:, row]])) for row in rows.tolist()
    ]
    return first, contradictions


def _again(columns: FixColumns) -> tuple[IndexArray, IndexArray]:
    """Return the rows whose identity an earlier row has, and the first such row of each."""
    order = np.lexsort((columns.recorded_at, columns.tag))
    tag, recorded_at = columns.tag[order], columns.recorded_at[order]
    same = (tag[1:] == tag[:-1]) & (recorded_at[1:] == recorded_at[:-1])
    together = np.zeros(len(order), dtype=np.bool_)
    together[1:] |= same
    together[:-1] |= same
    run = np.cumsum(np.r_[True, ~same]) if len(order) else order
    rows, run = order[together], run[together]
    position_id, mechanism = columns.position_id[rows].tolist(), columns.mechanism[rows].tolist()
    seen: dict[tuple[int, str | None, int | None], int] = {}
    again, original = list[int](), list[int]()
    for row, number, position, how in zip(rows.tolist(), run.tolist(), position_id, mechanism, strict=True):
        known = seen.setdefault((number, position, how if position is None else None), row)
        if known != row:
            again.append(row)
            original.append(known)
    return np.array(again, dtype=np.int64), np.array(original, dtype=np.int64)


def _differ(column: "np.ndarray[tuple[int], np.dtype[Any]]", rows: IndexArray, others: IndexArray) -> BoolArray:
    one, other = column[rows], column[others]
    differ: BoolArray = one != other
    if column.dtype.kind == "f":
        differ &= ~(np.isnan(one) & np.isnan(other))
    return differ
