"""Faults at random while a day is sent: the ledger holds it once, and the incidents are those of `cordon judge`."""

import os
from pathlib import Path

import pytest

from service.embedded import EmbeddedPostgres
from tests.chaos.run import chosen, run
from tests.chaos.simulated import UNTIL, simulated_day
from tests.chaos.templates import register_template
from tests.servers.kafka.broker import KafkaBroker

# CHAOS_SEED chooses other faults at other moments; a failure names its own.
SEED = int(os.environ.get("CHAOS_SEED", "1"))
FAULTS, WEARERS = int(os.environ.get("CHAOS_FAULTS", "10")), 8


@pytest.mark.timeout(300)
async def test_ten_random_faults_lose_and_double_nothing(kafka: KafkaBroker, tmp_path: Path) -> None:
    day = simulated_day(tmp_path, WEARERS, SEED)
    with EmbeddedPostgres() as server:
        template = await register_template(server, day.register, UNTIL)
        report = await run(server, template, kafka, tmp_path, day, chosen(SEED, FAULTS), SEED)
    assert report.wrong == [], f"seed {SEED}: {report.faults}"
    assert (report.stored, report.doubled) == (report.sent, 0)
