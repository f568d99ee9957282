"""`cordon export`: what is in the ledger goes to files."""

import asyncio
import getpass
from pathlib import Path
from typing import Annotated

import typer

from ingest.export import Exported, Paths, knows_tag
from ingest.export import export as write_export
from ingest.exported_lines import Part
from ingest.fix_files import Form, form_of
from service.access.actor import Actor, Role
from service.access.audit import record
from service.clock import now
from service.commands.inputs import ProfileName, read_instant
from service.commands.opening import opened
from service.commands.writing import written_beside
from service.progress import Advance, shown
from service.refusal import Refused


def export(
    out: Annotated[Path, typer.Option(help="The file of fixes to write: .jsonl, .jsonl.gz or .parquet.")],
    start: Annotated[
        str | None, typer.Option("--from", help="Fixes recorded, events occurred, rejections received from then on.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="The same, up to then.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only what names this tag.")] = None,
    profile: Annotated[ProfileName, typer.Option(help="How the members of a fix are named.")] = ProfileName.CORDON,
) -> None:
    """Write the ledger's fixes as judge and replay read them; tag events and rejections go to files beside them."""
    form, paths = _named(out)
    part = Part(
        None if start is None else read_instant(start, "--from"),
        None if until is None else read_instant(until, "--until"),
        tag,
    )
    if part.start is not None and part.until is not None and part.start >= part.until:
        raise Refused(f"--until {until}: is not after --from {start}; name a later instant")
    finals = (paths.fixes, paths.events, paths.rejections)
    with written_beside(*finals) as beside, shown() as stage:
        done = asyncio.run(_export(part, profile, form, Paths(*beside), stage("Exporting", None)))
    for said in done.unsaid.told():
        typer.echo(f"{out}: {said}", err=True)
    typer.echo(
        f"{out}: {done.fixes:,} fixes; {paths.events}: {done.events:,} tag events;"
        f" {paths.rejections}: {done.rejections:,} rejections"
    )


async def _export(part: Part, profile: ProfileName, form: Form, paths: Paths, advance: Advance) -> Exported:
    actor = Actor(Role.OPERATOR, None, getpass.getuser())
    async with opened(size=1) as pool, pool.acquire() as connection:
        if part.tag_id is not None and not await knows_tag(connection, part.tag_id):
            raise Refused(f"--tag {part.tag_id}: nothing in the ledger names it; name another, or leave it out")
        subject = "ledger exported" if part.tag_id is None else f"ledger of tag {part.tag_id} exported"
        await record(connection, now(), actor, "consultation", subject)
        return await write_export(connection, part, profile.value, form, paths, advance)


def _named(out: Path) -> tuple[Form, Paths]:
    """Return in which form and to which files a name asks to write. Raises Refused."""
    form = form_of(out)
    if form is None:
        raise Refused(f"--out {out}: names no kind of file; end it in .jsonl, .jsonl.gz or .parquet")
    stem = out.name[: -len(form)]
    return form, Paths(out, out.with_name(f"{stem}.events.jsonl"), out.with_name(f"{stem}.rejections.jsonl"))
