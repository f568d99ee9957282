"""Bytes become fixes, or rejections that name every fault; nothing in between, and never an exception.

Limits: an object at most 64 KiB; an array at most 10,000 elements of at most 64 KiB each, and 16 MiB in all, which is
sixteen times what a Kafka broker lets through unless it is told otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
import numpy as np

from geofence.ids import TagId
from geofence.instants import Instant
from geofence.tracks import IndexArray
from ingest.fix import Fix, Profile, Rejection
from ingest.json_text import SHORTEST_DEEP, NotJson, parse, shallow, split_array
from ingest.profiles import CordonMembers, MdssMembers, ProfileMembers
from ingest.reading import Ahead, ahead_of, glance, read_members, tag_named

OBJECT_LIMIT = 64 * 1024
ARRAY_LIMIT = 16 * 1024 * 1024
ELEMENTS_LIMIT = 10_000


class Faulty(NamedTuple):
    """Why an object is no fix, and the tag that it names, if that could be read."""

    faults: tuple[str, ...]
    tag_id: TagId | None = None


@dataclass(frozen=True, slots=True, eq=False)
class WellFormed:
    """Objects of some messages, in order: of each, the index of its message and its place in it, -1 if no array.

    careful: the indices of the messages that need the careful reader.
    """

    members: list[ProfileMembers]
    message: IndexArray
    element: IndexArray
    careful: list[int]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one message held: `elements == len(fixes) + len(rejections)`.

    indices: for each fix, the index of its element if the message is an array; None if it is one object.
    """

    fixes: list[Fix]
    rejections: list[Rejection]
    indices: Sequence[int] | None = None

    @property
    def elements(self) -> int:
        """How many objects the message held; what can't be split counts as one."""
        return len(self.fixes) + len(self.rejections)


def decode(body: bytes, profile: Profile, received_at: Instant | None, place: str = "") -> Decoded:
    """Read a message: one object, or an array of up to 10,000.

    received_at None: no limit to how far ahead of us a fix may be recorded. An element's place is `place/index`, or the
    index alone where `place` is empty.

    >>> decode(b'{"tag_id": "T-1"}', "cordon", None).rejections[0].faults
    ('recorded_at: is missing', 'latitude: is missing', 'longitude: is missing')
    """
    if is_array(body):
        return _decode_array(body, profile, received_at, place)
    read = decode_object(body, profile, ahead_of(received_at))
    if isinstance(read, Fix):
        return Decoded([read], [])
    return Decoded([], [Rejection(place, body, read.faults, read.tag_id)])


def members_of(bodies: Sequence[bytes], profile: Profile, *, may_be_arrays: bool) -> WellFormed:
    """Return the objects of well-formed messages. Only their form is looked at: `glance_all` says which are fixes."""
    longest = max(map(len, bodies))
    all_plain = longest <= OBJECT_LIMIT and _plain(b"\n".join(bodies))
    all_shallow = all(map(shallow, bodies)) if longest >= SHORTEST_DEEP else True
    decode_one, decode_many = _DECODERS[profile].decode, _ARRAY_DECODERS[profile].decode
    if all_plain and all_shallow:
        try:
            members = list(map(decode_one, bodies))  # as a rule all are one object each
        except (msgspec.DecodeError, RecursionError):
            pass
        else:
            return WellFormed(members, np.arange(len(members)), np.full(len(members), -1), [])
    members, owners, places, careful = [], list[int](), list[int](), list[int]()
    for number, body in enumerate(bodies):
        many = may_be_arrays and is_array(body)
        try:
            quick = (all_plain or (len(body) <= OBJECT_LIMIT and _plain(body))) and shallow(body)
            found = (decode_many(body) if many else [decode_one(body)]) if quick else None
        except (msgspec.DecodeError, RecursionError):
            found = None
        if found is None:
            careful.append(number)
        else:
            members += found
            owners += [number] * len(found)
            places += range(len(found)) if many else [-1]
    return WellFormed(members, np.array(owners, dtype=np.int64), np.array(places, dtype=np.int64), careful)


def is_array(body: bytes) -> bool:
    """Whether a message is meant as an array."""
    return body[:1] != b"{" and body.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\n\r")[:1] == b"["


def decode_object(body: bytes, profile: Profile, ahead: Ahead) -> Fix | Faulty:
    """Read one object: a line of a file, an element of an array."""
    if len(body) > OBJECT_LIMIT:
        return Faulty((f"message: {len(body)} bytes is over {OBJECT_LIMIT}",))
    if _plain(body) and shallow(body):
        try:
            fix = glance(_DECODERS[profile].decode(body), ahead)
        except (msgspec.DecodeError, RecursionError):
            fix = None
        if fix is not None:
            return fix
    try:
        raw = parse(body)
    except NotJson as wrong:
        return Faulty((f"message: not JSON: {wrong}",))
    if not isinstance(raw, dict):
        return Faulty(("message: not an object",))
    read = read_members(raw, profile, ahead)
    return read if isinstance(read, Fix) else Faulty(read, tag_named(raw, profile))


def elements(body: bytes) -> list[bytes]:
    """Return the bytes of each element of an array that was decoded before."""
    return split_array(body, ELEMENTS_LIMIT)


def _decode_array(body: bytes, profile: Profile, received_at: Instant | None, place: str) -> Decoded:
    if len(body) > ARRAY_LIMIT:
        return _whole_rejected(place, body, f"message: {len(body)} bytes is over {ARRAY_LIMIT}; send smaller arrays")
    try:
        found = split_array(body, ELEMENTS_LIMIT)
    except NotJson as wrong:
        return _whole_rejected(place, body, f"message: not JSON: {wrong}")
    if len(found) > ELEMENTS_LIMIT:
        return _whole_rejected(place, body, f"message: more than {ELEMENTS_LIMIT} elements; send smaller arrays")
    ahead = ahead_of(received_at)
    fixes, rejections, indices = list[Fix](), list[Rejection](), list[int]()
    for index, raw in enumerate(found):
        read = decode_object(raw, profile, ahead)
        if isinstance(read, Fix):
            fixes.append(read)
            indices.append(index)
        else:
            rejections.append(Rejection(f"{place}/{index}" if place else f"{index}", raw, read.faults, read.tag_id))
    return Decoded(fixes, rejections, indices if rejections else range(len(fixes)))


def _whole_rejected(place: str, body: bytes, fault: str) -> Decoded:
    return Decoded([], [Rejection(place, body, (fault,))])


def _plain(body: bytes) -> bool:
    """Whether the quick reader sees all that matters: it looks for no NUL, nor for broken UTF-8 in what it skips."""
    if b"\\" in body and b"\\u0000" in body:
        return False
    if body.isascii():
        return True
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


_DECODERS: dict[Profile, msgspec.json.Decoder[ProfileMembers]] = {
    "cordon": msgspec.json.Decoder(CordonMembers),
    "mdss": msgspec.json.Decoder(MdssMembers),
}
_ARRAY_DECODERS: dict[Profile, msgspec.json.Decoder[list[ProfileMembers]]] = {
    "cordon": msgspec.json.Decoder(list[CordonMembers]),
    "mdss": msgspec.json.Decoder(list[MdssMembers]),
}
