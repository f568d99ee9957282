"""How far has this reader got, and what may it read next? Kept beside the client, which is not trusted with it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import structlog

from ingest.leases import Lease, Leases
from ingest.metrics import LAG
from ingest.positions import Advance
from ingest.source import FixSource, Held, Partition, Record

log = structlog.get_logger(__name__)

# The log is asked what it holds at every so many renewals, and of what is new to us at once.
LOOK_EVERY = 5


class Reach:
    """The partitions that a reader holds, and up to which offset it has read each: appended, or about to be."""

    def __init__(self, source: FixSource, leases: Leases) -> None:
        self._source = source
        self._leases = leases
        self._positions: dict[Partition, Lease] = {}
        self._sought: dict[Partition, int] = {}
        self._missing_told = False
        self._renewals_until_look = 0
        self._gaps: dict[Partition, int] = {}
        self._partitions: list[Partition] = []

    @property
    def positions(self) -> Mapping[Partition, Lease]:
        """What is held, and from where on it is to be read."""
        return self._positions

    def forget(self) -> None:
        """Trust nothing that is remembered here: the next `renew` reads it all from the database."""
        for partition in self._positions:
            with suppress(KeyError):
                LAG.remove(*map(str, partition))
        self._positions = {}

    async def renew(self) -> None:
        """Renew the leases; read from where the database says, if that is not where we are."""
        look = self._renewals_until_look == 0 or not self._partitions
        self._renewals_until_look = (LOOK_EVERY if look else self._renewals_until_look) - 1
        if look:
            self._partitions = await self._source.partitions()
            if not self._partitions and not self._missing_told:
                log.warning("There is no topic to read from: create tag-fixes and tag-events.")
            self._missing_told = not self._partitions
        leased = await self._leases.renew(self._partitions)
        asked = [partition for partition in leased if look or partition not in self._positions]
        held = await self._source.held(asked) if asked else {}
        self._tell_gaps(held)
        for partition in asked:
            leased[partition] = await self._within(partition, leased[partition], held[partition])
            LAG.labels(*map(str, partition)).set(held[partition].end - leased[partition].next_offset)
        for partition in self._positions.keys() - leased.keys():
            LAG.remove(*map(str, partition))
        if leased != self._positions:
            self._positions, self._sought = leased, {}
            self._source.read_from({partition: lease.next_offset for partition, lease in leased.items()})
            log.info("Partitions are held.", partitions=[str(partition) for partition in leased])

    def following(self, partition: Partition, records: Sequence[Record]) -> Sequence[Record]:
        """Return those of a partition's fetched records that follow on what was read before.

        Records below the position are dropped: a client may answer with what it fetched before a seek. Above it, the
        partition is read again from the position, once: if the same gap comes back, the log has nothing in it.
        """
        lease = self._positions.get(partition)
        if lease is None:
            return []
        expected = lease.next_offset
        if records and records[0].offset < expected:
            # A client that read before it sought, or a topic that was made anew: look soon.
            self._renewals_until_look = 0
            records = [record for record in records if record.offset >= expected]
        if records and records[0].offset > expected and self._sought.get(partition) != expected:
            self._sought[partition] = expected
            self._source.seek(partition, expected)
            return []
        if records and records[0].offset > expected:
            # The marker of a transaction, or records that were thrown away: the log is asked, and the worse is told.
            self._gaps.setdefault(partition, expected)
            self._renewals_until_look = 0
        self._sought.pop(partition, None)
        return records

    def passed(self, partition: Partition, records: Sequence[Record]) -> Advance:
        """Move past some records, and return the move as the ledger is to make it."""
        lease, until = self._positions[partition], records[-1].offset + 1
        self._positions[partition] = replace(lease, next_offset=until)
        return Advance(partition.topic, partition.number, lease.epoch, lease.next_offset, until)

    def _tell_gaps(self, held: Mapping[Partition, Held]) -> None:
        for partition, expected in self._gaps.items():
            if partition in held and held[partition].begin > expected:
                log.error(
                    "The log threw records away before they were read; reading went on after them.",
                    **{"topic": partition.topic, "partition": partition.number, "from": held[partition].begin},
                    next_offset=expected,
                )
        self._gaps.clear()

    async def _within(self, partition: Partition, lease: Lease, held: Held) -> Lease:
        """Return a lease whose position lies within what the log holds.

        Below it, records were thrown away before they were read: said loudly, unless reading begins here. Above it, the
        topic was made anew: it is read from its beginning, which is harmless, as what is in the ledger is a duplicate.
        """
        if held.begin <= lease.next_offset <= held.end:
            return lease
        if lease.next_offset > 0:
            log.error(
                "The log does not hold the records that come next; reading goes on at its beginning.",
                **{"topic": partition.topic, "partition": partition.number, "from": held.begin},
                next_offset=lease.next_offset,
            )
        await self._leases.start_again(partition, lease, held.begin)
        return replace(lease, next_offset=held.begin)
