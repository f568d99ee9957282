"""Is this fix the same as that one? Its identity and its content say so.

Identity: (tag, recorded_at, position_id), or (tag, recorded_at, mechanism) without a position_id. The same identity
with the same content is a duplicate; with other content, a contradiction: the first stays.
"""

import math
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import numpy as np

from geofence.tracks import BoolArray, IndexArray
from ingest.columns import FixColumns
from ingest.fix import Fix, Profile
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


def identity(fix: Fix) -> Hashable:
    """Return what makes a fix itself, apart from its tag."""
    return fix.recorded_at, fix.position_id, fix.mechanism if fix.position_id is None else None


def differences(fix: Fix, first: Fix) -> tuple[str, ...]:
    """Return the fields in which a fix differs from the first of its identity: none if it is a duplicate.

    Nothing reported equals nothing reported.
    """
    return tuple(field for name, field in _CONTENT.items() if not _same(getattr(fix, name), getattr(first, name)))


def contradiction_faults(fields: tuple[str, ...], profile: Profile, where: str) -> tuple[str, ...]:
    """Return the fault of each such field; `where` the first fix of the identity stands."""
    names = member_names(profile)
    return tuple(f"{names.get(field, field)}: differs from the first fix of this identity, {where}" for field in fields)


def repeated(columns: FixColumns) -> tuple[BoolArray, list[Contradiction]]:
    """Return which rows are the first of their identity, and the rows that contradict the first of theirs.

    Rows count in the order in which they stand. What is neither is a duplicate.
    """
    first = np.ones(len(columns), dtype=np.bool_)
    contradictions: list[Contradiction] = []
    for rows in _same_instant(columns):
        seen: dict[Hashable, tuple[int, Fix]] = {}
        for row in rows.tolist():
            fix = columns.fix(row)
            first_row, first_fix = seen.setdefault(identity(fix), (row, fix))
            if first_row == row:
                continue
            first[row] = False
            if fields := differences(fix, first_fix):
                contradictions.append(Contradiction(row, first_row, fields))
    return first, contradictions


def _same_instant(columns: FixColumns) -> Iterator[IndexArray]:
    """Yield the rows, in order, of each tag and instant that has more than one."""
    order = np.lexsort((columns.recorded_at, columns.tag))
    tag, recorded_at = columns.tag[order], columns.recorded_at[order]
    starts = np.flatnonzero(np.r_[True, (tag[1:] != tag[:-1]) | (recorded_at[1:] != recorded_at[:-1]), True])
    for run in np.flatnonzero(np.diff(starts) > 1).tolist():
        yield order[starts[run] : starts[run + 1]]


def _same(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and math.isnan(one) and math.isnan(other))
