"""Who reads which partition, and how far behind is he? Nobody waits for a row that somebody else has in use."""

import asyncio

from ingest.connections import Pool
from ingest.leases import Leases
from ingest.metrics import LAG
from ingest.reach import Reach
from ingest.source import Partition
from tests.ingest.fake_log import FakeLog

# Of a topic that no other test reads: the gauge is one for the whole process.
FIRST, SECOND = Partition("lagging", 0), Partition("lagging", 1)
BEGUN = "INSERT INTO kafka_position (topic, partition, next_offset) VALUES ($1, $2, $3)"


def lags() -> dict[Partition, float]:
    """Return what /metrics tells of the topic's partitions."""
    (gauge,) = LAG.collect()
    told = {Partition(one.labels["topic"], int(one.labels["partition"])): one.value for one in gauge.samples}
    return {partition: value for partition, value in told.items() if partition.topic == FIRST.topic}


async def test_the_lag_is_what_lies_beyond_the_position_and_is_gone_when_nobody_reads(pool: Pool) -> None:
    log = FakeLog()
    log.add(FIRST, *[b"{}"] * 10)
    del log.kept[FIRST][:2]
    await pool.execute(BEGUN, *FIRST, 4)
    async with log.open() as source:
        reach = Reach(source, Leases(pool, "reader", 60))
        await reach.renew()
        assert lags() == {FIRST: 6}
        reach.forget()
        assert lags() == {}


async def test_the_lag_of_a_partition_is_told_by_nobody_but_its_reader(pool: Pool) -> None:
    log = FakeLog()
    for partition in (FIRST, SECOND):
        log.add(partition, b"{}")
    async with log.open() as source:
        reach = Reach(source, Leases(pool, "first", 60))
        await reach.renew()
        assert lags() == {FIRST: 1, SECOND: 1}
        await Leases(pool, "second", 60).renew([FIRST, SECOND])
        await reach.renew()
        assert lags() == {FIRST: 1}
        reach.forget()


async def test_a_free_partition_that_somebody_still_appends_to_is_left_for_the_next_time(pool: Pool) -> None:
    await Leases(pool, "gone", lease_s=0).renew([FIRST, SECOND])
    async with pool.acquire() as frozen, frozen.transaction():
        await frozen.execute("UPDATE kafka_position SET next_offset = 1 WHERE partition = 0")
        async with asyncio.timeout(10):
            assert list(await Leases(pool, "next", 60).renew([FIRST, SECOND])) == [SECOND]
