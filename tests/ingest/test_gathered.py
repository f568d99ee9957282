"""Records that are gathered for one append: how far they move the positions, together and alone."""

from ingest.gathered import Gathered
from ingest.positions import Advance
from ingest.source import EVENTS_TOPIC, FIXES_TOPIC, Partition
from tests.ingest.fake_log import FakeRecord
from tests.ingest.messages import RECEIVED, body, event_message, fix_message

FIXES, EVENTS = Partition(FIXES_TOPIC, 3), Partition(EVENTS_TOPIC, 0)


def gathered() -> Gathered:
    """Two spoonfuls of fixes, with a hole in the log between, and one of events."""
    found = Gathered(RECEIVED)
    records = [FakeRecord(offset, body(fix_message(position_id=offset))) for offset in (10, 11, 14, 15)]
    found.add(FIXES, records[:2], Advance(FIXES_TOPIC, 3, 7, 8, 12))
    found.add(EVENTS, [FakeRecord(0, body(event_message()))], Advance(EVENTS_TOPIC, 0, 9, 0, 1))
    found.add(FIXES, records[2:], Advance(FIXES_TOPIC, 3, 7, 12, 16))
    return found


def test_a_partition_moves_once_past_all_that_was_gathered_of_it() -> None:
    assert gathered().advances == [Advance(FIXES_TOPIC, 3, 7, 8, 16), Advance(EVENTS_TOPIC, 0, 9, 0, 1)]
    assert len(gathered().batch.fixes) == 4
    assert len(gathered().batch.events) == 1


def alone(several: Gathered) -> list[Gathered]:
    """Halves of halves, down to single records."""
    return [several] if len(several) == 1 else [one for half in several.halves() for one in alone(half)]


def test_halves_of_halves_move_a_partition_one_from_the_end_of_the_other() -> None:
    moves = [advance for one in alone(gathered()) for advance in one.advances]
    assert [(one.topic, one.epoch, one.start, one.until) for one in moves] == [
        (FIXES_TOPIC, 7, 8, 11),
        (FIXES_TOPIC, 7, 11, 12),
        (FIXES_TOPIC, 7, 12, 15),
        (FIXES_TOPIC, 7, 15, 16),
        (EVENTS_TOPIC, 9, 0, 1),
    ]
    assert [len(one.batch.fixes) + len(one.batch.events) for one in alone(gathered())] == [1] * 5


def test_a_refused_record_is_a_rejection_with_its_place_and_bytes() -> None:
    one = alone(gathered())[-1]
    one.refuse("the ledger is moody")
    (rejected,) = one.batch.quarantine
    assert (rejected.profile, rejected.rejection.place) == ("event", "tag-events/0/0")
    assert rejected.rejection.body == body(event_message())
    assert not one.batch.events


def test_it_is_full_by_the_number_of_records_or_by_their_bytes() -> None:
    few, large, many = Gathered(RECEIVED), Gathered(RECEIVED), Gathered(RECEIVED)
    few.add(FIXES, [FakeRecord(0, b"{}")], Advance(FIXES_TOPIC, 3, 7, 0, 1))
    large.add(FIXES, [FakeRecord(0, b"x" * 8 * 1024 * 1024)], Advance(FIXES_TOPIC, 3, 7, 0, 1))
    many.add(FIXES, [FakeRecord(number, None) for number in range(20_000)], Advance(FIXES_TOPIC, 3, 7, 0, 20_000))
    assert [one.is_full for one in (few, large, many)] == [False, True, True]
