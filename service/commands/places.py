"""`cordon places load`: named roads and places, against which draft zones are checked."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from service.commands.inputs import read_file
from service.commands.opening import opened
from service.refusal import Refused
from service.register.design.load_places import PlacesReport, load_places
from service.register.design.places_file import PlacesRefused


def load(
    file: Annotated[Path, typer.Argument(help="A GeoJSON FeatureCollection whose features have a name and a kind.")],
    source: Annotated[str, typer.Option(help="What the set is called; it replaces the former one of this name.")],
) -> None:
    """Load a set of named roads and places: all of it or nothing."""
    report = asyncio.run(_load(file, source))
    kinds = ", ".join(f"{number} {kind}" for kind, number in report.by_kind.items())
    typer.echo(f"{file}: loaded as {report.source}: {kinds}; {report.removed} of the former set removed")


async def _load(file: Path, source: str) -> PlacesReport:
    data = read_file(file)
    async with opened(size=1) as pool, pool.acquire() as connection:
        try:
            return await load_places(connection, data, source=source)
        except PlacesRefused as refused:
            more = f" ({len(refused.findings)} findings in all)" if len(refused.findings) > 1 else ""
            raise Refused(f"{file}: {refused.findings[0]}{more}") from refused
