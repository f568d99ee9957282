"""A small simulated day on disk, the same for every journey."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from alerts.days import bounds_of
from geofence.instants import Instant, printed
from service.simulation import simulate
from service.simulation.files import Written, write

DAY = date(2026, 11, 20)
START, END = bounds_of(DAY)


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    """The files, and the range in which everybody judges: the whole day, up to its end."""

    files: Written
    start: Instant = START
    end: Instant = END

    @property
    def range_options(self) -> list[str]:
        """The range as options of `cordon judge`."""
        return ["--from", printed(self.start), "--until", printed(self.end)]


def simulated_day(folder: Path, wearers: int = 20) -> SimulatedDay:
    """Write a day of so many wearers; the first of them act the stories."""
    return SimulatedDay(write(simulate(wearers, DAY), folder / "day.jsonl"))
