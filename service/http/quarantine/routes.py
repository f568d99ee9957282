"""`/v1/quarantine`: what could not be read, with every fault and its bytes; an operator has it read again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Path as FromPath
from fastapi import Query as FromQuery
from pydantic import Field

from geofence.instants import Instant, printed
from ingest.fix import Origin
from ingest.quarantine import LAST_ID, Wanted, body_of, list_rejections, read_rejection
from ingest.release import NoSuchRejection, ReadAs, ReleasedAlready, StillFaulty, release
from service.access.actor import Actor, Role
from service.database import Connection
from service.http.guard import Allowed
from service.http.parameters import Name, Paged
from service.http.problems import Fault, Problem
from service.http.quarantine.document import (
    RejectionInFull,
    RejectionPage,
    ReleasedDocument,
    in_full,
    rejection_document,
    released_document,
)
from service.http.reading import following, reading
from service.http.schemas import RELEASE, may_take
from service.http.wiring import Wired
from service.http.writing import Answer, IdempotencyKey, faulty, read_optional_members, write
from service.register.entry import Entry
from service.register.findings import Findings
from service.register.json_text import Members

routes = APIRouter(prefix="/v1/quarantine", tags=["Quarantine"])

Reader = Annotated[Actor, Depends(Allowed(Role.OPERATOR, Role.ADMIN, Role.AUDITOR))]
Operator = Annotated[Actor, Depends(Allowed(Role.OPERATOR))]
Number = Annotated[int, FromPath(ge=1, lt=LAST_ID)]

PROFILES: dict[object, ReadAs | None] = {None: None, "cordon": "cordon", "mdss": "mdss", "event": "event"}


class Filters(Paged):
    """Which rejections to list; without a filter, all of them."""

    origin: Annotated[Origin | None, Field(description="only what came this way")] = None
    contradiction: Annotated[
        bool | None, Field(description="only what contradicts the ledger, or only what can't be read")
    ] = None
    released: Annotated[bool | None, Field(description="only what was released, or only what still waits")] = None
    tag: Annotated[Name | None, Field(description="only what names this tag")] = None
    after: Annotated[int | None, Field(ge=1, lt=LAST_ID, description="from the link to the next page")] = None


@routes.get("")
async def quarantine(services: Wired, actor: Reader, filters: Annotated[Filters, FromQuery()]) -> RejectionPage:
    """List rejections, the newest first, without their bytes."""
    wanted = Wanted(filters.origin, filters.contradiction, filters.released, filters.tag)
    async with reading(services, actor, "quarantine") as (connection, _):
        found = await list_rejections(connection, filters.limit + 1, filters.after, wanted)
    items = found[: filters.limit]
    more = items[-1].rejection_id if len(found) > len(items) else None
    return RejectionPage(
        items=[rejection_document(one) for one in items], next=following("/v1/quarantine", filters, more)
    )


@routes.get("/{rejection_id}")
async def rejection(services: Wired, actor: Reader, rejection_id: Number) -> RejectionInFull:
    """Return a rejection with every fault and its bytes."""
    async with reading(services, actor, f"rejection {rejection_id}") as (connection, _):
        found = await read_rejection(connection, rejection_id)
        body = await body_of(connection, rejection_id)
    if found is None or body is None:
        raise _none()
    return in_full(found, body)


@routes.post("/{rejection_id}/release", openapi_extra=may_take(RELEASE), responses={200: {"model": ReleasedDocument}})
async def release_rejection(
    services: Wired, actor: Operator, request: Request, key: IdempotencyKey, rejection_id: Number
) -> Response:
    """Read a rejection again: what is good in it goes to the ledger, as received now.

    What still can't be read stays as it is, and its faults are answered (422). An array is taken apart; those of its
    elements that can't be taken become rejections of their own.
    """
    body = await read_optional_members(request, "release", "a profile, or nothing")
    profile = _profile(body.members)

    async def act(connection: Connection, now: Instant) -> Answer:
        try:
            released = await release(connection, rejection_id, profile, now)
        except NoSuchRejection:
            raise _none() from None
        except ReleasedAlready as before:
            raise Problem(409, f"It was released at {printed(before.released_at)}; nothing is left to do.") from None
        except StillFaulty as refused:
            raise _still_faulty(refused) from None
        return Answer(released_document(released), f"rejection {rejection_id}: released as {released.profile}")

    return await write(services, actor, request, act, body=body, key=key)


def _profile(members: Members) -> ReadAs | None:
    """Return the profile that a body names, None if it names none. Raises Problem with every fault."""
    findings = Findings()
    entry = Entry(members, "release", findings, shows=False)
    if not members.keys() <= {"profile"}:
        findings.fault("release", "has members that are not known here", "give a profile, or nothing")
    named = entry.optional_text("profile")
    if named not in PROFILES:
        entry.fault("profile is none that there is", "give cordon, mdss or event", "profile")
    if findings.faulty:
        raise faulty(findings.found)
    return PROFILES[named]


def _none() -> Problem:
    return Problem(404, "Quarantine holds nothing under this id.")


def _still_faulty(refused: StillFaulty) -> Problem:
    """Return the problem with every fault; they lie in the rejection, which the path names."""
    faults = tuple(Fault("parameter", "rejection_id", fault) for fault in refused.faults)
    if refused.contradiction:
        detail = "It stays in quarantine: the ledger holds another report of its identity, and never changes."
        return Problem(409, detail, faults)
    return Problem(422, "It still can't be read and stays in quarantine; each fault is named under errors.", faults)
