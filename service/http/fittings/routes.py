"""`/v1/fittings`: reported by the provider, entered by administrators, read by those who may see the wearer."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Path as FromPath
from fastapi import Query as FromQuery
from pydantic import Field

from geofence.instants import Instant
from ingest.decode import ARRAY_LIMIT, ELEMENTS_LIMIT
from ingest.push import BodyRefused, MediaType, TooLarge, elements_of
from service.access.actor import Actor, Role
from service.database import Connection
from service.http.body import media_type, read_body
from service.http.fittings.document import (
    FittingDocument,
    FittingPage,
    TakenFittings,
    fitting_document,
    taken_document,
)
from service.http.guard import READERS, Allowed
from service.http.parameters import Name
from service.http.problems import Problem
from service.http.proposals.document import ProposalInFull, in_full
from service.http.proposals.kinds import PROPOSALS
from service.http.proposals.proposing import asked_of, propose
from service.http.reading import InTime, PagedInTime, following, reading
from service.http.schemas import FITTING, FITTING_CORRECTION, FITTING_VOID, takes
from service.http.wiring import Wired
from service.http.writing import NO_BODY, Answer, Body, IdempotencyKey, IfMatch, read_members, write
from service.register.fittings.corrections import correct_fitting
from service.register.fittings.fitting import list_fittings, read_fitting
from service.register.fittings.intake import take_fittings
from service.register.proposals import LAST_ID, Target
from service.register.refusals import NoSuch
from service.register.wearers import is_of_force

routes = APIRouter(prefix="/v1/fittings", tags=["Fittings"])

Reader = Annotated[Actor, Depends(Allowed(*READERS))]
Admin = Annotated[Actor, Depends(Allowed(Role.ADMIN))]
Reporter = Annotated[Actor, Depends(Allowed(Role.PROVIDER, Role.ADMIN))]
Number = Annotated[int, FromPath(ge=1, lt=LAST_ID)]

JSON: MediaType = "application/json"
LINES: MediaType = "application/x-ndjson"
TYPES: dict[str, MediaType] = {JSON: JSON, LINES: LINES}
REPORTED: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": {"type": "array", "maxItems": ELEMENTS_LIMIT, "items": FITTING}},
            LINES: {"schema": {"type": "string"}},
        },
    }
}
PROPOSED: dict[int | str, dict[str, Any]] = {202: {"model": ProposalInFull}}


class Filters(PagedInTime):
    """Which fittings to list; without a filter, all that the caller may see."""

    tag: Name | None = None
    wearer: Name | None = None
    standing: Annotated[bool | None, Field(description="only those that stand, or only those that never were")] = None
    after: Annotated[int | None, Field(ge=1, lt=LAST_ID, description="from the link to the next page")] = None


@routes.get("")
async def fittings(services: Wired, actor: Reader, filters: Annotated[Filters, FromQuery()]) -> FittingPage:
    """List fittings in order of their ids. The police see those of the wearers against whom they have an order."""
    async with reading(services, actor, "fittings", filters.as_of) as (connection, _):
        found, more = await list_fittings(
            connection,
            force=actor.force,
            tag_id=filters.tag,
            wearer_id=filters.wearer,
            standing=filters.standing,
            after=filters.after,
            limit=filters.limit,
        )
    items = [fitting_document(record) for record in found]
    return FittingPage(items=items, next=following("/v1/fittings", filters, more))


@routes.post("", status_code=202, openapi_extra=REPORTED, responses={202: {"model": TakenFittings}})
async def report(services: Wired, actor: Reporter, request: Request, key: IdempotencyKey) -> Response:
    """Take fittings: a JSON array, or one object a line, up to 10,000. Faulty ones are answered by index.

    From the provider each is a proposal that an administrator confirms. From an administrator each is entered at once,
    but one that ends a fitting earlier than the register has it is a proposal that another administrator approves.
    """
    kind = TYPES[media_type(request, tuple(TYPES))]
    raw = await read_body(request, ARRAY_LIMIT)
    try:
        elements = elements_of(raw, kind)
    except BodyRefused as refused:
        raise Problem(413 if isinstance(refused, TooLarge) else 400, f"Nothing was taken: {refused}.") from None

    async def act(connection: Connection, now: Instant) -> Answer:
        taken = await take_fittings(connection, elements, actor, now)
        audit = f"fittings: {taken.fittings} entered, {taken.proposals} proposed"
        return Answer(taken_document(taken), audit, 202)

    return await write(services, actor, request, act, body=Body(NO_BODY.members, raw), key=key)


@routes.get("/{fitting_id}")
async def fitting(
    services: Wired, actor: Reader, response: Response, fitting_id: Number, when: Annotated[InTime, FromQuery()]
) -> FittingDocument:
    """Return one fitting. Its ETag is what a correction must be sent with, as If-Match."""
    async with reading(services, actor, f"fitting {fitting_id}", when.as_of) as (connection, _):
        record = await read_fitting(connection, fitting_id)
        if actor.force is not None and not await is_of_force(connection, record.fitted.wearer_id, actor.force):
            raise NoSuch(f"no fitting {fitting_id} of this force's wearers")
    response.headers["ETag"] = f'"{record.etag}"'
    return fitting_document(record)


@routes.put(
    "/{fitting_id}",
    openapi_extra=takes(FITTING_CORRECTION),
    responses={200: {"model": FittingDocument}, **PROPOSED},
)
async def correct(
    services: Wired, actor: Admin, request: Request, seen: IfMatch, key: IdempotencyKey, fitting_id: Number
) -> Response:
    """Correct when a fitting began and ended, both anew. 202 with a proposal if that takes monitoring away."""
    body = await read_members(request, "fitting", "fitted_at, removed_at, and the reason")

    async def act(connection: Connection, now: Instant) -> Answer:
        asked = asked_of("fitting_correction", Target(fitting_id=fitting_id), body)
        record = await correct_fitting(
            connection,
            fitting_id,
            asked.asked,
            if_match=seen,
            actor=actor,
            reason=asked.reason,
            authority=asked.authority,
            now=now,
        )
        if record is not None:
            return Answer(fitting_document(record), f"fitting {fitting_id}: prolonged", etag=record.etag)
        found = await PROPOSALS.propose(connection, asked, actor, now)
        number = found.record.proposal_id
        audit = f"fitting {fitting_id}: correction proposed as {number}"
        return Answer(in_full(found), audit, 202, found.etag, f"/v1/proposals/{number}")

    return await write(services, actor, request, act, body=body, key=key)


@routes.post("/{fitting_id}/void", status_code=202, openapi_extra=takes(FITTING_VOID), responses=PROPOSED)
async def void(services: Wired, actor: Admin, request: Request, key: IdempotencyKey, fitting_id: Number) -> Response:
    """Propose that this tag never was on this wearer: what was found under it is withdrawn once that is approved."""
    return await propose(services, actor, request, "fitting_void", Target(fitting_id=fitting_id), key=key)
