"""What all JSON documents of the interface have in common."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, overload

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from geofence.instants import instant, printed
from service.register.findings import Finding

At = Annotated[str, Field(json_schema_extra={"format": "date-time"})]

# A day more on either side: of what is written with the years 2000 to 2199, none is refused for its offset.
_FIRST, _LAST = datetime(1999, 12, 31, tzinfo=UTC), datetime(2200, 1, 2, tzinfo=UTC)
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _written_as_an_instant(value: object) -> object:
    # Left to itself, the type takes seconds since 1970 for an instant as well.
    if not (isinstance(value, str) and _WRITTEN.fullmatch(value)):
        raise ValueError("must be an instant with its offset, such as 2026-11-20T18:02:11Z")
    return value


def _of_our_time(value: datetime) -> datetime:
    if not _FIRST <= value < _LAST:
        raise ValueError("must be in the years 2000 to 2199")
    return value


# An instant that somebody sends us.
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_written_as_an_instant),
    AfterValidator(_of_our_time),
    Field(json_schema_extra={"pattern": r"^2[01]\d\d-"}),
]


class Document(BaseModel):
    """A JSON object with exactly these members."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Warned(Document):
    """What needs a written reason before it is published."""

    pointer: str
    detail: str


def warned(warnings: Sequence[Finding]) -> list[Warned]:
    """Return warnings as they are told."""
    return [Warned(pointer=each.pointer, detail=each.told) for each in warnings]


@overload
def at(moment: datetime) -> str: ...
@overload
def at(moment: datetime | None) -> str | None: ...
def at(moment: datetime | None) -> str | None:
    """Return an instant as it is printed everywhere."""
    return None if moment is None else printed(instant(moment))
