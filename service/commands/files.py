"""The options of commands that judge files, and what they name."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.inputs import ProfileName, read_instant, read_register_file
from service.judged_files import Files

IN_MEMORY = 2_000_000

RegisterFile = Annotated[Path, typer.Option(help="The register: who wears which tag, orders, zones (JSON).")]
FixesFile = Annotated[Path, typer.Option(help="Fixes: .jsonl, .jsonl.gz, .parquet, or - for standard input.")]
Profile = Annotated[ProfileName, typer.Option(help="How the members of a fix are named.")]
EventsFile = Annotated[Path | None, typer.Option(help="What tags reported of themselves (.jsonl).")]
From = Annotated[str | None, typer.Option("--from", help="Judge from this instant on.")]
Until = Annotated[str | None, typer.Option(help="Judge up to this instant; later fixes take no part.")]
InMemory = Annotated[
    int, typer.Option(min=1, help="How many fixes to hold in memory; more wait on disk, in the folder TMPDIR.")
]


def read_files(
    register: Path,
    fixes: Path,
    profile: ProfileName,
    events: Path | None,
    start: str | None,
    until: str | None,
    in_memory: int,
) -> Files:
    """Return what the options name, the register read. Raises Refused."""
    document = read_register_file(register)
    return Files(
        register_file=register,
        register=document.register(),
        register_warnings=document.warnings,
        fixes=None if str(fixes) == "-" else fixes,
        profile=profile.value,
        events=events,
        start=None if start is None else read_instant(start, "--from"),
        until=None if until is None else read_instant(until, "--until"),
        in_memory=in_memory,
    )
