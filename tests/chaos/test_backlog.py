"""A day's backlog at once, while live fixes arrive: all is judged, in bounded memory, and nobody is forgotten."""

from pathlib import Path

import pytest

from service.embedded import EmbeddedPostgres
from tests.chaos.backlog import backlog
from tests.servers.kafka.broker import KafkaBroker

TAGS, PROBES = 20, 100
# With a backlog twenty-five times as large the larger of the two holds 170 MB, of which 110 are the program itself.
MOST_MB = 250


@pytest.mark.timeout(300)
async def test_a_backlog_is_judged_while_live_fixes_arrive(kafka: KafkaBroker, tmp_path: Path) -> None:
    with EmbeddedPostgres() as server:
        found = await backlog(server, kafka, tmp_path, TAGS, PROBES)
    assert (found.stored, found.incidents) == (found.fixes, found.expected_incidents)
    assert found.live_s
    assert max(found.peak_mb.values()) < MOST_MB
