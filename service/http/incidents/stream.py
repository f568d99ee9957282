"""`/v1/incidents/stream`: what becomes of incidents, told as it becomes known, as server-sent events.

Everybody is told the same lines in the same order, of which the police see their own. A reader that lost its connection
goes on where it was: each event carries its place as its id.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Header, Request
from fastapi import Query as FromQuery
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import Field
from starlette.types import Message, Send

from alerts.repeat import UNREACHABLE, rest
from service.access.actor import Actor
from service.access.audit import record
from service.http.guard import READERS, Allowed, still_calling
from service.http.incidents.changes import News, read_news
from service.http.incidents.document import IncidentChange
from service.http.incidents.live import AGAIN_S, ANSWER_WITHIN_S, HIGHEST, NEWEST, Full
from service.http.parameters import Query
from service.http.problems import Fault, Problem
from service.http.wiring import Services, Wired

log = structlog.get_logger(__name__)

routes = APIRouter(prefix="/v1/incidents", tags=["Incidents"])

LINES_AT_ONCE = 200
RETRY_MS = 2000
TAKEN_WITHIN_S = 30.0  # a reader that takes nothing for so long is left: its place may be somebody else's
HEARTBEAT = format_sse_event(comment="still here")
NO_LONGER = format_sse_event(comment="the token or session is no longer valid")
# Ours says no-store; a proxy that gathers an answer before it passes it on would pass on nothing.
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Place = Annotated[str, Field(pattern=r"^[0-9]{1,18}$", description="the id of the last event that was read")]


class Begin(Query):
    """Where a stream begins, for a reader that can't send the header at first; the header comes before it."""

    last_event_id: Place | None = None


class EventStream(StreamingResponse):
    """An answer that goes on until its reader leaves, or takes nothing for too long."""

    media_type = "text/event-stream"
    taken_within_s = TAKEN_WITHIN_S

    async def stream_response(self, send: Send) -> None:
        """Send whatever there is, each part within a time."""

        async def in_time(message: Message) -> None:
            async with asyncio.timeout(self.taken_within_s):
                await send(message)

        try:
            await super().stream_response(in_time)
        except TimeoutError:
            log.warning("The reader of a live stream took nothing for too long and is left.")


async def a_place(services: Wired) -> AsyncIterator[None]:
    """Hold one of the places for streams until the answer has ended."""
    try:
        with services.live.place():
            yield
    except Full:
        raise Problem(503, "Too many streams are open; try again.", headers={"Retry-After": "5"}) from None


@routes.get("/stream", response_class=EventStream)
async def incident_stream(
    request: Request,
    services: Wired,
    actor: Annotated[Actor, Depends(Allowed(*READERS))],
    _place: Annotated[None, Depends(a_place)],
    begin: Annotated[Begin, FromQuery()],
    last_event_id: Annotated[Place | None, Header(alias="Last-Event-ID")] = None,
) -> EventStream:
    """Tell what becomes of incidents, from now on or after the event that was read last.

    The data of each event is an IncidentChange as JSON. The first block has no data: it gives the id after which the
    stream begins, so that a reader that is cut off before its first event misses nothing. Every 15 s without an event
    comes a comment. It ends when the token is no longer valid, or the service restarts: connect again.
    """
    async with services.pool.acquire() as connection, connection.transaction():
        after = _after(last_event_id, begin.last_event_id, await connection.fetchval(HIGHEST))
        if after is None:
            after = await connection.fetchval(NEWEST)
        await record(connection, services.clock(), actor, "consultation", f"incidents as they change, after {after}")
    return EventStream(events(request, services, actor, after), headers=HEADERS)


async def events(request: Request, services: Services, actor: Actor, after: int) -> AsyncIterator[bytes]:
    """Yield a stream's blocks. Between them nothing is held: a slow reader costs nobody anything.

    1. Note which news will come next, then look: at the token first, then at the lines after the place reached.
    2. Tell the lines; without any for long enough, that we are still here.
    3. If there may be more, look again at once. Else wait for news, or until it is time to say that we are still here.
    While the database does not answer, look again every second: the place is kept, so nothing is lost.
    """
    live, clock = services.live, asyncio.get_running_loop().time
    yield format_sse_event(comment=f"from here on, after {after}", id=str(after), retry=RETRY_MS)
    place, said_at = after, clock()
    while not live.ended:
        news, wait_s = live.news, live.heartbeat_s
        try:
            found = await _look(request, services, actor, place)
        except UNREACHABLE:
            found, wait_s = News((), place, full=False), AGAIN_S
        if found is None:
            yield NO_LONGER
            return
        place = found.reached
        if found.changes:
            yield b"".join(map(_event, found.changes))
            said_at = clock()
        elif clock() - said_at >= live.heartbeat_s:
            yield HEARTBEAT
            said_at = clock()
        if not found.full:
            await rest(news, min(wait_s, said_at + live.heartbeat_s - clock()))


async def _look(request: Request, services: Services, actor: Actor, place: int) -> News | None:
    """Return what there is after a place; None if the caller may no longer be told."""
    async with asyncio.timeout(ANSWER_WITHIN_S), services.live.reading:
        if not await still_calling(request, services, actor):
            return None
        async with services.pool.acquire() as connection:
            return await read_news(connection, actor, place, LINES_AT_ONCE)


def _event(change: IncidentChange) -> bytes:
    return format_sse_event(data_str=change.model_dump_json(), id=str(change.id))


def _after(header: str | None, parameter: str | None, highest: int) -> int | None:
    """Return the place after which to begin, None if none is named. Raises Problem 422 for one that was never given."""
    told = header if header is not None else parameter
    if told is None:
        return None
    if int(told) > highest:
        fault = "is no id of ours; leave it out to begin with what comes next, or send 0 for all there is"
        where = ("parameter", "last_event_id") if header is None else ("header", "Last-Event-ID")
        raise Problem(422, "There is no such event.", (Fault(*where, fault),))
    return int(told)
