"""The application served with live streams, and a reader of them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from alerts.incident_changes import REMEMBER
from geofence.instants import moment
from service.database import Pool
from tests.service.http.conftest import NOW

HANGING_S = 40  # of a test as a whole; what it waits for takes a moment


async def tell(pool: Pool, incident_id: str, reason: str = "found (fixes)") -> None:
    """Write a line of history, as a desk does."""
    await pool.execute(REMEMBER, incident_id, moment(NOW), "changed", reason, '{"visits": 1}', None)


class Reader:
    """Reads a stream block by block."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()

    async def block(self) -> dict[str, str] | None:
        """Return the fields of the next block, a comment under its own name; None at the end of the stream."""
        fields: dict[str, str] = {}
        async for line in self._lines:
            if not line:
                return fields
            name, _, value = line.partition(": ")
            fields[name or "comment"] = value
        assert not fields, "it ended within a block"
        return None

    async def event(self) -> dict[str, Any]:
        """Return the data of the next event."""
        while True:
            fields = await self.block()
            assert fields is not None, "it has ended"
            if "data" in fields:
                told: dict[str, Any] = json.loads(fields["data"])
                assert fields == {"id": str(told["id"]), "data": fields["data"]}
                return told

    async def events(self, count: int) -> list[dict[str, Any]]:
        """Return the data of the next events."""
        return [await self.event() for _ in range(count)]


@asynccontextmanager
async def reading(
    url: str, token: str, query: str = "", headers: dict[str, str] | None = None
) -> AsyncIterator[tuple[Reader, dict[str, str]]]:
    """Open a stream, and give its reader and the fields of the block that says where it begins."""
    sent = {"Authorization": f"Bearer {token}", **(headers or {})}
    async with (
        asyncio.timeout(HANGING_S),
        httpx.AsyncClient(base_url=url, headers=sent, timeout=HANGING_S) as client,
        client.stream("GET", f"/v1/incidents/stream{query}") as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        reader = Reader(answer)
        begins = await reader.block()
        assert begins is not None
        yield reader, begins
