"""What goes wrong between a tag and us: messages sent twice, sent again with other content, or spoilt."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import msgspec
import numpy as np
from numpy.typing import NDArray

from service.simulation.plane import FloatArray

Members = dict[str, object]


class Fault(IntEnum):
    """What is wrong with a message."""

    NONE = 0
    DUPLICATE = 1
    CONTRADICTION = 2
    MALFORMED = 3


@dataclass(frozen=True, slots=True)
class FaultRates:
    """Shares of the fixes after which a further message comes: the same again, one that contradicts it, one spoilt."""

    duplicates: float = 0.01
    contradictions: float = 0.0003
    malformed: float = 0.001


NO_FAULTS = FaultRates(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Sent:
    """Messages of one tag, columns of shape (m,): which row was sent, when, and what is wrong with it."""

    row: NDArray[np.int64]
    uploaded_s: FloatArray
    fault: NDArray[np.int64]


def sent(uploaded_s: FloatArray, rates: FaultRates, rng: np.random.Generator) -> Sent:
    """Return each row once without fault, and further messages with one, 1 to 40 minutes after it.

    No row has both a duplicate and a contradiction, and that comes after the row: what stands is what was recorded.
    """
    rows = np.arange(len(uploaded_s))
    draw, spoilt = rng.uniform(size=len(rows)), rng.uniform(size=len(rows)) < rates.malformed
    doubled = draw < rates.duplicates
    contradicted = ~doubled & (draw < rates.duplicates + rates.contradictions)
    late = np.floor(rng.uniform(60, 2400, size=len(rows)))
    parts = [
        (rows, uploaded_s, Fault.NONE),
        (rows[doubled], (uploaded_s + late)[doubled], Fault.DUPLICATE),
        (rows[contradicted], (uploaded_s + late)[contradicted], Fault.CONTRADICTION),
        (rows[spoilt], uploaded_s[spoilt], Fault.MALFORMED),
    ]
    return Sent(
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
        np.concatenate([np.full(len(part[0]), part[2], dtype=np.int64) for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class MemberNames:
    """What a profile calls the members that faults touch."""

    recorded_at: str
    latitude: str
    longitude: str


def contradicted(members: Members, names: MemberNames) -> Members:
    """Return the message with another latitude: the same identity, other content."""
    latitude = members[names.latitude]
    return {**members, names.latitude: round(latitude + 0.0007, 6) if isinstance(latitude, float) else latitude}


def malformed(members: Members, names: MemberNames, kind: int) -> bytes:
    """Return the message spoilt in one of seven ways; never a fix, whatever the profile."""
    return _SPOILINGS[kind % len(_SPOILINGS)](members, names)


def _cut_short(members: Members, names: MemberNames) -> bytes:
    text = msgspec.json.encode(members)
    return text[: len(text) * 2 // 3]


def _off_the_earth(members: Members, names: MemberNames) -> bytes:
    return msgspec.json.encode({**members, names.latitude: 151.37})


def _without_time(members: Members, names: MemberNames) -> bytes:
    return msgspec.json.encode({name: value for name, value in members.items() if name != names.recorded_at})


def _impossible_time(members: Members, names: MemberNames) -> bytes:
    return msgspec.json.encode({**members, names.recorded_at: "2026-13-45T25:61:00Z"})


def _nowhere(members: Members, names: MemberNames) -> bytes:
    return msgspec.json.encode({**members, names.latitude: 0.0, names.longitude: 0.0})


def _text_for_number(members: Members, names: MemberNames) -> bytes:
    return msgspec.json.encode({**members, names.longitude: "west"})


def _bare_nan(members: Members, names: MemberNames) -> bytes:
    return msgspec.json.encode({**members, names.latitude: None}).replace(b":null", b":NaN", 1)


_SPOILINGS: tuple[Callable[[Members, MemberNames], bytes], ...] = (
    _cut_short,
    _off_the_earth,
    _without_time,
    _impossible_time,
    _nowhere,
    _text_for_number,
    _bare_nan,
)
