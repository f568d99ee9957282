"""The processes end in time when they are told to, although the database hangs."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import psutil
import pytest

from service.embedded import EmbeddedPostgres
from service.migrate import migrate
from tests.chaos.messages import Message, empty_topics, sending
from tests.ingest.messages import body, fix_message
from tests.ingest.reading import eventually
from tests.servers.kafka.broker import KafkaBroker

WAITS_FOR_A_LOCK = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')"


@pytest.fixture
def postgres_that_hangs() -> Iterator[EmbeddedPostgres]:
    """A server of its own."""
    with EmbeddedPostgres() as server:
        yield server


@contextmanager
def frozen(server: EmbeddedPostgres) -> Iterator[None]:
    """Let a server hang: it keeps its connections, and new ones wait for ever."""
    first = psutil.Process(int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0]))
    first.suspend()  # first: it would begin others
    processes = [first, *first.children(recursive=True)]
    try:
        for one in processes[1:]:
            one.suspend()
        yield
    finally:
        for one in processes:
            one.resume()


@contextmanager
def started(given: dict[str, str], folder: Path) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Run the production processes; what they log is in the folder."""
    processes = {}
    try:
        for name in ("web", "consume", "desk", "deadline"):
            with (folder / name).open("w") as log:
                processes[name] = subprocess.Popen(
                    [sys.executable, "-m", "service", name], env=given, stdout=subprocess.PIPE, stderr=log, text=True
                )
        yield processes
    finally:
        for one in processes.values():
            one.kill()
            one.communicate()


async def test_told_to_end_while_the_database_hangs_every_process_ends_well_within_ten_seconds(
    postgres_that_hangs: EmbeddedPostgres, kafka: KafkaBroker, tmp_path: Path
) -> None:
    connection = await asyncpg.connect(postgres_that_hangs.url())
    await migrate(connection)
    await empty_topics(kafka.bootstrap_servers)
    given = {
        "PATH": "/usr/bin:/bin",
        "CORDON_DATABASE_URL": postgres_that_hangs.url(),
        "CORDON_KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "CORDON_ARCHIVE_DIR": str(tmp_path / "archive"),
        "CORDON_PORT": "0",
    }
    with started(given, tmp_path) as processes:
        said = {}
        for name, one in processes.items():
            assert one.stdout is not None
            said[name] = await asyncio.to_thread(one.stdout.readline)
            assert "is ready" in said[name], (tmp_path / name).read_text()
        # The consumer is to be in the middle of an append, and the web process in the middle of an answer.
        await connection.execute("BEGIN; LOCK TABLE fix")
        async with sending(kafka.bootstrap_servers) as sender:
            await sender.send([Message("tag-fixes", b"T-000123", body(fix_message()))])
        await eventually(lambda: connection.fetchval(WAITS_FOR_A_LOCK))
        with frozen(postgres_that_hangs):
            web = urlsplit(said["web"].split()[-1])
            with socket.create_connection((web.hostname, web.port)) as asking:
                asking.sendall(b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n")
                told_at = time.monotonic()
                for one in processes.values():
                    one.send_signal(signal.SIGTERM)
                codes = {}
                for name, one in processes.items():
                    codes[name] = await asyncio.to_thread(one.wait, max(0, told_at + 10 - time.monotonic()))
        assert codes == dict.fromkeys(processes, 0)
        for name in processes:
            told = (tmp_path / name).read_text()
            assert "the database's answer is not waited for" in told
            assert "left as it is" not in told, told
    await connection.close()
