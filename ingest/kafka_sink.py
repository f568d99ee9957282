"""Messages into Apache Kafka, through aiokafka."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from aiokafka.errors import KafkaError, KafkaTimeoutError, UnknownTopicOrPartitionError

from ingest.kafka_producer import Producer, new_producer
from ingest.sink import Message, SinkFailed, SinkFull

log = structlog.get_logger(__name__)

# Long enough to outlast the election of a new leader, short enough for whoever waits for an answer.
CONFIRM_S = 10.0


@asynccontextmanager
async def kafka_sink(bootstrap_servers: str, confirm_s: float = CONFIRM_S) -> AsyncIterator["KafkaSink"]:
    """Give a sink, and disconnect at the end. No broker need be there yet."""
    sink = KafkaSink(bootstrap_servers, confirm_s)
    try:
        yield sink
    finally:
        await sink.end()


class KafkaSink:
    """A `LogSink` that connects when it is first needed, and anew after a failure.

    Each topic has a producer of its own, so that one that is missing does no harm to the other.
    """

    def __init__(self, bootstrap_servers: str, confirm_s: float) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._confirm_s = confirm_s
        self._topics: dict[str, _Topic] = {}

    async def put(self, topic: str, messages: Sequence[Message]) -> None:
        """Return once every message is confirmed by all replicas in sync. Raises SinkFailed."""
        if messages:
            if topic not in self._topics:
                self._topics[topic] = _Topic(self._bootstrap_servers, topic, self._confirm_s)
            await self._topics[topic].put(messages)

    async def end(self) -> None:
        """Disconnect. What was not confirmed is given up."""
        await asyncio.gather(*(topic.end() for topic in self._topics.values()))


class _Topic:
    """One topic, and the producer through which it is reached at the moment."""

    def __init__(self, bootstrap_servers: str, topic: str, confirm_s: float) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._topic = topic
        self._confirm_s = confirm_s
        self._producer: Producer | None = None
        self._opening = asyncio.Lock()
        self._confirmed = 0
        self._away = False

    async def put(self, messages: Sequence[Message]) -> None:
        """Put messages and wait for all confirmations. A producer that failed is thrown away.

        It would never be well again: once it has given up a batch, the broker refuses all that follow it for their
        numbers; and it asks none but the brokers that it knew last.
        """
        producer, before = None, self._confirmed
        try:
            async with asyncio.timeout(self._confirm_s):
                producer = await self._opened()
                await self._confirm(producer, messages)
        except (KafkaError, OSError, TimeoutError) as failed:
            if isinstance(failed, (TimeoutError, KafkaTimeoutError)) and self._confirmed > before:
                raise SinkFull(f"{self._topic}: Kafka confirms less than is put into it") from failed
            reason = self._reason(failed)
            if not self._away:
                log.warning(
                    "Kafka is away; what is pushed is refused until it is back.", topic=self._topic, reason=reason
                )
            self._away = True
            await self._give_up(producer)
            raise SinkFailed(reason) from failed
        if self._away:
            log.info("Kafka takes what is pushed again.", topic=self._topic)
        self._away = False

    async def end(self) -> None:
        """Disconnect."""
        await self._give_up(self._producer)

    async def _opened(self) -> Producer:
        async with self._opening:
            if self._producer is None:
                producer = new_producer(self._bootstrap_servers, self._confirm_s)
                try:
                    await producer.start()
                except BaseException:
                    await producer.end()
                    raise
                self._producer = producer
            return self._producer

    async def _confirm(self, producer: Producer, messages: Sequence[Message]) -> None:
        confirmations = []
        for one in messages:
            headers = list(one.headers)
            confirmation = await producer.send(self._topic, one.value, key=one.key, headers=headers)
            confirmation.add_done_callback(self._count)
            confirmations.append(confirmation)
        await asyncio.gather(*confirmations)

    def _count(self, confirmation: "asyncio.Future[object]") -> None:
        if not confirmation.cancelled() and confirmation.exception() is None:
            self._confirmed += 1

    async def _give_up(self, producer: Producer | None) -> None:
        if producer is not None and producer is self._producer:
            self._producer = None
            await producer.end()

    def _reason(self, failed: Exception) -> str:
        if isinstance(failed, UnknownTopicOrPartitionError):
            return f"{self._topic}: there is no such topic, or no broker answers; create it"
        return f"{self._topic}: not confirmed by Kafka at {self._bootstrap_servers} ({type(failed).__name__})"
