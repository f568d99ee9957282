"""What did a tag report of itself? Events, decoded like fixes."""

from dataclasses import dataclass, field
from typing import get_args

from geofence.ids import TagId
from geofence.tracks import EventKind, TagEvent
from ingest.decode import ARRAY_LIMIT, ELEMENTS_LIMIT, OBJECT_LIMIT, Faulty, is_array
from ingest.fix import Rejection
from ingest.json_text import NotJson, parse, split_array
from ingest.members import Members
from ingest.reading import named_tag

_KINDS: dict[str, EventKind] = {kind: kind for kind in get_args(EventKind)}


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """A tag event with what only its provider and the reader of a report care about."""

    event_id: str | None
    event: TagEvent
    detail: str


@dataclass(frozen=True, slots=True)
class DecodedEvents:
    """What one message held: `elements == len(events) + len(rejections)`. sources: place and bytes of each event."""

    events: list[ReportedEvent]
    rejections: list[Rejection]
    sources: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def elements(self) -> int:
        """How many objects the message held; what can't be split counts as one."""
        return len(self.events) + len(self.rejections)


def decode_events(body: bytes, place: str = "") -> DecodedEvents:
    """Read a message: one event, or an array of up to 10,000; places and limits as for fixes."""
    if not is_array(body):
        return _sorted_out([(place, body)])
    if len(body) > ARRAY_LIMIT:
        return _whole_rejected(place, body, f"message: {len(body)} bytes is over {ARRAY_LIMIT}; send smaller arrays")
    try:
        elements = split_array(body, ELEMENTS_LIMIT)
    except NotJson as wrong:
        return _whole_rejected(place, body, f"message: not JSON: {wrong}")
    if len(elements) > ELEMENTS_LIMIT:
        return _whole_rejected(place, body, f"message: more than {ELEMENTS_LIMIT} elements; send smaller arrays")
    return _sorted_out([(f"{place}/{index}" if place else f"{index}", one) for index, one in enumerate(elements)])


def read_event(body: bytes) -> ReportedEvent | Faulty:
    """Read one event, or return every fault of it."""
    if len(body) > OBJECT_LIMIT:
        return Faulty((f"message: {len(body)} bytes is over {OBJECT_LIMIT}",))
    try:
        raw = parse(body)
    except NotJson as wrong:
        return Faulty((f"message: not JSON: {wrong}",))
    if not isinstance(raw, dict):
        return Faulty(("message: not an object",))
    members = Members(raw)
    tag_id = members.identifier("tag_id", required=True)
    occurred_at = members.instant("occurred_at", required=True)
    ended_at = members.instant("ended_at")
    kind = _kind(members)
    event_id = members.identifier("event_id", number=True)
    detail = members.text("detail") or ""
    if occurred_at is not None and ended_at is not None and ended_at < occurred_at:
        members.fault("ended_at", "is before occurred_at")
    if members.faults or tag_id is None or occurred_at is None or kind is None:
        return Faulty(tuple(members.faults), named_tag(raw.get("tag_id")))
    return ReportedEvent(event_id, TagEvent(TagId(tag_id), occurred_at, ended_at, kind), detail)


def _kind(members: Members) -> EventKind | None:
    text = members.text("kind", required=True)
    if text is None:
        return None
    if text not in _KINDS:
        members.fault("kind", f"expected one of {', '.join(_KINDS)}")
    return _KINDS.get(text)


def _whole_rejected(place: str, body: bytes, fault: str) -> DecodedEvents:
    return DecodedEvents([], [Rejection(place, body, (fault,))])


def _sorted_out(bodies: list[tuple[str, bytes]]) -> DecodedEvents:
    decoded = DecodedEvents([], [])
    for place, body in bodies:
        read = read_event(body)
        if isinstance(read, Faulty):
            decoded.rejections.append(Rejection(place, body, read.faults, read.tag_id))
        else:
            decoded.events.append(read)
            decoded.sources.append((place, body))
    return decoded
