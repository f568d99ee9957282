"""Whatever bytes come: fixes, events, rejections; never an exception, never a lost byte, never more memory."""

import secrets
import tracemalloc
from random import Random

import pytest

from ingest.batch import Batch
from tests.ingest.messages import RECEIVED, body, fix_message
from tests.ingest.mutated import run
from tests.ingest.mutations import Mutations


@pytest.mark.parametrize("seed", [20261120, secrets.randbelow(2**32)], ids=["always the same", "never the same"])
def test_spoilt_messages_become_fixes_events_or_rejections(seed: int) -> None:
    counts = run(10_000, seed)
    assert min(counts.fixes, counts.events, counts.rejections) > 1_000


def test_reading_spoilt_messages_again_keeps_nothing_in_memory() -> None:
    mutations = Mutations(Random(1))  # noqa: S311 - a fuzz, not a secret
    messages = [mutations.message() for _ in range(1_000)][8:]

    def read(digit: str) -> int:
        batch = Batch("https", RECEIVED)
        # What was read of a time is kept for the next fix of that second, but not if it is as long as this.
        batch.add_message(body(fix_message(recorded_at=f"2026-11-20T18:02:11.{digit * 50_000}Z")), "cordon", ("p",))
        for kind, message in messages:
            if kind == "event":
                batch.add_event_message(message, ("p",))
            else:
                batch.add_message(message, kind, ("p",))
        del batch
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        read("1")
        held = read("2")
        assert read("3") - held < 16 * 1024
    finally:
        tracemalloc.stop()
