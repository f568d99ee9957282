"""The aiokafka producer through which messages are put, and how to be rid of it."""

import asyncio
from contextlib import suppress

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

# Of closing its requests, and of closing its connections.
END_S = 1.0
# What waits for one partition. A broker takes batches of up to 1 MiB unless it is told otherwise.
BATCH_BYTES = 256 * 1024


class Producer(AIOKafkaProducer):  # type: ignore[misc] # aiokafka has no types
    """A producer that can be ended although a broker that is away owes it confirmations: `stop` would wait for them."""

    async def end(self) -> None:
        """Stop sending, and disconnect."""
        with suppress(KafkaError, OSError, TimeoutError):
            async with asyncio.timeout(END_S):
                await self._sender.close()
        self._closed = True
        with suppress(KafkaError, OSError, TimeoutError):
            async with asyncio.timeout(END_S):
                await self.client.close()


def new_producer(bootstrap_servers: str, confirm_s: float) -> Producer:
    """Return a producer that is not started yet. What it confirms, all replicas in sync have, once."""
    return Producer(
        bootstrap_servers=bootstrap_servers,
        acks="all",
        enable_idempotence=True,
        max_batch_size=BATCH_BYTES,
        # Half of the time that there is, so that it is the client that says what is wrong.
        request_timeout_ms=round(confirm_s * 500),
    )
