"""Where are the zones that matter to a tag? What ingest asks of the register, to spare the desk what can't matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from geofence.ids import TagId
from geofence.tracks import FloatArray, IndexArray
from ingest.connections import Connection

# Until the transaction ends the register does not change: nothing that is appended misses a fitting or a zone that
# comes into force meanwhile. Whoever changes the register takes the same lock alone, just before his commit (0017).
HOLD_REGISTER_STILL = "SELECT pg_advisory_xact_lock_shared(hashtext('cordon: the register'))"


@dataclass(frozen=True, slots=True, eq=False)
class ZoneBoxes:
    """Boxes around zones, shape (4, zones); of the i-th tag `count[i]` from `first[i]` on."""

    first: IndexArray
    count: IndexArray
    box: FloatArray


class Watched(Protocol):
    """Knows the zones of whoever wears, wore or will wear a tag, in all their versions."""

    async def zones_of(self, connection: Connection, tag_ids: Sequence[TagId]) -> ZoneBoxes | None:
        """Return where the zones of each tag are, as the register says that is held still by this transaction.

        None if that is not known just now: then every track is to be judged.
        """
        ...


class Unwatched:
    """Knows of no zone, so that every track is judged."""

    async def zones_of(self, connection: Connection, tag_ids: Sequence[TagId]) -> ZoneBoxes | None:
        """Return None."""
        return None
