"""What do these records hold? Each is read under the profile that its content type names, and knows where it stood."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest.batch import EVENT_PROFILE, Batch, place_text
from ingest.fix import Profile, Rejection
from ingest.profiles import PROFILE_OF_CONTENT_TYPE
from ingest.source import EVENTS_TOPIC, Partition, Record

# A value beyond this is nobody's message, and at 1 GiB the database can't take it: only its beginning is kept.
LARGEST_BYTES, BEGINNING_BYTES = 64 * 1024 * 1024, 1024 * 1024
# What aiokafka's record takes besides its bytes, and each of its headers; and a letter of a header's name at the most.
RECORD_BYTES, HEADER_BYTES, LETTER_BYTES = 250, 150, 4


@dataclass(frozen=True, slots=True)
class Beginning:
    """The record that is kept in place of one whose value is too large: a beginning, and a fault that tells of it."""

    offset: int
    value: bytes
    headers: Sequence[tuple[str, bytes]]
    fault: str
    key: None = None


def bytes_of(records: Sequence[Record]) -> int:
    """Return about how many bytes of memory some records take."""
    values, keys = [record.value for record in records], [record.key for record in records]
    headers = (header for record in records if record.headers for header in record.headers)
    return (
        RECORD_BYTES * len(records)
        + sum(map(len, filter(None, values)))
        + sum(map(len, filter(None, keys)))
        + sum(HEADER_BYTES + LETTER_BYTES * len(name) + len(value or b"") for name, value in headers)
    )


def not_too_large(record: Record) -> Record:
    """Return a record, or the beginning of one that is too large, so that the whole of it can be let go."""
    value = record.value or b""
    if len(value) <= LARGEST_BYTES:
        return record
    fault = (
        f"message: {len(value)} bytes is over {LARGEST_BYTES}; its first {BEGINNING_BYTES} are kept,"
        f" and the SHA-256 of all is {hashlib.sha256(value).hexdigest()}"
    )
    return Beginning(record.offset, value[:BEGINNING_BYTES], record.headers, fault)


def add_records(batch: Batch, partition: Partition, records: Sequence[Record]) -> None:
    """Add records of a partition to a batch. One without a value is not JSON, like any other nonsense."""
    if beginnings := [record for record in records if isinstance(record, Beginning)]:
        for one in beginnings:
            _reject(batch, partition, one)
        records = [record for record in records if not isinstance(record, Beginning)]
    if partition.topic == EVENTS_TOPIC:
        for record in records:
            batch.add_event_message(record.value or b"", (partition, record.offset))
        return
    for profile, own in groupby(records, _profile):
        _add(batch, profile, partition, list(own))


def _add(batch: Batch, profile: Profile, partition: Partition, records: Sequence[Record]) -> None:
    bodies = [record.value or b"" for record in records]
    batch.add_messages(bodies, profile, lambda index: place_text((partition, records[index].offset)))


def refuse_record(batch: Batch, partition: Partition, record: Record, reason: str) -> None:
    """Put one record into a batch's quarantine, because the ledger can't hold what is in it."""
    _reject(batch, partition, record, f"message: {reason}")


def _reject(batch: Batch, partition: Partition, record: Record, *faults: str) -> None:
    if isinstance(record, Beginning):
        faults = (record.fault, *faults)
    rejection = Rejection(place_text((partition, record.offset)), record.value or b"", faults)
    batch.reject(rejection, EVENT_PROFILE if partition.topic == EVENTS_TOPIC else _profile(record))


def _profile(record: Record) -> Profile:
    for name, value in record.headers:
        if name.lower() == "content-type" and value is not None:
            return PROFILE_OF_CONTENT_TYPE.get(value.decode("latin-1").split(";")[0].strip().lower(), "cordon")
    return "cordon"
