"""Writing a simulation: the fixes, and beside them the register, the tag events and the truth; all four or none.

For `F.jsonl` these are `F.register.json`, `F.events.jsonl` and `F.truth.json`. The truth file is one JSON document
(`truth.Truth` names its members) with one wearer on a line.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from service.refusal import Refused
from service.simulation.document import Event, Register
from service.simulation.messages import Line, Profile, lines
from service.simulation.simulation import FORCES, Simulation, enter, first_position_id, in_order, total
from service.simulation.truth import Counts, counted, true_day
from service.simulation.upload_order import in_upload_order

SUFFIX = ".jsonl"


class Written(NamedTuple):
    """Where the four files are."""

    fixes: Path
    register: Path
    events: Path
    truth: Path


def beside(fixes: Path) -> Written:
    """Return the names of the four files.

    >>> beside(Path("day.jsonl")).truth.name
    'day.truth.json'
    """
    stem = fixes.name.removesuffix(SUFFIX)
    return Written(
        fixes, *(fixes.with_name(f"{stem}.{end}") for end in ("register.json", "events.jsonl", "truth.json"))
    )


def write(simulation: Simulation, out: Path, profile: Profile = "cordon") -> Written:
    """Write a simulation's files, the fixes under the name `out`, and return where all four are.

    They are written in a temporary folder beside `out` and moved in place when all are whole. Wearers are made once,
    one after the other; memory holds the register, the events and the fixes of a quarter of an hour.
    Raises Refused if it can't write.
    """
    if out.suffix != SUFFIX:
        raise Refused(f"{out}: the fixes are lines of JSON; name a file that ends in {SUFFIX}")
    written = beside(out)
    try:
        for path in written:
            if path.is_dir():
                raise Refused(f"{out}: {path} is a folder; name another file")
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".cordon-") as folder:
            making = Written(*(Path(folder) / path.name for path in written))
            _make(simulation, making, profile)
            for made, final in zip(making, written, strict=True):
                made.replace(final)
    except OSError as failed:
        raise Refused(f"{out}: {failed.strerror}; name a file in a folder that can be written") from failed
    return written


def _make(simulation: Simulation, paths: Written, profile: Profile) -> None:
    register: Register = {"forces": FORCES, "wearers": [], "fittings": [], "orders": []}
    events: list[Event] = []
    with paths.truth.open("wb") as truth, paths.fixes.open("wb") as fixes:
        for line in in_upload_order(_lines(simulation, profile, register, events, truth)):
            fixes.write(line + b"\n")
    paths.register.write_bytes(msgspec.json.format(msgspec.json.encode(register), indent=1) + b"\n")
    paths.events.write_bytes(b"".join(msgspec.json.encode(event) + b"\n" for event in in_order(events)))


def _lines(
    simulation: Simulation, profile: Profile, register: Register, events: list[Event], truth: BinaryIO
) -> Iterator[Line]:
    """Yield every line; on the way enter each wearer into the register, the events and the truth file."""
    stories, counts = [], list[Counts]()
    head = {
        "day": simulation.date.isoformat(),
        "starts_at": simulation.day.printed(0),
        "length_s": simulation.day.length_s,
        "seed": simulation.seed,
    }
    truth.write(msgspec.json.encode(head)[:-1] + b',\n"wearers":[')
    for wearer in simulation.days():
        truth.write((b",\n" if counts else b"\n") + msgspec.json.encode(true_day(wearer, first_position_id(wearer))))
        enter(register, wearer)
        events += wearer.act.events
        counts.append(counted(wearer))
        if wearer.act.story is not None:
            stories.append(wearer.act.story)
        yield from lines(wearer.act, wearer.fixes, wearer.messages, profile)
    tail = {"stories": stories, "counts": total(counts)}
    truth.write(b"\n],\n" + msgspec.json.encode(tail)[1:] + b"\n")
