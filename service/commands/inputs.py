"""Reading what a command was given: instants, register and rules files; each refusal is one line with its remedy."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from geofence.instants import Instant, instant
from geofence.rules import Rules, RulesUnreadable, rules_from
from ingest.lines import FileUnreadable
from service.refusal import Refused
from service.register.document import RegisterDocument, read_register


class ProfileName(StrEnum):
    """How the members of a fix are named."""

    CORDON = "cordon"
    MDSS = "mdss"


def read_instant(text: str, option: str) -> Instant:
    """Return the instant that an option gives. Raises Refused for a time without an offset, or what is no time."""
    try:
        return instant(datetime.fromisoformat(text))
    except ValueError:
        raise Refused(f"{option} {text}: not an instant; write it like 2026-11-20T00:00:00Z") from None


def read_day(text: str) -> date:
    """Return the report day that an option gives. Raises Refused."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"--day {text}: not a day; write it like 2026-11-20") from None


def read_file(path: Path) -> bytes:
    """Return a file's bytes. Raises Refused naming the file."""
    try:
        return path.read_bytes()
    except OSError as failed:
        raise Refused(f"{path}: {failed.strerror}; name a file that can be read") from failed


def read_register_file(path: Path) -> RegisterDocument:
    """Return a register without faults. Raises Refused with the first fault and the number of the others."""
    checked = read_register(read_file(path))
    if checked.document is None:
        first, *others = checked.faults
        more = f" (and {len(others)} more: cordon register check {path} lists them)" if others else ""
        raise Refused(f"{path}: {first}{more}")
    return checked.document


def read_rules_file(path: Path | None) -> Rules:
    """Return the rules of a file, the default ones without. Raises Refused."""
    if path is None:
        return Rules()
    try:
        document = msgspec.json.decode(read_file(path))
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise Refused(f"{path}: not JSON ({wrong}); write an object of thresholds") from wrong
    try:
        return rules_from(document)
    except RulesUnreadable as wrong:
        raise Refused(f"{path}: {wrong}") from wrong


@contextmanager
def readable_files() -> Iterator[None]:
    """Turn a file of fixes or events that can't be read into a refusal; its message names file, place and remedy."""
    try:
        yield
    except FileUnreadable as wrong:
        raise Refused(str(wrong)) from wrong
