"""`POST /v1/fixes` and `/v1/tag-events`: what the provider pushes. It is answered when it is durable, never before."""

from collections.abc import Awaitable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi import Query as FromQuery

from ingest.decode import ARRAY_LIMIT, ELEMENTS_LIMIT
from ingest.fix import Profile
from ingest.push import BodyRefused, MediaType, Pushed, TooLarge, push_events, push_fixes
from service.access.actor import Actor, Role
from service.http.body import media_type, read_body
from service.http.documents import Document
from service.http.guard import Allowed
from service.http.parameters import Query
from service.http.problems import Problem
from service.http.wiring import Wired

routes = APIRouter(prefix="/v1", tags=["From the provider"])

Provider = Annotated[Actor, Depends(Allowed(Role.PROVIDER))]

JSON: MediaType = "application/json"
LINES: MediaType = "application/x-ndjson"
EVENT_TYPES: dict[str, MediaType] = {JSON: JSON, LINES: LINES}
# What the body is, and the profile that its type names; None where the type names none.
FIX_TYPES: dict[str, tuple[MediaType, Profile | None]] = {
    JSON: (JSON, None),
    LINES: (LINES, None),
    "application/vnd.cordon.fix+json": (JSON, "cordon"),
    "application/vnd.mdss.position+json": (JSON, "mdss"),
}


class FixesQuery(Query):
    """How the fixes are written, where the type of the body does not say it."""

    profile: Profile | None = None


class Counts(Document):
    """What became of the elements. Each is new, a duplicate, or rejected; contradictions are among the rejected."""

    messages: int
    duplicates: int
    contradictions: int
    rejected: int


class FixCounts(Counts):
    """Counts of fixes: `messages = fixes + duplicates + rejected`."""

    fixes: int


class EventCounts(Counts):
    """Counts of tag events: `messages = events + duplicates + rejected`."""

    events: int


class Refused(Document):
    """One element that was not taken, and every reason. It is kept in quarantine."""

    index: int
    faults: list[str]


class TakenFixes(Document):
    """What became of a body of fixes."""

    counts: FixCounts
    rejections: list[Refused]


class TakenEvents(Document):
    """What became of a body of tag events."""

    counts: EventCounts
    rejections: list[Refused]


def takes(types: dict[str, Any]) -> dict[str, Any]:
    """Describe the body of a route that reads it itself."""
    array = {"type": "array", "maxItems": ELEMENTS_LIMIT, "items": {"type": "object"}}
    content = {name: {"schema": {"type": "string"} if name == LINES else array} for name in types}
    return {"requestBody": {"required": True, "content": content}}


@routes.post("/fixes", status_code=202, openapi_extra=takes(FIX_TYPES))
async def fixes(
    services: Wired, _actor: Provider, request: Request, query: Annotated[FixesQuery, FromQuery()]
) -> TakenFixes:
    """Take fixes: a JSON array, or one object a line, up to 10,000. Those that can't be read are answered by index."""
    kind, named = FIX_TYPES[media_type(request, tuple(FIX_TYPES))]
    profile = query.profile or named or "cordon"
    body = await read_body(request, ARRAY_LIMIT)
    pushed = await _pushed(push_fixes(services.pool, body, kind, profile, services.clock))
    return TakenFixes(counts=FixCounts(fixes=pushed.tally.fixes, **_counts(pushed)), rejections=_refused(pushed))


@routes.post("/tag-events", status_code=202, openapi_extra=takes(EVENT_TYPES))
async def tag_events(services: Wired, _actor: Provider, request: Request) -> TakenEvents:
    """Take tag events: a JSON array, or one object a line, up to 10,000. Faulty ones are answered by index."""
    kind = EVENT_TYPES[media_type(request, tuple(EVENT_TYPES))]
    body = await read_body(request, ARRAY_LIMIT)
    pushed = await _pushed(push_events(services.pool, body, kind, services.clock))
    return TakenEvents(counts=EventCounts(events=pushed.tally.events, **_counts(pushed)), rejections=_refused(pushed))


async def _pushed(pushing: Awaitable[Pushed]) -> Pushed:
    try:
        return await pushing
    except TooLarge as refused:
        raise Problem(413, f"Nothing was taken: {refused}.") from None
    except BodyRefused as refused:
        raise Problem(400, f"Nothing was taken: {refused}.") from None


def _counts(pushed: Pushed) -> dict[str, int]:
    tally = pushed.tally
    return {
        "messages": tally.messages,
        "duplicates": tally.duplicates,
        "contradictions": tally.contradictions,
        "rejected": tally.rejected,
    }


def _refused(pushed: Pushed) -> list[Refused]:
    return [Refused(index=int(one.place), faults=list(one.faults)) for one in pushed.rejections]
