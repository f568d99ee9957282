"""The interface under what its description allows and what it forbids, one request after another and in chains.

schemathesis runs beside the server, as its users run it. `CORDON_FUZZ_EXAMPLES=200` asks for a longer run, with every
edge of every schema besides.
"""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI

from service.access.tokens import create_token
from service.database import Pool
from service.http.openapi import text
from service.http.server import serve
from tests.service.http.conftest import CALLERS, NOW

ROOT = Path(__file__).parents[3]
CONFIGURATION = Path(__file__).with_name("fuzzing.toml")
EXAMPLES = int(os.environ.get("CORDON_FUZZ_EXAMPLES", "0"))
FEW = 4


async def schemathesis(url: str, folder: Path, tokens: dict[str, str]) -> tuple[int, str]:
    """Run it against a server; return its exit code and what it says."""
    described = folder / "openapi.json"
    described.write_text(text(), encoding="utf-8")
    phases = "coverage,fuzzing,stateful" if EXAMPLES else "fuzzing,stateful"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run"),
        *("--url", url, "--max-examples", str(EXAMPLES or FEW), "--phases", phases),
        *("--continue-on-failure", "--no-color"),
        str(described),
        env={**os.environ, **tokens, "PYTHONPATH": str(ROOT)},
        cwd=folder,  # what it keeps of a run is no part of the next
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode(errors="replace")


@pytest.mark.timeout(3600 if EXAMPLES else 600)
async def test_no_request_finds_a_fault(app: FastAPI, desk: Pool, tmp_path: Path) -> None:
    async with desk.acquire() as connection:
        tokens = {
            f"TOKEN_{name.upper()}": await create_token(connection, role, force, name, NOW)
            for name, (role, force) in CALLERS.items()
        }
    stop = asyncio.Event()
    where: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, stop, where.set_result))
    code, said = await schemathesis(await where, tmp_path, tokens)
    stop.set()
    await serving
    assert code == 0, said
    # The chains did what they are for: something was entered, asked for and approved.
    assert await desk.fetchval("SELECT count(*) FROM court_order") > 2
    assert await desk.fetchval("SELECT count(*) FROM proposal WHERE decision = 'approved'") > 0
