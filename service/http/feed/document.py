"""What the state of the feed looks like as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from asyncpg import Record

from geofence.instants import SECOND_US, printed
from ingest.fix import Origin
from ingest.freshness import Freshness
from service.http.documents import At, Document, at
from service.http.feed.arrived import Arrived, ByTime
from service.http.feed.rejections import kafka_place, without_coordinate


class LatenessDocument(Document):
    """New fixes by how late they were received, each counted once: in the first class that it fits."""

    under_1_min: int
    under_5_min: int
    under_15_min: int
    under_1_h: int
    under_6_h: int
    under_24_h: int
    over_24_h: int


class FeedCounts(Document):
    """What arrived: `messages = fixes + events + duplicates + rejected`; contradictions are among the rejected.

    recorded: how long after the tag recorded them the new fixes were received. uploaded: after the tag sent them, of
    those whose `uploaded_at` was given.
    """

    origin: Origin
    messages: int
    fixes: int
    events: int
    duplicates: int
    contradictions: int
    rejected: int
    recorded: LatenessDocument
    uploaded: LatenessDocument


class HourCounts(FeedCounts):
    """What arrived by one feed in the hour that begins at `hour`."""

    hour: At


class DayCounts(FeedCounts):
    """What arrived by one feed on a day in London."""

    day: str


class FreshnessDocument(Document):
    """When something last came by a feed, null if nothing ever did.

    silent: nothing has come for 15 minutes by a feed that should bring something day and night; never so of files.
    """

    origin: Origin
    last_received_at: At | None
    silent_for_s: float | None
    silent: bool


class TagDocument(Document):
    """A tag that needs somebody's attention.

    newest_at: its newest fix, if there is any; of a suspect clock when such a fix last came, of a mismatch its newest
    such fix. since: since when it has been so; of an unknown tag when it was last taken off, null if it was never worn.
    fixes: how many fixes are in doubt, null where that is not counted.
    """

    tag_id: str
    newest_at: At | None
    since: At | None
    fixes: int | None


class TagPage(Document):
    """Tags, in the order of their ids. `next`: where to find more, null at the end."""

    items: list[TagDocument]
    next: str | None


class CountedTags(Document):
    """How many tags are in a state, and the first of them. `next`: where to find more, null at the end."""

    count: int
    items: list[TagDocument]
    next: str | None


class TagsDocument(Document):
    """The tags that need attention.

    unknown: they sent fixes within three days, and no fitting covers the newest one. stale: they are fitted, and have
    recorded nothing for 15 minutes. clock_suspect: within a day, they sent fixes from more than 5 minutes ahead of us.
    person_mismatch: within a day, their fixes named another person than the one to whom the tag is fitted.
    """

    unknown: CountedTags
    stale: CountedTags
    clock_suspect: CountedTags
    person_mismatch: CountedTags


class KafkaPlaceDocument(Document):
    """Where a record stood; `index`: within its array, null if it was none."""

    topic: str
    partition: int
    offset: int
    index: int | None


class FeedRejection(Document):
    """What was not taken, and every reason. It is kept, and read again when that may help.

    place: the index in its request (https), the line (file), or topic, partition and offset, which `kafka` has singly.
    """

    rejection_id: int
    origin: Origin
    place: str
    kafka: KafkaPlaceDocument | None
    profile: str
    received_at: At
    faults: list[str]
    contradiction: bool
    tag_id: str | None


class FeedRejectionPage(Document):
    """Rejections of the last seven days, the latest first. `next`: where to find more, null at the end."""

    items: list[FeedRejection]
    next: str | None


class FeedDocument(Document):
    """How well the feed is, at an instant. Hours and days without anything are left out; the latest come first."""

    at: At
    feeds: list[FreshnessDocument]
    hours: list[HourCounts]
    days: list[DayCounts]
    tags: TagsDocument
    rejections: FeedRejectionPage


def freshness_document(fresh: Freshness) -> FreshnessDocument:
    """Return one feed's freshness."""
    return FreshnessDocument(
        origin=fresh.origin,
        last_received_at=None if fresh.last_at is None else printed(fresh.last_at),
        silent_for_s=None if fresh.silent_us is None else fresh.silent_us / SECOND_US,
        silent=fresh.silent,
    )


def hours_document(hours: ByTime) -> list[HourCounts]:
    """Return the counts of hours."""
    return [HourCounts(hour=hour, origin=origin, **_counts(found)) for (hour, origin), found in hours.items()]


def days_document(days: ByTime) -> list[DayCounts]:
    """Return the counts of days."""
    return [DayCounts(day=day, origin=origin, **_counts(found)) for (day, origin), found in days.items()]


def tag_document(row: Record) -> TagDocument:
    """Return one tag."""
    return TagDocument(tag_id=row["tag_id"], newest_at=at(row["newest_at"]), since=at(row["since"]), fixes=row["fixes"])


def rejection_page(rows: Sequence[Record], more: str | None) -> FeedRejectionPage:
    """Return a page of rejections; more: the link to the next."""
    return FeedRejectionPage(items=[_rejection(row) for row in rows], next=more)


def _counts(found: Arrived) -> dict[str, Any]:
    counts = found.counts
    return {
        **counts,
        "events": counts["messages"] - counts["fixes"] - counts["duplicates"] - counts["rejected"],
        "recorded": _lateness(found.recorded_late),
        "uploaded": _lateness(found.uploaded_late),
    }


def _lateness(classes: Sequence[int]) -> LatenessDocument:
    return LatenessDocument(**dict(zip(LatenessDocument.model_fields, classes, strict=True)))


def _rejection(row: Record) -> FeedRejection:
    place = kafka_place(row["place"]) if row["origin"] == "kafka" else None
    return FeedRejection(
        rejection_id=row["rejection_id"],
        origin=row["origin"],
        place=row["place"],
        kafka=None if place is None else KafkaPlaceDocument(**asdict(place)),
        profile=row["profile"],
        received_at=at(row["received_at"]),
        faults=[without_coordinate(fault) for fault in row["faults"]],
        contradiction=row["contradiction"],
        tag_id=row["tag_id"],
    )
