"""What the provider pushes over HTTPS: an array, or one object a line; answered with counts and rejections by index."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, assert_never

from geofence.instants import Instant
from ingest.batch import Batch
from ingest.connections import Pool
from ingest.decode import ARRAY_LIMIT, ELEMENTS_LIMIT
from ingest.fix import Profile, Rejection
from ingest.json_text import NotJson, split_array
from ingest.ledger import append
from ingest.tally import Tally

MediaType = Literal["application/json", "application/x-ndjson"]


class BodyRefused(Exception):
    """A body that can't be taken at all, so that nothing of it was kept; the message says why, without quoting it."""


class TooLarge(BodyRefused):
    """More elements or bytes than one request may have; the message names the limit."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of a body. rejections: by index, contradictions among them; an element's `place` is its index."""

    tally: Tally
    rejections: list[Rejection]


async def push_fixes(
    pool: Pool, body: bytes, media_type: MediaType, profile: Profile, now: Callable[[], Instant]
) -> Pushed:
    """Append a body of fixes to the ledger. Durable when it returns. Raises BodyRefused."""
    received_at = now()
    batch = Batch("https", received_at)
    batch.add_objects(elements_of(body, media_type), profile, str)
    return await _append(pool, batch, received_at)


async def push_events(pool: Pool, body: bytes, media_type: MediaType, now: Callable[[], Instant]) -> Pushed:
    """Append a body of tag events to the ledger. Durable when it returns. Raises BodyRefused."""
    batch = Batch("https", None)
    for index, element in enumerate(elements_of(body, media_type)):
        batch.add_event(element, (index,))
    return await _append(pool, batch, now())


def elements_of(body: bytes, media_type: MediaType) -> list[bytes]:
    """Return the bytes of each element of a request's body. Raises BodyRefused."""
    if len(body) > ARRAY_LIMIT:
        raise TooLarge(f"{len(body)} bytes is over {ARRAY_LIMIT}; send smaller requests")
    match media_type:
        case "application/json":
            try:
                elements = split_array(body, ELEMENTS_LIMIT)
            except NotJson as wrong:
                remedy = "send an array, or one object a line as application/x-ndjson"
                raise BodyRefused(f"not a JSON array ({wrong}); {remedy}") from None
        case "application/x-ndjson":
            lines = (line.strip(b" \t\r") for line in body.removeprefix(b"\xef\xbb\xbf").split(b"\n"))
            elements = [line for line in lines if line]
        case _:
            assert_never(media_type)
    if len(elements) > ELEMENTS_LIMIT:
        raise TooLarge(f"more than {ELEMENTS_LIMIT} elements; send smaller requests")
    return elements


async def _append(pool: Pool, batch: Batch, now: Instant) -> Pushed:
    appended = await append(pool, batch, now)
    rejections = sorted((one.rejection for one in appended.quarantine), key=lambda one: int(one.place))
    return Pushed(appended.tally, rejections)
