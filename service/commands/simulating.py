"""`cordon simulate`: a day whose truth is known."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from service.commands.inputs import read_day
from service.progress import shown
from service.simulation import simulate as simulation_of
from service.simulation.files import write

# Tags are heard from some minutes before the day on, and no fix from before 2000 is taken.
FIRST_DAY, LAST_DAY = date(2000, 1, 2), date(2199, 12, 31)


def simulate(
    wearers: Annotated[int, typer.Option(min=1, help="How many people wear a tag.")],
    day: Annotated[str, typer.Option(help="The report day, like 2026-11-20.")],
    out: Annotated[Path, typer.Option(help="The file for the fixes; register, events and truth go beside it.")],
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another day.")] = 1,
) -> None:
    """Write a simulated day: fixes, and beside them the register, the tag events and the truth."""
    with shown() as stage:
        stage(f"Simulating {wearers} wearers", None)
        for path in write(simulation_of(wearers, read_day(day, FIRST_DAY, LAST_DAY), seed), out):
            typer.echo(str(path))
