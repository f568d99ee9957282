"""Which events does a file hold? Each once, however often its lines tell it."""

from pathlib import Path

from geofence.tracks import TagEvent
from ingest.decode import Faulty
from ingest.events import read_event
from ingest.lines import FileUnreadable, file_name, read_lines
from ingest.told import ToldEvents


def read_events(path: Path | None) -> list[TagEvent]:
    """Read a file of events, one a line; each event once, with its end if any line tells it.

    Raises FileUnreadable if a line can't be read, or contradicts an earlier one.
    """
    told = ToldEvents()
    for number, line in read_lines(path):
        read = read_event(line)
        place = f"line {number}"
        if isinstance(read, Faulty):
            raise FileUnreadable(f"{file_name(path)}: {place}: {'; '.join(read.faults)}; correct that event")
        taken = told.take(read, place)
        if isinstance(taken, tuple):
            raise FileUnreadable(f"{file_name(path)}: {place}: {'; '.join(taken)}; correct or remove one of them")
    return told.events()
