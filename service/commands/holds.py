"""`cordon hold`: what must not be erased, whatever its period."""

import asyncio
import getpass
from typing import Annotated

import typer

from geofence.instants import BEGINNING, FOREVER, Instant, printed
from service.clock import now
from service.commands.inputs import read_instant
from service.commands.opening import opened
from service.refusal import Refused
from service.register.findings import one_line
from service.retention.holds import Hold, HoldRefused, lift_hold, list_holds, place_hold

By = Annotated[str | None, typer.Option("--by", help="Who asks for it; the account that runs the command if left out.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept with the hold.")]


def place(
    reason: Reason,
    authority: Annotated[str, typer.Option(help="By what authority: a court's order, a letter and its date.")],
    wearer: Annotated[str | None, typer.Option(help="The wearer whose data are kept, whichever tags he wore.")] = None,
    tag: Annotated[str | None, typer.Option(help="The tag whose data are kept, whoever wore it.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="Keep what was recorded from this instant on.")] = None,
    until: Annotated[str | None, typer.Option(help="Keep what was recorded before this instant.")] = None,
    by: By = None,
) -> None:
    """Place a legal hold: while it stands, nothing that it covers is erased."""
    if not reason.strip() or not authority.strip():
        raise Refused("--reason and --authority: one is empty; say why it is held, and by what authority")
    starts_at = None if start is None else read_instant(start, "--from")
    ends_at = None if until is None else read_instant(until, "--until")
    number = asyncio.run(_place(wearer, tag, starts_at, ends_at, reason, authority, by or getpass.getuser()))
    typer.echo(f"hold {number} stands")


def list_all(
    lifted: Annotated[bool, typer.Option("--lifted", help="Also those that were lifted.")] = False,
) -> None:
    """Print the legal holds that stand, one a line."""
    holds = asyncio.run(_list(lifted))
    for hold in holds:
        typer.echo(told(hold))
    if not holds:
        typer.echo("no hold stands")


def lift(
    hold_id: Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help="The hold's number.")],
    reason: Reason,
    by: By = None,
) -> None:
    """Lift a legal hold: what it alone kept is erased by its period again."""
    if not reason.strip():
        raise Refused("--reason: is empty; say why the hold ends")
    asyncio.run(_lift(hold_id, reason, by or getpass.getuser()))
    typer.echo(f"hold {hold_id} is lifted")


def told(hold: Hold) -> str:
    """Return a hold as a line."""
    whose = f"wearer {hold.wearer_id}" if hold.tag_id is None else f"tag {hold.tag_id}"
    start = "" if hold.starts_at == BEGINNING else f" from {printed(hold.starts_at)}"
    until = "" if hold.ends_at == FOREVER else f" until {printed(hold.ends_at)}"
    placed = f"placed {printed(hold.placed_at)} by {hold.placed_by}: {hold.reason} ({hold.authority})"
    lifted = (
        "" if hold.lifted_at is None else f"; lifted {printed(hold.lifted_at)} by {hold.lifted_by}: {hold.lift_reason}"
    )
    return one_line(f"{hold.hold_id}  {whose}{start}{until}  {placed}{lifted}")


async def _place(
    wearer: str | None,
    tag: str | None,
    starts_at: Instant | None,
    ends_at: Instant | None,
    reason: str,
    authority: str,
    by: str,
) -> int:
    async with opened(size=1) as pool, pool.acquire() as connection:
        try:
            return await place_hold(
                connection,
                wearer_id=wearer,
                tag_id=tag,
                starts_at=starts_at,
                ends_at=ends_at,
                reason=reason,
                authority=authority,
                placed_by=by,
                now=now(),
            )
        except HoldRefused as refused:
            raise Refused(str(refused)) from refused


async def _list(lifted: bool) -> list[Hold]:
    async with opened(size=1) as pool, pool.acquire() as connection:
        return await list_holds(connection, lifted=lifted)


async def _lift(hold_id: int, reason: str, by: str) -> None:
    async with opened(size=1) as pool, pool.acquire() as connection:
        try:
            await lift_hold(connection, hold_id, reason, by, now())
        except HoldRefused as refused:
            raise Refused(str(refused)) from refused
