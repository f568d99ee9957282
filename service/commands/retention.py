"""`cordon retention`: how long each class of data is kept, and erasing what is due."""

import asyncio
import getpass
from typing import Annotated

import typer
from rich.table import Table

from geofence.instants import Instant, printed
from ingest.unassigned import UNASSIGNED_HOURS
from service.clock import now
from service.commands.opening import opened
from service.commands.telling import console
from service.refusal import Refused
from service.register.findings import one_line
from service.retention.account import ErasedFixes, read_erased_fixes
from service.retention.erasing import Done, count_due, erase_due
from service.retention.periods import (
    Days,
    Period,
    PeriodRefused,
    check_period,
    is_shorter,
    read_periods,
    set_period,
)

KEEP = "keep"
LONGEST_NUMBER = 9

By = Annotated[str | None, typer.Option("--by", help="Who decided it; the account that runs the command if left out.")]


def list_periods() -> None:
    """Print how long each class is kept, and who decided so and when."""
    page = console()
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("class", "kept", "set by", "set at", "what"):
        table.add_column(heading, overflow="fold")
    table.add_row(
        "unassigned", f"{UNASSIGNED_HOURS} hours", "fixed", "", "fixes of a tag on nobody, from their receipt"
    )
    for period in asyncio.run(_periods()).values():
        who = "default" if period.set_by is None else one_line(period.set_by)
        at = "" if period.set_at is None else printed(period.set_at)
        table.add_row(period.of.name, kept(period.days), who, at, period.of.what)
    page.print(table)


def set_class(
    name: Annotated[str, typer.Argument(metavar="CLASS", help="The class, as `retention list` prints it.")],
    days: Annotated[str, typer.Argument(metavar="DAYS", help=f"For how many days; or {KEEP}: until somebody says.")],
    yes: Annotated[bool, typer.Option("--yes", help="Yes, erase what a shorter period no longer keeps.")] = False,
    by: By = None,
) -> None:
    """Set how long a class is kept. What a shorter period would erase is told first, and wants --yes."""
    if days != KEEP and not (days.isascii() and days.isdigit()):
        raise Refused(f"{days or '(empty)'}: not a number of days; give one, or {KEEP}")
    if len(days.lstrip("0")) > LONGEST_NUMBER:
        raise Refused(f"{days[:LONGEST_NUMBER]}…: more days than anything can be kept; give fewer, or {KEEP}")
    wanted = None if days == KEEP else int(days)
    before = asyncio.run(_set(name, wanted, by or getpass.getuser(), yes=yes))
    typer.echo(f"{name}: kept {kept(wanted)} (before: {kept(before.days)})")


def run() -> None:
    """Erase all that is due now, and print how much of each class was erased."""
    done = asyncio.run(_run())
    if done is None:
        raise Refused("another process is erasing at this moment; try again when it has done")
    for name, count in done.erased.items():
        typer.echo(f"{name}: {count:,} erased")
    if done.failed:
        raise Refused(f"{', '.join(done.failed)}: not all of it could be erased; see the log and try again")


def erased(
    tag: Annotated[str, typer.Option(help="The tag whose fixes were erased.")],
) -> None:
    """Print what remains of a tag's unassigned fixes: of each day (UTC) how many were erased, when, their SHA-256."""
    rows = asyncio.run(_erased(tag))
    if not rows:
        typer.echo(f"{one_line(tag)}: no unassigned fix of it was ever erased")
    for row in rows:
        typer.echo(f"{row.day}  {row.fixes} fixes  erased {printed(row.erased_at)}  sha256 {row.sha256.hex()}")


def kept(days: Days) -> str:
    """Return for how long something is kept, in words."""
    return "until a period is set" if days is None else f"for {days} days"


async def _periods() -> dict[str, Period]:
    async with opened(size=1) as pool, pool.acquire() as connection:
        return await read_periods(connection)


async def _set(name: str, days: Days, by: str, *, yes: bool) -> Period:
    at: Instant = now()
    async with opened(size=1) as pool, pool.acquire() as connection:
        try:
            periods = await read_periods(connection)
            check_period(periods, name, days)
            if days is not None and is_shorter(days, periods[name].days) and not yes:
                count = await count_due(connection, name, days, at)
                raise Refused(
                    f"{name}: kept {kept(days)} instead of {kept(periods[name].days)}, about {count:,} would be erased"
                    " within a day, but for what is held or still needed; to have them erased, say --yes"
                )
            return await set_period(connection, name, days, by, at)
        except PeriodRefused as refused:
            raise Refused(str(refused)) from refused


async def _run() -> Done | None:
    async with opened() as pool:
        return await erase_due(pool, now(), lambda: False, whole=True)


async def _erased(tag: str) -> list[ErasedFixes]:
    async with opened(size=1) as pool, pool.acquire() as connection:
        return await read_erased_fixes(connection, tag)
