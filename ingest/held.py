"""Fixes on their way from lines into columns."""

from geofence.ids import TagId
from geofence.instants import BEGINNING, FOREVER, Instant
from ingest.columns import FixColumns, columns_of, joined
from ingest.fix import Fix

BLOCK = 65_536


class Held:
    """Fixes in memory, as columns but for the last block of them.

    Of those that were taken it still knows the tags, and between which instants they were recorded.
    """

    def __init__(self) -> None:
        self._first_at, self._last_at = FOREVER, BEGINNING
        self._tags: dict[TagId, int] = {}
        self._fixes: list[Fix] = []
        self._lines: list[int] = []
        self._blocks: list[FixColumns] = []

    def add(self, line: int, fix: Fix) -> None:
        """Hold one more fix."""
        self._fixes.append(fix)
        self._lines.append(line)
        if len(self._fixes) == BLOCK:
            self._close_block()

    def taken(self) -> FixColumns:
        """Return all fixes in the order in which they came, and hold them no longer."""
        self._close_block()
        blocks, self._blocks = self._blocks, []
        return joined(blocks)

    @property
    def tag_ids(self) -> tuple[TagId, ...]:
        """All tags; a tag's place is its number in the columns."""
        return tuple(self._tags)

    def recorded_between(self) -> tuple[Instant, Instant] | None:
        """Return when the first and the last fix ever held were recorded; None if there was none."""
        self._close_block()
        return (self._first_at, self._last_at) if self._tags else None

    def _close_block(self) -> None:
        if not self._fixes:
            return
        tags = [self._tags.setdefault(fix.tag_id, len(self._tags)) for fix in self._fixes]
        block = columns_of(self._fixes, self._lines, tags)
        self._first_at = min(self._first_at, Instant(int(block.recorded_at.min())))
        self._last_at = max(self._last_at, Instant(int(block.recorded_at.max())))
        self._blocks.append(block)
        self._fixes.clear()
        self._lines.clear()
