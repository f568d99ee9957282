"""Partitions, what is put into them, how far each was read, and by whom."""

from ingest.connections import Pool
from ingest.source import EVENTS_TOPIC, FIXES_TOPIC, Partition
from tests.ingest.messages import body, fix_message

FIXES, EVENTS = Partition(FIXES_TOPIC, 0), Partition(EVENTS_TOPIC, 0)


def fixes(start: int, end: int) -> list[bytes]:
    """Return messages of five tags, by the numbers of their positions."""
    return [body(fix_message(tag_id=f"T-{number % 5}", position_id=number)) for number in range(start, end)]


async def position(pool: Pool, partition: Partition = FIXES) -> int:
    """Return up to where a partition was read."""
    query = "SELECT next_offset FROM kafka_position WHERE topic = $1 AND partition = $2"
    return int(await pool.fetchval(query, *partition) or 0)


async def at(pool: Pool, positions: dict[Partition, int]) -> bool:
    """Whether these partitions were read up to here."""
    return {one: await position(pool, one) for one in positions} == positions


async def owners(pool: Pool, expected: dict[str, int]) -> bool:
    """Whether these readers, and no others, hold so many partitions each."""
    query = "SELECT split_part(owner, ' ', 1), count(*) FROM kafka_position WHERE owner IS NOT NULL GROUP BY 1"
    return {row[0]: row[1] for row in await pool.fetch(query)} == expected
