"""What do these records hold? Each is read under the profile that its content type names, and knows where it stood."""

from collections.abc import Sequence
from itertools import groupby

from ingest.batch import EVENT_PROFILE, Batch, place_text
from ingest.fix import Profile, Rejection
from ingest.profiles import PROFILE_OF_CONTENT_TYPE
from ingest.source import EVENTS_TOPIC, Partition, Record


def add_records(batch: Batch, partition: Partition, records: Sequence[Record]) -> None:
    """Add records of a partition to a batch. One without a value is not JSON, like any other nonsense."""
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
    rejection = Rejection(place_text((partition, record.offset)), record.value or b"", (f"message: {reason}",))
    batch.reject(rejection, EVENT_PROFILE if partition.topic == EVENTS_TOPIC else _profile(record))


def _profile(record: Record) -> Profile:
    for name, value in record.headers:
        if name.lower() == "content-type" and value is not None:
            return PROFILE_OF_CONTENT_TYPE.get(value.decode("latin-1").split(";")[0].strip().lower(), "cordon")
    return "cordon"
