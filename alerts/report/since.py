"""What is known of the time after the report day: how far it was judged, and how much of it anybody watched."""

from collections.abc import Sequence
from typing import Final

from alerts.inputs import DayInputs
from alerts.report.coverage import covered, is_known
from alerts.report.day_fixes import DayFixes
from alerts.report.values import Covered, Since
from geofence.instants import SECOND_US, Instant, Interval
from geofence.judgement import Unmonitored

# What a wait for the next usable fix is called; any other reason is the tag's or the register's, and is told.
_MISSING: Final = {"no_fixes", "sparse", "cell_only", "poor_accuracy"}


def since_midnight(inputs: DayInputs, fixes: DayFixes) -> Since | None:
    """Return what is known of the time since the report day's end, None if nobody judged it."""
    judgement = inputs.since_midnight
    if judgement is None:
        return None
    between = Interval(judgement.start, judgement.until)
    rows = covered(inputs.particulars, judgement)
    last = fixes.last_before(between.end)
    longest_us = round(inputs.rules.monitored_gap_s * SECOND_US)
    silent = _silent(rows, between, last, longest_us)
    if silent is not None:
        told_from = silent.start - longest_us
    elif between.end == inputs.horizon:
        # The next fix may still come in time.
        told_from = between.end - longest_us
    else:
        told_from = between.end
    return Since(
        between=between,
        coverage=rows,
        coverage_known=is_known(inputs.particulars, judgement),
        last_fix_at=last,
        silent=silent,
        gaps=tuple(row for row in rows if any(_apart(gap, told_from) for gap in row.coverage.unmonitored)),
    )


def _silent(rows: Sequence[Covered], between: Interval, last: Instant | None, longest_us: int) -> Interval | None:
    """Return the time from which no tag sent anything, if it is longer than the rules let pass and somebody was due."""
    start = between.start if last is None else max(between.start, last)
    missed = any(gap.until > start for row in rows for gap in row.coverage.unmonitored)
    return Interval(start, between.end) if missed and between.end - start > longest_us else None


def _apart(gap: Unmonitored, told_from: int) -> bool:
    """Whether a gap is more than the silence of every tag, or than the wait for the next fix."""
    return gap.reason not in _MISSING or gap.start < told_from
