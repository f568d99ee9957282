"""Sends messages in one batch, the second of which has a header whose name is no UTF-8: as other clients may.

`AIOKAFKA_NO_EXTENSIONS=1 python -m tests.ingest.odd_header SERVERS TOPIC COMPRESSION BODY…`
"""

import asyncio
import sys

from aiokafka import AIOKafkaProducer


class OddName(str):
    """A name that is written as other bytes."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"\xff\xfe"


async def send(servers: str, topic: str, compression: str, *bodies: str) -> None:
    kind = None if compression == "none" else compression
    producer = AIOKafkaProducer(bootstrap_servers=servers, compression_type=kind, linger_ms=200)
    await producer.start()
    try:
        for number, one in enumerate(bodies):
            headers = [(OddName("x"), b"1"), ("content-type", b"application/vnd.cordon.fix+json")]
            await producer.send(topic, one.encode(), partition=0, headers=headers if number == 1 else None)
        await producer.flush()
    finally:
        await producer.stop()


if __name__ == "__main__":
    asyncio.run(send(*sys.argv[1:]))
