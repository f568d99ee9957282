"""What the tests of this folder share."""

from collections.abc import AsyncIterator

import pytest

from tests.chaos.messages import empty_topics
from tests.servers.kafka.broker import KafkaBroker


@pytest.fixture(scope="module", autouse=True)
async def nothing_is_left(kafka: KafkaBroker) -> AsyncIterator[None]:
    """Leave no message in the topics that other tests of the same broker read."""
    yield
    await empty_topics(kafka.bootstrap_servers)
