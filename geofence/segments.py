"""Many short runs of rows laid end to end in one column: how to walk all of them at once."""

import numpy as np

from geofence.tracks import BoolArray, IndexArray, InstantArray


def spread(first: IndexArray, count: IndexArray) -> tuple[IndexArray, IndexArray]:
    """Return `(owner, row)`: for each i, the rows `first[i], first[i] + 1, ...`, `count[i]` of them, owned by i.

    >>> spread(np.array([5, 9]), np.array([2, 1]))
    (array([0, 0, 1]), array([5, 6, 9]))
    """
    owner = np.repeat(np.arange(len(count), dtype=np.int64), count)
    before = np.cumsum(count) - count
    return owner, np.arange(len(owner), dtype=np.int64) + (first - before)[owner]


def first_at_or_after(values: InstantArray, low: IndexArray, high: IndexArray, wanted: InstantArray) -> IndexArray:
    """Return, for each segment `[low, high)` of ascending `values`, the first row whose value is at least `wanted`.

    `high` where there is none. All arguments but `values` have shape (m,).
    """
    return _bisect(values, low, high, wanted, after=False)


def first_after(values: InstantArray, low: IndexArray, high: IndexArray, wanted: InstantArray) -> IndexArray:
    """Return, for each segment `[low, high)` of ascending `values`, the first row whose value exceeds `wanted`."""
    return _bisect(values, low, high, wanted, after=True)


def last_at_or_before(
    values: InstantArray, first: IndexArray, count: IndexArray, segment: IndexArray, wanted: InstantArray
) -> IndexArray:
    """Return the last row of a segment of ascending `values` whose value is at most `wanted`; -1 where there is none.

    first, count: where each of m segments lies. segment, wanted: shape (n,), which of them, and what is looked for.
    """
    low = first[segment]
    if count.max(initial=0) > 1:
        found = first_after(values, low, low + count[segment], wanted) - 1
        return np.where(found >= low, found, -1)
    # With a row at most in each segment there is nothing to search.
    if len(values) == 0:
        return np.full(len(segment), -1, dtype=np.int64)
    low = np.minimum(low, len(values) - 1)
    return np.where((count[segment] > 0) & (values[low] <= wanted), low, -1)


def _bisect(
    values: InstantArray, low: IndexArray, high: IndexArray, wanted: InstantArray, *, after: bool
) -> IndexArray:
    low = low.copy()
    rows = np.flatnonzero(low < high)
    last = high[rows] - 1
    beyond = values[last] <= wanted[rows] if after else values[last] < wanted[rows]
    low[rows[beyond]] = high[rows[beyond]]
    rows, last = rows[~beyond], last[~beyond]
    # Somewhere in [first, last] lies what is looked for; often at once.
    first, sought = low[rows], wanted[rows]
    middle = first
    while len(rows):
        right = values[middle] <= sought if after else values[middle] < sought
        first = np.where(right, middle + 1, first)
        last = np.where(right, last, middle)
        low[rows] = first
        left = first < last
        rows, first, last, sought = rows[left], first[left], last[left], sought[left]
        middle = (first + last) >> 1
    return low


def latest_where(mask: BoolArray) -> IndexArray:
    """Return, for each row, the last row at or before it where `mask` holds; -1 where there is none."""
    return np.maximum.accumulate(np.where(mask, np.arange(len(mask), dtype=np.int64), -1))


def earliest_where(mask: BoolArray) -> IndexArray:
    """Return, for each row, the first row at or after it where `mask` holds; the number of rows where there is none."""
    rows = np.where(mask, np.arange(len(mask), dtype=np.int64), len(mask))
    return np.minimum.accumulate(rows[::-1])[::-1]
