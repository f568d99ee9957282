"""`cordon simulate`: a day whose truth is known."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.inputs import read_day
from service.progress import shown
from service.simulation import simulate as simulation_of
from service.simulation.files import write


def simulate(
    wearers: Annotated[int, typer.Option(min=1, help="How many people wear a tag.")],
    day: Annotated[str, typer.Option(help="The report day, like 2026-11-20.")],
    out: Annotated[Path, typer.Option(help="The file for the fixes; register, events and truth go beside it.")],
    seed: Annotated[int, typer.Option(help="Another seed, another day.")] = 1,
) -> None:
    """Write a simulated day: fixes, and beside them the register, the tag events and the truth."""
    with shown() as stage:
        stage(f"Simulating {wearers} wearers", None)
        for path in write(simulation_of(wearers, read_day(day), seed), out):
            typer.echo(str(path))
