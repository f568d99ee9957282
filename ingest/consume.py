"""From the log to the ledger, forever: each record once, whatever dies."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, NamedTuple

import structlog

from geofence.instants import Instant
from ingest.connections import Pool
from ingest.following import UNWATCHED, Watch
from ingest.gathered import Gathered
from ingest.leases import Leases
from ingest.ledger import REFUSED, append
from ingest.outage import AWAY, Outage, reason_of
from ingest.positions import OwnershipLost
from ingest.reach import Reach
from ingest.source import FixSource, Partition, Record

log = structlog.get_logger(__name__)

LEASE_S = 6.0
WAIT_S = 0.5

OpenSource = Callable[[], AbstractAsyncContextManager[FixSource]]


def _nothing() -> None:
    """Tell nobody."""


async def consume(
    open_source: OpenSource,
    pool: Pool,
    name: str,
    now: Callable[[], Instant],
    stop: asyncio.Event,
    *,
    lease_s: float = LEASE_S,
    ready: Callable[[], None] = _nothing,
    watch: Watch = UNWATCHED,
) -> None:
    """Move records from the log to the ledger until `stop` is set. Any number of processes may do so at once.

    1. Lease. A reader holds some partitions, each under an epoch, and reads from where the database says.
    2. Fetch. Records below the position are dropped; above it, read again from there: the client is not trusted.
    3. Decode: every record becomes fixes, events or rejections.
    4. In one transaction: these, work for the desk, and the positions, guarded by the epochs.
    A crash before 4 ends replays the records. A reader that lost a partition fails in 4, and begins again at 1. When
    the database or the log is away, one line says so; it is tried again, with growing pauses, until it answers. `ready`
    is called once, when reading begins. watch: where the zones are, so that the desk need not look at what is far away.
    """
    leases, outage = Leases(pool, name, lease_s), Outage()
    try:
        while not stop.is_set():
            try:
                async with open_source() as source:
                    reader = _Reader(source, _Ledger(pool, watch), leases, now, outage.over)
                    await reader.lease()
                    ready()
                    ready = _nothing
                    await reader.read_until(stop)
            except AWAY as failed:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), outage.pause_s(failed))
    finally:
        with suppress(*AWAY):
            await leases.leave()


class _Ledger(NamedTuple):
    """Where to append, and where the zones are."""

    pool: Pool
    watch: Watch


class _Reader:
    """The steps of `consume` over one connection to the log. `well` is told whenever they all worked.

    While one batch is being appended the next one is fetched and decoded: at most two are in memory. The position of
    the second rests on the first, so that it is refused if the first was not appended.
    """

    def __init__(
        self, source: FixSource, ledger: _Ledger, leases: Leases, now: Callable[[], Instant], well: Callable[[], None]
    ) -> None:
        self._source = source
        self._ledger = ledger
        self._leases = leases
        self._now = now
        self._well = well
        self._reach = Reach(source, leases)
        self._lease_due = 0.0
        self._appending: tuple[Gathered, asyncio.Task[None]] | None = None
        self._noting: asyncio.Task[None] | None = None
        self._fetching: asyncio.Task[Mapping[Partition, Sequence[Record]]] | None = None

    async def lease(self) -> None:
        """Renew the leases, and tell the log how far we are. Only while nothing is being appended."""
        self._lease_due = _monotonic() + self._leases.lease_s / 3
        await self._reach.renew()
        if not self._reach.positions:
            # What is fetched is not held any more, and a failure says nothing of the log by the time when something is.
            await _end(self._fetching)
            self._fetching = None
        elif self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._source.note(self._so_far()))

    def _so_far(self) -> dict[Partition, int]:
        """Return up to where the ledger has everything. Only while nothing is being appended."""
        return {one: lease.next_offset for one, lease in self._reach.positions.items()}

    async def read_until(self, stop: asyncio.Event) -> None:
        """Read and append, renewing the leases in time; at the end, what was read is appended first."""
        try:
            while not stop.is_set():
                await self._read_some(stop)
            await self._appended()
            if so_far := self._so_far():
                await self._source.note(so_far)
        finally:
            await _end(self._appending and self._appending[1], self._noting, self._fetching)
            self._reach.forget()

    async def _read_some(self, stop: asyncio.Event) -> None:
        if _monotonic() >= self._lease_due and await self._appended():
            await self.lease()
            self._well()
        if not self._reach.positions:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._leases.lease_s / 3)
            return
        gathered = await self._gather()
        if await self._appended() and gathered:
            self._appending = gathered, asyncio.create_task(self._append(gathered))

    async def _gather(self) -> Gathered | None:
        """Read and decode, little by little, until what is being appended is, or enough is gathered.

        Little by little, because appending needs this thread too now and then, although the database does most of it.
        """
        gathered = None
        while gathered is None or gathered.takes_more(self._now()):
            self._fetching = self._fetching or asyncio.create_task(self._source.fetch(WAIT_S))
            appending = [self._appending[1]] if self._appending else []
            await asyncio.wait([self._fetching, *appending], return_when=asyncio.FIRST_COMPLETED)
            if self._fetching.done():
                gathered = self._with_fetched(gathered, self._fetching.result())
            if not appending or appending[0].done():
                break
        return gathered

    def _with_fetched(
        self, gathered: Gathered | None, fetched: Mapping[Partition, Sequence[Record]]
    ) -> Gathered | None:
        """Add what was fetched, unless what is gathered has grown too old meanwhile: then it is left to the next.

        Apart, so that nothing keeps hold of a record that is too large to be kept.
        """
        now = self._now()
        if gathered is not None and not gathered.takes_more(now):
            return gathered
        self._fetching = None
        for partition, records in fetched.items():
            if following := self._reach.following(partition, records):
                gathered = gathered or Gathered(now)
                gathered.add(partition, following, self._reach.passed(partition, following))
        return gathered

    async def _appended(self) -> bool:
        """Wait for what is being appended. False if what was read since rests on nothing, and is to be forgotten."""
        if self._appending is None:
            return True
        (gathered, appending), self._appending = self._appending, None
        try:
            try:
                await appending
            except REFUSED as wrong:
                log.warning("A batch was refused; what is to blame is looked for.", reason=reason_of(wrong))
                await self._append_around(gathered, wrong)
        except OwnershipLost as lost:
            log.info("A partition is read by somebody else now.", reason=reason_of(lost))
            self._reach.forget()
            await self.lease()
            return False
        self._well()
        return True

    async def _append(self, gathered: Gathered) -> None:
        ledger = self._ledger
        tally = (await append(ledger.pool, gathered.batch, gathered.received_at, gathered.advances, ledger.watch)).tally
        if tally.rejected:
            log.warning("Messages went to quarantine.", rejected=tally.rejected, contradictions=tally.contradictions)

    async def _append_around(self, gathered: Gathered, wrong: Exception) -> None:
        """Append half by half what was refused, so that a record that the ledger can't hold stalls nothing.

        It goes to quarantine, alone. Where there are many, this takes longer than a lease lasts.
        """
        if _monotonic() >= self._lease_due:
            self._lease_due = _monotonic() + self._leases.lease_s / 3
            await self._leases.extend()
        if len(gathered) == 1:
            gathered.refuse(f"the ledger refuses it ({reason_of(wrong)})")
            await self._append(gathered)
            return
        for half in gathered.halves():
            try:
                await self._append(half)
            except REFUSED as refused:
                await self._append_around(half, refused)


async def _end(*tasks: asyncio.Task[Any] | None) -> None:
    """End tasks that are no longer wanted, whatever becomes of them."""
    left = [task for task in tasks if task is not None]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
