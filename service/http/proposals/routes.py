"""`/v1/proposals`: what awaits a second person, and what was decided.

Administrators decide. The provider sees what it has proposed itself.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Path as FromPath
from fastapi import Query as FromQuery
from pydantic import Field

from geofence.instants import Instant
from service.access.actor import Actor, Role
from service.database import Connection
from service.http.guard import Allowed
from service.http.parameters import Name, Paged
from service.http.proposals.document import ProposalInFull, ProposalPage, in_full, proposal_document
from service.http.proposals.kinds import PROPOSALS
from service.http.proposals.proposing import read_why
from service.http.reading import following, reading
from service.http.schemas import DECISION, may_take, takes
from service.http.wiring import Wired
from service.http.writing import Answer, IdempotencyKey, IfMatch, read_members, read_optional_members, write
from service.register.findings import Finding
from service.register.proposals import LAST_ID, Proposed, list_proposals
from service.register.refusals import Faulty, NoSuch

routes = APIRouter(prefix="/v1/proposals", tags=["Proposals"])

Reader = Annotated[Actor, Depends(Allowed(Role.ADMIN, Role.AUDITOR, Role.PROVIDER))]
Decider = Annotated[Actor, Depends(Allowed(Role.ADMIN))]
Withdrawer = Annotated[Actor, Depends(Allowed(Role.ADMIN, Role.PROVIDER))]
Number = Annotated[int, FromPath(ge=1, lt=LAST_ID)]


class Filters(Paged):
    """Which proposals to list."""

    open: Annotated[bool | None, Field(description="only those that await a decision, or only those decided")] = None
    order: Name | None = None
    kind: Name | None = None
    after: Annotated[int | None, Field(ge=1, lt=LAST_ID, description="from the link to the next page")] = None


@routes.get("")
async def proposals(services: Wired, actor: Reader, filters: Annotated[Filters, FromQuery()]) -> ProposalPage:
    """List proposals, the newest first."""
    own = actor.role is Role.PROVIDER
    async with reading(services, actor, "proposals") as (connection, _):
        found, more = await list_proposals(
            connection,
            is_open=filters.open,
            order_id=filters.order,
            kind=filters.kind,
            proposed_by=actor.holder if own else None,
            proposed_role=actor.role if own else None,
            before=filters.after,
            limit=filters.limit,
        )
    return ProposalPage(
        items=[proposal_document(record) for record in found], next=following("/v1/proposals", filters, more)
    )


@routes.get("/{proposal_id}")
async def proposal(services: Wired, actor: Reader, response: Response, proposal_id: Number) -> ProposalInFull:
    """Return a proposal and what approving it would do now. Its ETag is what a decision must be sent with."""
    async with reading(services, actor, f"proposal {proposal_id}") as (connection, _):
        found = await _seen(connection, actor, proposal_id)
    response.headers["ETag"] = f'"{found.etag}"'
    return in_full(found)


@routes.post("/{proposal_id}/approval", openapi_extra=may_take(DECISION), responses={200: {"model": ProposalInFull}})
async def approve(
    services: Wired, actor: Decider, request: Request, seen: IfMatch, key: IdempotencyKey, proposal_id: Number
) -> Response:
    """Approve what somebody else asked for: it is done at once. 412 if it would do something else by now."""
    body = await read_optional_members(request, "decision", "a reason, if there is one to give")

    async def act(connection: Connection, now: Instant) -> Answer:
        reason, _ = read_why(body.members, needed=False)
        found = await PROPOSALS.approve(connection, proposal_id, if_match=seen, actor=actor, reason=reason, now=now)
        return _decided(found, "approved")

    return await write(services, actor, request, act, body=body, key=key)


@routes.post("/{proposal_id}/rejection", openapi_extra=takes(DECISION), responses={200: {"model": ProposalInFull}})
async def reject(
    services: Wired, actor: Withdrawer, request: Request, seen: IfMatch, key: IdempotencyKey, proposal_id: Number
) -> Response:
    """Turn a proposal down, with a reason; whoever asked for it withdraws it so."""
    body = await read_members(request, "decision", "a reason")

    async def act(connection: Connection, now: Instant) -> Answer:
        await _seen(connection, actor, proposal_id)
        reason, _ = read_why(body.members, needed=True)
        if reason is None:
            raise Faulty([Finding("fault", "decision", "reason is missing", "say why", "/reason")])
        found = await PROPOSALS.reject(connection, proposal_id, if_match=seen, actor=actor, reason=reason, now=now)
        return _decided(found, found.record.decision or "")

    return await write(services, actor, request, act, body=body, key=key)


async def _seen(connection: Connection, actor: Actor, proposal_id: int) -> Proposed:
    found = await PROPOSALS.read(connection, proposal_id)
    record = found.record
    if actor.role is Role.PROVIDER and (record.proposed_role, record.proposed_by) != (actor.role, actor.holder):
        raise NoSuch(f"no proposal {proposal_id} of this provider")
    return found


def _decided(found: Proposed, decision: str) -> Answer:
    return Answer(in_full(found), f"proposal {found.record.proposal_id}: {decision}", etag=found.etag)
