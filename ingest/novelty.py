"""Which fixes of a batch are new, which repeat a fix, and which contradict one?

A fix newer than everything known of its tag can only be new. The rest are compared with those fixes of the ledger and
of the batch that have the same tag and instant.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from geofence.ids import TagId
from geofence.instants import Instant
from ingest.fix import Fix
from ingest.identity import differences, identity

TagInstant = tuple[TagId, Instant]


@dataclass(slots=True)
class Sorted:
    """Rows of a batch by what became of them. contradictions: with the fields in which each differs from the first."""

    new: list[int] = field(default_factory=list)
    duplicates: int = 0
    contradictions: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)


def doubtful_rows(fixes: Sequence[Fix], newest: dict[TagId, Instant]) -> list[int]:
    """Return the rows that are not newer than all before them of their tag.

    newest: for each tag, an instant after which the ledger has no fix of it; left as it is after these fixes.
    """
    doubtful = []
    for row, fix in enumerate(fixes):
        if fix.recorded_at > newest[fix.tag_id]:
            newest[fix.tag_id] = fix.recorded_at
        else:
            doubtful.append(row)
    return doubtful


def instants_of(fixes: Sequence[Fix], rows: Iterable[int]) -> set[TagInstant]:
    """Return the tags and instants at which the ledger must be looked into."""
    return {(fixes[row].tag_id, fixes[row].recorded_at) for row in rows}


def sort_out(fixes: Sequence[Fix], doubtful: Sequence[int], stored: Iterable[Fix]) -> Sorted:
    """Say of each fix whether it is new; `stored` are the ledger's fixes at the doubtful rows' tags and instants.

    Of fixes with one identity the ledger's is the first, then the earliest of the batch.
    """
    if not doubtful:
        return Sorted(new=list(range(len(fixes))))
    keys = instants_of(fixes, doubtful)
    firsts: dict[TagInstant, dict[Hashable, Fix]] = defaultdict(dict)
    for fix in stored:
        firsts[fix.tag_id, fix.recorded_at][identity(fix)] = fix
    found = Sorted()
    for row, fix in enumerate(fixes):
        key = (fix.tag_id, fix.recorded_at)
        if key not in keys:
            found.new.append(row)
            continue
        first = firsts[key].setdefault(identity(fix), fix)
        if first is fix:
            found.new.append(row)
        elif fields := differences(fix, first):
            found.contradictions.append((row, fields))
        else:
            found.duplicates += 1
    return found
