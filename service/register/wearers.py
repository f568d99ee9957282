"""Wearers: entered and changed by one administrator, and never removed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from asyncpg import Record as Row

from alerts.particulars import Connection
from geofence.ids import WearerId
from geofence.instants import Instant, instant
from service.access.actor import Actor
from service.register import rows
from service.register.addressable import addressing_fault
from service.register.as_written import Json, wearer_json
from service.register.changes import Act, ask_for_judging, begin_change, lock_register
from service.register.content import WearerEntry
from service.register.entry import Entry
from service.register.findings import Findings
from service.register.places import element
from service.register.proposals import Asked, Effect
from service.register.read_people import read_wearer as read_entry
from service.register.refusals import Conflict, Faulty, NoSuch, Stale
from service.register.row_writing import insert, update

READ = "SELECT * FROM wearer WHERE wearer_id = $1"
# Keyset paging: $3 rows after the id $2. $1: only those against whom this force has an order, now or before.
PAGE = """
SELECT * FROM wearer
WHERE ($1::text IS NULL OR wearer_id IN (
    SELECT wearer_id FROM court_order WHERE force = $1 AND published_at IS NOT NULL))
  AND wearer_id COLLATE "C" > $2
ORDER BY wearer_id COLLATE "C" LIMIT $3"""
IS_OF_FORCE = """
SELECT EXISTS (SELECT FROM court_order WHERE wearer_id = $1 AND force = $2 AND published_at IS NOT NULL)"""
FIRST_FITTED = "SELECT min(fitted_at) FROM fitting WHERE wearer_id = $1"


@dataclass(frozen=True, slots=True)
class WearerRecord:
    """A wearer's row."""

    row: Row

    @property
    def etag(self) -> str:
        """The same as long as nobody changed the wearer. No quotation marks."""
        seen = (self.row["wearer_id"], self.row["since_version"])
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]

    def written(self) -> Json:
        """Return the wearer as a register file writes him."""
        return wearer_json(self.row)


async def read_wearer(connection: Connection, wearer_id: WearerId) -> WearerRecord:
    """Return one wearer. Raises NoSuch."""
    row = await connection.fetchrow(READ, wearer_id)
    if row is None:
        raise NoSuch(f"no wearer {wearer_id} in the register")
    return WearerRecord(row)


async def is_of_force(connection: Connection, wearer_id: WearerId, force: str) -> bool:
    """Whether a force has, or had, an order against a wearer that is more than a draft."""
    found: bool = await connection.fetchval(IS_OF_FORCE, wearer_id, force)
    return found


async def list_wearers(
    connection: Connection, *, force: str | None = None, after: str | None = None, limit: int = 100
) -> tuple[list[WearerRecord], str | None]:
    """Return up to `limit` wearers after the id `after`, and the id after which the next page begins (None: no more).

    force: only those against whom it has an order.
    """
    found = await connection.fetch(PAGE, force, after or "", limit + 1)
    more = found[limit - 1]["wearer_id"] if len(found) > limit else None
    return [WearerRecord(row) for row in found[:limit]], more


async def enter_wearer(
    connection: Connection, members: Mapping[str, object], actor: Actor, now: Instant
) -> WearerRecord:
    """Enter a wearer, as a register file writes him. Raises Faulty with every fault."""
    wearer = _read(members, new=True)
    await lock_register(connection)
    if await connection.fetchrow(READ, wearer.wearer_id) is not None:
        findings = Findings()
        findings.fault(
            wearer.place, "wearer_id is taken", "give another, or change the wearer who has it", "/wearer_id"
        )
        raise Faulty(findings.found)
    await begin_change(connection, Act(actor.holder, actor.role, f"wearer {wearer.wearer_id}: entered"), now)
    await insert(connection, "wearer", rows.wearer_row(wearer))
    return await read_wearer(connection, wearer.wearer_id)


async def change_wearer(
    connection: Connection,
    wearer_id: WearerId,
    members: Mapping[str, object],
    *,
    if_match: str,
    actor: Actor,
    now: Instant,
) -> WearerRecord:
    """Write a wearer anew; what is left out is empty. Where nothing differs, nothing is written.

    What the provider calls a wearer who has worn a tag is no matter of one person: see `effect_on_provider_person`.
    Raises NoSuch, Stale, Conflict if the id or that is another, Faulty with every fault.
    """
    await lock_register(connection)
    before = await read_wearer(connection, wearer_id)
    if before.etag != if_match:
        raise Stale(before.etag)
    if members.get("wearer_id", wearer_id) != wearer_id:
        raise Conflict("wearer_id can't be changed: enter another wearer")
    wanted = rows.wearer_row(_read({**members, "wearer_id": wearer_id}))
    changed = {column: wanted[column] for column in rows.differing_columns(wanted, dict(before.row))}
    if not changed:
        return before
    if "provider_person_id" in changed and await connection.fetchval(FIRST_FITTED, wearer_id) is not None:
        raise Conflict("another provider_person_id would weaken what was found of him: leave it, and propose it apart")
    act = Act(actor.holder, actor.role, f"wearer {wearer_id}: {', '.join(changed)} changed")
    await begin_change(connection, act, now)
    await update(connection, "wearer", {"wearer_id": wearer_id}, changed)
    return await read_wearer(connection, wearer_id)


async def effect_on_provider_person(connection: Connection, asked: Asked) -> Effect:
    """Return what it would do to call a wearer otherwise, {"provider_person_id"}.

    It decides which of his fixes are flagged `person_mismatch`, so all his tracks are judged again: incidents become
    more certain or less. Raises NoSuch, Conflict if it is his name already, Faulty.
    """
    record = await read_wearer(connection, WearerId(asked.target.wearer_id or ""))
    wearer_id = WearerId(record.row["wearer_id"])
    findings = Findings()
    entry = Entry(asked.asked, f"wearer {wearer_id}", findings, shows=False)
    if not entry.has("provider_person_id"):
        entry.fault("provider_person_id is missing", "give it, or null for none", "provider_person_id")
    name = entry.optional_text("provider_person_id")
    entry.close()
    if findings.found:
        raise Faulty(findings.found)
    before = {"wearer_id": wearer_id, "provider_person_id": record.row["provider_person_id"]}
    after = {**before, "provider_person_id": name}
    if after == before:
        raise Conflict("that is what the provider calls him already")

    async def write(connection: Connection, _proposed_by: str, _approved_by: str, now: Instant) -> None:
        await update(connection, "wearer", {"wearer_id": wearer_id}, {"provider_person_id": name})
        first_fitted = await connection.fetchval(FIRST_FITTED, wearer_id)
        if first_fitted is not None:
            why = "provider's name of the wearer changed"
            await ask_for_judging(connection, {wearer_id: instant(first_fitted)}, why, now)

    return Effect(record.etag, before, after, (), write)


def _read(members: Mapping[str, object], *, new: bool = False) -> WearerEntry:
    findings = Findings()
    # What somebody sends is not repeated to him: it is about a person.
    wearer = read_entry(Entry(members, element("wearers", 1, members), findings, shows=False))
    fault = addressing_fault(wearer.wearer_id) if new else None
    if fault is not None:
        findings.fault(wearer.place, f"wearer_id {fault}", "give one that can stand in an address", "/wearer_id")
    if findings.found:  # also what a file is only warned of: a name is blank, a member is misspelt
        raise Faulty(findings.found)
    return wearer
