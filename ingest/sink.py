"""Where do messages go? What pushing needs of a log, so that another client could take aiokafka's place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """What is put into a topic. Messages of one key keep their order."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class SinkFailed(Exception):
    """The log did not confirm everything; the message says why. Putting all of it again helps once it is back."""


class SinkFull(SinkFailed):
    """The log confirms less than is put into it, so that not everything was confirmed in time."""


class LogSink(Protocol):
    """A log that takes messages. Any number of calls may be under way at once."""

    async def put(self, topic: str, messages: Sequence[Message]) -> None:
        """Return once the log has confirmed every message: then none is lost, whatever dies.

        Raises SinkFailed, within a time that the sink sets itself. Then some of them may be in the log all the same.
        """
        ...
