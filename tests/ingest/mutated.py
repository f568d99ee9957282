"""Each of a long row of spoilt messages ends as fixes, events, or rejections with their bytes, and as nothing else.

`python -m tests.ingest.mutated [COUNT] [SEED]` decodes a million of them, or as many as it is told.
"""

import resource
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import get_args

from geofence.instants import Instant, moment
from geofence.tracks import EventKind
from ingest.batch import Batch
from ingest.copy_rows import binary_rows
from ingest.decode import decode
from ingest.events import ReportedEvent, decode_events
from ingest.fix import Fix, Profile
from ingest.members import storable
from ingest.reading import ahead_of, read_members
from ingest.times import read_instant
from tests.ingest.accounting import Piece, Wrong, account_for, members_of, same
from tests.ingest.messages import RECEIVED
from tests.ingest.mutations import Mutations

# Memory may grow by so much after the first tenth, in KiB: what the readers keep for the next message is bounded.
GROWTH_KIB = 16 * 1024


@dataclass(slots=True)
class Counts:
    """What the messages became."""

    messages: int = 0
    fixes: int = 0
    events: int = 0
    rejections: int = 0

    def __str__(self) -> str:
        return (
            f"{self.messages:,} messages: {self.fixes:,} fixes, {self.events:,} events, {self.rejections:,} rejections"
        )


def run(count: int, seed: int, after_each: Callable[[int], None] = lambda number: None) -> Counts:
    """Decode messages and check each. Raises Wrong, naming the seed, the message and its bytes."""
    chance = Random(seed)  # noqa: S311 - a fuzz, not a secret
    mutations, counts = Mutations(chance), Counts()
    for number in range(count):
        kind, body = mutations.message()
        received_at = chance.choice((None, RECEIVED, RECEIVED, Instant(0)))
        if kind != "event" and chance.random() < 0.05:
            kind = "mdss" if kind == "cordon" else "cordon"
        try:
            if kind == "event":
                _check_events(body, counts)
            else:
                _check_fixes(body, kind, received_at, counts)
        except Exception as wrong:
            shown = f"{body[:3000]!r}{'' if len(body) <= 3000 else f'... {len(body)} bytes'}"
            raise Wrong(
                f"seed {seed}, message {number}, as {kind} received at {received_at}: {wrong!r}: {shown}"
            ) from wrong
        counts.messages += 1
        after_each(number)
    return counts


def _check_fixes(body: bytes, profile: Profile, received_at: Instant | None, counts: Counts) -> None:
    decoded = decode(body, profile, received_at, "p")
    batch = Batch("https", received_at)
    batch.add_message(body, profile, ("p",))
    same([one.rejection for one in batch.quarantine], decoded.rejections, "rejections of batch and message")
    pieces = [Piece(one, None) for one in decoded.rejections]
    pieces += [Piece(batch.rejected(row, ("x",)).rejection, fix) for row, fix in enumerate(decoded.fixes)]
    account_for(body, pieces)
    ahead = ahead_of(received_at)
    for piece in pieces:
        members = members_of(piece)
        careful = "no object" if members is None else read_members(members, profile, ahead)
        if isinstance(piece.read, Fix):
            same(repr(piece.read), repr(careful), "the quick and the careful reader's answer")
            binary_rows([(piece.read, 1)], RECEIVED)
        elif members is not None:
            same(piece.rejection.faults, careful, "the quick and the careful reader's faults")
    single = Batch("https", received_at)
    single.add_object(body, profile, ("p",))
    if not single.quarantine:
        same(single.rejected(0, ("x",)).rejection.body, body, "bytes of one object")
    counts.fixes += len(decoded.fixes)
    counts.rejections += len(decoded.rejections)


def _check_events(body: bytes, counts: Counts) -> None:
    decoded = decode_events(body, "p")
    batch = Batch("https", None)
    batch.add_event_message(body, ("p",))
    same([one.rejection for one in batch.quarantine], decoded.rejections, "rejections of batch and message")
    same(batch.events, decoded.events, "events of batch and message")
    pieces = [Piece(one, None) for one in decoded.rejections]
    pieces += [Piece(batch.rejected_event(row, ("x",)).rejection, one) for row, one in enumerate(decoded.events)]
    account_for(body, pieces)
    for piece in pieces:
        if isinstance(piece.read, ReportedEvent):
            _check_event(piece.read, piece)
    single = Batch("https", None)
    single.add_event(body, ("p",))
    same(len(single.events) + len(single.quarantine), 1, "one object")
    counts.events += len(decoded.events)
    counts.rejections += len(decoded.rejections)


def _check_event(read: ReportedEvent, piece: Piece) -> None:
    """Compare an event with what its bytes say."""
    members = members_of(piece)
    if members is None:
        raise Wrong("what is no object became an event")
    event, detail, ended_at = read.event, members.get("detail") or "", members.get("ended_at")
    same((event.tag_id, event.kind, read.detail), (members["tag_id"], members["kind"], detail), "event and message")
    same(event.occurred_at, read_instant(str(members["occurred_at"]), loose=False), "event and message")
    same(event.ended_at, None if ended_at is None else read_instant(str(ended_at), loose=False), "event and message")
    if event.kind not in get_args(EventKind) or moment(event.ended_at or event.occurred_at) < moment(event.occurred_at):
        raise Wrong("no such event")
    if not all(storable(text) for text in (event.tag_id, read.event_id or "", read.detail)) or not event.tag_id:
        raise Wrong("the ledger can't hold this event")


def main(count: int, seed: int) -> int:
    """Run, and print what became of the messages, how long it took, and how much memory it took; 1 if that grew."""
    peaks, began = [0], time.monotonic()

    def measure(number: int) -> None:
        if number == count // 10:
            peaks[0] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    counts = run(count, seed, measure)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(
        f"seed {seed}: {counts}, in {time.monotonic() - began:.0f} s;"
        f" at most {peaks[0] // 1024} MiB in the first tenth, {peak // 1024} MiB in all\n"
    )
    return int(peak - peaks[0] > GROWTH_KIB)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(given + [1_000_000, secrets.randbelow(2**32)][len(given) :])))
