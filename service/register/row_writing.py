"""Writing single rows. Names of tables and columns come from this program alone; values are always parameters."""

from collections.abc import Mapping
from typing import Any

from alerts.particulars import Connection


async def insert(connection: Connection, table: str, row: Mapping[str, object]) -> None:
    """Add a row."""
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())  # noqa: S608


async def insert_returning(connection: Connection, table: str, row: Mapping[str, object], column: str) -> Any:
    """Add a row and return one of its columns."""
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places}) RETURNING {column}"  # noqa: S608
    return await connection.fetchval(statement, *row.values())


async def update(connection: Connection, table: str, key: Mapping[str, object], changed: Mapping[str, object]) -> None:
    """Change some columns of the row that has a key."""
    columns = ", ".join(f"{name} = ${number}" for number, name in enumerate(changed, start=len(key) + 1))
    statement = f"UPDATE {table} SET {columns} WHERE {_where(key)}"  # noqa: S608
    await connection.execute(statement, *key.values(), *changed.values())


async def delete(connection: Connection, table: str, key: Mapping[str, object]) -> None:
    """Remove the row that has a key. The history keeps it."""
    await connection.execute(f"DELETE FROM {table} WHERE {_where(key)}", *key.values())  # noqa: S608


def _where(key: Mapping[str, object]) -> str:
    return " AND ".join(f"{name} = ${number}" for number, name in enumerate(key, start=1))
