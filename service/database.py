"""Connections to PostgreSQL: one pool for a process, one clear line when the server can't be reached."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

import asyncpg

from service.refusal import Refused

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

# Names in quotes: asyncpg's classes take type parameters only in its stubs.
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"

CONNECT_S = 10.0
# Where the way between is lost without a word, the server gives up a connection, and the locks it holds, in a minute.
KEEPALIVES = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
UNREACHABLE = (OSError, TimeoutError, asyncpg.CannotConnectNowError, asyncpg.InvalidAuthorizationSpecificationError)


class DatabaseUnavailable(Refused):
    """The database can't be used; the message says why and what to do, and holds no password."""


@asynccontextmanager
async def connected(url: str, *, size: int = 10, answer_s: float | None = None) -> AsyncIterator[Pool]:
    """Open a pool and close it at the end. Raises DatabaseUnavailable if the server does not answer or refuses us.

    answer_s: how long a statement is waited for before the connection is given up (TimeoutError), and how long the
    server waits for the next one of a transaction, so that a process that was frozen within one keeps nothing locked;
    None: for ever.
    """
    settings = {"timezone": "UTC", "jit": "off", **KEEPALIVES}
    if answer_s is not None:
        settings["idle_in_transaction_session_timeout"] = f"{answer_s * 1000:.0f}ms"
    try:
        pool = await asyncpg.create_pool(
            url, min_size=1, max_size=size, timeout=CONNECT_S, command_timeout=answer_s, server_settings=settings
        )
    except asyncpg.InvalidCatalogNameError as missing:
        raise DatabaseUnavailable(f"{missing}; create it, or correct CORDON_DATABASE_URL") from missing
    except UNREACHABLE as failed:
        reason = str(failed) or type(failed).__name__
        raise DatabaseUnavailable(
            f"the database of CORDON_DATABASE_URL does not answer ({reason}); is it running, and is the address right?"
        ) from failed
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as refused:
        raise DatabaseUnavailable(
            f"the database of CORDON_DATABASE_URL refuses us ({type(refused).__name__}); correct the address"
        ) from refused
    except ValueError as wrong:
        raise DatabaseUnavailable(
            "CORDON_DATABASE_URL is not an address like postgresql://account@host/cordon"
        ) from wrong
    try:
        yield pool
    finally:
        await pool.close()
