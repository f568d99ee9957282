"""`/v1/wearers`: read by administrators, auditors and the police who have an order; written by administrators."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Query as FromQuery
from pydantic import Field

from geofence.ids import WearerId
from geofence.instants import Instant
from service.access.actor import Actor, Role
from service.database import Connection
from service.http.guard import READERS, Allowed, sees_force
from service.http.orders.changing import PROPOSED
from service.http.parameters import Name
from service.http.proposals.proposing import propose
from service.http.reading import InTime, PagedInTime, following, reading
from service.http.schemas import PROVIDER_PERSON, WEARER, WEARER_ANEW, takes
from service.http.wearers.document import WearerDocument, WearerInFull, WearerPage, wearer_document
from service.http.wiring import Wired
from service.http.writing import Answer, IdempotencyKey, IfMatch, read_members, write
from service.register.proposals import Target
from service.register.refusals import NoSuch
from service.register.wearers import (
    WearerRecord,
    change_wearer,
    enter_wearer,
    is_of_force,
    list_wearers,
    read_wearer,
)

routes = APIRouter(prefix="/v1/wearers", tags=["Wearers"])

Reader = Annotated[Actor, Depends(Allowed(*READERS))]
Admin = Annotated[Actor, Depends(Allowed(Role.ADMIN))]
WHOLE, MEMBERS = "wearer", "the members of a wearer"


class Filters(PagedInTime):
    """Which wearers to list; without a filter, all that the caller may see."""

    force: Annotated[Name | None, Field(description="only those against whom it has an order in force")] = None
    after: Annotated[Name | None, Field(description="from the link to the next page")] = None


@routes.get("")
async def wearers(services: Wired, actor: Reader, filters: Annotated[Filters, FromQuery()]) -> WearerPage:
    """List wearers in order of their ids. The police see those against whom their force has an order."""
    if filters.force is not None:
        sees_force(actor, filters.force)
    async with reading(services, actor, "wearers", filters.as_of) as (connection, _):
        found, more = await list_wearers(
            connection,
            force=filters.force if actor.force is None else actor.force,
            after=filters.after,
            limit=filters.limit,
        )
    items = [wearer_document(record, actor) for record in found]
    return WearerPage(items=items, next=following("/v1/wearers", filters, more))


@routes.post("", status_code=201, openapi_extra=takes(WEARER), responses={201: {"model": WearerInFull}})
async def enter(services: Wired, actor: Admin, request: Request, key: IdempotencyKey) -> Response:
    """Enter a wearer."""
    body = await read_members(request, WHOLE, MEMBERS)

    async def act(connection: Connection, now: Instant) -> Answer:
        record = await enter_wearer(connection, body.members, actor, now)
        return _answer(record, actor, "entered", 201)

    return await write(services, actor, request, act, body=body, key=key)


@routes.get("/{wearer_id}")
async def wearer(
    services: Wired, actor: Reader, response: Response, wearer_id: Name, when: Annotated[InTime, FromQuery()]
) -> WearerInFull | WearerDocument:
    """Return one wearer. His ETag is what a change must be sent with, as If-Match."""
    async with reading(services, actor, f"wearer {wearer_id}", when.as_of) as (connection, _):
        record = await read_wearer(connection, WearerId(wearer_id))
        if actor.force is not None and not await is_of_force(connection, WearerId(wearer_id), actor.force):
            raise NoSuch(f"no wearer {wearer_id} of this force")
    response.headers["ETag"] = f'"{record.etag}"'
    return wearer_document(record, actor)


@routes.put("/{wearer_id}", openapi_extra=takes(WEARER_ANEW), responses={200: {"model": WearerInFull}})
async def change(services: Wired, actor: Admin, request: Request, seen: IfMatch, wearer_id: Name) -> Response:
    """Write a wearer anew. Of one who has worn a tag, `provider_person_id` is proposed apart (409)."""
    body = await read_members(request, WHOLE, MEMBERS)

    async def act(connection: Connection, now: Instant) -> Answer:
        record = await change_wearer(connection, WearerId(wearer_id), body.members, if_match=seen, actor=actor, now=now)
        return _answer(record, actor, "changed", 200)

    return await write(services, actor, request, act, body=body)


@routes.post("/{wearer_id}/provider-person", status_code=202, openapi_extra=takes(PROVIDER_PERSON), responses=PROPOSED)
async def call_otherwise(
    services: Wired, actor: Admin, request: Request, key: IdempotencyKey, wearer_id: Name
) -> Response:
    """Propose another `provider_person_id`: which fixes are doubtful depends on it, so all tracks are judged again."""
    return await propose(services, actor, request, "provider_person", Target(wearer_id=wearer_id), key=key)


def _answer(record: WearerRecord, actor: Actor, done: str, status: int) -> Answer:
    wearer_id = record.row["wearer_id"]
    place = f"/v1/wearers/{quote(wearer_id, safe='')}" if status == 201 else None
    return Answer(wearer_document(record, actor), f"wearer {wearer_id}: {done}", status, record.etag, place)
