"""Who saw or changed personal data, and when (Data Protection Act 2018 s.62)."""

from typing import Literal

from geofence.instants import Instant, moment
from service.access.actor import Actor
from service.database import Connection

Action = Literal["collection", "alteration", "consultation", "disclosure", "combination", "erasure"]

RECORD = "INSERT INTO audit (at, actor, role, action, subject) VALUES ($1, $2, $3, $4, $5)"


async def record(connection: Connection, at: Instant, actor: Actor, action: Action, subject: str) -> None:
    """Write down what an actor did. `subject` names it by id, such as `incident 1f2e…`; never by a person's name."""
    await connection.execute(RECORD, moment(at), actor.holder, actor.role, action, subject)
