"""One tag's standing fittings in order of time: no two of them overlap, so that a look at the neighbours is enough."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from service.register.fittings.fitting import Fitted, FittingRecord


class Timeline:
    """Where a tag is, and when. records: its standing fittings."""

    def __init__(self, records: Iterable[FittingRecord] = ()) -> None:
        self._records = sorted(records, key=lambda record: record.fitted.during.start)
        self._starts = [record.fitted.during.start for record in self._records]

    def own(self, fitted: Fitted) -> FittingRecord | None:
        """Return the fitting that begins as is said, None if there is none."""
        place = bisect_left(self._starts, fitted.during.start)
        found = self._records[place] if place < len(self._records) else None
        return found if found is not None and found.fitted.begins_as(fitted) else None

    def in_the_way(self, fitted: Fitted) -> Iterator[FittingRecord]:
        """Yield the others during which the tag can't be as is said."""
        first = max(0, bisect_right(self._starts, fitted.during.start) - 1)
        for place in range(first, len(self._records)):
            record = self._records[place]
            if record.fitted.during.start >= fitted.during.end:
                return
            if record.fitted.during.meet(fitted.during) is not None and not record.fitted.begins_as(fitted):
                yield record

    def put(self, record: FittingRecord) -> None:
        """Let a fitting stand. It replaces the one that begins as it does; nothing else may be in its way."""
        place = bisect_left(self._starts, record.fitted.during.start)
        if self.own(record.fitted) is not None:
            self._records[place] = record
        else:
            self._records.insert(place, record)
            self._starts.insert(place, record.fitted.during.start)
