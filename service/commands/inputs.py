"""Reading what a command was given: instants, register and rules files; each refusal is one line with its remedy."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from geofence.instants import Instant, instant, moment
from geofence.rules import Rules, RulesUnreadable, rules_from
from ingest.lines import FileUnreadable
from service.refusal import Refused
from service.register.document import RegisterDocument, read_register
from service.register.findings import Findings
from service.register.json_text import parse

_FIRST_YEAR = 1000  # an instant is printed with four digits of year


class ProfileName(StrEnum):
    """How the members of a fix are named."""

    CORDON = "cordon"
    MDSS = "mdss"


def read_instant(text: str, option: str) -> Instant:
    """Return the instant that an option gives.

    Raises Refused for a time without an offset, for what is no time, and for what has no date of four digits in UTC.
    """
    try:
        at = instant(datetime.fromisoformat(text))
    except ValueError:
        raise Refused(f"{option} {text or '(empty)'}: not an instant; write it like 2026-11-20T00:00:00Z") from None
    try:
        year = moment(at).year
    except OverflowError:
        year = 0
    if year < _FIRST_YEAR:
        raise Refused(f"{option} {text}: not within the years {_FIRST_YEAR} to 9999 of UTC; name one that is")
    return at


def read_day(text: str, first: date = date(2000, 1, 1), last: date = date(9998, 12, 31)) -> date:
    """Return the report day that an option gives, which is `first` or `last` or between them. Raises Refused."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"--day {text or '(empty)'}: not a day; write it like 2026-11-20") from None
    if not first <= day <= last:
        raise Refused(f"--day {text}: not from {first} to {last}; name one of those days")
    return day


def read_folder(text: str) -> Path:
    """Return the folder that an option gives. Raises Refused if it gives none: that is not the present one."""
    if not text:
        raise Refused("--out (empty): not a folder; name one, or . for the present one")
    return Path(text)


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
    findings = Findings()
    document = parse(read_file(path), findings, "rules", "thresholds")
    if document is None or findings.faulty:
        raise Refused(f"{path}: {findings.found[0]}")
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
