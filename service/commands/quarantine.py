"""`cordon quarantine list` and `show`: what could not be read, with every fault and its bytes."""

import asyncio
import getpass
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from geofence.instants import printed
from ingest.fix import Origin
from ingest.quarantine import LAST_ID, Quarantine, Wanted, body_of, read_rejection
from ingest.quarantine import list_rejections as read_list
from service.access.actor import Actor, at_command_line
from service.access.audit import record
from service.clock import now
from service.commands.bytes_shown import harmless, lines_shown, write_raw
from service.commands.opening import opened
from service.refusal import Refused
from service.register.findings import one_line

WIDE = 100_000

Number = Annotated[int, typer.Argument(metavar="ID", min=1, max=LAST_ID, help="As the list names it.")]


class OriginName(StrEnum):
    """Which way messages come."""

    KAFKA = "kafka"
    HTTPS = "https"
    FILE = "file"


ORIGINS: dict[OriginName | None, Origin | None] = {
    None: None,
    OriginName.KAFKA: "kafka",
    OriginName.HTTPS: "https",
    OriginName.FILE: "file",
}


def list_rejections(
    most: Annotated[int, typer.Option("--most", min=1, max=10_000, help="How many at the most.")] = 100,
    before: Annotated[
        int | None, typer.Option(min=1, max=LAST_ID, help="Only those before this id: the next page.")
    ] = None,
    origin: Annotated[OriginName | None, typer.Option(help="Only what came this way.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only what names this tag.")] = None,
    contradiction: Annotated[
        bool | None,
        typer.Option("--contradiction/--unreadable", help="Only what contradicts the ledger, or can't be read."),
    ] = None,
    released: Annotated[
        bool | None, typer.Option("--released/--waiting", help="Only what was released, or still waits.")
    ] = None,
) -> None:
    """List what could not be read, latest first, with every fault."""
    found = asyncio.run(_listed(most, before, Wanted(ORIGINS[origin], contradiction, released, tag)))
    if not found:
        nothing = before is None and origin is None and tag is None and contradiction is None and released is None
        typer.echo("quarantine is empty" if nothing else "nothing like that is in quarantine")
        return
    _print(found)


def show(
    rejection_id: Number,
    raw: Annotated[bool, typer.Option("--raw", help="Write the bytes, and nothing else.")] = False,
) -> None:
    """Show one rejection: where it came from, every fault, and its bytes, so that no terminal is harmed."""
    found, body = asyncio.run(_shown(rejection_id))
    if raw:
        write_raw(body)
        return
    released_at = "no" if found.released_at is None else printed(found.released_at)
    typer.echo(f"id         {found.rejection_id}")
    typer.echo(f"from       {found.origin}, {one_line(found.place)}")
    typer.echo(f"read as    {one_line(found.profile)}")
    typer.echo(f"received   {printed(found.received_at)}")
    typer.echo(f"tag        {'(none could be read)' if found.tag_id is None else one_line(found.tag_id)}")
    typer.echo(f"released   {released_at}")
    typer.echo("why        " + ("it contradicts the ledger" if found.contradiction else "it can't be read"))
    for fault in found.faults:
        typer.echo(f"  {one_line(fault)}")
    typer.echo(f"body       {len(body):,} bytes{'' if harmless(body) else ', escaped; --raw writes them as they are'}")
    for line in lines_shown(body):
        typer.echo(line)


def _print(found: list[Quarantine]) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:  # whoever searches in it wants each in one line
        console = Console(highlight=False, width=WIDE)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("id", "received", "from", "place", "tag", "released", "faults"):
        table.add_column(heading, overflow="fold")
    for one in found:
        cells = (
            *(str(one.rejection_id), printed(one.received_at), one.origin, one.place, one.tag_id or ""),
            *("" if one.released_at is None else printed(one.released_at), "; ".join(one.faults)),
        )
        # As Text, which takes no brackets for a style; and what a tag is called may hold what moves the cursor.
        table.add_row(*(Text(one_line(cell)) for cell in cells))
    console.print(table)


async def _listed(most: int, before: int | None, wanted: Wanted) -> list[Quarantine]:
    async with opened(size=1) as pool, pool.acquire() as connection:
        await record(connection, now(), operator(), "consultation", "quarantine")
        return await read_list(connection, most, before, wanted)


async def _shown(rejection_id: int) -> tuple[Quarantine, bytes]:
    async with opened(size=1) as pool, pool.acquire() as connection:
        await record(connection, now(), operator(), "consultation", f"rejection {rejection_id}")
        found = await read_rejection(connection, rejection_id)
        body = await body_of(connection, rejection_id)
    if found is None or body is None:
        raise unknown(rejection_id)
    return found, body


def unknown(rejection_id: int) -> Refused:
    """Return the refusal of an id that nothing has."""
    return Refused(f"rejection {rejection_id}: there is none; see cordon quarantine list")


def operator() -> Actor:
    """Return who uses the command, as the audit names him."""
    return at_command_line(getpass.getuser())
