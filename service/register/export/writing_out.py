"""Writing the register out: every file of it from one snapshot, of now or of the past, row by row."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from geofence.instants import Instant, printed
from service.access.actor import Actor
from service.access.audit import record
from service.database import Connection
from service.register.export.explained import EXPLAINED
from service.register.export.history import write_history
from service.register.export.proposals import write_proposals
from service.register.export.register_file import write_register
from service.register.export.zones import write_zones
from service.register.past import read_as_of, version_at
from service.version import VERSION

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the register's version, and how many of each."""

    register_version: int
    orders: int
    zone_versions: int
    changes: int
    proposals: int


async def write_out(
    connection: Connection, folder: Path, actor: Actor, *, as_of: Instant | None, now: Instant, advance: Advance
) -> Exported:
    """Write the register as it stood at `as_of` (None: now) and its history up to then into a folder that is there.

    advance: told of each order and each change. That somebody took the register away is written down.
    """
    seen_at = now if as_of is None else as_of
    async with connection.transaction(isolation="repeatable_read"):
        await record(connection, now, actor, "consultation", "register exported")
        version = await version_at(connection, None if as_of is None else seen_at)
        with _opened(folder, "history.jsonl") as lines, _opened(folder, "history.csv") as table:
            changes = await write_history(connection, version, lines, table, advance)
        with _opened(folder, "proposals.jsonl") as file:
            proposals = await write_proposals(connection, as_of, file)
        await read_as_of(connection, as_of)
        with _opened(folder, "register.json") as file:
            orders = await write_register(connection, file, advance)
        with _opened(folder, "zones.geojson") as file:
            zone_versions = await write_zones(connection, file)
    with _opened(folder, "README.txt") as file:
        told = {"version": version, "seen_at": printed(seen_at), "now": printed(now), "software": VERSION}
        file.write(EXPLAINED.format(**told))
    return Exported(version, orders, zone_versions, changes, proposals)


def _opened(folder: Path, name: str) -> AbstractContextManager[TextIO]:
    return (folder / name).open("x", encoding="utf-8", newline="")
