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


def _bisect(
    values: InstantArray, low: IndexArray, high: IndexArray, wanted: InstantArray, *, after: bool
) -> IndexArray:
    low, high = low.copy(), high.copy()
    if len(values) == 0:
        return low
    while (searching := low < high).any():
        middle = (low + high) >> 1
        value = values[np.minimum(middle, len(values) - 1)]
        right = searching & ((value <= wanted) if after else (value < wanted))
        low = np.where(right, middle + 1, low)
        high = np.where(searching & ~right, middle, high)
    return low


def latest_where(mask: BoolArray) -> IndexArray:
    """Return, for each row, the last row at or before it where `mask` holds; -1 where there is none."""
    return np.maximum.accumulate(np.where(mask, np.arange(len(mask), dtype=np.int64), -1))


def earliest_where(mask: BoolArray) -> IndexArray:
    """Return, for each row, the first row at or after it where `mask` holds; the number of rows where there is none."""
    rows = np.where(mask, np.arange(len(mask), dtype=np.int64), len(mask))
    return np.minimum.accumulate(rows[::-1])[::-1]
