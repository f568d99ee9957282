"""Each of a long row of spoilt messages ends as fixes, events, or rejections with their bytes, and as nothing else.

`python -m tests.ingest.mutated [COUNT] [SEED]` decodes a million of them, or as many as it is told.
"""

import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import psutil

from geofence.instants import Instant
from ingest.batch import Batch
from ingest.events import ReportedEvent
from ingest.fix import Fix
from tests.ingest.accounting import Piece, Wrong, same
from tests.ingest.checked import check_events, check_fixes
from tests.ingest.messages import RECEIVED
from tests.ingest.mutations import Kind, Mutations

# By so many bytes memory may grow after the first tenth: what the readers keep for the next message is bounded.
GROWTH = 16 * 1024 * 1024
# How many messages go into one batch, besides each into one of its own.
TOGETHER = 50


@dataclass(slots=True)
class Counts:
    """What the messages became."""

    messages: int = 0
    fixes: int = 0
    events: int = 0
    rejections: int = 0

    def add(self, pieces: list[Piece]) -> None:
        """Count one more message."""
        self.messages += 1
        self.fixes += sum(isinstance(piece.read, Fix) for piece in pieces)
        self.events += sum(isinstance(piece.read, ReportedEvent) for piece in pieces)
        self.rejections += sum(piece.read is None for piece in pieces)

    def __str__(self) -> str:
        return (
            f"{self.messages:,} messages: {self.fixes:,} fixes, {self.events:,} events, {self.rejections:,} rejections"
        )


class Together:
    """Messages in one batch, in which each fix must still find its own place, bytes and profile."""

    def __init__(self) -> None:
        self._begin()

    def add(self, kind: Kind, body: bytes, pieces: list[Piece]) -> None:
        """Add a message of fixes, and what it became on its own; check all when the batch is full."""
        if kind == "event":
            return
        self._batch.add_message(body, kind, (f"m{self._messages}",))
        self._expected += [
            (piece.rejection.place.replace("p", f"m{self._messages}"), piece.rejection.body, kind)
            for piece in pieces
            if piece.read is not None
        ]
        self._messages += 1
        if self._messages == TOGETHER:
            for row, expected in enumerate(self._expected):
                found = self._batch.rejected(row, ("x",))
                same((found.rejection.place, found.rejection.body, found.profile), expected, "a fix together and alone")
                same(self._batch.profile_of(row), found.profile, "profiles of a fix")
            self._begin()

    def _begin(self) -> None:
        self._batch, self._messages = Batch("https", RECEIVED), 0
        self._expected: list[tuple[str, bytes, str]] = []


def run(count: int, seed: int, after_each: Callable[[int], None] = lambda number: None) -> Counts:
    """Decode messages and check each. Raises Wrong, naming the seed, the message and its bytes."""
    chance = Random(seed)  # noqa: S311 - a fuzz, not a secret
    mutations, counts, together = Mutations(chance), Counts(), Together()
    for number in range(count):
        kind, body = mutations.message()
        received_at = chance.choice((None, RECEIVED, RECEIVED, Instant(0)))
        if kind != "event" and chance.random() < 0.05:
            kind = "mdss" if kind == "cordon" else "cordon"
        try:
            pieces = check_events(body) if kind == "event" else check_fixes(body, kind, received_at)
            if received_at == RECEIVED:
                together.add(kind, body, pieces)
        except Exception as wrong:
            shown = f"{body[:3000]!r}{'' if len(body) <= 3000 else f'... {len(body)} bytes'}"
            read_as = f"as {kind} received at {received_at}"
            raise Wrong(f"seed {seed}, message {number}, {read_as}: {wrong!r}: {shown}") from wrong
        counts.add(pieces)
        after_each(number)
    return counts


def main(count: int, seed: int) -> int:
    """Run, and print what became of the messages, how long it took, and how much memory is held; 1 if that grew."""
    held, began = [0], time.monotonic()

    def measure(number: int) -> None:
        if number == count // 10:
            held[0] = psutil.Process().memory_info().rss

    counts = run(count, seed, measure)
    held.append(psutil.Process().memory_info().rss)
    sys.stdout.write(
        f"seed {seed}: {counts}, in {time.monotonic() - began:.0f} s ({time.process_time():.0f} s of a core);"
        f" {held[0] / 2**20:.0f} MiB held after a tenth, {held[1] / 2**20:.0f} MiB at the end\n"
    )
    return int(held[1] - held[0] > GROWTH)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(given + [1_000_000, secrets.randbelow(2**32)][len(given) :])))
