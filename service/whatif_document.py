"""whatif.json: what other rules would have made of the same fixes, for machines."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

import msgspec

from geofence.instants import printed
from geofence.judgement import Grade, Incident, Judgement, NotRaised, printed_incident, printed_seconds
from geofence.rules import Rules, rules_document
from service.whatif import Compared, Difference, What

_REASONS = get_args(NotRaised.__dataclass_fields__["reason"].type)


def counted_grades(judgement: Judgement) -> dict[str, int]:
    """Return how many incidents have each grade; what is suspended or before awareness is never counted."""
    counted = Counter(one.grade for one in judgement.incidents if not (one.suspended or one.before_aware))
    return {grade: counted[grade] for grade in get_args(Grade)}


def other_thresholds(baseline: Rules, candidate: Rules) -> dict[str, tuple[int | float, int | float]]:
    """Return each threshold that is not the same, under both rules."""
    before, after = rules_document(baseline), rules_document(candidate)
    return {name: (value, after[name]) for name, value in before.items() if after[name] != value}


def whatif_json(compared: Compared, baseline: Rules, candidate: Rules, counts: Mapping[str, int]) -> bytes:
    """Return whatif.json in UTF-8, indented by two, a newline at the end.

    Incidents are as in judgement.json, without their fixes: these are in the judgement of either rules, under the same
    identity. counts: of the reader of the fixes, as in judgement.json.
    """
    sides = {"baseline": compared.baseline, "candidate": compared.candidate}
    document = {
        "from": printed(compared.baseline.start),
        "until": printed(compared.baseline.until),
        "rules": {
            name: dict(zip(sides, values, strict=True))
            for name, values in other_thresholds(baseline, candidate).items()
        },
        "counts": {
            **counts,
            "unassigned": compared.baseline.unassigned,
            "judged": compared.baseline.judged,
        },
        "grades": {side: counted_grades(judgement) for side, judgement in sides.items()},
        "same": compared.same,
        **{what: [_difference(one) for one in compared.of(what)] for what in get_args(What)},
        "monitored": [
            {
                "wearer_id": row.wearer_id,
                "prohibition_id": row.prohibition_id,
                "baseline_s": printed_seconds(row.baseline_us),
                "candidate_s": printed_seconds(row.candidate_us),
            }
            for row in compared.monitored
        ],
        "not_raised": {side: not_raised(judgement) for side, judgement in sides.items()},
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def not_raised(judgement: Judgement) -> dict[str, int]:
    """Return how many fixes in a zone were not raised, by the reason."""
    counted = Counter(row.reason for row in judgement.not_raised)
    return {reason: counted[reason] for reason in _REASONS}


def _difference(one: Difference) -> dict[str, object]:
    return {"reason": one.reason, "baseline": _incident(one.baseline), "candidate": _incident(one.candidate)}


def _incident(incident: Incident | None) -> dict[str, object] | None:
    if incident is None:
        return None
    members = printed_incident(replace(incident, fixes=()))
    del members["fixes"]
    return members
