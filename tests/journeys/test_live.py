"""From a fix that the provider pushes to the line that the police see a moment later, through the real processes."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from geofence.instants import MINUTE_US, SECOND_US, Instant, printed
from service.access.actor import Role
from service.access.tokens import create_token
from service.clock import now
from service.database import Pool
from tests.alerts.ledger import LATITUDE_DEG, LONGITUDE_DEG, enter_wearer
from tests.servers.database import TestDatabase
from tests.service.http.streaming import reading


@pytest.fixture
def processes(database: TestDatabase) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """A web server and a desk."""
    given = {"PATH": "/usr/bin:/bin", "CORDON_DATABASE_URL": database.url, "CORDON_PORT": "0"}
    started = {
        name: subprocess.Popen(
            [sys.executable, "-m", "service", name],
            env=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for name in ("web", "desk")
    }
    yield started
    for one in started.values():
        one.kill()
        one.communicate()


async def test_a_fix_is_seen_live_until_the_service_is_told_to_stop(
    pool: Pool, processes: dict[str, subprocess.Popen[str]]
) -> None:
    web = processes["web"]
    async with pool.acquire() as connection:
        await enter_wearer(connection, began=Instant(now() - 60 * MINUTE_US))
        provider = await create_token(connection, Role.PROVIDER, None, "provider", now())
        police = await create_token(connection, Role.POLICE, "MPS", "police", now())
    assert web.stdout is not None
    url = web.stdout.readline().strip().removeprefix("cordon web is ready: ")
    async with reading(url, police) as (reader, begins):
        assert begins["id"] == "0"
        recorded_at = printed(Instant((now() - 2 * SECOND_US) // SECOND_US * SECOND_US))
        fix = {"tag_id": "T-1", "recorded_at": recorded_at, "latitude": LATITUDE_DEG, "longitude": LONGITUDE_DEG}
        async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {provider}"}) as client:
            pushed = await client.post("/v1/fixes", json=[{**fix, "accuracy_m": 8.0, "mechanism": "gps"}])
            assert pushed.json()["counts"]["fixes"] == 1, pushed.text
        told = await reader.event()
        assert (told["what"], told["force"], told["incident"]["state"]) == ("added", "MPS", "open")
        assert told["incident"]["began_at"] == recorded_at
        web.send_signal(signal.SIGTERM)
        assert await reader.block() is None
    assert web.wait(10) == 0
