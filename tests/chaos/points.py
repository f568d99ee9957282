"""Where processes are killed: between which statements of which transaction.

A point is told by a piece of the SQL that is run there, so it outlives most rewriting. One that is no longer hit fails
its test by name: give it the words that the statement has now, or take it away with the statement.
"""

from dataclasses import dataclass
from typing import Literal

When = Literal["before", "while", "after"]

# What marks the transactions that are killed at their commit.
APPEND = "UPDATE kafka_position SET next_offset = $5"
LEASE = "SET owner = $1, epoch = epoch + 1"
LEAVE = "DELETE FROM kafka_reader WHERE reader"
PARTITION = "PARTITION OF fix FOR VALUES"
JUDGE = "DELETE FROM to_judge"
COMMIT = "COMMIT"


@dataclass(frozen=True, slots=True)
class Point:
    """Killed when for the nth time a statement that holds `statement` is about to run, under way, or done.

    command: which process. within: what the statement's transaction ran before. stopping: reached when the process is
    told to end.
    """

    name: str
    command: str
    when: When
    statement: str
    nth: int = 1
    within: str = ""
    stopping: bool = False


def _consume(name: str, when: When, statement: str, nth: int = 1, within: str = "", *, stopping: bool = False) -> Point:
    return Point(name, "consume", when, statement, nth, within, stopping)


def _desk(name: str, when: When, statement: str, nth: int = 1, within: str = "") -> Point:
    return Point(name, "desk", when, statement, nth, within)


PARTITION_POINTS = (
    _consume("partitions: the lock is held", "after", "cordon: partitions of fix"),
    _consume("partitions: one is made, the commit is not", "before", COMMIT, 1, PARTITION),
    _consume("partitions: the second commit is sent", "while", COMMIT, 2, PARTITION),
    _consume("partitions: the second is committed", "after", COMMIT, 2, PARTITION),
)
LEASE_POINTS = (
    _consume("lease: nothing is announced", "before", "INSERT INTO kafka_reader"),
    _consume("lease: the reader is announced", "after", "INSERT INTO kafka_reader"),
    _consume("lease: positions are made", "after", "INSERT INTO kafka_position"),
    _consume("lease: others' partitions are given back", "after", "SET owner = NULL"),
    _consume("lease: own ones are renewed", "after", "UPDATE kafka_position SET leased_until", 2),
    _consume("lease: free ones are taken", "after", LEASE),
    _consume("lease: the commit is sent", "while", COMMIT, 1, LEASE),
    _consume("lease: it is committed", "after", COMMIT, 1, LEASE),
    _consume("start again: not yet", "before", "SET next_offset = $4"),
    _consume("start again: while one partition moves", "while", "SET next_offset = $4", 2),
    _consume("start again: one partition has moved", "after", "SET next_offset = $4", 2),
    _consume("leave: given back, not committed", "before", COMMIT, 1, LEAVE, stopping=True),
    _consume("leave: it is committed", "after", COMMIT, 1, LEAVE, stopping=True),
)
APPEND_POINTS = (
    _consume("append: nothing is written", "before", APPEND),
    _consume("append: a position has moved", "after", APPEND, 2),
    _consume("append: tags are locked", "after", "FROM tag WHERE tag_id = ANY", 2),
    _consume("append: new tags are numbered", "after", "INSERT INTO tag (tag_id"),
    _consume("append: doubtful fixes are looked up", "after", "WITH ORDINALITY AS wanted (tag_no, recorded_at, row)"),
    _consume("append: fixes are under way", "while", 'COPY "fix"', 3),
    _consume("append: fixes are copied", "after", 'COPY "fix"', 2),
    _consume("append: the newest instants have moved", "after", "UPDATE tag SET newest_at", 2),
    _consume("append: persons are noted", "after", "INSERT INTO named_person"),
    _consume("append: clocks that are ahead are noted", "after", "INSERT INTO suspect_clock"),
    _consume("append: work is added", "after", "INSERT INTO to_judge", 2),
    _consume("append: events are added", "after", "INSERT INTO tag_event"),
    _consume("append: rejections are added", "after", "INSERT INTO rejection"),
    _consume("append: all is counted", "after", "INSERT INTO arrival", 2),
    _consume("append: the commit is sent", "while", COMMIT, 2, APPEND),
    _consume("append: it is committed", "after", COMMIT, 2, APPEND),
)
JUDGE_POINTS = (
    _desk("judge: tracks are claimed", "after", "SKIP LOCKED"),
    _desk("judge: their work is read", "after", "since, reason FROM to_judge", 2),
    _desk("judge: their incidents are known", "after", "AS asked (fitting_id, since) JOIN incident", 2),
    _desk("judge: an incident is added", "after", "INSERT INTO incident ("),
    _desk("judge: an added incident's fixes are copied", "after", 'COPY "incident_fix"'),
    _desk("judge: an incident is changed", "after", "UPDATE incident SET ("),
    _desk("judge: a changed incident's fixes are put", "after", "INSERT INTO incident_fix"),
    _desk("judge: one no longer stands", "after", "UPDATE incident SET standing = false"),
    _desk("judge: history is written", "after", "INSERT INTO incident_history", 3),
    _desk("judge: another name is remembered", "after", "INSERT INTO incident_name"),
    _desk("judge: the work is deleted", "after", "DELETE FROM to_judge", 2),
    _desk("judge: waking is asked for", "after", "INSERT INTO to_judge"),
    _desk("judge: the commit is sent", "while", COMMIT, 2, JUDGE),
    _desk("judge: it is committed", "after", COMMIT, 2, JUDGE),
)
POINTS = {point.name: point for point in (*PARTITION_POINTS, *LEASE_POINTS, *APPEND_POINTS, *JUDGE_POINTS)}
