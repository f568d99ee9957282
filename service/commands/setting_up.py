"""`cordon migrate` and `token create`: what is there before the first fix."""

import asyncio
from datetime import timedelta
from typing import Annotated

import asyncpg
import typer

from service.access.actor import ActorRefused, Role
from service.access.tokens import create_token
from service.clock import now
from service.commands.opening import opened
from service.database import connected
from service.migrate import migrate as bring_up_to_date
from service.refusal import Refused
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
    holder: Annotated[str, typer.Option(help="Who holds it, for the audit log.")] = "command line",
    force: Annotated[str | None, typer.Option(help="The police force, for the role police only.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it is good for.")] = 90,
) -> None:
    """Print a new token. Only its hash is kept: it can't be printed again."""
    typer.echo(asyncio.run(_create_token(role, force, holder, days)))


async def _create_token(role: Role, force: str | None, holder: str, days: int) -> str:
    async with opened(size=1) as pool, pool.acquire() as connection:
        try:
            return await create_token(connection, role, force, holder, now(), lifetime=timedelta(days=days))
        except ActorRefused as refused:
            raise Refused(f"--role {role}: {refused}; give --force with police, and with police only") from refused
        except asyncpg.ForeignKeyViolationError as unknown:
            raise Refused(f"--force {force}: the register has no such force; load one that has") from unknown
