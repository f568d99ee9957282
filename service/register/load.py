"""Loading a register file: all of it or nothing, in one transaction with the work that it makes for the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.particulars import Connection
from geofence.ids import WearerId
from geofence.instants import Instant, moment
from service.access.actor import Role
from service.register.changes import Act, ask_for_judging, begin_change, lock_register
from service.register.difference import check_recipients, new_rows
from service.register.document import RegisterDocument
from service.register.findings import Finding, Findings
from service.register.places import WHOLE_FILE
from service.register.rows import Row, recipient_rows
from service.register.wanted import TableName, Wanted, wanted_rows

REMEMBER_LOAD = """
INSERT INTO register_load (at, actor, reason, warnings, sha256, register_version) VALUES ($1, $2, $3, $4, $5, $6)"""
# After a bulk of rows the planner knows nothing of them, and reads whole tables for one wearer.
LEARN_SIZES = "ANALYZE wearer, fitting, court_order, suspension, prohibition, zone, zone_version"
BULK_ROWS = 1000

# A file is drawn elsewhere and nobody approves its shapes one by one: the register says so instead of naming a second
# person who never looked.
PUBLISHED_BY = "register load"


class LoadRefused(Exception):
    """The file was not loaded, and nothing of it is in the register; `findings` says why, one line each."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading a file did.

    added, unchanged: rows by table that are new, and that were there already. register_version: the version that the
    register now has. tracks_to_judge: rows added to the work list.
    """

    added: Mapping[TableName, int]
    unchanged: Mapping[TableName, int]
    register_version: int
    tracks_to_judge: int


async def load(
    connection: Connection, document: RegisterDocument, *, actor: str, reason: str | None, now: Instant
) -> LoadReport:
    """Add a register file to the register. All or nothing; loading the same file again changes nothing.

    1. Refuse warnings for which nobody gives a reason.
    2. Lock the register against other writers.
    3. Compare with what is there: the same is left alone, anything else is a fault.
    4. If anything is new, write it as one change of the register; orders and zones are published at once.
    5. Let the desk judge again the tracks that it touches.
    6. Remember who loaded which bytes, and why.

    Raises LoadRefused with every fault.
    """
    given = (reason or "").strip() or None
    if document.warnings and given is None:
        wanted = Finding(
            "fault", WHOLE_FILE, "has warnings and no reason was given", "give a reason for accepting them"
        )
        raise LoadRefused([*document.warnings, wanted])
    async with connection.transaction():
        version = await lock_register(connection)
        rows = list(wanted_rows(document.content))
        new = await _compared(connection, document, rows)
        tracks = 0
        if any(new.values()):
            version = await begin_change(
                connection, Act(actor, Role.OPERATOR, "register loaded", given, warnings=document.warnings), now
            )
            await _write(connection, document, new, actor=actor, now=now)
            tracks = await ask_for_judging(connection, _touched(new), "register load", now)
        if sum(map(len, new.values())) >= BULK_ROWS:
            await connection.execute(LEARN_SIZES)
        warnings = [str(warning) for warning in document.warnings]
        await connection.execute(REMEMBER_LOAD, moment(now), actor, given, warnings, document.sha256, version)
    added = {table: len(found) for table, found in new.items()}
    unchanged = {table: sum(row.table == table for row in rows) - count for table, count in added.items()}
    return LoadReport(added, unchanged, version, tracks)


async def _compared(
    connection: Connection, document: RegisterDocument, rows: Sequence[Wanted]
) -> dict[TableName, list[Wanted]]:
    findings = Findings()
    new = await new_rows(connection, rows, findings)
    new_forces = {row.row["code"] for row in new.get("force", ())}
    known = [force for force in document.content.forces if force.code not in new_forces]
    await check_recipients(connection, known, findings)
    _refuse_suspending(new, findings)
    if findings.faulty:
        raise LoadRefused(findings.found)
    return new


def _refuse_suspending(new: Mapping[TableName, Sequence[Wanted]], findings: Findings) -> None:
    """Report every suspension of an order that is there without it: it never was, or two people struck it."""
    new_orders = {row.row["order_id"] for row in new.get("court_order", ())}
    for row in new.get("suspension", ()):
        if row.row["order_id"] not in new_orders:
            findings.fault(
                row.place,
                "would suspend an order that is in the register",
                "propose the suspension: a second person must approve it",
            )


async def _write(
    connection: Connection,
    document: RegisterDocument,
    new: Mapping[TableName, Sequence[Wanted]],
    *,
    actor: str,
    now: Instant,
) -> None:
    signed: Row = {
        "drawn_by": f"file by {actor}",
        "drawn_at": moment(now),
        "published_by": PUBLISHED_BY,
        "published_at": moment(now),
    }
    new_forces = {row.row["code"] for row in new.get("force", ())}
    for table, wanted in new.items():
        added = {"court_order": signed, "zone_version": signed, "force": {"known_from": moment(now)}}.get(table, {})
        rows = [{**row.row, **added} for row in wanted]
        await _copy(connection, table, rows)
        if table == "force":
            forces = (force for force in document.content.forces if force.code in new_forces)
            await _copy(connection, "force_recipient", [row for force in forces for row in recipient_rows(force)])


async def _copy(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    if rows:
        records = [tuple(row.values()) for row in rows]
        await connection.copy_records_to_table(table, records=records, columns=list(rows[0]))


def _touched(new: Mapping[TableName, Sequence[Wanted]]) -> dict[WearerId, Instant]:
    since: dict[WearerId, Instant] = {}
    for rows in new.values():
        for row in rows:
            if row.wearer_id is not None and row.since is not None:
                since[row.wearer_id] = min(row.since, since.get(row.wearer_id, row.since))
    return since
