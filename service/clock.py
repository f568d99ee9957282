"""The only place that looks at the wall clock; everything else is given the instant."""

from collections.abc import Callable
from datetime import UTC, datetime

from geofence.instants import Instant, instant

Clock = Callable[[], Instant]


def now() -> Instant:
    """Return the present instant."""
    return instant(datetime.now(UTC))
