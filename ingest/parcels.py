"""In which messages do the elements of a body travel? Those of a tag together, in their order and with their bytes."""

from collections.abc import Iterable

from geofence.ids import TagId
from ingest.decode import OBJECT_LIMIT
from ingest.sink import Message

# An array of that size is still read at a glance, and sixteen of them are what a broker lets through. One message an
# element costs four to six times the time wherever a body holds ten or more of a tag; larger arrays save nothing.
PARCEL_BYTES = OBJECT_LIMIT


def parcels(elements: Iterable[tuple[TagId, bytes]], headers: tuple[tuple[str, bytes], ...] = ()) -> list[Message]:
    """Return messages that hold all elements, each under the key of its tag.

    >>> [message.value for message in parcels([("T-1", b'{"a":1}'), ("T-2", b'{"b":2}'), ("T-1", b'{"c":3}')])]
    [b'[{"a":1},{"c":3}]', b'{"b":2}']
    """
    of_tag: dict[TagId, list[list[bytes]]] = {}
    bytes_in: dict[TagId, int] = {}
    for tag_id, element in elements:
        parts = of_tag.setdefault(tag_id, [])
        size = len(element) + 1 if _sociable(element) else PARCEL_BYTES
        if parts and bytes_in[tag_id] + size < PARCEL_BYTES:
            parts[-1].append(element)
            bytes_in[tag_id] += size
        else:
            parts.append([element])
            bytes_in[tag_id] = size
    return [Message(tag_id.encode(), _value(part), headers) for tag_id, parts in of_tag.items() for part in parts]


def _sociable(element: bytes) -> bool:
    """Whether an element that can be read alone can be read in any company too.

    One that begins with a byte order mark, or is nested as deeply as can just be read, would spoil its neighbours.
    """
    return element[:1] == b"{" and element.count(b"{") == 1 and b"[" not in element


def _value(part: list[bytes]) -> bytes:
    return part[0] if len(part) == 1 else b"[" + b",".join(part) + b"]"
