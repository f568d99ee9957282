"""What a sink promises: the same tests for the one in memory and for Apache Kafka; then what a broker alone does."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from ingest.consume import OpenSource
from ingest.kafka import kafka_source, make_topics
from ingest.kafka_sink import KafkaSink, kafka_sink
from ingest.sink import LogSink, Message, SinkFailed, SinkFull
from ingest.source import Partition, Record
from tests.ingest.fake_log import FakeLog
from tests.ingest.fake_sink import FakeSink
from tests.ingest.reading import PATIENCE_S, eventually
from tests.servers.kafka.broker import KafkaBroker

_numbers = itertools.count(1)
HEADERS = (("content-type", b"application/vnd.mdss.position+json"),)
CONFIRM_S = 2.0


@dataclass
class Log:
    """A sink, and how to read what was put, and how to take it away and bring it back."""

    sink: LogSink
    topic: str
    open_source: OpenSource
    leave: Callable[[], None]
    come_back: Callable[[], None]

    async def read(self, count: int) -> dict[Partition, list[Record]]:
        """Return the first `count` messages, by partition."""
        found: dict[Partition, list[Record]] = defaultdict(list)
        async with self.open_source() as source, asyncio.timeout(PATIENCE_S):
            source.read_from(dict.fromkeys(await source.partitions(), 0))
            while sum(map(len, found.values())) < count:
                for partition, records in (await source.fetch(0.1)).items():
                    found[partition] += records
        return found


@pytest.fixture
async def topic(kafka: KafkaBroker) -> str:
    """A topic of four partitions that nobody else uses."""
    name = f"pushed-{next(_numbers)}"
    await make_topics(kafka.bootstrap_servers, 4, [name])
    return name


@pytest.fixture
async def real(kafka: KafkaBroker, topic: str) -> AsyncIterator[Log]:
    """A sink into a real broker."""
    async with kafka_sink(kafka.bootstrap_servers, CONFIRM_S) as sink:
        yield Log(sink, topic, lambda: kafka_source(kafka.bootstrap_servers, topic, [topic]), kafka.kill, kafka.start)


@pytest.fixture
def fake() -> Log:
    """A sink into a log in memory."""
    log = FakeLog()
    for number in range(4):
        log.add(Partition("pushed", number))

    def away(*, now: bool) -> Callable[[], None]:
        return lambda: setattr(log, "away", now)

    return Log(FakeSink(log), "pushed", log.open, away(now=True), away(now=False))


@pytest.fixture(params=["fake", "real"])
def log(request: pytest.FixtureRequest) -> Log:
    """Each of them."""
    found: Log = request.getfixturevalue(request.param)
    return found


def messages(sender: int, keys: int, each: int, padding: int = 0) -> list[Message]:
    """Return messages of some keys in turn, whose values are `sender key number`."""
    return [
        Message(b"%d" % key, b"%d %d %d %s" % (sender, key, number, b"x" * padding), HEADERS)
        for number in range(each)
        for key in range(keys)
    ]


async def test_all_that_was_put_is_there_and_each_key_keeps_its_order(log: Log) -> None:
    puts = [messages(0, 40, 25), messages(1, 40, 25), messages(2, 3, 20, padding=64_000), []]
    await asyncio.gather(*(log.sink.put(log.topic, one) for one in puts))
    found = await log.read(2060)
    assert {tuple(one.headers) for records in found.values() for one in records} == {HEADERS}
    placed, numbers = defaultdict(set), defaultdict(list)
    for partition, records in found.items():
        for one in records:
            sender, key, number = map(int, (one.value or b"").split()[:3])
            placed[key].add(partition)
            numbers[sender, key].append(number)
    assert len(placed) == 40
    assert all(len(partitions) == 1 for partitions in placed.values())
    assert numbers == {(s, k): list(range(n)) for s, ks, n in ((0, 40, 25), (1, 40, 25), (2, 3, 20)) for k in range(ks)}


async def test_a_topic_that_is_missing_is_a_failure_and_none_for_others(log: Log) -> None:
    with pytest.raises(SinkFailed):
        await log.sink.put("no-such-topic", messages(0, 1, 1))
    await log.sink.put(log.topic, messages(0, 1, 1))


async def test_a_log_that_is_away_confirms_nothing_and_takes_more_once_it_is_back(log: Log) -> None:
    await log.sink.put(log.topic, messages(0, 4, 1))
    log.leave()
    try:
        for _ in range(2):
            with pytest.raises(SinkFailed) as failed:
                await log.sink.put(log.topic, messages(1, 4, 1))
            assert not isinstance(failed.value, SinkFull)
    finally:
        log.come_back()
    await eventually(lambda: _taken(log, messages(2, 4, 1)))
    await log.sink.put(log.topic, messages(3, 4, 1))


async def test_a_broker_that_hangs_is_full_while_it_confirmed_some_and_else_away(real: Log, kafka: KafkaBroker) -> None:
    await real.sink.put(real.topic, messages(0, 4, 1))
    assert isinstance(real.sink, KafkaSink)
    line = real.sink._topics[real.topic]
    much = messages(1, 1, 5_000, padding=60_000)
    with structlog.testing.capture_logs() as logs:
        putting = asyncio.create_task(real.sink.put(real.topic, much))
        try:
            await eventually(lambda: _confirmed(lambda: line._confirmed, 5))
            kafka.freeze()
            with pytest.raises(SinkFull):
                await putting
            assert logs == []
            with pytest.raises(SinkFailed) as failed:
                await real.sink.put(real.topic, much[:1])
            assert not isinstance(failed.value, SinkFull)
        finally:
            kafka.thaw()
        await eventually(lambda: _taken(real, much[:1]))
    assert [one["event"].split()[1] for one in logs] == ["is", "takes"]
    assert "xxx" not in str(logs)


async def test_after_a_message_that_the_broker_refuses_others_are_taken_again(kafka: KafkaBroker, real: Log) -> None:
    topic = f"{real.topic}-narrow"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    await eventually(lambda: _made(admin, NewTopic(topic, 4, 1, topic_configs={"max.message.bytes": "1000"})))
    await admin.close()
    await real.sink.put(topic, messages(0, 4, 1))
    with pytest.raises(SinkFailed):
        await real.sink.put(topic, [*messages(1, 2, 1), *messages(2, 4, 1, padding=2_000)])
    for _ in range(2):
        await real.sink.put(topic, messages(3, 4, 1))


async def test_no_broker_is_needed_to_begin_and_none_to_end() -> None:
    async with kafka_sink("127.0.0.1:9", 1.0) as sink:
        await sink.put("pushed", [])
        with pytest.raises(
            SinkFailed, match=r"pushed: not confirmed by Kafka at 127\.0\.0\.1:9 \(KafkaConnectionError\)"
        ):
            await sink.put("pushed", messages(0, 1, 1))


async def _made(admin: AIOKafkaAdminClient, topic: NewTopic) -> bool:
    try:
        await admin.create_topics([topic])
    except AttributeError:  # said of a broker that has just begun again and does not know itself yet
        return False
    return True


async def _confirmed(count: Callable[[], int], at_least: int) -> bool:
    return count() >= at_least


async def _taken(log: Log, some: list[Message]) -> bool:
    try:
        await log.sink.put(log.topic, some)
    except SinkFailed:
        return False
    return True
