"""What is asked of an order that is in force: each is a proposal that a second person approves."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response

from geofence.ids import OrderId
from geofence.instants import Instant
from service.access.actor import Actor, Role
from service.database import Connection
from service.http.guard import Allowed
from service.http.orders.document import DraftedOrder, drafted_order
from service.http.parameters import Name
from service.http.proposals.document import ProposalInFull, in_full
from service.http.proposals.kinds import PROPOSALS
from service.http.proposals.proposing import propose
from service.http.schemas import CORRECTION, ENDING, PROHIBITION, SUSPENDING, SUSPENSION_END, VARIATION, takes
from service.http.wiring import Wired
from service.http.writing import Answer, IdempotencyKey, IfMatch, read_members, write
from service.register.orders.drafts import edit_draft
from service.register.orders.order import lock_order
from service.register.proposals import Asked, Target

routes = APIRouter(prefix="/v1/orders/{order_id}", tags=["Orders"])

Admin = Annotated[Actor, Depends(Allowed(Role.ADMIN))]
PROPOSED: dict[int | str, dict[str, Any]] = {202: {"model": ProposalInFull}}


@routes.post("/variations", status_code=202, openapi_extra=takes(VARIATION), responses=PROPOSED)
async def vary(services: Wired, actor: Admin, request: Request, key: IdempotencyKey, order_id: Name) -> Response:
    """Propose a variation: another end, other monitoring, awareness, a clause's end, a new clause with its zones."""
    return await propose(services, actor, request, "variation", Target(order_id=order_id), key=key)


@routes.post("/corrections", status_code=202, openapi_extra=takes(CORRECTION), responses=PROPOSED)
async def correct(services: Wired, actor: Admin, request: Request, key: IdempotencyKey, order_id: Name) -> Response:
    """Propose to mend what was entered wrongly: it counts for all time, and days that were judged are judged again."""
    return await propose(services, actor, request, "correction", Target(order_id=order_id), key=key)


@routes.post("/discharge", status_code=202, openapi_extra=takes(ENDING), responses=PROPOSED)
async def discharge(services: Wired, actor: Admin, request: Request, key: IdempotencyKey, order_id: Name) -> Response:
    """Propose to enter that the court has discharged the order."""
    return await propose(services, actor, request, "discharge", Target(order_id=order_id), key=key)


@routes.post("/event", status_code=202, openapi_extra=takes(ENDING), responses=PROPOSED)
async def end_event(services: Wired, actor: Admin, request: Request, key: IdempotencyKey, order_id: Name) -> Response:
    """Propose to enter that the event has come with which the order ends."""
    return await propose(services, actor, request, "event", Target(order_id=order_id), key=key)


@routes.post("/suspensions", status_code=202, openapi_extra=takes(SUSPENDING), responses=PROPOSED)
async def suspend(services: Wired, actor: Admin, request: Request, key: IdempotencyKey, order_id: Name) -> Response:
    """Propose an authorised absence: judged and recorded, listed apart, never counted."""
    return await propose(services, actor, request, "suspension", Target(order_id=order_id), key=key)


@routes.post("/suspension-ends", status_code=202, openapi_extra=takes(SUSPENSION_END), responses=PROPOSED)
async def end_suspension(
    services: Wired, actor: Admin, request: Request, key: IdempotencyKey, order_id: Name
) -> Response:
    """Propose that a suspension ends earlier, or never was."""
    return await propose(services, actor, request, "suspension_end", Target(order_id=order_id), key=key)


@routes.post(
    "/prohibitions",
    status_code=201,
    openapi_extra=takes(PROHIBITION),
    responses={201: {"model": DraftedOrder}, **PROPOSED},
)
async def add_prohibition(
    services: Wired, actor: Admin, request: Request, seen: IfMatch, key: IdempotencyKey, order_id: Name
) -> Response:
    """Add a clause to a draft (201, with the order). To an order in force it is proposed as a variation (202)."""
    body = await read_members(request, "prohibition", "the members of a prohibition")

    async def act(connection: Connection, now: Instant) -> Answer:
        record = await lock_order(connection, OrderId(order_id), seen)
        if record.published:
            asked = Asked("variation", Target(order_id=order_id), {"prohibitions": [body.members]}, "a clause is added")
            found = await PROPOSALS.propose(connection, asked, actor, now)
            number = found.record.proposal_id
            audit = f"order {order_id}: variation proposed as {number}"
            return Answer(in_full(found), audit, 202, found.etag, f"/v1/proposals/{number}")
        written = record.written()
        written["prohibitions"].append(body.members)
        drafted = await edit_draft(connection, OrderId(order_id), written, if_match=seen, actor=actor, now=now)
        document = drafted_order(drafted.record, drafted.warnings, now)
        return Answer(
            document,
            f"order {order_id}: draft changed",
            201,
            drafted.record.etag,
            f"/v1/orders/{quote(order_id, safe='')}",
        )

    return await write(services, actor, request, act, body=body, key=key)
