"""A silent feed is told of once, whoever watches, and once when it is over."""

import asyncio

from structlog.testing import capture_logs

from geofence.instants import MINUTE_US, Instant, printed
from ingest.fix import Origin
from service.database import Pool
from service.silence import tell_silences, watch_feeds
from tests.ingest.messages import RECEIVED, fix_message
from tests.ingest.test_feed import arrive


def after(minutes: float) -> Instant:
    return Instant(RECEIVED + round(minutes * MINUTE_US))


async def told(pool: Pool, *at_minutes: float, watchers: int = 3) -> list[tuple[str, Origin, str]]:
    """Return level, feed and since when, of each line that several processes write between them."""
    with capture_logs() as lines:
        for minute in at_minutes:
            await asyncio.gather(*(tell_silences(pool, after(minute)) for _ in range(watchers)))
    return [(line["log_level"], line["origin"], line["since"]) for line in lines]


async def test_each_silence_is_told_once_and_once_that_it_is_over(pool: Pool) -> None:
    assert await told(pool, 0) == []
    await arrive(pool, fix_message(), origin="kafka")
    await arrive(pool, fix_message(), at=after(10))
    await arrive(pool, fix_message(), origin="file")
    began, https = printed(RECEIVED), printed(after(10))
    assert await told(pool, 14.9) == []
    assert await told(pool, 15, 16, 20) == [("error", "kafka", began)]
    assert await told(pool, 25, 60) == [("error", "https", https)]
    await arrive(pool, fix_message(), origin="kafka", at=after(61))
    assert await told(pool, 61, 62) == [("info", "kafka", began)]
    # Nobody watched while it was over, and it is silent again.
    await arrive(pool, fix_message(), at=after(70))
    again = [("error", "https", printed(after(70))), ("error", "kafka", printed(after(61)))]
    assert sorted(await told(pool, 100)) == [*again, ("info", "https", https)]


async def test_what_was_pushed_before_kafka_was_there_is_waited_for_no_longer(pool: Pool) -> None:
    await arrive(pool, fix_message())
    await arrive(pool, fix_message(), origin="kafka", at=after(1))
    assert await told(pool, 30) == [("error", "kafka", printed(after(1)))]


async def test_the_watch_tells_it_until_it_is_stopped(pool: Pool) -> None:
    await arrive(pool, fix_message())
    stop = asyncio.Event()
    with capture_logs() as lines:
        watching = asyncio.create_task(watch_feeds(pool, lambda: after(15), stop))
        while not await pool.fetchval("SELECT count(*) FROM feed_silence"):  # noqa: ASYNC110 - a database sets no event
            await asyncio.sleep(0.01)
        stop.set()
        await watching
    assert [line["origin"] for line in lines] == ["https"]
