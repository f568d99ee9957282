"""Bring a database to the present schema: numbered SQL files, each once, in order, under a lock.

A file that was applied may not change afterwards: its hash is kept and compared.
"""

import hashlib
from dataclasses import dataclass
from importlib.resources import files

from service.database import Connection
from service.refusal import Refused

LOCK = 0x636F72646F6E  # "cordon": two processes that migrate at once take turns

CREATE_HISTORY = """
CREATE TABLE IF NOT EXISTS migration (
    number     integer PRIMARY KEY,
    name       text NOT NULL,
    sha256     text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)"""
READ_HISTORY = "SELECT number, sha256 FROM migration ORDER BY number"
HAS_HISTORY = "SELECT to_regclass('migration') IS NOT NULL"
REMEMBER = "INSERT INTO migration (number, name, sha256) VALUES ($1, $2, $3)"


class MigrationRefused(Refused):
    """The database holds a schema that these files did not make."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered SQL file."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Hash of the file's text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Return every migration that this version of Cordon has, in order."""
    found = [
        Migration(int(file.name.split("_")[0]), file.name, file.read_text(encoding="utf-8"))
        for file in files("service.migrations").iterdir()
        if file.name.endswith(".sql")
    ]
    return sorted(found, key=lambda migration: migration.number)


async def migrate(connection: Connection) -> list[str]:
    """Apply what is missing and return the names of what was applied. All or nothing.

    Raises MigrationRefused if an applied file has changed since, or if the database is newer than this version.
    """
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        await connection.execute(CREATE_HISTORY)
        applied = {row["number"]: row["sha256"] for row in await connection.fetch(READ_HISTORY)}
        known = migrations()
        _refuse_strangers(applied, known)
        missing = [migration for migration in known if migration.number not in applied]
        for migration in missing:
            await connection.execute(migration.sql)
            await connection.execute(REMEMBER, migration.number, migration.name, migration.sha256)
    return [migration.name for migration in missing]


async def is_migrated(connection: Connection) -> bool:
    """Say whether the database holds exactly the schema of this version."""
    if not await connection.fetchval(HAS_HISTORY):
        return False
    applied = {row["number"]: row["sha256"] for row in await connection.fetch(READ_HISTORY)}
    return applied == {migration.number: migration.sha256 for migration in migrations()}


def _refuse_strangers(applied: dict[int, str], known: list[Migration]) -> None:
    hashes = {migration.number: migration.sha256 for migration in known}
    for number, sha256 in applied.items():
        if number not in hashes:
            raise MigrationRefused(f"migration {number} was applied by a newer Cordon: run that version")
        if hashes[number] != sha256:
            raise MigrationRefused(f"migration {number} has changed since it was applied: restore its file")
