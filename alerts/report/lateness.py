"""Which fixes of the day came late, by how much, and whether the tag or the way from the tag was the cause."""

from typing import Final

import numpy as np

from alerts.inputs import DayInputs
from alerts.report.day_fixes import NOT_UPLOADED, DayFixes
from alerts.report.values import Late
from geofence.instants import MINUTE_US

LATE_US: Final = 15 * MINUTE_US


def lateness(inputs: DayInputs, fixes_of_day: DayFixes) -> tuple[Late, ...]:
    """Return, of each wearer with fixes received more than 15 minutes after they were recorded, how many and why."""
    found = []
    for wearer_id, wearer in sorted(inputs.particulars.wearers.items()):
        fixes = fixes_of_day.fixes.row[fixes_of_day.of_wearer(wearer_id, *inputs.between)]
        recorded_at = inputs.tracks.recorded_at[fixes]
        uploaded_at = inputs.reported.uploaded_at[fixes]
        received_at = inputs.reported.received_at[fixes]
        late = received_at - recorded_at > LATE_US
        if not late.any():
            continue
        told = uploaded_at != NOT_UPLOADED
        # What is not told may be the smallest number there is: it takes no part in the subtraction.
        by_tag = late & (np.where(told, uploaded_at, recorded_at) - recorded_at > LATE_US)
        found.append(
            Late(
                wearer=wearer,
                fixes=len(fixes),
                by_tag=int(by_tag.sum()),
                in_transit=int((late & told & ~by_tag).sum()),
                unknown=int((late & ~told).sum()),
                longest_us=int((received_at - recorded_at).max()),
            )
        )
    return tuple(found)
