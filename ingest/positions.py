"""Where does reading of a Kafka partition stand? In the database, advanced with the fixes, and only by its owner."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.connections import Connection

ADVANCE = """
UPDATE kafka_position SET next_offset = $5 WHERE topic = $1 AND partition = $2 AND epoch = $3 AND next_offset = $4"""


class OwnershipLost(Exception):
    """Somebody else reads this partition now, from where the database says."""


@dataclass(frozen=True, slots=True)
class Advance:
    """The owner of `epoch` has read a partition's records from offset `start` up to, not including, `until`."""

    topic: str
    partition: int
    epoch: int
    start: int
    until: int


async def advance(connection: Connection, advances: Sequence[Advance]) -> None:
    """Move positions on, within the caller's transaction. Raises OwnershipLost if one is not the caller's to move."""
    for one in sorted(advances, key=lambda one: (one.topic, one.partition)):
        done = await connection.execute(ADVANCE, one.topic, one.partition, one.epoch, one.start, one.until)
        if done != "UPDATE 1":
            raise OwnershipLost(f"{one.topic}/{one.partition} is no longer read under epoch {one.epoch}")
