"""The register's history: which changes concerned a thing, the newest first, and what each did to its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from asyncpg import Record

from alerts.particulars import Connection
from geofence.instants import Instant, instant
from service.register.images import COLUMNS, IN_ORDER, TOLD, ChangedRow, paired
from service.register.json_text import storable
from service.register.refusals import NoSuch

LAST_VERSION = 2**63 - 1
# A page ends before it has more rows than this: a file that was loaded is one change of a hundred thousand rows.
ROWS_AT_MOST = 1000

# The images of a thing whose id is $1. What belonged to it is told of as long as it did: the ids of a discarded draft
# may be used again elsewhere.
OF_ORDER = """
own AS (
    SELECT * FROM register_image
    WHERE table_name IN ('court_order', 'suspension', 'notification') AND order_id = $1::text),
clause AS (SELECT * FROM register_image WHERE table_name = 'prohibition' AND order_id = $1),
area AS (
    SELECT DISTINCT ON (zone.key, zone.since_version) zone.*
    FROM clause JOIN register_image AS zone ON zone.table_name = 'zone'
        AND zone.prohibition_id = clause.prohibition_id
        AND int8range(zone.since_version, zone.until_version) && int8range(clause.since_version, clause.until_version)
), shape AS (
    SELECT DISTINCT ON (version.key, version.since_version) version.*
    FROM area JOIN register_image AS version ON version.table_name = 'zone_version'
        AND version.zone_id = area.zone_id
        AND int8range(version.since_version, version.until_version) && int8range(area.since_version, area.until_version)
), image AS (
    SELECT * FROM own UNION ALL SELECT * FROM clause UNION ALL SELECT * FROM area UNION ALL SELECT * FROM shape
)"""
# Without its zones, whose shapes tell where somebody lives.
OF_ORDER_ALONE = """image AS (
    SELECT * FROM register_image
    WHERE table_name IN ('court_order', 'suspension', 'notification', 'prohibition') AND order_id = $1::text)"""
OF_ZONE = "image AS (SELECT * FROM register_image WHERE table_name IN ('zone', 'zone_version') AND zone_id = $1::text)"
OF_WEARER = "image AS (SELECT * FROM register_image WHERE table_name IN ('wearer', 'fitting') AND wearer_id = $1::text)"
OF_FITTING = "image AS (SELECT * FROM register_image WHERE table_name = 'fitting' AND fitting_id = $1::bigint)"
OF_ALL = "image AS NOT MATERIALIZED (SELECT * FROM register_image WHERE $1::text IS NULL)"

# The change that put an order in force for the first time.
PUBLISHED_BY = """
SELECT min(since_version) FROM register_image
WHERE table_name = 'court_order' AND order_id = $1 AND image ->> 'published_at' IS NOT NULL"""

# The changes before $2 that concern a thing, and of how many rows each tells. Of what was before the change $3, nothing
# is told: neither changes nor what that one replaced.
CONCERNING = """
WITH {images}, {told}
SELECT register_version, count(DISTINCT (table_name, key)) AS row_count
FROM told JOIN register_change USING (register_version)
WHERE register_version < $2 AND (register_version > $3 OR (register_version = $3 AND is_after))
GROUP BY register_version ORDER BY register_version DESC LIMIT $4"""
ROWS = """
WITH {images}, {told}
SELECT {columns} FROM told
WHERE register_version = ANY($2::bigint[]) AND (register_version > $3 OR (register_version = $3 AND is_after))
ORDER BY register_version DESC, {order}"""
# Every change, also one of which no row tells.
EVERY = f"""
WITH page AS (SELECT register_version FROM register_change WHERE register_version < $1 ORDER BY 1 DESC LIMIT $2),
image AS NOT MATERIALIZED (SELECT * FROM register_image), {TOLD}
SELECT register_version, (
    SELECT count(DISTINCT (table_name, key)) FROM told WHERE told.register_version = page.register_version) AS row_count
FROM page ORDER BY register_version DESC"""  # noqa: S608 - constants
CHANGES = "SELECT * FROM register_change WHERE register_version = ANY($1) ORDER BY register_version DESC"


@dataclass(frozen=True, slots=True)
class Thing:
    """What a history is asked of.

    images: which of the register's images are its own; $1 is `named`. since: the change before which nothing is told.
    warned: whether it is told what was warned of.
    """

    images: str
    named: str | int | None
    since: int = 0
    warned: bool = True


EVERYTHING = Thing(OF_ALL, None)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the register: whose it was, why, and what it did to the rows asked for.

    warnings: what was accepted for the reason. rows_left_out: how many there are besides `rows`.
    """

    register_version: int
    at: Instant
    actor: str
    role: str
    what: str
    reason: str | None
    authority: str | None
    proposed_by: str | None
    warnings: tuple[str, ...]
    rows: tuple[ChangedRow, ...]
    rows_left_out: int


async def order_as_in_force(connection: Connection, order_id: str) -> Thing:
    """Return what the police may know of an order: nothing of its draft, and nothing of its zones. Raises NoSuch."""
    since = await connection.fetchval(PUBLISHED_BY, order_id)
    if since is None:
        raise NoSuch(f"order {order_id} never was in force")
    # What a zone's design warned of tells where the wearer and the protected person live.
    return Thing(OF_ORDER_ALONE, order_id, since, warned=False)


async def list_changes(
    connection: Connection, thing: Thing, *, before: int | None = None, limit: int = 100
) -> tuple[list[Change], int | None]:
    """Return up to `limit` changes that concern a thing, the newest first, and the version before which more are found.

    There are fewer where they tell of many rows; of a change that tells of more than ROWS_AT_MOST, none is returned.
    Raises NoSuch if the register never held the thing.
    """
    if isinstance(thing.named, str) and not storable(thing.named):
        raise NoSuch("the register holds no such id")
    counts = await _row_counts(connection, thing, before or LAST_VERSION, limit + 1)
    if not counts and before is None and thing is not EVERYTHING:
        raise NoSuch("the register never held anything under this id")
    shown = _page(counts, limit)
    rows = await _rows(connection, thing, [version for version in shown if counts[version] <= ROWS_AT_MOST])
    changes = [
        _change(row, rows.get(row["register_version"], ()), counts[row["register_version"]], warned=thing.warned)
        for row in await connection.fetch(CHANGES, shown)
    ]
    return changes, shown[-1] if len(counts) > len(shown) else None


async def _row_counts(connection: Connection, thing: Thing, before: int, most: int) -> dict[int, int]:
    if thing is EVERYTHING:
        found = await connection.fetch(EVERY, before, most)
    else:
        statement = CONCERNING.format(images=thing.images, told=TOLD)
        found = await connection.fetch(statement, thing.named, before, thing.since, most)
    return {row["register_version"]: row["row_count"] for row in found}


def _page(counts: Mapping[int, int], limit: int) -> list[int]:
    """Return the versions, the newest first, that fit on a page; always one, if there is any."""
    shown: list[int] = []
    rows = 0
    for version, count in list(counts.items())[:limit]:
        rows += count if count <= ROWS_AT_MOST else 0
        if shown and rows > ROWS_AT_MOST:
            break
        shown.append(version)
    return shown


async def _rows(connection: Connection, thing: Thing, versions: Sequence[int]) -> dict[int, tuple[ChangedRow, ...]]:
    statement = ROWS.format(images=thing.images, told=TOLD, columns=COLUMNS, order=IN_ORDER)
    told = await connection.fetch(statement, thing.named, versions, thing.since)
    return {version: tuple(paired(images)) for version, images in groupby(told, key=itemgetter("register_version"))}


def _change(row: Record, rows: tuple[ChangedRow, ...], row_count: int, *, warned: bool) -> Change:
    return Change(
        register_version=row["register_version"],
        at=instant(row["at"]),
        actor=row["actor"],
        role=row["role"],
        what=row["what"],
        reason=row["reason"],
        authority=row["authority"],
        proposed_by=row["proposed_by"],
        warnings=tuple(row["warnings"]) if warned else (),
        rows=rows,
        rows_left_out=row_count - len(rows),
    )
