"""`cordon replay`: what goes into the ledger."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

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
    if tally.rejected and tally.rejected == tally.messages:
        other = "mdss" if profile is ProfileName.CORDON else "cordon"
        typer.echo(
            f"{fixes}: nothing of it could be taken; see cordon quarantine list, or try --profile {other}",
            err=True,
        )


async def _replay(fixes: Path, profile: ProfileName) -> Tally:
    async with opened() as pool:
        with shown() as stage, readable_files():
            source = None if str(fixes) == "-" else fixes
            return await replay_file(pool, source, profile.value, now, stage("Replaying", None))
