"""What all JSON documents of the interface have in common."""

from datetime import datetime
from typing import Annotated, overload

from pydantic import BaseModel, ConfigDict, Field

from geofence.instants import instant, printed

At = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Document(BaseModel):
    """A JSON object with exactly these members."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@overload
def at(moment: datetime) -> str: ...
@overload
def at(moment: datetime | None) -> str | None: ...
def at(moment: datetime | None) -> str | None:
    """Return an instant as it is printed everywhere."""
    return None if moment is None else printed(instant(moment))
