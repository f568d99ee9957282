"""Which tags does whoever looks after the feed have to look at? Told by tag alone, never by who wears it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from asyncpg import Record

from geofence.instants import MINUTE_US, Instant, moment
from ingest.doubts import LATELY_US
from service.database import Connection

TagState = Literal["unknown", "stale", "clock_suspect", "person_mismatch"]

STALE_US, LONG_STALE_US = 15 * MINUTE_US, 60 * MINUTE_US
UNKNOWN_US = 3 * 24 * 60 * MINUTE_US  # fixes without a wearer are of no use to anybody later

_WORN = "fitted_at <= {at} AND (removed_at IS NULL OR removed_at > {at})"
_NOW, _THEN = _WORN.format(at="$1"), _WORN.format(at="newest_at")

# Each: $1 now, $2 since when what is looked for must have been so.
UNKNOWN = f"""
SELECT tag_id, newest_at, NULL::bigint AS fixes,
       (SELECT max(removed_at) FROM fitting
        WHERE fitting.tag_id = tag.tag_id AND standing AND removed_at <= newest_at) AS since
FROM tag WHERE newest_at > $2
  AND NOT EXISTS (SELECT FROM fitting WHERE fitting.tag_id = tag.tag_id AND standing AND ({_NOW} OR {_THEN}))"""  # noqa: S608 - a constant
STALE = f"""
SELECT tag_id, CASE WHEN isfinite(newest_at) THEN newest_at END AS newest_at, NULL::bigint AS fixes,
       greatest(newest_at, fitted_at) AS since
FROM fitting LEFT JOIN tag USING (tag_id) WHERE standing AND {_NOW} AND greatest(newest_at, fitted_at) <= $2"""  # noqa: S608 - a constant
CLOCK_SUSPECT = """
SELECT tag_id, last_at AS newest_at, fixes, first_at AS since FROM suspect_clock WHERE last_at > $2 AND last_at <= $1"""
# Of a tag that was fitted while this person was being named, not all these fixes were wrong: how many is not known.
PERSON_MISMATCH = f"""
SELECT tag_id, max(last_at) AS newest_at, min(greatest(first_at, fitted_at)) AS since,
       CASE WHEN bool_and(first_at >= fitted_at) THEN sum(fixes)::bigint END AS fixes
FROM named_person JOIN fitting USING (tag_id) JOIN wearer USING (wearer_id)
WHERE last_at > $2 AND fitted_at <= $1 AND standing AND {_WORN.format(at="last_at")} AND provider_person_id <> person_id
GROUP BY tag_id"""  # noqa: S608 - a constant
FOUND: Mapping[TagState, tuple[str, int]] = {
    "unknown": (UNKNOWN, UNKNOWN_US),
    "stale": (STALE, STALE_US),
    "clock_suspect": (CLOCK_SUSPECT, LATELY_US),
    "person_mismatch": (PERSON_MISMATCH, LATELY_US),
}
PAGE = """
SELECT *, count(*) OVER () AS remaining FROM ({found}) AS found
WHERE $3::text IS NULL OR tag_id COLLATE "C" > $3 ORDER BY tag_id COLLATE "C" LIMIT $4"""
# $2, $3: since when a tag must be stale.
COUNT_WORN = f"""
SELECT count(*) AS fitted,
       count(*) FILTER (WHERE greatest(newest_at, fitted_at) <= $2) AS stale,
       count(*) FILTER (WHERE greatest(newest_at, fitted_at) <= $3) AS long_stale
FROM fitting LEFT JOIN tag USING (tag_id) WHERE standing AND {_NOW}"""  # noqa: S608 - a constant
COUNT = "SELECT count(*) FROM ({found}) AS found"


@dataclass(frozen=True, slots=True)
class TagCounts:
    """How many tags are fitted now, how many of them are stale for an hour, and how many there are in each state."""

    fitted: int
    long_stale: int
    states: Mapping[TagState, int]


@dataclass(frozen=True, slots=True)
class TagPage:
    """Some tags in a state, in the order of their ids. remaining: how many there are from the first of them on.

    after: the last of them, if there are more.
    """

    rows: Sequence[Record]
    remaining: int
    after: str | None


async def count_tags(connection: Connection, now: Instant) -> TagCounts:
    """Count all tags. It looks at every tag and fitting, and at no fix."""
    row = await connection.fetchrow(COUNT_WORN, *_moments(now, STALE_US), moment(Instant(now - LONG_STALE_US)))
    assert row is not None  # noqa: S101 - an aggregate is one row
    states: dict[TagState, int] = {"stale": row["stale"]}
    for state, (found, back_us) in FOUND.items():
        if state not in states:
            states[state] = await connection.fetchval(COUNT.format(found=found), *_moments(now, back_us))
    return TagCounts(row["fitted"], row["long_stale"], states)


async def list_tags(connection: Connection, state: TagState, now: Instant, after: str | None, limit: int) -> TagPage:
    """Return up to `limit` tags in a state, those after the one named by `after`.

    since: of an unknown tag when it was last taken off, if it was ever worn; else since when it has been in this state.
    newest_at: of a tag that is stale or unknown its newest fix, if it has any; else the newest fix that is in doubt.
    """
    found, back_us = FOUND[state]
    rows = await connection.fetch(PAGE.format(found=found), *_moments(now, back_us), after, limit + 1)
    return TagPage(
        rows=rows[:limit],
        remaining=rows[0]["remaining"] if rows else 0,
        after=rows[limit - 1]["tag_id"] if len(rows) > limit else None,
    )


def _moments(now: Instant, back_us: int) -> tuple[datetime, datetime]:
    return moment(now), moment(Instant(now - back_us))
