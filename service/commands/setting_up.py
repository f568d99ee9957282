"""`cordon migrate` and `token`: what is there before the first fix."""

import asyncio
from datetime import timedelta
from typing import Annotated

import asyncpg
import typer

from geofence.instants import printed
from service.access.actor import ActorRefused, Role
from service.access.tokens import TokenRecord, create_token, list_tokens, revoke_named_token
from service.clock import now
from service.commands.opening import opened
from service.database import connected
from service.migrate import migrate as bring_up_to_date
from service.refusal import Refused
from service.register.findings import one_line
from service.settings import read_settings


def migrate() -> None:
    """Bring the database to this version's schema."""
    applied = asyncio.run(_migrate())
    typer.echo(f"applied: {', '.join(applied)}" if applied else "nothing to apply: the schema is this version's")


async def _migrate() -> list[str]:
    async with connected(read_settings().database_url.get_secret_value(), size=1) as pool, pool.acquire() as connection:
        return await bring_up_to_date(connection)


def token_create(
    role: Annotated[Role, typer.Option(help="What its holder may do.")],
    holder: Annotated[
        str | None,
        typer.Option(help="Who holds it: two tokens of one holder are one person, who can't approve alone."),
    ] = None,
    force: Annotated[str | None, typer.Option(help="The police force, for the role police only.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it is good for.")] = 90,
) -> None:
    """Print a new token. Only its hash is kept: it can't be printed again."""
    typer.echo(asyncio.run(_create_token(role, force, holder, days)))


def token_list() -> None:
    """Print every token's name, whose it is and how long it is good for; never the token itself."""
    for token in asyncio.run(_list_tokens()):
        state = "expired" if token.expires_at <= now() else "good"
        if token.revoked_at is not None:
            state = f"revoked {printed(token.revoked_at)}"
        whose = f"{token.role}{f' {token.force}' if token.force else ''}"
        typer.echo(f"{token.name}  {whose:14}  until {printed(token.expires_at)}  {state}  {one_line(token.holder)}")


def token_revoke(name: Annotated[str, typer.Argument(help="The token's name, as `token list` prints it.")]) -> None:
    """End a token at once."""
    if not asyncio.run(_revoke_token(name)):
        raise Refused(f"{name}: no token of this name is in use; see cordon token list")
    typer.echo(f"{name}: revoked")


async def _list_tokens() -> list[TokenRecord]:
    async with opened(size=1) as pool, pool.acquire() as connection:
        return await list_tokens(connection)


async def _revoke_token(name: str) -> bool:
    async with opened(size=1) as pool, pool.acquire() as connection:
        return await revoke_named_token(connection, name, now())


async def _create_token(role: Role, force: str | None, holder: str | None, days: int) -> str:
    async with opened(size=1) as pool, pool.acquire() as connection:
        try:
            return await create_token(connection, role, force, holder, now(), lifetime=timedelta(days=days))
        except ActorRefused as refused:
            raise Refused(f"--role {role}: {refused}; give --force with police, and with police only") from refused
        except asyncpg.ForeignKeyViolationError as unknown:
            raise Refused(f"--force {force}: the register has no such force; load one that has") from unknown
