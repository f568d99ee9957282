"""Where do records come from? What `consume` needs of a log, so that another client could take aiokafka's place."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

FIXES_TOPIC = "tag-fixes"
EVENTS_TOPIC = "tag-events"
TOPICS = (FIXES_TOPIC, EVENTS_TOPIC)


class Partition(NamedTuple):
    """One partition of a topic; its text is how places and logs name it."""

    topic: str
    number: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.number}"


class Record(Protocol):
    """One message of a log. aiokafka's ConsumerRecord is one."""

    @property
    def offset(self) -> int:
        """Where it stands in its partition."""
        ...

    @property
    def key(self) -> bytes | None:
        """What its sender chose its partition by, if anything."""
        ...

    @property
    def value(self) -> bytes | None:
        """Its bytes, if it has any."""
        ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """What its sender says of it."""
        ...


class Held(NamedTuple):
    """The offsets that a log holds of a partition: from `begin` up to, not including, `end`."""

    begin: int
    end: int


class SourceFailed(Exception):
    """The log does not answer, or not as it should; the message says why. Trying again may help."""


class FixSource(Protocol):
    """A log of records in partitions. Every method raises SourceFailed."""

    async def partitions(self) -> list[Partition]:
        """Return the partitions of all topics, as they are now."""
        ...

    async def held(self, partitions: Sequence[Partition]) -> dict[Partition, Held]:
        """Return which offsets the log holds."""
        ...

    def read_from(self, positions: Mapping[Partition, int]) -> None:
        """Read these partitions from these offsets on, and no others."""
        ...

    def seek(self, partition: Partition, offset: int) -> None:
        """Read a partition again from an offset."""
        ...

    async def fetch(self, wait_s: float) -> Mapping[Partition, Sequence[Record]]:
        """Return the next records of each partition in order of offset; wait so long if there are none."""
        ...

    async def note(self, positions: Mapping[Partition, int]) -> None:
        """Tell the log how far reading got, for those who watch it. Nothing rests on it, so that a failure is none."""
        ...
