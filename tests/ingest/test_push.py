"""What is pushed over HTTPS is durable when the answer comes, and the answer names each rejection by its index."""

import pytest

from geofence.instants import Instant
from ingest.connections import Pool
from ingest.push import BodyRefused, TooLarge, elements_of, push_events, push_fixes
from ingest.sink import SinkFailed
from ingest.source import EVENTS_TOPIC, FIXES_TOPIC, Partition
from ingest.tally import Tally
from tests.ingest import ledger_rows
from tests.ingest.fake_log import FakeLog
from tests.ingest.fake_sink import FakeSink
from tests.ingest.messages import RECEIVED, body, event_message, fix_message, mdss_message
from tests.ingest.reading import consuming, eventually


async def test_an_array_is_answered_with_counts_and_rejections_by_index(pool: Pool) -> None:
    messages = [fix_message(latitude=51.4), {}, fix_message(), fix_message(latitude=51.4), [fix_message()]]
    pushed = await push_fixes(pool, body(messages), "application/json", "cordon", lambda: RECEIVED)
    assert pushed.tally == Tally(fixes=1, duplicates=1, contradictions=1, rejected=3)
    assert [(one.place, one.contradiction, one.faults[0]) for one in pushed.rejections] == [
        ("1", False, "tag_id: is missing"),
        ("2", True, "latitude: differs from the first fix of this identity, already in the ledger"),
        ("4", False, "message: not an object"),
    ]
    assert len(await ledger_rows.rejections(pool)) == 3


async def test_lines_are_indexed_without_the_blank_ones(pool: Pool) -> None:
    lines = (
        b"\xef\xbb\xbf" + b"\r\n\n".join([body(fix_message()), b"nonsense", body(fix_message(position_id=2))]) + b"\n"
    )
    pushed = await push_fixes(pool, lines, "application/x-ndjson", "cordon", lambda: RECEIVED)
    assert pushed.tally == Tally(fixes=2, rejected=1)
    assert [one.place for one in pushed.rejections] == ["1"]


async def test_a_fix_far_ahead_of_our_clock_is_refused_and_one_a_little_ahead_suspect(pool: Pool) -> None:
    early = Instant(RECEIVED - 2 * 3_600_000_000)
    pushed = await push_fixes(pool, body([fix_message()]), "application/json", "cordon", lambda: early)
    assert pushed.tally == Tally(fixes=1)
    assert await pool.fetchval("SELECT clock_suspect FROM fix")
    much_earlier = Instant(RECEIVED - 48 * 3_600_000_000)
    pushed = await push_fixes(
        pool, body([fix_message(position_id=2)]), "application/json", "cordon", lambda: much_earlier
    )
    assert pushed.tally == Tally(rejected=1)


async def test_events_are_pushed_alike(pool: Pool) -> None:
    messages = [event_message(), event_message(kind="asleep"), event_message()]
    pushed = await push_events(pool, body(messages), "application/json", lambda: RECEIVED)
    assert pushed.tally == Tally(events=1, duplicates=1, rejected=1)
    assert [one.place for one in pushed.rejections] == ["1"]


@pytest.fixture
def log() -> FakeLog:
    """A log in memory with a partition of each topic."""
    log = FakeLog()
    log.add(Partition(FIXES_TOPIC, 0))
    log.add(Partition(EVENTS_TOPIC, 0))
    return log


async def test_where_there_is_a_log_the_good_go_there_and_the_faulty_into_quarantine(pool: Pool, log: FakeLog) -> None:
    sink, messages = FakeSink(log), [fix_message(), {}, fix_message(latitude=51.4), fix_message(), {"tag_id": "T-1"}]
    pushed = await push_fixes(pool, body(messages), "application/json", "cordon", lambda: RECEIVED, sink)
    assert (pushed.tally, pushed.settled) == (Tally(fixes=3, rejected=2), False)
    assert [(one.place, one.tag_id) for one in pushed.rejections] == [("1", None), ("4", "T-1")]
    assert await ledger_rows.arrivals(pool) == {"https": (2, 0, 0, 0, 2)}

    lines = body(mdss_message(device_id=7)) + b"\n" + body(mdss_message(device_id="T-8", position_id=9))
    pushed = await push_fixes(pool, lines, "application/x-ndjson", "mdss", lambda: RECEIVED, sink)
    assert (pushed.tally, pushed.rejections) == (Tally(fixes=2), [])
    pushed = await push_events(
        pool, body([event_message(), event_message(kind="asleep")]), "application/json", lambda: RECEIVED, sink
    )
    assert (pushed.tally, pushed.settled) == (Tally(events=1, rejected=1), False)
    assert await pool.fetchval("SELECT count(*) FROM fix") == await pool.fetchval("SELECT count(*) FROM tag_event") == 0

    async with consuming(log.open, pool):
        await eventually(lambda: pool.fetchval("SELECT count(*) = 3 FROM fix"))
        await eventually(lambda: pool.fetchval("SELECT count(*) = 1 FROM tag_event"))
    assert {row[0] for row in await ledger_rows.identities(pool)} == {"T-000123", "7", "T-8"}
    assert await ledger_rows.arrivals(pool) == {"https": (3, 0, 0, 0, 3), "kafka": (6, 3, 1, 1, 1)}


async def test_what_the_log_did_not_confirm_leaves_no_trace_in_the_ledger(pool: Pool, log: FakeLog) -> None:
    log.away = True
    for _ in range(2):
        with pytest.raises(SinkFailed):
            await push_fixes(
                pool, body([fix_message(), {}]), "application/json", "cordon", lambda: RECEIVED, FakeSink(log)
            )
    assert await ledger_rows.arrivals(pool) == {}
    assert await ledger_rows.rejections(pool) == []


@pytest.mark.parametrize("text", [b"", b"{}", b"nonsense", b"[{}", b"null"])
def test_a_body_that_is_no_array_is_refused(text: bytes) -> None:
    with pytest.raises(BodyRefused, match=r"not a JSON array \(.*\); send an array, or one object a line"):
        elements_of(text, "application/json")


def test_more_than_ten_thousand_elements_are_too_many() -> None:
    assert len(elements_of(b"[" + b"1," * 9_999 + b"1]", "application/json")) == 10_000
    for text, media_type in (
        (b"[" + b"1," * 10_000 + b"1]", "application/json"),
        (b"1\n" * 10_001, "application/x-ndjson"),
    ):
        with pytest.raises(TooLarge, match="more than 10000 elements"):
            elements_of(text, media_type)  # type: ignore[arg-type] # one of the two


def test_a_body_over_16_mib_is_too_large() -> None:
    with pytest.raises(TooLarge, match="16777217 bytes is over 16777216"):
        elements_of(b" " * (16 * 1024 * 1024 + 1), "application/json")
