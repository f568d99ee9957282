"""How long does an administrator wait, with many orders in the register? Read and publish a zone, through HTTP.

`python -m tests.benchmarks.register [ORDERS]`: that many orders with a wearer, a tag, a clause and a zone each, loaded
from one register file; then single requests to the application on a real PostgreSQL, one after another, each of another
order. Publishing includes the design check; that of some wearers replays 30 days of a fix a minute. Beside it, in the
same run, the same requests with 100 orders: the ratio tells whether the register's size is felt.
"""

import asyncio
import gc
import json
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import numpy as np
import psutil
import structlog

from alerts.archive import Archive
from geofence.instants import instant, moment
from service.access.actor import Role
from service.access.tokens import create_token
from service.embedded import EmbeddedPostgres
from service.http.app import create_app
from service.register.document import read_register
from service.register.load import load
from service.register.store import PostgresRegister
from tests.servers import database as databases

ORDERS = 100_000
FEW = 100
REQUESTS = 300
TRACKED = 20  # wearers with 30 days of fixes, the last ones
NOW = instant(datetime(2026, 11, 20, 9, tzinfo=UTC))
BEGAN = "2026-10-01T12:00:00Z"


def register_file(orders: int) -> bytes:
    """Return a register of so many orders."""
    numbers = range(orders)
    return json.dumps(
        {
            "forces": [{"code": "MPS", "name": "Metropolitan Police Service"}],
            "wearers": [{"wearer_id": f"W-{n}", "name": f"Wearer {n}", "home_area": "Croydon"} for n in numbers],
            "fittings": [{"tag_id": f"T-{n}", "wearer_id": f"W-{n}", "fitted_at": BEGAN} for n in numbers],
            "orders": [order(n) for n in numbers],
        }
    ).encode()


def order(number: int) -> dict[str, Any]:
    """Return one order with a clause and a zone."""
    zone = {
        "zone_id": f"Z-{number}",
        "label": "Zone A",
        "versions": [{"version": 1, "valid_from": BEGAN, **shape(number)}],
    }
    clause = {"prohibition_id": f"P-{number}", "clause": "1", "text": "Not to enter.", "from": BEGAN, "zones": [zone]}
    return {
        "order_id": f"O-{number}",
        "kind": "DAPO",
        "reference": f"DAPO-2026-{number}",
        "force": "MPS",
        "wearer_id": f"W-{number}",
        "made_on": "2026-10-01",
        "effective_from": BEGAN,
        "ends": {"kind": "further_order"},
        "monitoring": {"from": BEGAN, "until": "2027-09-30T23:00:00Z"},
        "prohibitions": [clause],
    }


# A fix a minute for 30 days, some way off the zone and back.
ADD_TAGS = "INSERT INTO tag (tag_id, newest_at) SELECT unnest($1::text[]), $2"
ADD_FIXES = """
INSERT INTO fix (tag_no, recorded_at, received_at, longitude_deg, latitude_deg, accuracy_m, mechanism, clock_suspect)
SELECT tag_no, at, at, 0.5 + 0.1 * sin(extract(epoch FROM at) / 7000), 52.0, 8, 1, false
FROM tag, generate_series($1::timestamptz, $2::timestamptz - interval '1 minute', interval '1 minute') AS at"""


def shape(number: int, distance_m: float = 200.0) -> dict[str, Any]:
    """Return a circle somewhere in England."""
    place = [-2.0 + number % 1000 / 500, 51.2 + number // 1000 % 100 / 50]
    return {"footprint": {"type": "Point", "coordinates": place}, "distance_m": distance_m}


@asynccontextmanager
async def served(
    server: EmbeddedPostgres, orders: int
) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient, float]]:
    """Yield two administrators of a register of so many orders, and the seconds that loading it took."""
    database = await databases.create(server)
    async with asyncpg.create_pool(database.url, min_size=1, max_size=4) as pool:
        document = read_register(register_file(orders)).document
        assert document is not None
        async with pool.acquire() as connection:
            began = time.perf_counter()
            await load(connection, document, actor="bench", reason="measured", now=NOW)
            took = time.perf_counter() - began
            tags = [f"T-{number}" for number in range(orders - TRACKED, orders)]
            await connection.execute(ADD_TAGS, tags, moment(NOW))
            await connection.execute(ADD_FIXES, moment(NOW) - timedelta(days=30), moment(NOW))
            tokens = [await create_token(connection, Role.ADMIN, None, name, NOW) for name in ("one", "other")]
        del document
        gc.collect()
        with tempfile.TemporaryDirectory() as folder:
            app = create_app(pool, PostgresRegister(), Archive(Path(folder)), clock=lambda: NOW)
            clients = [
                httpx.AsyncClient(
                    transport=httpx.ASGITransport(app),
                    base_url="https://cordon.example",
                    headers={"Authorization": f"Bearer {token}"},
                )
                for token in tokens
            ]
            yield clients[0], clients[1], took
            for client in clients:
                await client.aclose()
    await databases.drop(server, database)


async def timed_ms(requests: int, request: Callable[[int], Awaitable[httpx.Response]]) -> np.ndarray[Any, Any]:
    """Return how many milliseconds each of some requests took."""
    taken = []
    for number in range(requests):
        began = time.perf_counter()
        answer = await request(number)
        taken.append((time.perf_counter() - began) * 1e3)
        assert answer.is_success, answer.text
    return np.array(taken)


async def measured(one: httpx.AsyncClient, other: httpx.AsyncClient, orders: int) -> dict[str, np.ndarray[Any, Any]]:
    """Return the milliseconds of each kind of request."""
    step = max(1, (orders - TRACKED) // REQUESTS)
    requests = min(REQUESTS, orders - TRACKED)
    etags: dict[int, str] = {}

    async def read_order(number: int) -> httpx.Response:
        return await one.get(f"/v1/orders/O-{number * step}")

    async def read_zone(number: int) -> httpx.Response:
        answer = await one.get(f"/v1/zones/Z-{number * step}")
        etags[number] = answer.headers["etag"]
        return answer

    async def list_orders(number: int) -> httpx.Response:
        return await one.get("/v1/orders", params={"after": f"O-{number * step}", "limit": 50})

    async def draw(number: int) -> httpx.Response:
        drawing = {**shape(number * step, 250.0), "valid_from": "2026-11-20T10:00:00Z"}
        headers = {"If-Match": etags[number]}
        answer = await one.post(f"/v1/zones/Z-{number * step}/versions", json=drawing, headers=headers)
        etags[number] = answer.headers["etag"]
        return answer

    async def publish(number: int) -> httpx.Response:
        path, headers = f"/v1/zones/Z-{number * step}/versions/2/publish", {"If-Match": etags[number]}
        return await other.post(path, json={"reason": "measured"}, headers=headers)

    async def publish_tracked(number: int) -> httpx.Response:
        zone = f"/v1/zones/Z-{orders - TRACKED + number}"
        seen = {"If-Match": (await one.get(zone)).headers["etag"]}
        drawing = {**shape(number, 250.0), "valid_from": "2026-11-20T10:00:00Z"}
        drawn = await one.post(f"{zone}/versions", json=drawing, headers=seen)
        seen = {"If-Match": drawn.headers["etag"]}
        return await other.post(f"{zone}/versions/2/publish", json={"reason": "measured"}, headers=seen)

    kinds = {"read an order": read_order, "read a zone": read_zone, "list 50 orders": list_orders}
    kinds |= {"draw a version": draw, "publish it": publish}
    taken = {name: await timed_ms(requests, request) for name, request in kinds.items()}
    taken["read, draw, publish with 30 days"] = await timed_ms(TRACKED, publish_tracked)
    return taken


async def run(orders: int) -> None:
    """Print what each request took with many orders, and with few."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with EmbeddedPostgres() as server:
        await databases.make_template(server)
        async with served(server, FEW) as (one, other, _):
            few = await measured(one, other, FEW)
        async with served(server, orders) as (one, other, took):
            many = await measured(one, other, orders)
    print(f"register: {orders:,} orders loaded in {took:.1f} s; each of {min(REQUESTS, orders)} requests, ms")
    for name, taken in many.items():
        median, worst = np.percentile(taken, [50, 99])
        ratio = median / np.percentile(few[name], 50)
        print(f"  {name:32} median {median:7.1f}  p99 {worst:7.1f}  {ratio:5.2f} of {FEW} orders")
    print(f"  memory of this process {psutil.Process().memory_info().rss / 2**20:,.0f} MiB")


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]) if len(sys.argv) > 1 else ORDERS))
