"""What one person asks for and another must approve: whatever shortens, suspends or ends monitoring, and more.

A proposal says what is to be done, not what the register is to look like: whoever looks at it sees what it would change
now, and approves just that. If the register moves on meanwhile, he is asked to look again.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from asyncpg import Record

from alerts.particulars import Connection
from geofence.instants import Instant, instant, moment
from service.access.actor import Actor
from service.register.as_written import Json
from service.register.changes import Act, begin_change, lock_register
from service.register.findings import Finding
from service.register.refusals import Conflict, Faulty, NoSuch, ReasonNeeded, SamePerson, Stale
from service.register.row_writing import insert_returning, update
from service.register.rows import optional_instant

Decision = Literal["approved", "rejected", "withdrawn"]

READ = "SELECT * FROM proposal WHERE proposal_id = $1"
# Keyset paging, the newest first: $7 rows before the id $6.
PAGE = """
SELECT * FROM proposal
WHERE ($1::boolean IS NULL OR (decision IS NULL) = $1) AND ($2::text IS NULL OR order_id = $2)
  AND ($3::text IS NULL OR kind = $3) AND ($4::text IS NULL OR proposed_by = $4)
  AND ($5::text IS NULL OR proposed_role = $5) AND proposal_id < $6
ORDER BY proposal_id DESC LIMIT $7"""
LAST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Target:
    """What a proposal is about: just one of these."""

    order_id: str | None = None
    zone_id: str | None = None
    force: str | None = None
    fitting_id: int | None = None
    wearer_id: str | None = None

    def __str__(self) -> str:
        things = ("order", self.order_id), ("zone", self.zone_id), ("force", self.force), ("wearer", self.wearer_id)
        for word, named in things:
            if named is not None:
                return f"{word} {named}"
        return "a new fitting" if self.fitting_id is None else f"fitting {self.fitting_id}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for. asked: as the kind reads it. reason, authority: why, and who allows it."""

    kind: str
    target: Target
    asked: Json
    reason: str | None = None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a proposal would do to the register as it is now.

    etag: of all that it was worked out from. before, after: as a register file writes it. write: does it, and has the
    desk judge again what it touches; given who proposed and who approves, and when.
    """

    etag: str
    before: Json | None
    after: Json | None
    warnings: Sequence[Finding]
    write: Callable[[Connection, str, str, Instant], Awaitable[None]]


# How each kind of proposal is worked out. Raises Faulty, Conflict or NoSuch if it can't be done.
EffectOf = Callable[[Connection, Asked], Awaitable[Effect]]


@dataclass(frozen=True, slots=True)
class ProposalRecord:
    """A proposal with what has become of it. register_version: the change that its approval made."""

    proposal_id: int
    asked: Asked
    proposed_by: str
    proposed_role: str
    proposed_at: Instant
    decision: Decision | None
    decided_by: str | None
    decided_at: Instant | None
    decision_reason: str | None
    register_version: int | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal and, as long as it is open, what it would do now: an effect, or why it can't be done any more."""

    record: ProposalRecord
    effect: Effect | None = None
    hindrance: Faulty | Conflict | NoSuch | None = None

    @property
    def etag(self) -> str:
        """The same as long as approving would do the same."""
        seen: list[object] = [self.record.proposal_id, self.record.decision, str(self.hindrance or "")]
        if self.effect is not None:
            seen += [self.effect.etag, list(map(str, self.effect.warnings))]
        return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:32]


class Proposals:
    """Proposals of some kinds. kinds: how each is worked out."""

    def __init__(self, kinds: Mapping[str, EffectOf]) -> None:
        self._kinds = kinds

    async def propose(self, connection: Connection, asked: Asked, actor: Actor, now: Instant) -> Proposed:
        """Write down what somebody asks for. Raises NoSuch, Conflict, or Faulty with every fault."""
        await lock_register(connection)
        effect = await self._kinds[asked.kind](connection, asked)
        row = {
            "kind": asked.kind,
            "order_id": asked.target.order_id,
            "zone_id": asked.target.zone_id,
            "force": asked.target.force,
            "fitting_id": asked.target.fitting_id,
            "wearer_id": asked.target.wearer_id,
            "asked": json.dumps(asked.asked),
            "reason": asked.reason,
            "authority": asked.authority,
            "proposed_by": actor.holder,
            "proposed_role": actor.role,
            "proposed_at": moment(now),
        }
        proposal_id = await insert_returning(connection, "proposal", row, "proposal_id")
        return Proposed(await _record(connection, proposal_id), effect)

    async def read(self, connection: Connection, proposal_id: int) -> Proposed:
        """Return a proposal and what it would do now. Raises NoSuch."""
        record = await _record(connection, proposal_id)
        if record.decision is not None:
            return Proposed(record)
        try:
            return Proposed(record, await self._kinds[record.asked.kind](connection, record.asked))
        except (Faulty, Conflict, NoSuch) as hindrance:
            return Proposed(record, hindrance=hindrance)

    async def approve(
        self, connection: Connection, proposal_id: int, *, if_match: str, actor: Actor, reason: str | None, now: Instant
    ) -> Proposed:
        """Do what was asked for, as one change of the register.

        Raises NoSuch, Conflict if it was decided, SamePerson if the approver asked for it, Stale if it would do
        something else by now, ReasonNeeded if there are warnings and nobody says why, and whatever hinders it.
        """
        found = await self._open(connection, proposal_id, if_match)
        if actor.holder == found.record.proposed_by:
            raise SamePerson("You asked for this yourself: somebody else must approve it.")
        if found.hindrance is not None:
            raise found.hindrance
        assert found.effect is not None  # noqa: S101 - an open proposal has one or the other
        asked = found.record.asked
        if found.effect.warnings and asked.reason is None and reason is None:
            raise ReasonNeeded(found.effect.warnings)
        act = Act(
            actor.holder,
            actor.role,
            f"{asked.target}: {asked.kind.replace('_', ' ')} approved",
            asked.reason if asked.reason is not None else reason,
            asked.authority,
            found.record.proposed_by,
            found.effect.warnings,
        )
        version = await begin_change(connection, act, now)
        await found.effect.write(connection, found.record.proposed_by, actor.holder, now)
        await _decide(connection, proposal_id, "approved", actor, reason, now, version)
        return Proposed(await _record(connection, proposal_id))

    async def reject(
        self, connection: Connection, proposal_id: int, *, if_match: str, actor: Actor, reason: str, now: Instant
    ) -> Proposed:
        """Turn a proposal down; whoever asked for it withdraws it so. Raises NoSuch, Conflict, Stale."""
        found = await self._open(connection, proposal_id, if_match)
        decision: Decision = "withdrawn" if actor.holder == found.record.proposed_by else "rejected"
        await _decide(connection, proposal_id, decision, actor, reason, now, None)
        return Proposed(await _record(connection, proposal_id))

    async def _open(self, connection: Connection, proposal_id: int, if_match: str) -> Proposed:
        await lock_register(connection)
        found = await self.read(connection, proposal_id)
        if found.record.decision is not None:
            raise Conflict(f"proposal {proposal_id} was {found.record.decision}")
        if found.etag != if_match:
            raise Stale(found.etag)
        return found


async def list_proposals(
    connection: Connection,
    *,
    is_open: bool | None = None,
    order_id: str | None = None,
    kind: str | None = None,
    proposed_by: str | None = None,
    proposed_role: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[list[ProposalRecord], int | None]:
    """Return up to `limit` proposals, the newest first, and the id before which more are found."""
    rows = await connection.fetch(
        PAGE, is_open, order_id, kind, proposed_by, proposed_role, LAST_ID if before is None else before, limit + 1
    )
    return [_of(row) for row in rows[:limit]], rows[limit - 1]["proposal_id"] if len(rows) > limit else None


async def _record(connection: Connection, proposal_id: int) -> ProposalRecord:
    row = await connection.fetchrow(READ, proposal_id) if 0 < proposal_id < LAST_ID else None
    if row is None:
        raise NoSuch(f"no proposal {proposal_id}")
    return _of(row)


def _of(row: Record) -> ProposalRecord:
    return ProposalRecord(
        proposal_id=row["proposal_id"],
        asked=Asked(
            row["kind"],
            Target(row["order_id"], row["zone_id"], row["force"], row["fitting_id"], row["wearer_id"]),
            json.loads(row["asked"]),
            row["reason"],
            row["authority"],
        ),
        proposed_by=row["proposed_by"],
        proposed_role=row["proposed_role"],
        proposed_at=instant(row["proposed_at"]),
        decision=row["decision"],
        decided_by=row["decided_by"],
        decided_at=optional_instant(row["decided_at"]),
        decision_reason=row["decision_reason"],
        register_version=row["register_version"],
    )


async def _decide(
    connection: Connection,
    proposal_id: int,
    decision: Decision,
    actor: Actor,
    reason: str | None,
    now: Instant,
    version: int | None,
) -> None:
    decided = {
        "decision": decision,
        "decided_by": actor.holder,
        "decided_at": moment(now),
        "decision_reason": reason,
        "register_version": version,
    }
    await update(connection, "proposal", {"proposal_id": proposal_id}, decided)
