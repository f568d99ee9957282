"""Taking a proposal: what the routes of all kinds have in common."""

from collections.abc import Mapping

from fastapi import Request, Response

from geofence.instants import Instant
from service.access.actor import Actor
from service.database import Connection
from service.http.proposals.document import in_full
from service.http.proposals.kinds import PROPOSALS
from service.http.wiring import Services
from service.http.writing import Answer, Body, read_members, write
from service.register.entry import Entry
from service.register.findings import Findings
from service.register.proposals import Asked, Target
from service.register.refusals import Faulty

LONGEST_REASON = 2000
_TOLD_APART = ("reason", "authority")


async def propose(
    services: Services, actor: Actor, request: Request, kind: str, target: Target, *, key: str | None
) -> Response:
    """Answer 202 with the proposal that the body asks for. Raises Problem with every fault."""
    body = await read_members(request, kind.replace("_", " "), "what is asked for, and the reason")

    async def act(connection: Connection, now: Instant) -> Answer:
        found = await PROPOSALS.propose(connection, asked_of(kind, target, body), actor, now)
        proposal_id = found.record.proposal_id
        return Answer(
            in_full(found),
            f"{target}: {kind.replace('_', ' ')} proposed as {proposal_id}",
            202,
            found.etag,
            f"/v1/proposals/{proposal_id}",
        )

    return await write(services, actor, request, act, body=body, key=key)


def asked_of(kind: str, target: Target, body: Body) -> Asked:
    """Return what a body asks for. Raises Faulty without a reason."""
    reason, authority = read_why(body.members, needed=True)
    asked = {name: value for name, value in body.members.items() if name not in _TOLD_APART}
    if kind == "suspension":  # what is suspended says why, for ever
        asked |= {"reason": reason} if authority is None else {"reason": reason, "authority": authority}
    return Asked(kind, target, asked, reason, authority)


def read_why(members: Mapping[str, object], *, needed: bool) -> tuple[str | None, str | None]:
    """Return reason and authority. Raises Faulty if they are no texts, blank, too long, or missing where needed."""
    findings = Findings()
    entry = Entry(members, "request", findings, shows=False)
    found = [entry.optional_text(name) for name in _TOLD_APART]
    for name, text in zip(_TOLD_APART, found, strict=True):
        if text is not None and not text.strip():
            entry.fault(f"{name} is blank", f"give the {name}", name)
        if text is not None and len(text) > LONGEST_REASON:
            entry.fault(f"{name} has {len(text)} characters", f"give at most {LONGEST_REASON}", name)
    if needed and found[0] is None and not findings.faulty:
        entry.fault("reason is missing", "say why", "reason")
    if findings.faulty:
        raise Faulty(findings.found)
    reason, authority = found
    return reason, authority
