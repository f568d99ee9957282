"""What does a register file add to the register, and what in it contradicts what is there?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from alerts.particulars import Connection
from geofence.instants import BEGINNING, FOREVER, Interval, instant, printed
from service.register.content import ForceEntry
from service.register.findings import Findings
from service.register.rows import Row, differing, recipient_rows
from service.register.wanted import TableName, Wanted

if TYPE_CHECKING:
    from datetime import datetime

RECIPIENTS = "SELECT force, position, kind, address FROM force_recipient WHERE force = ANY($1) ORDER BY force, position"

_Key = tuple[object, ...]
_REMEDY = "leave it as the register has it: what is there is varied where it stands, not by loading a file"


@dataclass(frozen=True, slots=True)
class _Table:
    """How rows of one table are found and told apart.

    group: the column by which they are read. key: the columns that identify one. period: those of a period that
    no other row of the group may overlap.
    """

    read: str
    group: str
    key: tuple[str, ...]
    period: tuple[str, str] | None = None


_TABLES: Mapping[TableName, _Table] = {
    "force": _Table("SELECT * FROM force WHERE code = ANY($1)", "code", ("code",)),
    "wearer": _Table("SELECT * FROM wearer WHERE wearer_id = ANY($1)", "wearer_id", ("wearer_id",)),
    "fitting": _Table(
        "SELECT * FROM fitting WHERE tag_id = ANY($1) ORDER BY standing",
        "tag_id",
        ("tag_id", "fitted_at"),
        ("fitted_at", "removed_at"),
    ),
    "court_order": _Table("SELECT * FROM court_order WHERE order_id = ANY($1)", "order_id", ("order_id",)),
    "suspension": _Table(
        "SELECT * FROM suspension WHERE order_id = ANY($1)",
        "order_id",
        ("order_id", "starts_at", "ends_at", "reason", "authority"),
    ),
    "prohibition": _Table(
        "SELECT * FROM prohibition WHERE prohibition_id = ANY($1)", "prohibition_id", ("prohibition_id",)
    ),
    "zone": _Table("SELECT * FROM zone WHERE zone_id = ANY($1)", "zone_id", ("zone_id",)),
    "zone_version": _Table(
        "SELECT * FROM zone_version WHERE zone_id = ANY($1)",
        "zone_id",
        ("zone_id", "version"),
        ("valid_from", "valid_until"),
    ),
}


async def new_rows(
    connection: Connection, wanted: Iterable[Wanted], findings: Findings
) -> dict[TableName, list[Wanted]]:
    """Return what is not there yet, by table. What is there already and is not the same is a fault that names it."""
    by_table: defaultdict[TableName, list[Wanted]] = defaultdict(list)
    for row in wanted:
        by_table[row.table].append(row)
    return {name: await _sift(connection, _TABLES[name], rows, findings) for name, rows in by_table.items()}


async def check_recipients(connection: Connection, forces: Sequence[ForceEntry], findings: Findings) -> None:
    """Report every force that is there with other recipients: who receives reports is not changed by loading a file."""
    there: defaultdict[str, list[Row]] = defaultdict(list)
    for record in await connection.fetch(RECIPIENTS, [force.code for force in forces]):
        there[record["force"]].append(dict(record))
    for force in forces:
        if there[force.code] != recipient_rows(force):
            findings.fault(force.place, "is in the register with other recipients", _REMEDY)


async def _sift(connection: Connection, table: _Table, wanted: list[Wanted], findings: Findings) -> list[Wanted]:
    groups: defaultdict[object, dict[_Key, Row]] = defaultdict(dict)
    for record in await connection.fetch(table.read, list({row.row[table.group] for row in wanted})):
        row = dict(record)
        groups[row[table.group]][_key(table, row)] = row
    new: dict[_Key, Wanted] = {}
    for asked in wanted:
        key = _key(table, asked.row)
        there = groups[asked.row[table.group]]
        if key in there:
            _compare(asked, there[key], findings)
        else:
            _check_overlap(table, asked, there, findings)
            new[key] = asked
    return list(new.values())


def _compare(wanted: Wanted, there: Row, findings: Findings) -> None:
    if there.get("published_at", there) is None:  # an order or a zone version
        findings.fault(
            wanted.place, "is a draft in the register", "publish or discard the draft, or name it differently"
        )
    elif there.get("withdrawn_at") is not None:
        findings.fault(
            wanted.place, "was withdrawn from the register", "number it differently if it was right after all"
        )
    elif there.get("emergency_until") is not None:
        findings.fault(wanted.place, "is in force for an emergency's 24 hours only", "let a second person confirm it")
    elif members := differing(wanted.row, there):
        findings.fault(wanted.place, f"is in the register with another {', '.join(members)}", _REMEDY)


def _check_overlap(table: _Table, wanted: Wanted, there: Mapping[_Key, Row], findings: Findings) -> None:
    if table.period is None:
        return
    own = _period(table.period, wanted.row)
    for row in there.values():
        judges = row.get("published_at", row) is not None and row.get("withdrawn_at") is None
        if judges and row.get("standing", True) and own.meet(_period(table.period, row)) is not None:
            findings.fault(
                wanted.place,
                f"overlaps the one from {printed(_period(table.period, row).start)} in the register",
                "end one first",
            )


def _key(table: _Table, row: Row) -> _Key:
    return tuple(row[column] for column in table.key)


def _period(columns: tuple[str, str], row: Row) -> Interval:
    start, end = (cast("datetime | None", row[column]) for column in columns)
    return Interval(BEGINNING if start is None else instant(start), FOREVER if end is None else instant(end))
