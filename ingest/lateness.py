"""How late do fixes come? Counted by class, so that an hour's lateness is a few numbers, however much came in it."""

import numpy as np

from geofence.instants import SECOND_US, Instant
from geofence.tracks import InstantArray

# The upper ends of all classes but the last, which has none.
LIMITS_S = (60, 300, 900, 3600, 21600, 86400)
_LIMITS_US = np.array(LIMITS_S, dtype=np.int64) * SECOND_US


def by_class(at: InstantArray, received_at: Instant) -> list[int]:
    """Return how many of these instants lie how long before `received_at`: one more count than limits.

    Exactly at a limit is no longer under it. What lies after `received_at` was not late.

    >>> by_class(np.array([0, 60_000_000, -1_000_000]), Instant(60_000_000))
    [1, 2, 0, 0, 0, 0, 0]
    """
    classes = np.searchsorted(_LIMITS_US, received_at - at, side="right")
    counts: list[int] = np.bincount(classes, minlength=len(LIMITS_S) + 1).tolist()
    return counts
