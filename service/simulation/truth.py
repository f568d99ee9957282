"""What truly happened, for those who check what was judged: the truth file's members."""

import math
from collections import Counter
from typing import TypedDict

from service.simulation.act import Story
from service.simulation.document import Fitting
from service.simulation.faults import Fault
from service.simulation.path import Path
from service.simulation.recorded import MECHANISM_NAMES
from service.simulation.visits import Visit, visits
from service.simulation.wearer_day import WearerDay


class TruePath(TypedDict):
    """Where somebody or something was: straight lines between knots `[second of the day, longitude, latitude]`.

    stretches: `[from second, until second, surroundings]`.
    """

    knots: list[list[float]]
    stretches: list[tuple[float, float, str]]


class TrueDay(TypedDict):
    """One wearer's day. tag_path is null where the tag was with its wearer all day.

    fixes: counts by mechanism. jumps: fixes, by position_id, that are wrong by far more than they claim.
    """

    wearer_id: str
    tag_id: str
    boastful: bool
    fixes: dict[str, int]
    jumps: list[str]
    visits: list[Visit]
    path: TruePath
    tag_path: TruePath | None


class Counts(TypedDict):
    """What the file of fixes holds: lines = fixes + duplicates + contradictions + malformed."""

    lines: int
    fixes: int
    duplicates: int
    contradictions: int
    malformed: int
    unassigned: int


class Truth(TypedDict):
    """The whole truth file."""

    day: str
    starts_at: str
    length_s: int
    seed: int
    stories: list[Story]
    counts: Counts
    wearers: list[TrueDay]


"""An empty line before it, so that the file names members in this order."""


def true_day(wearer: WearerDay, first_position_id: int) -> TrueDay:
    """Return the truth about one wearer's day."""
    act, fixes = wearer.act, wearer.fixes
    mechanisms = Counter(MECHANISM_NAMES[code] for code in fixes.mechanism.tolist())
    return {
        "wearer_id": act.wearer["wearer_id"],
        "tag_id": act.tag_id,
        "boastful": act.conduct.boastful,
        "fixes": dict(sorted(mechanisms.items())),
        "jumps": [str(first_position_id + row) for row in fixes.jump.nonzero()[0].tolist()],
        "visits": visits(act.day, act.path, act.orders),
        "path": _told(act.path),
        "tag_path": None if act.carried is act.path else _told(act.carried),
    }


def counted(wearer: WearerDay) -> Counts:
    """Return what one wearer adds to the file of fixes."""
    faults = Counter(wearer.messages.fault.tolist())
    spans = [_fitted_s(wearer, fitting) for fitting in wearer.act.fittings]
    assigned = sum(any(start <= at < end for start, end in spans) for at in wearer.fixes.at_s.tolist())
    return {
        "lines": len(wearer.messages.row),
        "fixes": faults[Fault.NONE],
        "duplicates": faults[Fault.DUPLICATE],
        "contradictions": faults[Fault.CONTRADICTION],
        "malformed": faults[Fault.MALFORMED],
        "unassigned": len(wearer.fixes) - assigned,
    }


def _fitted_s(wearer: WearerDay, fitting: Fitting) -> tuple[float, float]:
    removed_at = fitting["removed_at"]
    return wearer.act.day.read(fitting["fitted_at"]), math.inf if removed_at is None else wearer.act.day.read(
        removed_at
    )


def _told(path: Path) -> TruePath:
    knots = zip(path.t_s.tolist(), path.longitude_deg.tolist(), path.latitude_deg.tolist(), strict=True)
    return {
        "knots": [list(knot) for knot in knots],
        "stretches": [(round(s.from_s, 3), round(s.until_s, 3), s.surroundings) for s in path.stretches],
    }
