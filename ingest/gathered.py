"""What a reader has read and decoded, and is to append next."""

from collections.abc import Sequence
from dataclasses import replace

from geofence.instants import SECOND_US, Instant
from ingest.batch import Batch
from ingest.positions import Advance
from ingest.records import LARGEST_BYTES, add_records, bytes_of, not_too_large, refuse_record
from ingest.source import Partition, Record

# No batch grows beyond these by much: it lies in memory twice, and its tags are locked while it is appended.
RECORDS = 20_000
BYTES = 16 * 1024 * 1024
# All that is in it counts as received when its first record came: a clock that is right must not pass for one ahead.
LASTS_US = SECOND_US


class Gathered:
    """Records, what is in them, and how far they move the positions. `received_at`: when the first of them came."""

    def __init__(self, received_at: Instant) -> None:
        self.received_at = received_at
        self.batch = Batch("kafka", received_at)
        self.records: dict[Partition, list[Record]] = {}
        self._advances: dict[Partition, Advance] = {}
        self._count = self._bytes = 0

    def __len__(self) -> int:
        return self._count

    @property
    def advances(self) -> list[Advance]:
        """How far the records move the position of each partition."""
        return [*self._advances.values()]

    def takes_more(self, now: Instant) -> bool:
        """It is neither large enough nor too old for what comes now."""
        return self._count < RECORDS and self._bytes < BYTES and now - self.received_at < LASTS_US

    def add(self, partition: Partition, records: Sequence[Record], advance: Advance) -> None:
        """Decode records that follow on those of the partition that are here; advance: the move past them."""
        size = bytes_of(records)
        if size > LARGEST_BYTES:
            records = [*map(not_too_large, records)]
            size = bytes_of(records)
        first = self._advances.get(partition, advance)
        self._advances[partition] = replace(first, until=advance.until)
        self.records.setdefault(partition, []).extend(records)
        self._count += len(records)
        self._bytes += size
        add_records(self.batch, partition, records)
        self.batch.decode()

    def halves(self) -> tuple["Gathered", "Gathered"]:
        """Return the first half of two or more records, and the rest, which rests on the first."""
        first, rest = Gathered(self.received_at), Gathered(self.received_at)
        wanted = len(self) // 2
        for partition, records in self.records.items():
            advance, taken, left = self._advances[partition], records[:wanted], records[wanted:]
            wanted -= len(taken)
            middle = taken[-1].offset + 1 if taken else advance.start
            if taken:
                first.add(partition, taken, replace(advance, until=middle))
            if left:
                rest.add(partition, left, replace(advance, start=middle))
        return first, rest

    def refuse(self, reason: str) -> None:
        """Put every record into quarantine, whatever is in it, because the ledger can't hold that."""
        self.batch = Batch("kafka", self.received_at)
        for partition, records in self.records.items():
            for record in records:
                refuse_record(self.batch, partition, record, reason)
