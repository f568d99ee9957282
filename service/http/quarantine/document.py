"""What quarantine looks like as JSON."""

from base64 import b64encode
from typing import Any

from geofence.instants import printed
from ingest.fix import Origin
from ingest.quarantine import Quarantine, text_of
from ingest.release import Released
from service.http.documents import At, Document


class RejectionDocument(Document):
    """A message, or one element of an array, that is no fix: where it came from and every fault.

    place: topic, partition and offset for Kafka, the index for HTTPS, the line for a file; of an element of an array,
    its index besides. profile: as what it was read. contradiction: it can be read, but the ledger holds another one of
    its identity. tag_id: the tag that it names, if that could be read. bytes: how long it is. released_at: when what
    is good in it went to the ledger.
    """

    rejection_id: int
    origin: Origin
    place: str
    profile: str
    received_at: At
    faults: list[str]
    contradiction: bool
    tag_id: str | None
    bytes: int
    released_at: At | None


class RejectionInFull(RejectionDocument):
    """A rejection with its bytes as they came, and the text that they are; null if they are not UTF-8."""

    body_base64: str
    body_text: str | None


class RejectionPage(Document):
    """Rejections, the newest first. `next`: where to find more, null at the end."""

    items: list[RejectionDocument]
    next: str | None


class ReleasedCounts(Document):
    """What became of its elements: new in the ledger, there already, or rejected, contradictions among these."""

    fixes: int
    events: int
    duplicates: int
    contradictions: int
    rejected: int


class StillRejected(Document):
    """An element of the array that was released. It is a rejection of its own now."""

    place: str
    faults: list[str]


class ReleasedDocument(Document):
    """A rejection that was released. profile: as what it was read."""

    rejection_id: int
    profile: str
    released_at: At
    counts: ReleasedCounts
    rejections: list[StillRejected]


def rejection_document(rejection: Quarantine) -> RejectionDocument:
    """Return a rejection of a list."""
    return RejectionDocument(**_members(rejection))


def in_full(rejection: Quarantine, body: bytes) -> RejectionInFull:
    """Return one rejection with its bytes."""
    return RejectionInFull(**_members(rejection), body_base64=b64encode(body).decode("ascii"), body_text=text_of(body))


def released_document(released: Released) -> ReleasedDocument:
    """Return what became of a rejection."""
    tally = released.tally
    return ReleasedDocument(
        rejection_id=released.rejection_id,
        profile=released.profile,
        released_at=printed(released.released_at),
        counts=ReleasedCounts(
            fixes=tally.fixes,
            events=tally.events,
            duplicates=tally.duplicates,
            contradictions=tally.contradictions,
            rejected=tally.rejected,
        ),
        rejections=[
            StillRejected(place=one.rejection.place, faults=list(one.rejection.faults)) for one in released.rejections
        ],
    )


def _members(rejection: Quarantine) -> dict[str, Any]:
    released_at = rejection.released_at
    return {
        "rejection_id": rejection.rejection_id,
        "origin": rejection.origin,
        "place": rejection.place,
        "profile": rejection.profile,
        "received_at": printed(rejection.received_at),
        "faults": list(rejection.faults),
        "contradiction": rejection.contradiction,
        "tag_id": rejection.tag_id,
        "bytes": rejection.bytes,
        "released_at": None if released_at is None else printed(released_at),
    }
