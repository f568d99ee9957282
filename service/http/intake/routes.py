"""`POST /v1/fixes` and `/v1/tag-events`: what the provider pushes. It is answered when it is durable, never before.

Durable is what Kafka has confirmed or, without Kafka, what stands in the ledger.
"""

from collections.abc import Awaitable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi import Query as FromQuery

from ingest.decode import ARRAY_LIMIT, ELEMENTS_LIMIT
from ingest.fix import Profile
from ingest.push import BodyRefused, MediaType, Pushed, TooLarge, push_events, push_fixes
from ingest.sink import SinkFailed, SinkFull
from service.access.actor import Actor, Role
from service.http.body import media_type
from service.http.guard import Allowed
from service.http.intake.document import TakenEvents, TakenFixes, taken_events, taken_fixes
from service.http.intake.room import full
from service.http.parameters import Query
from service.http.problems import MEDIA_TYPE, Fault, Problem
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


_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_LATER = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}
# What a push is answered with when it can't be taken now; sent again, what was taken before is a duplicate.
NOT_NOW: dict[int | str, dict[str, Any]] = {
    408: {"description": "The body came too slowly", "content": _PROBLEM},
    429: {"description": "More is sent than can be taken at once", "content": _PROBLEM, "headers": _LATER},
    503: {"description": "Kafka or the database is away", "content": _PROBLEM, "headers": _LATER},
}
AWAY_RETRY_AFTER_S = 5


def takes(types: dict[str, Any]) -> dict[str, Any]:
    """Describe the body of a route that reads it itself."""
    array = {"type": "array", "maxItems": ELEMENTS_LIMIT, "items": {"type": "object"}}
    content = {name: {"schema": {"type": "string"} if name == LINES else array} for name in types}
    return {"requestBody": {"required": True, "content": content}}


@routes.post("/fixes", status_code=202, openapi_extra=takes(FIX_TYPES), responses=NOT_NOW)
async def fixes(
    services: Wired, _actor: Provider, request: Request, query: Annotated[FixesQuery, FromQuery()]
) -> TakenFixes:
    """Take fixes: a JSON array, or one object a line, up to 10,000. Those that can't be read are answered by index."""
    kind, named = FIX_TYPES[media_type(request, tuple(FIX_TYPES))]
    if query.profile and named and query.profile != named:
        fault = Fault("parameter", "profile", f"says other than the body's type, which is {named}'s; leave one out")
        raise Problem(422, "How the fixes are written is said twice, and differently.", (fault,))
    profile = query.profile or named or "cordon"
    async with services.room.taking(request, ARRAY_LIMIT) as body:
        pushing = push_fixes(services.pool, body, kind, profile, services.clock, services.sink, services.room.turn)
        pushed = await _pushed(pushing)
    return taken_fixes(pushed)


@routes.post("/tag-events", status_code=202, openapi_extra=takes(EVENT_TYPES), responses=NOT_NOW)
async def tag_events(services: Wired, _actor: Provider, request: Request) -> TakenEvents:
    """Take tag events: a JSON array, or one object a line, up to 10,000. Faulty ones are answered by index."""
    kind = EVENT_TYPES[media_type(request, tuple(EVENT_TYPES))]
    async with services.room.taking(request, ARRAY_LIMIT) as body:
        pushing = push_events(services.pool, body, kind, services.clock, services.sink, services.room.turn)
        pushed = await _pushed(pushing)
    return taken_events(pushed)


async def _pushed(pushing: Awaitable[Pushed]) -> Pushed:
    try:
        return await pushing
    except TooLarge as refused:
        raise Problem(413, f"Nothing was taken: {refused}.") from None
    except BodyRefused as refused:
        raise Problem(400, f"Nothing was taken: {refused}.") from None
    except SinkFull:
        raise full() from None
    except SinkFailed:
        away = "The log behind this interface does not answer. Nothing is certain to be kept: send all of it again."
        raise Problem(503, away, headers={"Retry-After": f"{AWAY_RETRY_AFTER_S}"}) from None
