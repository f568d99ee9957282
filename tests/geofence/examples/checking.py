"""Does `judge` answer what an example expects? Numbers are compared as exactly as they are written."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from geofence.fixes import in_order
from geofence.in_force import span
from geofence.instants import FOREVER, SECOND_US, Instant
from geofence.judge import judge
from geofence.judgement import Incident, Judgement
from geofence.rules import Rules
from geofence.tracks import Mechanism
from geofence.verdict import VERDICTS, verdicts
from geofence.versions import version_at
from geofence.zones import zones
from tests.geofence import town
from tests.geofence.examples.reading import EXPECTED_OF_A_FIX, Example, Row
from tests.geofence.examples.staging import Stage, moment, staged

# Depths of whole metres are meant to two millimetres: the town is drawn on a globe.
_WHOLE_METRES = 0.002
_WORDS = {True: "yes", False: "no", None: "unknown"}


def differences(example: Example) -> list[str]:
    """Return where the judgement is not what the example says, a line each; nothing if it is."""
    stage = staged(example)
    judgement = judge(town.tracks(stage.fixes, stage.events), stage.register, Rules(), stage.between, stage.horizon)
    found = list(_fixes(stage))
    for kind, listed in _LISTS.items():
        rows = example.rows(kind)
        if rows is not None:
            found += _listed(kind, () if rows[0][kind] == "none" else rows, listed(judgement))
    return found


def _listed(kind: str, rows: Sequence[Row], answers: Sequence[Mapping[str, object]]) -> Iterator[str]:
    if len(rows) != len(answers):
        yield f"{kind}: {len(rows)} expected, {len(answers)} found: {answers}"
    for row, answer in zip(rows, answers, strict=False):
        for column, cell in row.items():
            if not agrees(cell, answer[column]):
                yield f"{kind} {row[kind]}, {column}: {cell} expected, {_shown(answer[column])} found"


def agrees(cell: str, value: object) -> bool:
    """Return whether a cell says what was found.

    An instant is written to the second or a tenth of it, or exactly, with three decimals or more; a number is rounded.
    """
    match value:
        case (first, second):
            one, _, other = cell.partition(" and ")
            return agrees(one, first) and agrees(other, second)
        case bool() | None:
            return cell == _WORDS[value]
        case float():
            decimals = len(cell.partition(".")[2])
            return abs(float(cell) - value) <= (0.5 / 10**decimals + 1e-9 if decimals else _WHOLE_METRES)
        case int() if ":" in cell and not isinstance(value, Duration):
            exact = len(cell.partition(".")[2]) >= 3
            return abs(moment(cell) - value) <= (0 if exact else SECOND_US // 20)
    return cell == str(value)


class Duration(int):
    """Microseconds, written as hours, minutes and seconds: `0:15:00`."""

    def __str__(self) -> str:
        minutes, seconds = divmod(self // SECOND_US, 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def _shown(value: object) -> str:
    match value:
        case bool() | Duration():
            return str(value)
        case (first, second):
            return f"{_shown(first)} and {_shown(second)}"
        case int() if value > SECOND_US:
            return str(town.clock(Instant(value)))
    return str(value)


def _fixes(stage: Stage) -> Iterator[str]:
    """Yield what differs of single fixes against the first zone, by the version valid when they were recorded."""
    asked = [index for index, row in enumerate(stage.rows) if row.keys() & EXPECTED_OF_A_FIX]
    if not asked:
        return
    evidence = in_order(town.tracks(stage.fixes), stage.register, Rules(), FOREVER)
    drawn = zones(stage.register, span(stage.between.start, stage.between.end))
    every = np.arange(len(evidence), dtype=np.int64)
    found = verdicts(
        evidence, drawn.shapes, Rules(), every, version_at(drawn, np.zeros_like(every), evidence.at)
    )  # fmt: skip
    for place, index in enumerate(evidence.row.tolist()):
        answer = {
            "r95 m": float(evidence.r95_m[place]),
            "assumed": bool(evidence.accuracy_assumed[place]),
            "depth m": float(found.depth_m[place]),
            "p inside": float(found.p_inside[place]),
            "verdict": VERDICTS[found.verdict[place]],
        }
        row = stage.rows[index]
        for column in row.keys() & EXPECTED_OF_A_FIX:
            if not agrees(row[column], answer[column]):
                mechanism = Mechanism(evidence.mechanism[place]).name.lower()
                yield f"{mechanism} fix at {row['at']}, {column}: {row[column]} expected, {answer[column]} found"


def _incident(number: int, incident: Incident) -> dict[str, object]:
    return {
        "incident": number,
        "wearer": incident.wearer_id,
        "zone": incident.zone_id,
        "kind": incident.kind,
        "grade": incident.grade,
        "state": incident.state,
        "began": incident.began_at,
        "began between": incident.began_between,
        "ended": incident.ended_at,
        "ended between": incident.ended_between,
        "visits": incident.visits,
        "deepest m": incident.deepest_m,
        "already inside": incident.already_inside,
        "suspended": incident.suspended,
        "before awareness": incident.before_aware,
        "fixes": len(incident.fixes),
        "implausible fixes": sum(fix.implausible for fix in incident.fixes),
    }


def _coverage(judgement: Judgement) -> list[dict[str, object]]:
    return [
        {
            "in force": Duration(row.in_force_us),
            "monitored": Duration(row.monitored_us),
            "suspended": Duration(row.suspended_us),
            "not monitored": Duration(sum(gap.until - gap.start for gap in row.unmonitored)),
        }
        for row in judgement.coverage
    ]


def _nearest(judgement: Judgement) -> list[dict[str, object]]:
    found = [row.nearest for row in judgement.coverage if row.nearest]
    return [{"nearest": one.zone_id, "at": one.recorded_at, "depth m": one.depth_m} for one in found]


_LISTS: Mapping[str, Callable[[Judgement], Sequence[Mapping[str, object]]]] = {
    "incident": lambda judgement: [_incident(number, one) for number, one in enumerate(judgement.incidents, 1)],
    "in force": _coverage,
    "not monitored from": lambda judgement: [
        {"not monitored from": gap.start, "until": gap.until, "reason": gap.reason}
        for row in judgement.coverage
        for gap in row.unmonitored
    ],
    "nearest": _nearest,
    "not raised at": lambda judgement: [
        {"not raised at": one.recorded_at, "zone": one.zone_id, "depth m": one.depth_m, "reason": one.reason}
        for one in judgement.not_raised
    ],
    "judged fixes": lambda judgement: [{"judged fixes": judgement.judged, "unassigned fixes": judgement.unassigned}],
}
