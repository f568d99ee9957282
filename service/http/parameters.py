"""Parameters of paths and queries that several routes take. What does not fit is refused before any table is read."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

# No control characters: PostgreSQL holds no NUL, and no id of anybody's contains the others.
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


def _written_as_a_day(value: object) -> object:
    # Left to itself, the date type takes seconds since 1970 for a day as well.
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("must be a day, such as 2026-11-20")
    return value


def _of_our_time(value: date) -> date:
    if not 2000 <= value.year < 2100:
        raise ValueError("must be in the years 2000 to 2099")
    return value


Day = Annotated[
    date,
    BeforeValidator(_written_as_a_day),
    AfterValidator(_of_our_time),
    Field(json_schema_extra={"pattern": r"^20\d\d-"}),
]


class Query(BaseModel):
    """A query string. A parameter that is not known is refused: a misspelt filter would otherwise show everything."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paged(Query):
    """A query string whose answer comes in pages."""

    limit: Annotated[int, Field(ge=1, le=500, description="the most items in one answer")] = 100
