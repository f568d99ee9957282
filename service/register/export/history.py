"""`history.jsonl` and `history.csv`: every change of the register with the rows that it changed, the oldest first."""

import csv
from collections.abc import AsyncIterator, Callable
from typing import TextIO

from asyncpg import Record

from alerts.inert import cell
from service.database import Connection
from service.register.as_written import Json, at
from service.register.export.rows import Belonging, as_json, rows_of
from service.register.images import COLUMNS, IN_ORDER, TOLD, ChangedRow, paired

CHANGES = "SELECT * FROM register_change WHERE register_version <= $1 ORDER BY register_version"
ROWS = f"""
WITH image AS NOT MATERIALIZED (SELECT * FROM register_image), {TOLD}
SELECT {COLUMNS} FROM told JOIN register_change USING (register_version)
WHERE register_version <= $1 ORDER BY register_version, {IN_ORDER}"""  # noqa: S608 - constants

HEADER = ("version", "at", "actor", "role", "what", "reason", "authority", "table", "key")


async def write_history(
    connection: Connection, version: int, lines: TextIO, table: TextIO, advance: Callable[[int], None]
) -> int:
    """Write the changes up to a version of the register; return how many there are.

    A change may hold any number of rows: its line is written as they come.
    """
    sheet = csv.writer(table, lineterminator="\r\n")
    sheet.writerow(HEADER)
    rows = Belonging(connection, ROWS, "register_version", version)
    count = 0
    async for change in rows_of(connection, CHANGES, version):
        lines.write(as_json(_written(change)).removesuffix("}") + ',"rows":[')
        flat = _flat(change)
        first = True
        async for row in _as_they_come(rows.each(change["register_version"])):
            lines.write(("" if first else ",") + as_json(row.written()))
            sheet.writerow([*flat, row.table, cell(as_json(row.key))])
            first = False
        if first:
            sheet.writerow([*flat, "", ""])
        lines.write("]}\n")
        count += 1
        advance(1)
    return count


async def _as_they_come(told: AsyncIterator[Record]) -> AsyncIterator[ChangedRow]:
    """Yield the rows of one change, each as soon as both its images are there."""
    images: list[Record] = []
    async for image in told:
        if images and (image["table_name"], image["key"]) != (images[0]["table_name"], images[0]["key"]):
            for row in paired(images):
                yield row
            images = []
        images.append(image)
    for row in paired(images):
        yield row


def _written(change: Record) -> Json:
    return {**change, "at": at(change["at"])}


def _flat(change: Record) -> list[str]:
    named = ("actor", "role", "what", "reason", "authority")
    return [str(change["register_version"]), at(change["at"]) or "", *(cell(change[name] or "") for name in named)]
