"""Which elements of a body are good? These go on with their bytes as they came, the others into quarantine."""

from collections.abc import Sequence

from geofence.ids import TagId
from geofence.instants import Instant
from ingest.batch import EVENT_PROFILE, Batch
from ingest.decode import Faulty
from ingest.events import read_event
from ingest.fix import Profile, Rejection


def good_fixes(
    batch: Batch, elements: Sequence[bytes], profile: Profile, received_at: Instant
) -> list[tuple[TagId, bytes]]:
    """Return the fixes with their tags; whatever is none is added to the batch's quarantine, under its index."""
    read = Batch("https", received_at)
    read.add_objects(elements, profile, str)
    for refused in read.quarantine:
        batch.reject(refused.rejection, refused.profile)
    tag_ids, columns = read.fixes.tag_ids, read.fixes.columns
    return [
        (tag_ids[tag], elements[index]) for tag, index in zip(columns.tag.tolist(), columns.line.tolist(), strict=True)
    ]


def good_events(batch: Batch, elements: Sequence[bytes]) -> list[tuple[TagId, bytes]]:
    """Return the tag events with their tags, as `good_fixes` does."""
    good = []
    for index, element in enumerate(elements):
        read = read_event(element)
        if isinstance(read, Faulty):
            batch.reject(Rejection(f"{index}", element, read.faults, read.tag_id), EVENT_PROFILE)
        else:
            good.append((read.event.tag_id, element))
    return good
