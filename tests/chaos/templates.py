"""A database with a register, of which each run takes a copy: on a server that may be restarted and crashed."""

import asyncpg

from geofence.instants import Instant
from service.embedded import EmbeddedPostgres
from service.migrate import migrate
from tests.chaos.rooms import load_register

TEMPLATE = "chaos_registered"


async def register_template(server: EmbeddedPostgres, register: bytes, now: Instant, name: str = TEMPLATE) -> str:
    """Make a database that holds a register, and return its name."""
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    connection = await asyncpg.connect(server.url(name))
    try:
        await migrate(connection)
    finally:
        await connection.close()
    await load_register(server.url(name), register, now)
    # Loading asks for every track to be judged; there is no fix yet.
    connection = await asyncpg.connect(server.url(name))
    try:
        await connection.execute("DELETE FROM to_judge")
    finally:
        await connection.close()
    return name
