"""`/v1/forces`: read by administrators, auditors and the force itself; its recipients need a second person."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Query as FromQuery
from pydantic import Field

from geofence.instants import Instant
from service.access.actor import Actor, Role
from service.database import Connection
from service.http.forces.document import ForceDocument, ForceInFull, ForcePage, force_in_full
from service.http.guard import READERS, Allowed
from service.http.parameters import Name
from service.http.proposals.document import ProposalInFull, in_full
from service.http.proposals.kinds import PROPOSALS
from service.http.proposals.proposing import asked_of
from service.http.reading import InTime, PagedInTime, following, reading
from service.http.schemas import FORCE, FORCE_ANEW, RECIPIENTS, takes
from service.http.wiring import Wired
from service.http.writing import Answer, IdempotencyKey, IfMatch, read_members, write
from service.register.forces import enter_force, list_forces, read_force, rename_force
from service.register.proposals import Target
from service.register.refusals import NoSuch, Stale

routes = APIRouter(prefix="/v1/forces", tags=["Forces"])

Reader = Annotated[Actor, Depends(Allowed(*READERS))]
Admin = Annotated[Actor, Depends(Allowed(Role.ADMIN))]


class Filters(PagedInTime):
    """Which part of the list."""

    after: Annotated[Name | None, Field(description="from the link to the next page")] = None


@routes.get("")
async def forces(services: Wired, actor: Reader, filters: Annotated[Filters, FromQuery()]) -> ForcePage:
    """List forces in order of their codes. The police see their own."""
    async with reading(services, actor, "forces", filters.as_of) as (connection, _):
        found, more = await list_forces(connection, code=actor.force, after=filters.after, limit=filters.limit)
    items = [ForceDocument(code=row["code"], name=row["name"]) for row in found]
    return ForcePage(items=items, next=following("/v1/forces", filters, more))


@routes.post("", status_code=201, openapi_extra=takes(FORCE), responses={201: {"model": ForceInFull}})
async def enter(services: Wired, actor: Admin, request: Request, key: IdempotencyKey) -> Response:
    """Enter a force. Nobody receives its reports until a second person has approved recipients."""
    body = await read_members(request, "force", "code and name")

    async def act(connection: Connection, now: Instant) -> Answer:
        record = await enter_force(connection, body.members, actor, now)
        code = record.force["code"]
        return Answer(
            force_in_full(record), f"force {code}: entered", 201, record.etag, f"/v1/forces/{quote(code, safe='')}"
        )

    return await write(services, actor, request, act, body=body, key=key)


@routes.get("/{code}")
async def force(
    services: Wired, actor: Reader, response: Response, code: Name, when: Annotated[InTime, FromQuery()]
) -> ForceInFull:
    """Return one force with its recipients. Its ETag is what changes of it must be sent with, as If-Match."""
    async with reading(services, actor, f"force {code}", when.as_of) as (connection, _):
        if not actor.sees(code):
            raise NoSuch(f"no force {code} for this caller")
        record = await read_force(connection, code)
    response.headers["ETag"] = f'"{record.etag}"'
    return force_in_full(record)


@routes.put("/{code}", openapi_extra=takes(FORCE_ANEW), responses={200: {"model": ForceInFull}})
async def rename(services: Wired, actor: Admin, request: Request, seen: IfMatch, code: Name) -> Response:
    """Give a force another name."""
    body = await read_members(request, "force", "its name")

    async def act(connection: Connection, now: Instant) -> Answer:
        record = await rename_force(connection, code, body.members, if_match=seen, actor=actor, now=now)
        return Answer(force_in_full(record), f"force {code}: name changed", etag=record.etag)

    return await write(services, actor, request, act, body=body)


@routes.put(
    "/{code}/recipients",
    status_code=202,
    openapi_extra=takes(RECIPIENTS),
    responses={202: {"model": ProposalInFull}},
)
async def propose_recipients(
    services: Wired, actor: Admin, request: Request, seen: IfMatch, key: IdempotencyKey, code: Name
) -> Response:
    """Propose who receives a force's reports, all of them anew. A second person approves."""
    body = await read_members(request, "recipients", "recipients, and the reason")

    async def act(connection: Connection, now: Instant) -> Answer:
        record = await read_force(connection, code)
        if record.etag != seen:
            raise Stale(record.etag)
        found = await PROPOSALS.propose(connection, asked_of("recipients", Target(force=code), body), actor, now)
        number = found.record.proposal_id
        audit = f"force {code}: recipients proposed as {number}"
        return Answer(in_full(found), audit, 202, found.etag, f"/v1/proposals/{number}")

    return await write(services, actor, request, act, body=body, key=key)
