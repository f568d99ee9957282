"""Tokens, links and sessions against a real database."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from geofence.instants import Instant, instant
from service.access.actor import Actor, ActorRefused, Role
from service.access.links import create_link, path_of, use_link
from service.access.secret import form_key, is_form_key
from service.access.sessions import close_session, find_session, open_session
from service.access.tokens import authenticate, create_token, revoke_token
from service.database import Connection, Pool

NOW = instant(datetime(2026, 11, 20, 9, 0, tzinfo=UTC))


def after(wait: timedelta) -> Instant:
    return Instant(NOW + wait // timedelta(microseconds=1))


@pytest.fixture
async def forces(pool: Pool) -> Pool:
    await pool.execute("INSERT INTO force (code) VALUES ('MPS'), ('GMP')")
    return pool


async def everything_stored(connection: Connection) -> str:
    rows = await connection.fetch(
        "SELECT t::text FROM access_token t"
        " UNION ALL SELECT l::text FROM sign_in_link l UNION ALL SELECT s::text FROM web_session s"
    )
    return "".join(row[0] for row in rows)


async def test_a_token_names_its_holder_until_it_expires(forces: Pool) -> None:
    async with forces.acquire() as connection:
        token = await create_token(connection, Role.POLICE, "MPS", "duty desk", NOW, lifetime=timedelta(hours=1))

        assert await authenticate(connection, token, after(timedelta(minutes=59))) == Actor(
            Role.POLICE, "MPS", "duty desk"
        )
        assert await authenticate(connection, token, after(timedelta(hours=1))) is None


async def test_a_revoked_token_opens_nothing(forces: Pool) -> None:
    async with forces.acquire() as connection:
        token = await create_token(connection, Role.ADMIN, None, "a", NOW)
        assert await revoke_token(connection, token, NOW)
        assert await authenticate(connection, token, NOW) is None
        assert not await revoke_token(connection, token, NOW)


async def test_a_guessed_or_altered_token_opens_nothing(forces: Pool) -> None:
    async with forces.acquire() as connection:
        token = await create_token(connection, Role.ADMIN, None, "a", NOW)
        for wrong in ("", "cordon_", token[:-1], token + "a", token.upper(), "\x00é"):
            assert await authenticate(connection, wrong, NOW) is None


@pytest.mark.parametrize(("role", "force"), [(Role.POLICE, None), (Role.ADMIN, "MPS"), (Role.PROVIDER, "MPS")])
async def test_only_the_police_have_a_force_and_always_do(forces: Pool, role: Role, force: str | None) -> None:
    async with forces.acquire() as connection:
        with pytest.raises(ActorRefused):
            await create_token(connection, role, force, "a", NOW)


async def test_a_token_of_an_unknown_force_is_refused(forces: Pool) -> None:
    async with forces.acquire() as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await create_token(connection, Role.POLICE, "XYZ", "a", NOW)


async def test_what_is_stored_signs_nobody_in(forces: Pool) -> None:
    async with forces.acquire() as connection:
        token = await create_token(connection, Role.ADMIN, None, "a", NOW)
        link = await create_link(connection, Role.ADMIN, None, "a", NOW)
        session = await open_session(connection, Actor(Role.ADMIN, None, "a"), NOW)

        stored = await everything_stored(connection)

        for secret in (token, link, session):
            assert secret.startswith("cordon_")
            assert len(secret) > 40
            assert secret not in stored
            assert secret.encode().hex() not in stored


async def test_a_link_lets_in_once(forces: Pool) -> None:
    async with forces.acquire() as connection:
        link = await create_link(connection, Role.POLICE, "GMP", "sergeant", NOW)
        assert path_of(link) == f"/sign-in?link={link}"
        assert await use_link(connection, link, NOW) == Actor(Role.POLICE, "GMP", "sergeant")
        assert await use_link(connection, link, NOW) is None


async def test_a_link_is_short_lived(forces: Pool) -> None:
    async with forces.acquire() as connection:
        link = await create_link(connection, Role.ADMIN, None, "a", NOW)
        assert await use_link(connection, link, after(timedelta(minutes=15))) is None
        assert await use_link(connection, link, after(timedelta(minutes=14))) is not None


async def test_a_session_ends_with_the_shift_or_when_it_is_closed(forces: Pool) -> None:
    actor = Actor(Role.AUDITOR, None, "a")
    async with forces.acquire() as connection:
        session = await open_session(connection, actor, NOW)
        assert await find_session(connection, session, after(timedelta(hours=11))) == actor
        assert await find_session(connection, session, after(timedelta(hours=12))) is None
        await close_session(connection, session)
        assert await find_session(connection, session, NOW) is None


async def test_a_token_is_no_session_and_a_link_is_no_token(forces: Pool) -> None:
    async with forces.acquire() as connection:
        token = await create_token(connection, Role.ADMIN, None, "a", NOW)
        link = await create_link(connection, Role.ADMIN, None, "a", NOW)
        assert await find_session(connection, token, NOW) is None
        assert await authenticate(connection, link, NOW) is None


def test_a_form_key_belongs_to_one_session() -> None:
    assert is_form_key(form_key("cordon_one"), "cordon_one")
    assert not is_form_key(form_key("cordon_one"), "cordon_two")
    assert not is_form_key("", "cordon_one")
