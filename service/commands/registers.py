"""`cordon register check`, `load` and `export`."""

import asyncio
import getpass
from pathlib import Path
from typing import Annotated

import typer

from geofence.instants import Instant
from service.access.actor import Actor, Role
from service.clock import now
from service.commands.inputs import read_file, read_folder, read_instant, read_register_file
from service.commands.opening import opened
from service.commands.writing import new_folder
from service.progress import Advance, shown
from service.refusal import Refused
from service.register.document import read_register
from service.register.export.writing_out import Exported, write_out
from service.register.load import LoadRefused, LoadReport, load

FOUND = 1


def check(file: Annotated[Path, typer.Argument(help="A register file (JSON).")]) -> None:
    """Print every fault and warning of a register file, one a line. Exit 1 if there is a fault."""
    checked = read_register(read_file(file))
    if not checked.readable:
        raise Refused(f"{file}: {checked.faults[0]}")
    for finding in checked.findings:
        typer.echo(str(finding))
    if checked.document is None:
        raise typer.Exit(FOUND)
    content, warnings = checked.document.content, len(checked.warnings)
    typer.echo(
        f"{file}: no fault, {warnings} warning{'' if warnings == 1 else 's'}; {len(content.forces)} forces,"
        f" {len(content.wearers)} wearers, {len(content.fittings)} fittings, {len(content.orders)} orders"
    )


def load_file(
    file: Annotated[Path, typer.Argument(help="A register file (JSON).")],
    reason: Annotated[str | None, typer.Option(help="Why it is loaded in spite of its warnings.")] = None,
) -> None:
    """Load a register file into the database: all of it or nothing."""
    report = asyncio.run(_load(file, reason))
    typer.echo(
        f"{file}: loaded; {sum(report.added.values())} new rows, {sum(report.unchanged.values())} were there already,"
        f" {report.tracks_to_judge} tracks to judge"
    )


async def _load(file: Path, reason: str | None) -> LoadReport:
    document = read_register_file(file)
    if document.warnings and not reason:
        first, *others = document.warnings
        more = f" (and {len(others)} more)" if others else ""
        raise Refused(f"{file}: {first}{more}; to load it all the same, say why with --reason")
    async with (
        opened(size=1) as pool,
        pool.acquire() as connection,
    ):
        try:
            return await load(connection, document, actor=getpass.getuser(), reason=reason, now=now())
        except LoadRefused as refused:
            raise Refused(f"{file}: {refused.findings[0]} ({len(refused.findings)} findings in all)") from refused


def export(
    out: Annotated[Path, typer.Option(parser=read_folder, metavar="PATH", help="The new folder to write to.")],
    as_of: Annotated[
        str | None, typer.Option(help="The register as it stood at this instant; now, if left out.")
    ] = None,
) -> None:
    """Write the register and its history to a new folder, in open formats: all of it or nothing."""
    seen_at = None if as_of is None else read_instant(as_of, "--as-of")
    if seen_at is not None and seen_at > now():
        raise Refused(f"--as-of {as_of}: has not come; name an instant that has")
    with new_folder(out) as folder, shown() as stage:
        written = asyncio.run(_export(folder, seen_at, stage("Writing", None)))
    typer.echo(
        f"{out}: register version {written.register_version}; {written.orders} orders,"
        f" {written.zone_versions} zone versions, {written.changes} changes, {written.proposals} proposals"
    )


async def _export(folder: Path, as_of: Instant | None, advance: Advance) -> Exported:
    actor = Actor(Role.OPERATOR, None, getpass.getuser())
    async with opened(size=1) as pool, pool.acquire() as connection:
        return await write_out(connection, folder, actor, as_of=as_of, now=now(), advance=advance)
