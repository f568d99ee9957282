"""From when on could a change of the register change a judgement?"""

from collections.abc import Mapping
from datetime import datetime

from geofence.instants import BEGINNING, FOREVER, Instant, instant
from service.register.rows import Row, differing_columns, end_of

# No rule of judgement reads these columns.
_SILENT = frozenset(
    {"kind", "reference", "court", "made_on", "immediate_alert", "monitoring_extended_by", "clause", "wording"}
    | {"address_protected", "label", "responding_force", "premises"}
)
# From these instants on a row holds; up to those it does.
_STARTS = frozenset({"effective_from", "monitoring_from", "starts_at", "valid_from", "fitted_at"})
_ENDS = frozenset({"ends", "discharged_at", "monitoring_until", "ends_at", "valid_until", "removed_at"})


def first_touched(before: Mapping[str, object], after: Row, start: Instant) -> Instant | None:
    """Return from when on a judgement may change because a row did, None if none can.

    before: the row that there is. after: the columns that it is to have. start: from when on the row matters at all.
    """
    since = []
    for column in differing_columns(after, before):
        if column in _STARTS | _ENDS:
            old, new = _bound(column, before[column]), _bound(column, after[column])
            # Between the old bound and the new one, what was in force no longer is, or the reverse. An end that is said
            # otherwise but comes no sooner and no later changes nothing.
            if old != new:
                since.append(max(start, min(old, new)))
        elif column not in _SILENT:
            since.append(start)
    return min(since, default=None)


def _bound(column: str, value: object) -> Instant:
    match value:
        case None:
            return BEGINNING if column in _STARTS else FOREVER
        case str():
            return end_of(value)
        case datetime():
            return instant(value)
        case _:
            raise TypeError(f"{column} is no bound")
