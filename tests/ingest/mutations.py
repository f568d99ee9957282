"""Messages that nobody should send: those of a provider, spoilt in every way that we could think of.

Members are kept as the bytes that JSON has for them, so that they can be doubled, or be no JSON at all.
"""

import gzip
import json
from random import Random
from typing import Literal, TypeAlias

from ingest.decode import ARRAY_LIMIT, ELEMENTS_LIMIT, OBJECT_LIMIT
from tests.ingest.hostile_json import BLANKS, DEPTHS, ENCODINGS, HOSTILE
from tests.ingest.messages import event_message, fix_message, mdss_message

Kind: TypeAlias = Literal["cordon", "mdss", "event"]
Member: TypeAlias = tuple[bytes, bytes]

KINDS: tuple[Kind, ...] = ("cordon", "mdss", "event")
_BASES: dict[Kind, dict[str, object]] = {
    "cordon": fix_message(),
    "mdss": mdss_message(),
    "event": event_message(detail="strap é"),
}
MEMBERS: dict[Kind, list[Member]] = {
    kind: [(json.dumps(name).encode(), json.dumps(value, ensure_ascii=False).encode()) for name, value in base.items()]
    for kind, base in _BASES.items()
}
_DIGITS = b"-0123456789"
_NAMES = sorted({name for members in MEMBERS.values() for name, _ in members})


class Mutations:
    """An endless row of messages, the same for the same `chance`."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._number = -1

    def message(self) -> tuple[Kind, bytes]:
        """Return the next message, and as what it was meant. The largest come first, and then now and then."""
        self._number += 1
        if self._number % 200_000 < 6:
            return KINDS[self._number % 3], b"[" + b" " * (ARRAY_LIMIT - 2 + self._number % 2) + b"]"
        kind = self._chance.choice(KINDS)
        if self._number % 20_000 in {6, 7}:
            crowd = [self._chance.choice((b"1", b"{}", b"NaN"))] * (ELEMENTS_LIMIT + self._number % 2)
            return kind, b"[" + b",".join(crowd) + b"]"
        body = self._array(kind) if self._chance.random() < 0.3 else self._object(kind)
        if self._chance.random() < 0.3:
            body = self._spoilt(body)
        return kind, body

    def _array(self, kind: Kind) -> bytes:
        """Return an array, as a rule of good elements and a bad one."""
        chance = self._chance
        elements = [_object(self._harmless(kind)) for _ in range(chance.choice((0, 1, 1, 2, 3, 6)))]
        if chance.random() < 0.7:
            bad = self._object(kind) if chance.random() < 0.5 else chance.choice(HOSTILE)
            elements.insert(chance.randrange(len(elements) + 1), bad)
        comma = chance.choice((b",", b",", b", ", b"\n,\r\n"))
        return b"[" + comma.join(elements) + (b"]" if chance.random() < 0.95 else chance.choice(BLANKS))

    def _object(self, kind: Kind) -> bytes:
        members = self._harmless(kind)
        for _ in range(self._chance.choice((0, 1, 1, 1, 2, 3))):
            self._change(kind, members)
        if self._chance.random() < 0.02:
            alike = self._chance.choice((b"0", b"-0.0", self._chance.choice(HOSTILE)))
            members = [(name, alike if value[:1] in _DIGITS else value) for name, value in members]
        body = _object(members)
        return self._padded(body) if self._chance.random() < 0.005 else body

    def _harmless(self, kind: Kind) -> list[Member]:
        """Return the members of a good message, some with other good values."""
        members = list(MEMBERS[kind])
        chance = self._chance
        for _ in range(2):
            at = chance.randrange(len(members))
            name, value = members[at]
            if value.isdigit():
                members[at] = name, b"%d" % chance.randrange(90)
            elif value[:1] in _DIGITS:
                members[at] = name, b"%r" % chance.uniform(-50, 50)
            elif value.endswith((b':11Z"', b':11"')):
                members[at] = name, value.replace(b":11", b":%02d" % chance.randrange(60))
        return members

    def _change(self, kind: Kind, members: list[Member]) -> None:
        """Spoil one member: left out, doubled, renamed, wrapped, quoted, unquoted, or of quite another value."""
        chance = self._chance
        if not members:
            return
        at = chance.randrange(len(members))
        name, value = members[at]
        match chance.randrange(10):
            case 0:
                del members[at]
            case 1:
                members.insert(chance.randrange(len(members) + 1), (name, chance.choice(HOSTILE)))
            case 2:
                members.append(
                    (chance.choice((chance.choice(_NAMES), b'"unknown"', b'"\xff"', b"1")), chance.choice(HOSTILE))
                )
            case 3:
                members[at] = chance.choice((name.upper(), name[:-1], _escaped(name), chance.choice(_NAMES))), value
            case 4:
                members[at] = name, value[1:-1] if value[:1] == b'"' else b'"' + value + b'"'
            case 5:
                members[at] = name, chance.choice((b"[%s]", b'{"value": %s}', b" %s ", b"%s,", b"-%s", b"%s0")) % value
            case 6:
                chance.shuffle(members)
            case 7 if chance.random() < 0.1:
                depth = chance.choice(DEPTHS)
                members.append((b'"deep"', b"[" * depth + b"]" * depth if chance.random() < 0.5 else b'{"a":' * depth))
            case _:
                members[at] = name, chance.choice(HOSTILE)

    def _padded(self, body: bytes) -> bytes:
        """Return an object about as large as it may be."""
        room = OBJECT_LIMIT - len(body) - len(b'"pad":"",') - 1 + self._chance.randrange(3)
        return body.replace(b"{", b'{"pad":"%s",' % (self._chance.choice((b"x", b"\0")) * room), 1)

    def _spoilt(self, body: bytes) -> bytes:
        """Spoil the bytes, whatever they mean."""
        chance, blank, deep = self._chance, self._chance.choice(BLANKS), b"[" * self._chance.choice(DEPTHS)
        at = chance.randrange(len(body) + 1)
        before, after = body[:at], body[at:]
        match chance.randrange(9):
            case 0:
                spoilt = before
            case 1:
                spoilt = body + blank + chance.choice((body, after, b"{}", b"]"))
            case 2:
                spoilt = before + chance.randbytes(chance.randrange(1, 4)) + after[chance.randrange(4) :]
            case 3:
                spoilt = blank + body + chance.choice(BLANKS)
            case 4:
                spoilt = before + blank + after
            case 5:
                spoilt = body.decode("utf-8", "replace").encode(chance.choice(ENCODINGS), "replace")
            case 6:
                spoilt = chance.choice((gzip.compress(body, 1), chance.randbytes(20), b"", deep))
            case 7:
                spoilt = before + after[chance.randrange(1, 20) :]
            case _:
                spoilt = before + chance.choice(HOSTILE) + after
        return spoilt


def _object(members: list[Member]) -> bytes:
    return b"{" + b", ".join(b"%s: %s" % member for member in members) + b"}"


def _escaped(name: bytes) -> bytes:
    """Return the same name with its first letter written as an escape."""
    return name if len(name) < 3 else rb'"\u00%02x' % name[1] + name[2:]
