"""Rows of two statements side by side: those that belong to each other come together, and none is held for long."""

import json
from collections.abc import AsyncIterator
from typing import Any, TextIO

from asyncpg import Record

from service.database import Connection

# So many rows at a time: of shapes with 10,000 vertices, some 50 MB.
AT_A_TIME = 100


class Belonging:
    """The rows of a statement, to be taken in the order of what they belong to.

    column: names what a row belongs to. Whoever takes asks for every owner that has rows, in the statement's order.
    """

    def __init__(self, connection: Connection, statement: str, column: str, *values: object) -> None:
        self._rows = rows_of(connection, statement, *values)
        self._column = column
        self._next: Record | None = None

    async def each(self, owner: object) -> AsyncIterator[Record]:
        """Yield the rows that belong to the next owner, if it has any."""
        while True:
            row = self._next or await anext(self._rows, None)
            if row is None or row[self._column] != owner:
                self._next = row
                return
            self._next = None
            yield row

    async def of(self, owner: object) -> list[Record]:
        """Return the rows that belong to the next owner, none if it has none."""
        return [row async for row in self.each(owner)]


async def rows_of(connection: Connection, statement: str, *values: object) -> AsyncIterator[Record]:
    """Yield the rows of a statement as the server finds them, within the caller's transaction."""
    async for row in connection.cursor(statement, *values, prefetch=AT_A_TIME):
        yield row


class JsonList:
    """A JSON array in a file, one element a line."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.count = 0

    def add(self, element: object) -> None:
        """Write the next element."""
        self._file.write("\n" if self.count == 0 else ",\n")
        self._file.write(as_json(element))
        self.count += 1


def as_json(value: Any) -> str:
    """Return JSON on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
