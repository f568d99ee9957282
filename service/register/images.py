"""What a change did to the register's rows: each before and after it, as the database kept them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from asyncpg import Record

from geofence.instants import instant, printed
from service.register.as_written import Json

# An image that a change began is told after it, one that it ended before it. `image` names those that are told of.
TOLD = """
told AS (
    SELECT since_version AS register_version, true AS is_after, table_name, key, image FROM image
    UNION ALL
    SELECT until_version, false, table_name, key, image FROM image WHERE until_version IS NOT NULL
)"""
# What is referred to before what refers to it, and what was before what is after.
IN_ORDER = """array_position(ARRAY['force', 'force_recipient', 'wearer', 'fitting', 'court_order', 'notification',
    'suspension', 'prohibition', 'zone', 'zone_version'], table_name), table_name, key, is_after"""
COLUMNS = "register_version, is_after, table_name, key::text, image::text"

# An image holds instants as the session that changed the row would print them.
INSTANT_COLUMNS = frozenset(
    {"known_from", "fitted_at", "removed_at", "aware_from", "effective_from", "monitoring_from", "monitoring_until"}
    | {"discharged_at", "starts_at", "ends_at", "valid_from", "valid_until"}
    | {"drawn_at", "published_at", "emergency_until", "withdrawn_at", "confirmed_at", "at"}
)
# It is told beside the image which change began it.
_LEFT_OUT = "since_version"


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """One row and what a change did to it. before None: it is new. after None: it was removed."""

    table: str
    key: Json
    before: Json | None
    after: Json | None

    def written(self) -> Json:
        """Return it as JSON."""
        return {"table": self.table, "key": self.key, "before": self.before, "after": self.after}


def paired(told: Iterable[Record]) -> Iterator[ChangedRow]:
    """Yield the rows of one change, from COLUMNS of `told` that come IN_ORDER."""
    for (table, key), images in groupby(told, key=_whose):
        before = after = None
        for image in images:
            if image["is_after"]:
                after = as_image(image["image"])
            else:
                before = as_image(image["image"])
        yield ChangedRow(table, json.loads(key), before, after)


def as_image(stored: str) -> Json:
    """Return a row's image with its instants as they are printed everywhere."""
    columns: Json = json.loads(stored)
    columns.pop(_LEFT_OUT, None)
    return {name: _printed(value) if name in INSTANT_COLUMNS else value for name, value in columns.items()}


def _whose(image: Record) -> tuple[str, str]:
    return image["table_name"], image["key"]


def _printed(value: str | None) -> str | None:
    if value is None or value.endswith("infinity"):
        return value
    return printed(instant(datetime.fromisoformat(value)))
