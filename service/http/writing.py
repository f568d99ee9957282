"""The boundary of every route that changes the register: one transaction, one audit row, one answer.

Routes say what is to be done; here it is committed or rolled back, a request that was sent before is answered as it was
then, and what the register refuses becomes a problem.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import asyncpg
from fastapi import Depends, Header, Request, Response

from geofence.instants import Instant
from service.access.actor import Actor
from service.access.audit import record
from service.database import Connection
from service.http import answered
from service.http.body import MIB, media_type, read_body
from service.http.documents import Document
from service.http.problems import Fault, Problem
from service.http.wiring import Services
from service.register.drawing.draft_faults import DraftRefused
from service.register.findings import Finding, Findings
from service.register.json_text import Members, parse
from service.register.refusals import Conflict, Faulty, NoSuch, ReasonNeeded, SamePerson, Stale

LIMIT = 4 * MIB  # a shape of 10,000 vertices takes half a MiB
MOST_VALUES = 300_000  # and holds 30,000 commas


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route answers. audit: what was done to whom, by id. etag, location: headers, without quotation marks."""

    document: Document | None
    audit: str
    status: int = 200
    etag: str | None = None
    location: str | None = None

    def response(self) -> Response:
        """Return it as it is sent."""
        headers = {}
        if self.etag is not None:
            headers["ETag"] = f'"{self.etag}"'
        if self.location is not None:
            headers["Location"] = self.location
        if self.document is None:
            return Response(status_code=self.status, headers=headers)
        body = self.document.model_dump_json(by_alias=True)
        return Response(body, self.status, headers, media_type="application/json")


Act = Callable[[Connection, Instant], Awaitable[Answer]]


def if_match(
    value: Annotated[
        str | None, Header(alias="If-Match", description="the ETag of what is changed, as it was read")
    ] = None,
) -> str:
    """Return the ETag that the caller has seen. Raises Problem 428 without one."""
    if value is None or value.strip() == "*":
        raise Problem(428, "Read it first, and send its ETag as If-Match.")
    return value.strip().removeprefix("W/").strip('"')


def idempotency_key(
    value: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="the request is done once: sent again with this key within 24 hours, it is answered again",
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
        ),
    ] = None,
) -> str | None:
    """Return the key under which a request is done once."""
    return value


IfMatch = Annotated[str, Depends(if_match)]
IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]


@dataclass(frozen=True, slots=True)
class Body:
    """A request's body: the JSON object that it is, and its bytes."""

    members: Members
    raw: bytes


NO_BODY = Body(Members([]), b"")


async def read_members(
    request: Request, whole: str, members: str, limit: int = LIMIT, types: tuple[str, ...] = ("application/json",)
) -> Body:
    """Return the JSON object that is the body. Raises Problem 413, 415, or 422 with every fault.

    whole, members: what a fault calls the whole, and what it should hold. types: what the body may be.
    """
    media_type(request, types)
    return await _read(await read_body(request, limit), whole, members)


async def read_optional_members(request: Request, whole: str, members: str) -> Body:
    """Return the JSON object that is the body, or NO_BODY if there is none. Raises as `read_members`."""
    raw = await read_body(request, LIMIT)
    if not raw:
        return NO_BODY
    media_type(request, ("application/json",))
    return await _read(raw, whole, members)


async def _read(raw: bytes, whole: str, members: str) -> Body:
    findings = Findings()
    if raw.count(b",") > MOST_VALUES:  # a bound on the time that reading them takes
        raise Problem(413, f"The body holds more than {MOST_VALUES} values; send it in parts.")
    # Elsewhere, so that nobody waits for it.
    found = await asyncio.to_thread(parse, raw, findings, whole, members, sent=True)
    if found is None or findings.faulty:
        raise faulty(findings.found)
    return Body(found, raw)


async def write(
    services: Services, actor: Actor, request: Request, act: Act, *, body: Body = NO_BODY, key: str | None = None
) -> Response:
    """Do something to the register and answer.

    1. With a key: if this caller has sent the request before, answer as then; the same key for another is refused.
    2. Do it, and write down who did what to whom.
    3. With a key: keep the answer. 4. Commit. Whatever is refused rolls all of it back.
    """
    try:
        async with services.pool.acquire() as connection, connection.transaction():
            now = services.clock()
            sent = _fingerprint(request, body)
            if key is not None:
                before = await answered.find(connection, actor, key, sent, now)
                if before is not None:
                    return before
            answer = await act(connection, now)
            await record(connection, now, actor, "alteration", answer.audit)
            response = answer.response()
            if key is not None:
                await answered.keep(connection, actor, key, sent, response, now)
            return response
    except Exception as refused:
        problem = problem_of(refused)
        if problem is None:
            raise
        raise problem from None  # what was refused may be personal data: it goes no further


def problem_of(refused: Exception) -> Problem | None:  # noqa: PLR0911 - one line for each
    """Return how the interface tells what the register refuses, None if it is something else."""
    match refused:
        case NoSuch():
            return Problem(404, "The register holds nothing under this id, or it is another force's.")
        case Stale():
            return Problem(
                412, "It has changed since it was read; read it again.", headers={"ETag": f'"{refused.etag}"'}
            )
        case Faulty():
            return faulty(refused.findings)
        case ReasonNeeded():
            return Problem(
                422,
                "There are warnings: say in `reason` why they are accepted.",
                tuple(
                    Fault("pointer", "/reason", f"is wanted for this warning: {warning.told}")
                    for warning in refused.warnings
                ),
            )
        case DraftRefused():
            faults = tuple(Fault("pointer", fault.pointer, str(fault)) for fault in refused.faults)
            return Problem(422, "The drawing can't be judged; each fault is named under errors.", faults)
        case SamePerson():
            return Problem(403, str(refused))
        case Conflict():
            text = str(refused)
            return Problem(409, f"{text[0].upper()}{text[1:]}.")
        case asyncpg.IntegrityConstraintViolationError():
            return Problem(409, "Somebody else was quicker: read it again.")
        case _:
            return None


def faulty(findings: Sequence[Finding]) -> Problem:
    """Return the problem that names every fault."""
    faults = tuple(Fault("pointer", finding.pointer, finding.told) for finding in findings)
    return Problem(422, "It has faults; each is named under errors.", faults)


def _fingerprint(request: Request, body: Body) -> bytes:
    headers = [request.headers.get(name, "") for name in ("if-match", "content-type")]
    seen = [request.method, request.url.path, request.url.query, *headers]
    return hashlib.sha256(json.dumps(seen).encode() + body.raw).digest()
