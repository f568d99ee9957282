"""Police forces: entered and renamed by one administrator. Who receives their reports needs a second person."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asyncpg import Record as Row

from alerts.particulars import Connection
from geofence.instants import Instant, moment
from service.access.actor import Actor
from service.register.addressable import addressing_fault
from service.register.as_written import Json, force_json
from service.register.changes import Act, begin_change, lock_register
from service.register.entry import Entry
from service.register.findings import Finding, Findings
from service.register.places import element
from service.register.refusals import Conflict, Faulty, NoSuch, Stale
from service.register.row_writing import insert, update

READ = "SELECT * FROM force WHERE code = $1"
IS_THERE = "SELECT EXISTS (SELECT FROM force WHERE code = $1)"
RECIPIENTS = "SELECT * FROM force_recipient WHERE force = $1 ORDER BY position"
# Keyset paging: $3 rows after the code $2; $1: this one alone.
PAGE = """
SELECT * FROM force WHERE ($1::text IS NULL OR code = $1) AND code COLLATE "C" > $2
ORDER BY code COLLATE "C" LIMIT $3"""


@dataclass(frozen=True, slots=True)
class ForceRecord:
    """A force's row, and those of its recipients in their order."""

    force: Row
    recipients: Sequence[Row]

    @property
    def etag(self) -> str:
        """The same as long as nobody changed the force or its recipients. No quotation marks."""
        seen = [self.force["code"], self.force["since_version"]]
        seen += [value for row in self.recipients for value in (row["position"], row["since_version"])]
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]

    @property
    def warnings(self) -> list[Finding]:
        """What a person should know of a force as it is."""
        return [] if self.recipients else [nobody_receives(self.force["code"])]

    def written(self) -> Json:
        """Return the force as a register file writes it."""
        return force_json(self.force, self.recipients)


def nobody_receives(code: str) -> Finding:
    """Return the warning of a force without recipients."""
    return Finding("warning", f"force {code}", "nobody receives its reports", "propose recipients", "/recipients")


async def is_force(connection: Connection, code: str) -> bool:
    """Whether the register holds a force of this code."""
    found: bool = await connection.fetchval(IS_THERE, code)
    return found


async def read_force(connection: Connection, code: str) -> ForceRecord:
    """Return one force with its recipients. Raises NoSuch."""
    row = await connection.fetchrow(READ, code)
    if row is None:
        raise NoSuch(f"no force {code} in the register")
    return ForceRecord(row, await connection.fetch(RECIPIENTS, code))


async def list_forces(
    connection: Connection, *, code: str | None = None, after: str | None = None, limit: int = 100
) -> tuple[list[Row], str | None]:
    """Return the rows of up to `limit` forces after the code `after`, and the code after which there are more."""
    found = await connection.fetch(PAGE, code, after or "", limit + 1)
    return found[:limit], found[limit - 1]["code"] if len(found) > limit else None


async def enter_force(connection: Connection, members: Mapping[str, object], actor: Actor, now: Instant) -> ForceRecord:
    """Enter a force, {"code", "name"}. Reports are due from here on. Raises Faulty with every fault."""
    code, name = _read(members, new=True)
    await lock_register(connection)
    if await connection.fetchrow(READ, code) is not None:
        findings = Findings()
        findings.fault(f"force {code}", "code is taken", "give another, or change the force that has it", "/code")
        raise Faulty(findings.found)
    await begin_change(connection, Act(actor.holder, actor.role, f"force {code}: entered"), now)
    await insert(connection, "force", {"code": code, "name": name, "known_from": moment(now)})
    return await read_force(connection, code)


async def rename_force(
    connection: Connection, code: str, members: Mapping[str, object], *, if_match: str, actor: Actor, now: Instant
) -> ForceRecord:
    """Give a force another name. Raises NoSuch, Stale, Conflict if the code is another, Faulty with every fault."""
    await lock_register(connection)
    before = await read_force(connection, code)
    if before.etag != if_match:
        raise Stale(before.etag)
    if members.get("code", code) != code:
        raise Conflict("code can't be changed: enter another force")
    _, name = _read({**members, "code": code})
    if name == before.force["name"]:
        return before
    await begin_change(connection, Act(actor.holder, actor.role, f"force {code}: name changed"), now)
    await update(connection, "force", {"code": code}, {"name": name})
    return await read_force(connection, code)


def _read(members: Mapping[str, object], *, new: bool = False) -> tuple[str, str]:
    findings = Findings()
    entry = Entry(members, element("forces", 1, members), findings)
    code, name = entry.identity("code"), entry.text("name")
    fault = addressing_fault(code) if new else None
    if fault is not None:
        entry.fault(f"code {fault}", "give one that can stand in an address", "code")
    if entry.has("recipients"):
        remedy = "leave them out, and propose them once the force is entered"
        entry.fault("recipients need a second person", remedy, "recipients")
    entry.close()
    if findings.found:  # also what a file is only warned of: a name is blank, a member is misspelt
        raise Faulty(findings.found)
    return code, name
