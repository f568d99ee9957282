"""Changing the register: one writer at a time, each change numbered, with who makes it, why and by what authority.

What a change replaces is kept by the database itself (migration 0005): no code of ours could forget it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.particulars import Connection
from geofence.ids import WearerId
from geofence.instants import Instant, moment
from service.register.findings import Finding

# One who changes the register at a time: what he checks still holds when he writes. Readers are not kept waiting.
LOCK_REGISTER = "SELECT version FROM register_state FOR UPDATE"
# From here to the end of the transaction, the rows that are written belong to this change.
BEGIN_CHANGE = """
WITH advanced AS (
    UPDATE register_state SET version = version + 1, changed_at = greatest(changed_at, $1)
    RETURNING version, changed_at
), told AS (
    INSERT INTO register_change (register_version, at, actor, role, what, reason, authority, proposed_by, warnings)
    SELECT version, changed_at, $2, $3, $4, $5, $6, $7, $8 FROM advanced RETURNING register_version
)
SELECT register_version, set_config('cordon.register_version', register_version::text, true) FROM told"""

# Every track of a wearer that reaches into the time from which something changed for him, or ended not long before: an
# incident that was left open by its last fix closes, or not, by what is in force in the minutes after it (R8).
ADD_WORK = """
INSERT INTO to_judge (fitting_id, since, not_before, reason, added_at)
SELECT fitting_id, greatest(fitted_at, touched.since), $3, $4, $3
FROM unnest($1::text[], $2::timestamptz[]) AS touched (wearer_id, since)
JOIN fitting USING (wearer_id)
WHERE removed_at IS NULL OR removed_at > touched.since - interval '1 day'"""
# Just these tracks, also where they end before: what was found in time that no longer belongs to one is withdrawn.
ADD_TRACKS = """
INSERT INTO to_judge (fitting_id, since, not_before, reason, added_at)
SELECT fitting_id, since, $3, $4, $3 FROM unnest($1::bigint[], $2::timestamptz[]) AS changed (fitting_id, since)"""


@dataclass(frozen=True, slots=True)
class Act:
    """Who changes the register and what he does, such as "zone Z-1: version 2 published".

    role: one of the interface's, or "operator" for whoever runs a command. proposed_by: who asked, where he approves.
    warnings: what is accepted for the reason.
    """

    actor: str
    role: str
    what: str
    reason: str | None = None
    authority: str | None = None
    proposed_by: str | None = None
    warnings: Sequence[Finding] = ()


async def lock_register(connection: Connection) -> int:
    """Wait for those who are changing the register, keep others out until the transaction ends; return its version."""
    version: int = await connection.fetchval(LOCK_REGISTER)
    return version


async def begin_change(connection: Connection, act: Act, now: Instant) -> int:
    """Number a change and write down whose it is; what this transaction writes from here on belongs to it.

    Returns the register's new version. The change's instant is never earlier than that of the change before. Its
    commit waits for the appends to the ledger that are under way: none of them misses what changes (migration 0017).
    """
    said = (act.actor, act.role, act.what, act.reason, act.authority, act.proposed_by)
    version: int = await connection.fetchval(BEGIN_CHANGE, moment(now), *said, [str(each) for each in act.warnings])
    return version


async def ask_for_judging(
    connection: Connection, touched: Mapping[WearerId, Instant], reason: str, now: Instant
) -> int:
    """Have the desk judge again what a change touches, from each wearer's instant on; return how many tracks these are.

    reason: what an incident's history says of it, such as "zone published".
    """
    since = [moment(at) for at in touched.values()]
    added = await connection.execute(ADD_WORK, list(touched), since, moment(now), reason)
    return int(added.rpartition(" ")[2])


async def ask_for_judging_tracks(
    connection: Connection, changed: Mapping[int, Instant], reason: str, now: Instant
) -> None:
    """Have the desk judge the tracks of fittings again, each from the earliest instant at which its fitting changed.

    changed: by fitting_id. reason: what an incident's history says of it, such as "fitting corrected".
    """
    since = [moment(at) for at in changed.values()]
    await connection.execute(ADD_TRACKS, list(changed), since, moment(now), reason)
