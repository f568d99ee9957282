"""Opening the database for a command: what can't be used is one line with its remedy, never a traceback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from service.database import Pool, connected
from service.migrate import is_migrated
from service.refusal import Refused
from service.settings import Settings, read_settings

FAILED = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


@asynccontextmanager
async def opened(settings: Settings | None = None, *, size: int = 2) -> AsyncIterator[Pool]:
    """Yield connections to the settings' database, which must hold this version's schema. Raises Refused."""
    url = (settings or read_settings()).database_url.get_secret_value()
    async with connected(url, size=size) as pool:
        async with pool.acquire() as connection:
            if not await is_migrated(connection):
                raise Refused("the database of CORDON_DATABASE_URL holds another schema; run cordon migrate first")
        try:
            yield pool
        except FAILED as failed:
            if isinstance(failed.__cause__, UnicodeEncodeError):
                raise Refused("an argument holds bytes that are no UTF-8; write it in UTF-8") from failed
            undone = "what was under way was undone; see its log and try again"
            raise Refused(f"the database failed ({type(failed).__name__}) and {undone}") from failed
