"""Fixes as PostgreSQL's binary COPY wants them: much quicker than any INSERT.

A row is the number of its fields, then for each field its length in bytes and its bytes; length -1 is NULL.
https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4

Rows in which the same fields are NULL and texts have the same lengths are alike to the byte: they are made together.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geofence.instants import YEAR_2000, Instant
from geofence.tracks import BoolArray, IndexArray, TextArray
from ingest.at_a_glance import NO_INSTANT
from ingest.reported import ReportedFixes

# The columns of `fix` in the order in which they are copied, with the type of each; those from `uploaded_at` on may be
# NULL. Texts come last, in the length that they have.
_TYPES = {
    "tag_no": ">i4",
    "recorded_at": ">i8",
    "received_at": ">i8",
    "longitude_deg": ">f8",
    "latitude_deg": ">f8",
    "mechanism": ">i2",
    "clock_suspect": "?",
    "uploaded_at": ">i8",
    "accuracy_m": ">f8",
    "accuracy_confidence": ">f8",
    "hdop": ">f8",
    "speed_kmh": ">f8",
    "heading_deg": ">f8",
    "satellites": ">i4",
    "position_id": "S",
    "person_id": "S",
}
COLUMNS = tuple(_TYPES)
_NEVER_NULL = COLUMNS.index("uploaded_at")
_TEXTS = ("position_id", "person_id")
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"


class _Shape(NamedTuple):
    """Which fields of a row are there, and how many bytes its texts have."""

    present: tuple[bool, ...]
    text_lengths: tuple[int, ...]


def binary_rows(fixes: ReportedFixes, rows: IndexArray, tag_no: IndexArray, received_at: Instant) -> bytes:
    """Return some of the fixes as the body of a binary COPY of COLUMNS; the order of rows is not kept.

    tag_no: for each of `fixes.tag_ids`, its number in the ledger.
    """
    columns = fixes.columns
    # Those of a tag together: they go to one place of the index of identities.
    rows = rows[np.lexsort((columns.recorded_at[rows], tag_no[columns.tag[rows]]))]
    values: dict[str, NDArray[Any]] = {
        "tag_no": tag_no[columns.tag[rows]],
        "recorded_at": columns.recorded_at[rows] - YEAR_2000,
        "received_at": np.full(len(rows), received_at - YEAR_2000),
        "uploaded_at": fixes.uploaded_at[rows],
    }
    values |= {name: getattr(columns, name)[rows] for name in COLUMNS if name not in values}
    texts = {name: _encoded(values.pop(name)) for name in _TEXTS}
    there = [_present(values[name]) for name in COLUMNS[_NEVER_NULL:-2]]
    values["uploaded_at"] = values["uploaded_at"] - YEAR_2000
    lengths = [np.array([-1 if text is None else len(text) for text in texts[name]], dtype=np.int64) for name in _TEXTS]
    parts = [HEADER]
    for shape, own in _alike(there, lengths):
        block = np.empty(len(own), dtype=_row_type(shape))
        block["fields"] = len(COLUMNS)
        for name, present in zip(COLUMNS, shape.present, strict=True):
            width = block.dtype[name].itemsize if present else -1
            block[f"{name} length"] = width
            if width > 0:
                block[name] = [texts[name][row] for row in own.tolist()] if name in texts else values[name][own]
        parts.append(block.tobytes())
    return b"".join((*parts, TRAILER))


def _alike(there: list[BoolArray], lengths: list[IndexArray]) -> "list[tuple[_Shape, IndexArray]]":
    """Return the rows of each shape."""
    if len(lengths[0]) == 0:
        return []
    key = np.stack([*(present.astype(np.int64) for present in there), *lengths], axis=1)
    # One number for each row: as a rule all are alike, and sorting rows of a matrix is slow.
    packed = np.zeros(len(key), dtype=np.int64)
    for column in key.T:
        packed = packed * (int(column.max(initial=0)) + 2) + column + 1
    shapes, start, row_shape = np.unique(packed, return_index=True, return_inverse=True)
    order = np.argsort(row_shape, kind="stable")
    ends = np.cumsum(np.bincount(row_shape, minlength=len(shapes)))
    found = []
    for first, own in zip(start.tolist(), np.split(order, ends[:-1]), strict=True):
        present = [bool(one[first]) for one in there]
        texts = [int(one[first]) for one in lengths]
        shape = _Shape((*[True] * _NEVER_NULL, *present, *(one >= 0 for one in texts)), tuple(texts))
        found.append((shape, own))
    return found


@lru_cache(1024)
def _row_type(shape: _Shape) -> "np.dtype[np.void]":
    fields = [("fields", ">i2")]
    text_lengths = dict(zip(_TEXTS, shape.text_lengths, strict=True))
    for (name, kind), present in zip(_TYPES.items(), shape.present, strict=True):
        fields.append((f"{name} length", ">i4"))
        if present:
            fields.append((name, f"S{text_lengths[name]}" if name in text_lengths else kind))
    return np.dtype(fields)


def _present(values: NDArray[Any]) -> BoolArray:
    present: BoolArray = ~np.isnan(values) if values.dtype.kind == "f" else values != NO_INSTANT
    return present


def _encoded(texts: TextArray) -> list[bytes | None]:
    return [None if text is None else text.encode() for text in texts.tolist()]
