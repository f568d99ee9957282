"""`cordon replay` and `cordon quarantine`: what goes into the ledger, and what could not."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from geofence.instants import printed
from ingest.quarantine import Quarantine, list_rejections
from ingest.replay import replay as replay_file
from ingest.tally import Tally
from service.clock import now
from service.commands.inputs import ProfileName, readable_files
from service.commands.opening import opened
from service.progress import shown


def replay(
    fixes: Annotated[Path, typer.Option(help="Fixes: .jsonl, .jsonl.gz, .parquet, or - for standard input.")],
    profile: Annotated[ProfileName, typer.Option(help="How the members of a fix are named.")] = ProfileName.CORDON,
) -> None:
    """Feed a file into the ledger. Harmless when repeated: what is there already is counted as a duplicate."""
    tally = asyncio.run(_replay(fixes, profile))
    typer.echo(
        f"{fixes}: {tally.fixes:,} new fixes, {tally.duplicates:,} duplicates, {tally.rejected:,} rejected"
        f" ({tally.contradictions:,} of them contradictions)"
    )


async def _replay(fixes: Path, profile: ProfileName) -> Tally:
    async with opened() as pool:
        with shown() as stage, readable_files():
            source = None if str(fixes) == "-" else fixes
            return await replay_file(pool, source, profile.value, now, stage("Replaying", None))


def quarantine_list(
    most: Annotated[int, typer.Option("--most", min=1, max=10_000, help="How many at the most.")] = 100,
) -> None:
    """List what could not be read, latest first, with every fault."""
    rejections = asyncio.run(_rejections(most))
    if not rejections:
        typer.echo("quarantine is empty")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("id", "received", "from", "place", "faults"):
        table.add_column(heading, overflow="fold")
    for rejection in rejections:
        table.add_row(
            str(rejection.rejection_id),
            printed(rejection.received_at),
            rejection.origin,
            rejection.place,
            "; ".join(rejection.faults),
        )
    Console(highlight=False).print(table)


async def _rejections(most: int) -> list[Quarantine]:
    async with opened(size=1) as pool:
        return await list_rejections(pool, most)
