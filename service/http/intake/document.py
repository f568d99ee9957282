"""What the provider is answered: counts, and what was not taken."""

from typing import Annotated, Any

from pydantic import Field

from ingest.push import Pushed
from service.http.documents import Document

# What is pushed may go to Kafka first: then nobody has compared it with the ledger when it is answered.
_IF_KNOWN = Field(description="null if it went to Kafka: only the ledger can tell, and GET /v1/feed says so later")
_TAKEN = Field(description="new in the ledger; if duplicates is null, all that were taken")


class Counts(Document):
    """What became of the elements. Each is new, a duplicate, or rejected; contradictions are among the rejected."""

    messages: int
    duplicates: Annotated[int | None, _IF_KNOWN]
    contradictions: Annotated[int | None, _IF_KNOWN]
    rejected: int


class FixCounts(Counts):
    """Counts of fixes: `messages = fixes + duplicates + rejected`; without duplicates if that is null."""

    fixes: Annotated[int, _TAKEN]


class EventCounts(Counts):
    """Counts of tag events: `messages = events + duplicates + rejected`; without duplicates if that is null."""

    events: Annotated[int, _TAKEN]


class Refused(Document):
    """One element that was not taken, and every reason. It is kept in quarantine."""

    index: int
    faults: list[str]


class TakenFixes(Document):
    """What became of a body of fixes."""

    counts: FixCounts
    rejections: list[Refused]


class TakenEvents(Document):
    """What became of a body of tag events."""

    counts: EventCounts
    rejections: list[Refused]


def taken_fixes(pushed: Pushed) -> TakenFixes:
    """Return what became of a body of fixes."""
    counts = FixCounts(fixes=pushed.tally.fixes, **_counts(pushed))
    return TakenFixes(counts=counts, rejections=_refused(pushed))


def taken_events(pushed: Pushed) -> TakenEvents:
    """Return what became of a body of tag events."""
    counts = EventCounts(events=pushed.tally.events, **_counts(pushed))
    return TakenEvents(counts=counts, rejections=_refused(pushed))


def _counts(pushed: Pushed) -> dict[str, Any]:
    tally = pushed.tally
    return {
        "messages": tally.messages,
        "duplicates": tally.duplicates if pushed.settled else None,
        "contradictions": tally.contradictions if pushed.settled else None,
        "rejected": tally.rejected,
    }


def _refused(pushed: Pushed) -> list[Refused]:
    return [Refused(index=int(one.place), faults=list(one.faults)) for one in pushed.rejections]
