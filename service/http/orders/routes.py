"""`/v1/orders`, `/v1/prohibitions`: read by administrators, auditors and the order's own force; written as drafts."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Query as FromQuery
from pydantic import Field

from geofence.ids import OrderId
from geofence.instants import Instant
from service.access.actor import Actor, Role
from service.database import Connection
from service.http.guard import READERS, Allowed, sees_force
from service.http.orders.document import (
    DraftedOrder,
    OrderDocument,
    OrderPage,
    ProhibitionDocument,
    Prohibitions,
    Suspensions,
    drafted_order,
    order_document,
    prohibitions_of,
    suspensions_of,
)
from service.http.parameters import Name
from service.http.proposals.proposing import read_why
from service.http.reading import InTime, PagedInTime, following, reading
from service.http.schemas import ORDER, ORDER_ANEW, PUBLISHING, may_take, takes
from service.http.wiring import Wired
from service.http.writing import Answer, IdempotencyKey, IfMatch, read_members, read_optional_members, write
from service.register.orders.drafts import discard_draft, draft_order, edit_draft, publish_order
from service.register.orders.order import OrderRecord, list_orders, read_order
from service.register.refusals import NoSuch

routes = APIRouter(prefix="/v1", tags=["Orders"])

Reader = Annotated[Actor, Depends(Allowed(*READERS))]
Admin = Annotated[Actor, Depends(Allowed(Role.ADMIN))]
WHOLE, MEMBERS = "order", "the members of an order"

ORDER_OF_PROHIBITION = "SELECT order_id FROM prohibition WHERE prohibition_id = $1"


class Filters(PagedInTime):
    """Which orders to list; without a filter, all that the caller may see."""

    force: Name | None = None
    wearer: Name | None = None
    kind: Name | None = None
    draft: Annotated[bool | None, Field(description="only drafts, or only orders that are more than that")] = None
    after: Annotated[Name | None, Field(description="from the link to the next page")] = None


@routes.get("/orders")
async def orders(services: Wired, actor: Reader, filters: Annotated[Filters, FromQuery()]) -> OrderPage:
    """List orders with their suspensions and clauses, in order of their ids. The police see those of their force."""
    if filters.force is not None:
        sees_force(actor, filters.force)
    async with reading(services, actor, "orders", filters.as_of) as (connection, seen_at):
        if filters.draft and not _sees_drafts(actor):
            return OrderPage(items=[], next=None)
        found, more = await list_orders(
            connection,
            force=filters.force if actor.force is None else actor.force,
            wearer_id=filters.wearer,
            draft=filters.draft if _sees_drafts(actor) else False,
            kind=filters.kind,
            after=filters.after,
            limit=filters.limit,
        )
    items = [order_document(record, seen_at, drafts=_sees_drafts(actor)) for record in found]
    return OrderPage(items=items, next=following("/v1/orders", filters, more))


@routes.post("/orders", status_code=201, openapi_extra=takes(ORDER), responses={201: {"model": DraftedOrder}})
async def enter_order(services: Wired, actor: Admin, request: Request, key: IdempotencyKey) -> Response:
    """Enter an order, with its clauses and zones or without. It is a draft until somebody else publishes it."""
    body = await read_members(request, WHOLE, MEMBERS)

    async def act(connection: Connection, now: Instant) -> Answer:
        drafted = await draft_order(connection, body.members, actor, now)
        order_id = drafted.record.order["order_id"]
        document = drafted_order(drafted.record, drafted.warnings, now)
        place = f"/v1/orders/{quote(order_id, safe='')}"
        return Answer(document, f"order {order_id}: entered", 201, drafted.record.etag, place)

    return await write(services, actor, request, act, body=body, key=key)


@routes.get("/orders/{order_id}")
async def order(
    services: Wired, actor: Reader, response: Response, order_id: Name, when: Annotated[InTime, FromQuery()]
) -> OrderDocument:
    """Return one order. Its ETag is what changes of it must be sent with, as If-Match."""
    async with reading(services, actor, f"order {order_id}", when.as_of) as (connection, seen_at):
        record = await seen_order(connection, actor, order_id)
    response.headers["ETag"] = f'"{record.etag}"'
    return order_document(record, seen_at, drafts=_sees_drafts(actor))


@routes.put("/orders/{order_id}", openapi_extra=takes(ORDER_ANEW), responses={200: {"model": DraftedOrder}})
async def change_draft(services: Wired, actor: Admin, request: Request, seen: IfMatch, order_id: Name) -> Response:
    """Write a draft anew. What is published is varied or corrected instead."""
    body = await read_members(request, WHOLE, MEMBERS)

    async def act(connection: Connection, now: Instant) -> Answer:
        drafted = await edit_draft(connection, OrderId(order_id), body.members, if_match=seen, actor=actor, now=now)
        document = drafted_order(drafted.record, drafted.warnings, now)
        return Answer(document, f"order {order_id}: draft changed", etag=drafted.record.etag)

    return await write(services, actor, request, act, body=body)


@routes.delete("/orders/{order_id}", status_code=204)
async def discard_order(services: Wired, actor: Admin, request: Request, seen: IfMatch, order_id: Name) -> Response:
    """Discard a draft. The history keeps it."""

    async def act(connection: Connection, now: Instant) -> Answer:
        await discard_draft(connection, OrderId(order_id), if_match=seen, actor=actor, now=now)
        return Answer(None, f"order {order_id}: draft discarded", 204)

    return await write(services, actor, request, act)


@routes.post("/orders/{order_id}/publish", openapi_extra=may_take(PUBLISHING), responses={200: {"model": DraftedOrder}})
async def publish(
    services: Wired, actor: Admin, request: Request, seen: IfMatch, key: IdempotencyKey, order_id: Name
) -> Response:
    """Put an order in force, as a second person. Its zones are published each on their own."""
    body = await read_optional_members(request, "publishing", "a reason, if there are warnings")

    async def act(connection: Connection, now: Instant) -> Answer:
        reason, authority = read_why(body.members, needed=False)
        published = await publish_order(
            connection, OrderId(order_id), if_match=seen, actor=actor, reason=reason, authority=authority, now=now
        )
        document = drafted_order(published.record, published.warnings, now)
        return Answer(document, f"order {order_id}: published", etag=published.record.etag)

    return await write(services, actor, request, act, body=body, key=key)


@routes.get("/orders/{order_id}/suspensions")
async def suspensions(
    services: Wired, actor: Reader, response: Response, order_id: Name, when: Annotated[InTime, FromQuery()]
) -> Suspensions:
    """Return an order's suspensions. The ETag is the order's."""
    async with reading(services, actor, f"order {order_id}", when.as_of) as (connection, _):
        record = await seen_order(connection, actor, order_id)
    response.headers["ETag"] = f'"{record.etag}"'
    return Suspensions(items=suspensions_of(record))


@routes.get("/orders/{order_id}/prohibitions")
async def prohibitions(
    services: Wired, actor: Reader, response: Response, order_id: Name, when: Annotated[InTime, FromQuery()]
) -> Prohibitions:
    """Return an order's clauses. The ETag is the order's."""
    async with reading(services, actor, f"order {order_id}", when.as_of) as (connection, _):
        record = await seen_order(connection, actor, order_id)
    response.headers["ETag"] = f'"{record.etag}"'
    return Prohibitions(items=prohibitions_of(record, drafts=_sees_drafts(actor)))


@routes.get("/prohibitions/{prohibition_id}")
async def prohibition(
    services: Wired, actor: Reader, prohibition_id: Name, when: Annotated[InTime, FromQuery()]
) -> ProhibitionDocument:
    """Return one clause."""
    async with reading(services, actor, f"prohibition {prohibition_id}", when.as_of) as (connection, _):
        order_id = await connection.fetchval(ORDER_OF_PROHIBITION, prohibition_id)
        if order_id is None:
            raise NoSuch(f"no prohibition {prohibition_id} in the register")
        record = await seen_order(connection, actor, order_id)
        found = prohibitions_of(record, drafts=_sees_drafts(actor))
    return next(clause for clause in found if clause.prohibition_id == prohibition_id)


async def seen_order(connection: Connection, actor: Actor, order_id: str) -> OrderRecord:
    """Return an order that the caller may see: the police none of another force, and no draft. Raises NoSuch."""
    record = await read_order(connection, OrderId(order_id))
    if not actor.sees(record.order["force"]) or (not _sees_drafts(actor) and not record.published):
        raise NoSuch(f"no order {order_id} of this force")
    return record


def _sees_drafts(actor: Actor) -> bool:
    return actor.role is not Role.POLICE
