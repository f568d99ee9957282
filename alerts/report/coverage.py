"""How much of a stretch of time was monitored for this force's prohibitions, and is that known at all?"""

from alerts.particulars import Particulars
from alerts.report.values import Covered
from geofence.judgement import Judgement


def covered(particulars: Particulars, judgement: Judgement) -> tuple[Covered, ...]:
    """Return the judgement's rows of coverage that concern this force, in their order."""
    rows = []
    for coverage in judgement.coverage:
        if (prohibition := particulars.prohibitions.get(coverage.prohibition_id)) is not None:
            nearest = particulars.zones.get(coverage.nearest.zone_id) if coverage.nearest else None
            wearer = particulars.wearers[coverage.wearer_id]
            rows.append(Covered(coverage, wearer, particulars.orders[prohibition.order_id], prohibition, nearest))
    return tuple(rows)


def is_known(particulars: Particulars, judgement: Judgement) -> bool:
    """Return whether the judgement tells of monitored time: without any row where R10 demands one, nobody measured."""
    bites = bool(particulars.zones) or any(clause.needs_zone for clause in particulars.prohibitions.values())
    return bool(judgement.coverage) or not bites
