"""Reading the register as it was: the same statements read tables of the same names, which show the past."""

from alerts.particulars import Connection
from geofence.instants import Instant
from service.register.rows import optional_moment

# Version 0 is the register before anything was entered.
VERSION_AT = """
SELECT coalesce(max(register_version), 0) FROM register_change WHERE $1::timestamptz IS NULL OR at <= $1"""
READ_THE_PAST = """
SELECT set_config('cordon.as_of', $1::bigint::text, true), set_config('search_path', 'past, public', true)"""


async def read_as_of(connection: Connection, at: Instant | None) -> None:
    """From here to the end of its transaction, let a connection see the register as it stood at `at` (None: now).

    Only the register: fixes and incidents are as they are. What is written meanwhile would fail.
    """
    if at is not None:
        await read_as_of_version(connection, await version_at(connection, at))


async def version_at(connection: Connection, at: Instant | None) -> int:
    """Return the number of the last change up to `at` (None: of all), 0 before the first."""
    version: int = await connection.fetchval(VERSION_AT, optional_moment(at))
    return version


async def read_as_of_version(connection: Connection, version: int) -> None:
    """From here to the end of its transaction, let a connection see the register as a change left it."""
    await connection.execute(READ_THE_PAST, version)
