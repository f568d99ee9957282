"""Is the log or the database away? It is said once, and tried again with growing pauses."""

import structlog

from ingest.partitions import AWAY as DATABASE_AWAY
from ingest.positions import OwnershipLost
from ingest.source import SourceFailed

log = structlog.get_logger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0

# The database or the log are away, or in trouble of their own: to try again is all that helps.
AWAY = (SourceFailed, *DATABASE_AWAY)


class Outage:
    """Says once what is away, and once that it is back."""

    def __init__(self) -> None:
        self._reason = ""
        self._pause_s = 0.0

    def pause_s(self, failed: BaseException) -> float:
        """Return how long to wait before the next try."""
        if self._reason != (reason := reason_of(failed)):
            log.warning("The log or the database is away; trying again until it is back.", reason=reason)
        self._reason = reason
        self._pause_s = min(max(2 * self._pause_s, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        return self._pause_s

    def over(self) -> None:
        """All is well."""
        if self._reason:
            log.info("Records are read again.")
        self._reason, self._pause_s = "", 0.0


def reason_of(failed: BaseException) -> str:
    """Return a reason for the log that quotes no message of the database: it may hold a row."""
    return str(failed) if isinstance(failed, SourceFailed | OwnershipLost) else type(failed).__name__
