"""Reading what somebody says of fittings: one element of a request, or a correction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alerts.particulars import Connection
from geofence.ids import TagId, WearerId
from geofence.instants import FOREVER, Interval
from service.register.entry import UNREAD, Entry
from service.register.findings import Findings
from service.register.fittings.fitting import Fitted
from service.register.json_text import parse
from service.register.refusals import Faulty

LONGEST_ELEMENT = 64 * 1024
_MEMBERS = "tag_id, wearer_id or provider_person_id, fitted_at and removed_at"

# $1: our ids, $2: the provider's.
WEARERS = """
SELECT wearer_id, provider_person_id FROM wearer WHERE wearer_id = ANY($1) OR provider_person_id = ANY($2)"""


@dataclass(frozen=True, slots=True)
class Said:
    """What an element says. Of the wearer's two names at least one is given."""

    tag_id: TagId
    wearer_id: str | None
    provider_person_id: str | None
    during: Interval


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An element with every fault; none of them shows what was sent."""

    faults: tuple[str, ...]


def read_element(data: bytes) -> Said | Unreadable:
    """Read one element of a request.

    >>> read_element(b'{"tag_id": "T-1", "fitted_at": "2026-10-01T12:00:00Z"}')
    Unreadable(faults=('wearer_id is missing; give wearer_id or provider_person_id',))
    """
    if len(data) > LONGEST_ELEMENT:
        return Unreadable((f"{len(data)} bytes is over {LONGEST_ELEMENT}; leave out what nobody reads",))
    findings = Findings()
    members = parse(data, findings, "element", _MEMBERS, sent=True)
    if members is not None and not findings.faulty:
        entry = Entry(members, "element", findings, shows=False)
        tag_id = TagId(entry.identity("tag_id"))
        wearer_id = entry.optional_identity("wearer_id")
        provider_person_id = entry.optional_identity("provider_person_id")
        if wearer_id is None and provider_person_id is None:
            entry.fault("wearer_id is missing", "give wearer_id or provider_person_id", "wearer_id")
        during = _period(entry)
        entry.close()
        if not findings.found:  # a misspelt removed_at that nobody reads would leave the tag on him for ever
            return Said(tag_id, wearer_id, provider_person_id, during)
    return Unreadable(tuple(f"{found.text}; {found.remedy}" for found in findings.found))


def read_correction(members: Mapping[str, object]) -> Interval:
    """Read {"fitted_at", "removed_at"}: the whole period as it should have been. Raises Faulty with every fault."""
    findings = Findings()
    entry = Entry(members, "fitting", findings)
    during = _period(entry)
    entry.close()
    if findings.found:
        raise Faulty(findings.found)
    return during


class KnownWearers:
    """The wearers whom some elements name."""

    def __init__(self, rows: Iterable[tuple[WearerId, str | None]]) -> None:
        self._persons = dict(rows)

    @classmethod
    async def read(cls, connection: Connection, said: Iterable[Said]) -> "KnownWearers":
        """Read them from the register."""
        all_said = list(said)
        own = {each.wearer_id for each in all_said if each.wearer_id is not None}
        persons = {each.provider_person_id for each in all_said if each.provider_person_id is not None}
        rows = await connection.fetch(WEARERS, list(own), list(persons))
        return cls((row["wearer_id"], row["provider_person_id"]) for row in rows)

    def fitted(self, said: Said) -> Fitted | str:
        """Return the fitting that is meant, or why its wearer is not known: the same whatever else there is."""
        if said.wearer_id is not None:
            found = [WearerId(said.wearer_id)] if said.wearer_id in self._persons else []
            if said.provider_person_id is not None:
                found = [each for each in found if self._persons[each] == said.provider_person_id]
        else:
            found = [each for each, person in self._persons.items() if person == said.provider_person_id]
        match found:
            case [wearer_id]:
                return Fitted(said.tag_id, wearer_id, said.during)
            case []:
                return "no such wearer; correct wearer_id or provider_person_id, or have the wearer entered first"
            case _:
                return "more than one wearer goes by this provider_person_id; give wearer_id"


def _period(entry: Entry) -> Interval:
    fitted_at = entry.instant_of_our_time("fitted_at")
    removed_at = entry.optional_instant_of_our_time("removed_at")
    if removed_at is None:
        return Interval(fitted_at, FOREVER)
    if UNREAD not in (fitted_at, removed_at) and removed_at <= fitted_at:
        entry.fault("removed_at is not after fitted_at", "correct one of the two", "removed_at")
    return Interval(fitted_at, removed_at)
