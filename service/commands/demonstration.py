"""`cordon demo` and `cordon serve`: a simulated day on a database of one's own."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from alerts.archive import Archive
from alerts.editions import read_edition
from alerts.render import file_name
from service.access.actor import Role
from service.access.links import create_link, path_of
from service.clock import now
from service.commands.inputs import read_folder
from service.commands.telling import tell_day
from service.commands.writing import write_all
from service.composition import everything
from service.database import Pool, connected
from service.demonstration import Demonstrated, demonstrate
from service.embedded import EmbeddedPostgres
from service.http.server import listening
from service.process import stop_on_signals
from service.progress import shown
from service.settings import Settings, read_settings

FORCE = "MPS"  # whose report the demonstration writes
HOST = "127.0.0.1"
LINK_LIFETIME = timedelta(hours=12)


def demo(
    out: Annotated[Path, typer.Option(parser=read_folder, metavar="PATH", help="The folder for the report.")] = Path(
        "out"
    ),
) -> None:
    """Do the whole job on a simulated day, with an embedded database, and write one force's report."""
    asyncio.run(_demo(out))


async def _demo(out: Path) -> None:
    async with _simulated_day() as (pool, settings, day):
        files = await _report(pool, settings, day)
        write_all(out, files)
    tell_day(day, json.loads(next(content for name, content in files.items() if name.endswith(".json"))))
    typer.echo("\nThe report:")
    for name in files:
        typer.echo(f"  {out / name}")


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the pages are, on 127.0.0.1.")] = 8000,
) -> None:
    """Serve a simulated day: web, ingest, desk and deadline in one process, on an embedded database."""
    asyncio.run(_serve(port))


async def _serve(port: int) -> None:
    listening(HOST, port).close()  # a port that is taken is told before the work, not after it
    async with _simulated_day(port=port) as (pool, settings, _):
        stop = stop_on_signals()
        links = [(role, await _link(pool, role)) for role in (Role.ADMIN, Role.POLICE)]

        def ready(address: str) -> None:
            typer.echo(f"Cordon is ready: {address}")
            for role, link in links:
                typer.echo(f"Sign in once as {role}, within 12 hours: {address}{path_of(link)}")
            typer.echo("Ctrl-C ends it and removes its data.")

        await everything(pool, settings, stop, ready)


async def _link(pool: Pool, role: Role) -> str:
    force = FORCE if role is Role.POLICE else None
    async with pool.acquire() as connection:
        return await create_link(connection, role, force, f"demonstration ({role})", now(), lifetime=LINK_LIFETIME)


@asynccontextmanager
async def _simulated_day(**given: object) -> AsyncIterator[tuple[Pool, Settings, Demonstrated]]:
    """Yield connections to a database that holds a simulated day, and remove all of it at the end."""
    with EmbeddedPostgres() as server:
        archive = server.folder / "archive"
        settings = read_settings(database_url=server.url(), archive_dir=archive, host=HOST, **given)
        async with connected(server.url()) as pool:
            with shown() as stage:
                day = await demonstrate(pool, settings, now, stage)
            yield pool, settings, day


async def _report(pool: Pool, settings: Settings, day: Demonstrated) -> Mapping[str, bytes]:
    async with pool.acquire() as connection:
        edition = await read_edition(connection, FORCE, day.day)
    if edition is None:
        raise AssertionError("the demonstration issued no report")
    archive = Archive(settings.archive_dir)
    return {file_name(FORCE, day.day, 1, suffix): archive.get(sha256) for suffix, sha256 in edition.files.items()}
