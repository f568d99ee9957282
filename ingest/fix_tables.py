"""Which tables hold fixes, and which tags have any there? A table of each day, and one of all other days."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from ingest.connections import Connection

# How many tags are looked at together: about as many fixes as one transaction can go through in no time.
TAGS_AT_ONCE = 50

READ_DAYS = r"""
SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid
WHERE inhparent = 'fix'::regclass AND relname ~ '^fix_\d{8}$' ORDER BY relname"""
# From one tag to the next by the index of identities: a look for each tag, however many fixes there are.
READ_TAGS = """
WITH RECURSIVE present AS (
    (SELECT tag_no FROM {table} WHERE tag_no > $1 ORDER BY tag_no LIMIT 1)
    UNION ALL
    SELECT (SELECT next.tag_no FROM {table} AS next WHERE next.tag_no > present.tag_no ORDER BY next.tag_no LIMIT 1)
    FROM present WHERE tag_no IS NOT NULL
)
SELECT tag_no FROM present WHERE tag_no IS NOT NULL LIMIT $2"""


@dataclass(frozen=True, slots=True)
class FixTable:
    """One table of fixes and the instants between which its fixes were recorded; day None: `fix_other_days`."""

    name: str
    day: date | None

    @property
    def start(self) -> datetime:
        """The earliest instant of a fix in it."""
        return datetime.combine(self.day or date(2000, 1, 1), time(), UTC)

    @property
    def end(self) -> datetime:
        """The instant before which all its fixes were recorded."""
        return datetime(9999, 1, 1, tzinfo=UTC) if self.day is None else self.start + timedelta(days=1)


OTHER_DAYS = FixTable("fix_other_days", None)


async def day_tables(connection: Connection) -> list[FixTable]:
    """Return the tables of single days, the earliest first."""
    names = [row["relname"] for row in await connection.fetch(READ_DAYS)]
    return [FixTable(name, datetime.strptime(f"{name}+0000", "fix_%Y%m%d%z").date()) for name in names]


async def tags_in(connection: Connection, table: FixTable, after: int, most: int = TAGS_AT_ONCE) -> list[int]:
    """Return the numbers of the first `most` tags after one that have a fix in a table, in order."""
    return [row["tag_no"] for row in await connection.fetch(READ_TAGS.format(table=table.name), after, most)]
