"""`cordon report`: an issued edition, or a PREVIEW marked so. It never issues anything."""

import asyncio
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from alerts.archive import ArchiveDamaged, NotArchived
from alerts.days import bounds_of
from alerts.editions import read_edition
from alerts.issue import preview
from alerts.render import file_name
from service.clock import now
from service.commands.inputs import read_day, read_folder
from service.commands.opening import opened
from service.commands.writing import write_all
from service.composition import press
from service.database import Connection
from service.refusal import Refused
from service.settings import Settings, read_settings

HAS_FORCE = "SELECT EXISTS (SELECT FROM force WHERE code = $1)"


def report(
    force: Annotated[str, typer.Option(help="The police force, as the register names it.")],
    day: Annotated[str, typer.Option(help="The report day, like 2026-11-20.")],
    edition: Annotated[int | None, typer.Option(min=1, help="An issued edition; without it, a PREVIEW.")] = None,
    out: Annotated[Path, typer.Option(parser=read_folder, metavar="PATH", help="The folder to write to.")] = Path(
        "out"
    ),
) -> None:
    """Write an issued edition of a report; without --edition, a PREVIEW marked so. It never issues anything."""
    on = read_day(day)
    if bounds_of(on).start >= now():
        raise Refused(f"--day {on}: has not begun; name a day that has")
    files = asyncio.run(_files(read_settings(), force, on, edition))
    named = {file_name(force, on, edition, suffix): content for suffix, content in files.items()}
    write_all(out, named)
    for name in named:
        typer.echo(str(out / name))


async def _files(settings: Settings, force: str, day: date, number: int | None) -> Mapping[str, bytes]:
    async with opened(settings) as pool:
        async with pool.acquire() as connection:
            await _require_force(connection, force)
            edition = await read_edition(connection, force, day, number) if number else None
        made_with = press(pool, settings)
        if number is None:
            return (await preview(made_with, force, day)).files
        if edition is None:
            raise Refused(f"--edition {number}: {force} has no such edition of {day}; leave it out for a PREVIEW")
        try:
            return {suffix: made_with.archive.get(sha256) for suffix, sha256 in edition.files.items()}
        except (NotArchived, ArchiveDamaged) as missing:
            where = settings.archive_dir
            raise Refused(
                f"{where}: {missing}; set CORDON_ARCHIVE_DIR to the folder into which the reports are issued"
            ) from missing


async def _require_force(connection: Connection, force: str) -> None:
    if not await connection.fetchval(HAS_FORCE, force):
        raise Refused(f"--force {force}: the register has no such force; name one that it has")
