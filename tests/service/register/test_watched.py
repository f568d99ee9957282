"""What ingest leaves to the desk, by what the register says at that moment; and no change of it comes in between."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from geofence.instants import MINUTE_US, Instant, printed
from geofence.rules import Rules
from ingest.batch import Batch
from ingest.following import Watch
from ingest.ledger import append
from ingest.watched import HOLD_REGISTER_STILL
from service.database import Pool
from service.register.watched import WatchedZones
from tests.alerts.incident_values import minute
from tests.alerts.ledger import DEGREES_A_KM, LATITUDE_DEG, LONGITUDE_DEG, enter_wearer, judge_all, spoil_versions
from tests.ingest.messages import body, fix_message
from tests.ingest.reading import eventually
from tests.service.register.office import Office, hour

WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture
async def office(pool: Pool) -> AsyncIterator[Office]:
    """An office at noon, with one wearer whose zone of 200 metres has its centre where `km` is 0."""
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        yield Office(connection, now=12)


async def send(pool: Pool, zones: WatchedZones, places: Sequence[tuple[float, float]], now: Instant) -> int:
    """Append fixes, each so many minutes after midnight and kilometres east, and return how much work that made."""
    batch = Batch("https", now)
    messages = [
        fix_message(
            tag_id="T-1",
            position_id=str(at),
            recorded_at=printed(minute(at)),
            longitude=LONGITUDE_DEG + km * DEGREES_A_KM,
            latitude=LATITUDE_DEG,
        )
        for at, km in places
    ]
    batch.add_objects([*map(body, messages)], "cordon", str)
    before = await pool.fetchval("SELECT count(*) FROM to_judge")
    await append(pool, batch, now, watch=Watch(zones, Rules()))
    after: int = await pool.fetchval("SELECT count(*) FROM to_judge")
    return after - int(before)


async def test_only_what_may_concern_a_zone_is_left_to_the_desk(pool: Pool, office: Office) -> None:
    zones, now = WatchedZones(pool), hour(11)
    assert await send(pool, zones, [(600, 5.0), (601, 5.0)], now) == 1  # nobody has read the register yet
    await zones.read()
    assert await send(pool, zones, [(602, 5.0), (603, 4.0)], now) == 0
    assert await send(pool, zones, [(604, 3.0)], now) == 0
    assert await send(pool, zones, [(605, 0.1)], now) == 1
    assert await send(pool, zones, [(606, 3.0), (607, 3.5)], now) == 1
    assert await send(pool, zones, [(608, 3.0)], now) == 0
    # Late: what the track ends in is not known until two newer fixes have told it anew.
    assert await send(pool, zones, [(607.5, 3.0)], now) == 1
    assert await send(pool, zones, [(609, 3.0), (610, 3.0)], now) == 1
    assert await send(pool, zones, [(611, 3.0)], now) == 0
    await judge_all(pool, now)
    assert await pool.fetchval("SELECT count(*) FROM incident") == 1


async def test_what_was_far_from_every_zone_is_judged_once_a_zone_comes_near(pool: Pool, office: Office) -> None:
    zones, now = WatchedZones(pool), hour(12)
    await zones.read()
    await send(pool, zones, [(700, 3.0), (701, 3.0)], now)
    await judge_all(pool, now)
    assert await send(pool, zones, [(702, 3.0)], now) == 0
    await office.publish(await office.draw(5000, 11.5), reason="wider")
    assert await send(pool, zones, [(703, 3.0)], now) == 1
    await eventually(lambda: _known(pool, zones))
    assert await send(pool, zones, [(704, 3.0)], now) == 1
    await judge_all(pool, Instant(now + MINUTE_US))
    assert await pool.fetchval("SELECT last_at - first_at FROM incident") == timedelta(minutes=4)


async def _known(pool: Pool, zones: WatchedZones) -> bool:
    async with pool.acquire() as connection:
        return await zones.zones_of(connection, []) is not None


async def test_the_register_waits_for_appends_and_appends_for_the_register(pool: Pool, office: Office) -> None:
    zones, now = WatchedZones(pool), hour(12)
    version = await office.draw(5000, 11.5)
    async with pool.acquire() as appending:
        append_under_way = appending.transaction()
        await append_under_way.start()
        await appending.execute(HOLD_REGISTER_STILL)
        publishing = asyncio.create_task(office.publish(version, reason="wider"))
        await eventually(lambda: pool.fetchval(WAITING))
        later = asyncio.create_task(send(pool, zones, [(700, 3.0)], now))
        await eventually(lambda: _two_wait(pool))
        assert not publishing.done()
        assert not later.done()
        await append_under_way.commit()
    await asyncio.gather(publishing, later)


async def _two_wait(pool: Pool) -> bool:
    waiting: int = await pool.fetchval(WAITING)
    return waiting == 2


async def test_a_shape_that_can_not_be_read_is_near_everything(pool: Pool, office: Office) -> None:
    zones = WatchedZones(pool)
    await spoil_versions(office.connection, "footprint = $1", '{"type": "Nonsense"}')
    await zones.read()
    assert await send(pool, zones, [(700, 3.0), (701, 3.0)], hour(12)) == 1
    assert await send(pool, zones, [(702, 3.0)], hour(12)) == 1
