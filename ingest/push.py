"""What the provider pushes over HTTPS: an array, or one object a line; answered with counts and rejections by index.

It goes into the log if there is one, and else straight into the ledger.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal, assert_never

from geofence.instants import Instant
from ingest.batch import Batch
from ingest.connections import Pool
from ingest.decode import ARRAY_LIMIT, ELEMENTS_LIMIT
from ingest.fix import Profile, Rejection
from ingest.good import good_events, good_fixes
from ingest.json_text import NotJson, split_array
from ingest.ledger import append
from ingest.parcels import parcels
from ingest.profiles import CONTENT_TYPE_OF_PROFILE
from ingest.sink import LogSink
from ingest.source import EVENTS_TOPIC, FIXES_TOPIC
from ingest.tally import Tally

MediaType = Literal["application/json", "application/x-ndjson"]
# What is entered for as long as the ledger is at work.
Turn = Callable[[], AbstractAsyncContextManager[None]]


class BodyRefused(Exception):
    """A body that can't be taken at all, so that nothing of it was kept; the message says why, without quoting it."""


class TooLarge(BodyRefused):
    """More elements or bytes than one request may have; the message names the limit."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of a body. rejections: by index, contradictions among them; an element's `place` is its index.

    settled: False if the ledger has not seen it yet. Then the tally's fixes and events are those taken, and which of
    them are duplicates or contradictions is not known.
    """

    tally: Tally
    rejections: list[Rejection]
    settled: bool = True


async def push_fixes(
    pool: Pool,
    body: bytes,
    media_type: MediaType,
    profile: Profile,
    now: Callable[[], Instant],
    sink: LogSink | None = None,
    turn: Turn = nullcontext,
) -> Pushed:
    """Keep a body of fixes. Durable when it returns. Raises BodyRefused, SinkFailed, and what `turn` raises."""
    received_at = now()
    batch = Batch("https", received_at)
    elements = elements_of(body, media_type)
    if sink is not None:
        good = good_fixes(batch, elements, profile, received_at)
        headers = (("content-type", CONTENT_TYPE_OF_PROFILE[profile].encode()),)
        await sink.put(FIXES_TOPIC, parcels(good, headers))
        return await _taken(pool, batch, Tally(fixes=len(good)), received_at, turn)
    batch.add_objects(elements, profile, str)
    return await _append(pool, batch, received_at, turn)


async def push_events(
    pool: Pool,
    body: bytes,
    media_type: MediaType,
    now: Callable[[], Instant],
    sink: LogSink | None = None,
    turn: Turn = nullcontext,
) -> Pushed:
    """Keep a body of tag events. Durable when it returns. Raises BodyRefused, SinkFailed, and what `turn` raises."""
    received_at = now()
    batch = Batch("https", received_at)
    elements = elements_of(body, media_type)
    if sink is not None:
        good = good_events(batch, elements)
        await sink.put(EVENTS_TOPIC, parcels(good))
        return await _taken(pool, batch, Tally(events=len(good)), received_at, turn)
    for index, element in enumerate(elements):
        batch.add_event(element, (index,))
    return await _append(pool, batch, received_at, turn)


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


async def _taken(pool: Pool, batch: Batch, taken: Tally, now: Instant, turn: Turn) -> Pushed:
    """Put what was rejected into quarantine, after the log has confirmed the rest.

    In this order, so that a log that is away leaves no trace however often a body is sent again.
    """
    if not batch.quarantine:
        return Pushed(taken, [], settled=False)
    pushed = await _append(pool, batch, now, turn)
    return Pushed(taken + pushed.tally, pushed.rejections, settled=False)


async def _append(pool: Pool, batch: Batch, now: Instant, turn: Turn) -> Pushed:
    async with turn():
        appended = await append(pool, batch, now)
    rejections = sorted((one.rejection for one in appended.quarantine), key=lambda one: int(one.place))
    return Pushed(appended.tally, rejections)
