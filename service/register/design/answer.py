"""What the design check of a draft comes to: warnings, what could not be checked, and the replay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from geofence.ids import ZoneId
from geofence.instants import Instant
from geofence.judgement import Grade

# Written reasons are recorded against these names: a name is never changed, nor used for something else.
Check = Literal[
    "shape",
    "home",
    "through-route",
    "named-place",
    "protected-address",
    "overlap",
    "area",
    "width",
    "replay",
    "period",
    "gap",
    "outside",
]


@dataclass(frozen=True, slots=True)
class DesignWarning:
    """What a person must give a reason for before the draft is published. No coordinate and no address is in it."""

    check: Check
    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.text}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A check, or a part of one, that could not be made, and why: it says nothing for the draft and nothing against."""

    check: Check
    text: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What the draft alone would have made of the wearer's fixes recorded in `[since, until)`.

    fixes: how many were judged. by_grade: its incidents; a grade that none has is left out. days: on how many report
    days there was one. busiest: the days with the most incidents, each with their number, most first.
    """

    since: Instant
    until: Instant
    fixes: int
    by_grade: Mapping[Grade, int]
    days: int
    busiest: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class DesignCheck:
    """What is to be known of one draft. At most one warning bears each check's name.

    area_m2: of the zone with its distance, in its own plane, to 0.1 % (1 % for one that reaches farther than 100 km);
    None if the shape can't be read. replay None: it was not made, and `not_checked` says why.
    """

    zone_id: ZoneId
    version: int
    area_m2: float | None
    warnings: tuple[DesignWarning, ...]
    not_checked: tuple[NotChecked, ...]
    replay: Replay | None


@dataclass(slots=True)
class Found:
    """Collects warnings and what was not checked, in the order in which they are made."""

    warnings: list[DesignWarning] = field(default_factory=list)
    not_checked: list[NotChecked] = field(default_factory=list)

    def warn(self, check: Check, text: str, remedy: str) -> None:
        """Record something that a person must give a reason for."""
        self.warnings.append(DesignWarning(check, text, remedy))

    def leave(self, check: Check, text: str) -> None:
        """Record something that could not be checked."""
        self.not_checked.append(NotChecked(check, text))
