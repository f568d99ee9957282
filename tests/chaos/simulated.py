"""A simulated day as it is sent, with everything that providers do wrong, and what must come of it."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from alerts.days import bounds_of
from geofence.instants import MINUTE_US, Instant, printed
from ingest.source import EVENTS_TOPIC, FIXES_TOPIC
from service.simulation import simulate
from service.simulation.faults import FaultRates
from service.simulation.files import Written, write
from tests.chaos.messages import Message
from tests.chaos.outcome import unnamed
from tests.journeys.cordon import cordon

DAY = date(2026, 11, 20)
START, END = bounds_of(DAY)
# Long after the last fix: what only silence decides is decided, whenever a worker looks.
UNTIL = Instant(END + 6 * 60 * MINUTE_US)
RATES = FaultRates(duplicates=0.03, contradictions=0.005, malformed=0.01)
POISON = (b"\x00\xff\xfe", b"", b"null", b"[1, 2", b'"T-000001"', b'{"tag_id": 7}', b"{" * 100)
POISON_EVENT = b'{"event_id": "e", "kind": "party"}'


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be in the ledger and at the desk. fixes: tag, recorded_at, position_id and place of each."""

    fixes: frozenset[tuple[str, str, str, float, float]]
    quarantined: Counter[bytes]
    events: int
    duplicates: int
    contradictions: int
    incidents: list[dict[str, Any]]
    names: list[str]


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    """The messages in the order in which they are sent, the register, and what `cordon judge` says of all of it."""

    register: bytes
    messages: Sequence[Message]
    expected: Expected


def simulated_day(folder: Path, wearers: int, seed: int) -> SimulatedDay:
    """Simulate a day. Of each hundred messages some are sent twice, and every poison at least once."""
    files = write(simulate(wearers, DAY, seed, RATES), folder / "day.jsonl")
    rng = random.Random(seed)  # noqa: S311 - chaos, not secrets
    messages: list[Message] = []
    for line in files.fixes.read_bytes().splitlines():
        messages.append(Message(FIXES_TOPIC, _tag(line), line))
        if rng.random() < 0.01:
            messages.append(messages[rng.randrange(len(messages))])
    events = [Message(EVENTS_TOPIC, b"", line) for line in files.events.read_bytes().splitlines()]
    for extra in (
        *events,
        *rng.sample(events, 3),
        Message(EVENTS_TOPIC, b"", POISON_EVENT),
        *(Message(FIXES_TOPIC, b"", value) for value in POISON),
    ):
        messages.insert(rng.randrange(len(messages)), extra)
    return SimulatedDay(files.register.read_bytes(), messages, _expected(files, messages, folder))


def _expected(files: Written, messages: Sequence[Message], folder: Path) -> Expected:
    """Ask `cordon judge`, which knows neither broker nor database; the fixes are read without any of our code."""
    lines = [message.value for message in messages if message.topic == FIXES_TOPIC and message.value]
    sent = folder / "sent.jsonl"
    sent.write_bytes(b"".join(line + b"\n" for line in lines))
    done = cordon(
        *("judge", "--register", files.register, "--fixes", sent, "--events", files.events),
        *("--from", printed(START), "--until", printed(UNTIL), "--out", folder / "judged"),
    )
    assert done.returncode == 0, done.stderr
    judged = json.loads((folder / "judged" / "judgement.json").read_bytes())
    refused = {rejection["line"] - 1 for rejection in judged["rejections"]}
    fixes = frozenset(_identity(json.loads(line)) for number, line in enumerate(lines) if number not in refused)
    assert len(fixes) == judged["counts"]["fixes"]
    empty = sum(not message.value for message in messages)  # a file has no empty line
    events = [message.value for message in messages if message.topic == EVENTS_TOPIC and message.value != POISON_EVENT]
    return Expected(
        fixes=fixes,
        quarantined=Counter([*(lines[number] for number in refused), *([b""] * empty), POISON_EVENT]),
        events=len(set(events)),
        duplicates=judged["counts"]["duplicates"] + len(events) - len(set(events)),
        contradictions=judged["counts"]["contradictions"],
        incidents=[unnamed(incident) for incident in judged["incidents"]],
        names=[incident["incident_id"] for incident in judged["incidents"]],
    )


def _identity(members: dict[str, Any]) -> tuple[str, str, str, float, float]:
    return (
        members["tag_id"],
        members["recorded_at"],
        members["position_id"],
        members["longitude"],
        members["latitude"],
    )


def _tag(line: bytes) -> bytes:
    """Return the tag of a message, if it can be read; so a spoilt one may go anywhere."""
    try:
        members = json.loads(line)
    except ValueError:
        return b""
    return str(members.get("tag_id", "")).encode()
