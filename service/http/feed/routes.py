"""`/v1/feed`: how well the feed is. The provider sees tags and its own messages, never a zone, an order or a wearer."""

from typing import Annotated, get_args

from fastapi import APIRouter, Depends
from fastapi import Query as FromQuery
from pydantic import Field

from geofence.instants import Instant, printed
from ingest.freshness import read_freshness
from service.access.actor import Actor, Role
from service.database import Connection
from service.http.feed.arrived import read_arrivals
from service.http.feed.document import (
    CountedTags,
    FeedDocument,
    FeedRejectionPage,
    TagPage,
    TagsDocument,
    days_document,
    freshness_document,
    hours_document,
    rejection_page,
    tag_document,
)
from service.http.feed.rejections import list_rejections, place_named
from service.http.feed.tags import TagState, list_tags
from service.http.guard import Allowed
from service.http.parameters import Paged
from service.http.reading import following, reading
from service.http.wiring import Wired

routes = APIRouter(prefix="/v1/feed", tags=["The feed"])

Reader = Annotated[Actor, Depends(Allowed(Role.PROVIDER, Role.OPERATOR, Role.ADMIN))]

STATES: tuple[TagState, ...] = get_args(TagState)
PLACE = r"^\d{1,17}\.\d{1,18}$"
# Whatever a provider may have sent as a tag's id.
TAG = Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$", description="from the link to the next page")


class Tags(Paged):
    """Which part of the tags."""

    after: Annotated[str | None, TAG] = None


class Rejections(Paged):
    """Which part of the rejections."""

    after: Annotated[str | None, Field(pattern=PLACE, description="from the link to the next page")] = None


@routes.get("")
async def feed(services: Wired, actor: Reader, shown: Annotated[Paged, FromQuery()]) -> FeedDocument:
    """Return freshness, counts and lateness of each feed, the tags that need attention, and what was not taken.

    Hours are those of the last 24, days in London the last 30. Each list begins here and goes on at its `next`.
    """
    async with services.counting, reading(services, actor, "feed") as (connection, now):
        arrived = await read_arrivals(connection, now)
        return FeedDocument(
            at=printed(now),
            feeds=[freshness_document(each) for each in await read_freshness(connection, now)],
            hours=hours_document(arrived.hours),
            days=days_document(arrived.days),
            tags=TagsDocument(
                **{state: await _tags_in(connection, state, now, Tags(limit=shown.limit)) for state in STATES}
            ),
            rejections=await _rejections(connection, now, Rejections(limit=shown.limit)),
        )


@routes.get("/tags/{state}")
async def tags(services: Wired, actor: Reader, state: TagState, shown: Annotated[Tags, FromQuery()]) -> TagPage:
    """List the tags in one of the states that `/v1/feed` counts, in the order of their ids."""
    async with services.counting, reading(services, actor, f"feed, tags {state}") as (connection, now):
        found = await _tags_in(connection, state, now, shown)
    return TagPage(items=found.items, next=found.next)


@routes.get("/rejections")
async def rejections(services: Wired, actor: Reader, shown: Annotated[Rejections, FromQuery()]) -> FeedRejectionPage:
    """List what was not taken in the last seven days, the latest first.

    A fault names the member and the limit. A coordinate that is out of range is not repeated.
    """
    async with reading(services, actor, "feed, rejections") as (connection, now):
        return await _rejections(connection, now, shown)


async def _tags_in(connection: Connection, state: TagState, now: Instant, shown: Tags) -> CountedTags:
    page = await list_tags(connection, state, now, shown.after, shown.limit)
    more = following(f"/v1/feed/tags/{state}", shown, page.after)
    return CountedTags(items=[tag_document(row) for row in page.rows], next=more, count=page.remaining)


async def _rejections(connection: Connection, now: Instant, shown: Rejections) -> FeedRejectionPage:
    after = None if shown.after is None else place_named(shown.after)
    rows, more = await list_rejections(connection, now, after, shown.limit)
    return rejection_page(rows, following("/v1/feed/rejections", shown, more))
