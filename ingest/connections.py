"""Names of asyncpg's types, in quotes: they take type parameters only in its stubs."""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import asyncpg
    from asyncpg.pool import PoolConnectionProxy

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
# Either: for a single statement it makes no difference.
Database: TypeAlias = "Pool | Connection"
