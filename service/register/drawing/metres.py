"""Reading a number of metres from a request."""

import math
from collections.abc import Mapping

from service.register.drawing.draft_faults import DraftFault
from service.register.json_text import described


def read_metres(
    members: Mapping[str, object], name: str, faults: list[DraftFault], *, above_0: bool = False
) -> float | None:
    """Return the metres that a member gives; None, and why in `faults`, if it gives none."""
    value = members.get(name)
    text = ""
    metres = math.nan
    if value is None:
        text = "is missing"
    elif isinstance(value, bool) or not isinstance(value, int | float):
        text = f"is {described(value)}"
    elif not math.isfinite(metres := _double(value)):
        text = "is not a finite number that a double holds"
    elif above_0 and metres <= 0:
        text = "is not above 0"
    if text:
        faults.append(DraftFault(name, "", text, "give metres above 0" if above_0 else "give metres"))
        return None
    return metres


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # a whole number has no end in JSON
        return math.inf
