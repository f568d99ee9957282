"""Which elements of a body are good? These go on with their bytes as they came, the others into quarantine."""

from collections.abc import Callable, Sequence

from geofence.ids import TagId
from geofence.instants import Instant
from ingest.batch import EVENT_PROFILE, Batch
from ingest.decode import Faulty, decode_object
from ingest.events import read_event
from ingest.fix import Profile, Rejection
from ingest.reading import ahead_of


def good_fixes(
    batch: Batch, elements: Sequence[bytes], profile: Profile, received_at: Instant
) -> list[tuple[TagId, bytes]]:
    """Return the fixes with their tags; whatever is none is added to the batch's quarantine, under its index."""
    ahead = ahead_of(received_at)

    def tag_of(element: bytes) -> TagId | Faulty:
        read = decode_object(element, profile, ahead)
        return read if isinstance(read, Faulty) else read.tag_id

    return _good(batch, elements, tag_of, profile)


def good_events(batch: Batch, elements: Sequence[bytes]) -> list[tuple[TagId, bytes]]:
    """Return the tag events with their tags, as `good_fixes` does."""

    def tag_of(element: bytes) -> TagId | Faulty:
        read = read_event(element)
        return read if isinstance(read, Faulty) else read.event.tag_id

    return _good(batch, elements, tag_of, EVENT_PROFILE)


def _good(
    batch: Batch, elements: Sequence[bytes], tag_of: Callable[[bytes], TagId | Faulty], profile: str
) -> list[tuple[TagId, bytes]]:
    good = []
    for index, element in enumerate(elements):
        read = tag_of(element)
        if isinstance(read, Faulty):
            batch.reject(Rejection(f"{index}", element, read.faults, read.tag_id), profile)
        else:
            good.append((read, element))
    return good
