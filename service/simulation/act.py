"""What one wearer does on the day, before any tag has seen it."""

from dataclasses import dataclass, field
from typing import TypedDict

from service.simulation.day import Day
from service.simulation.document import Event, Fitting, Order, Wearer
from service.simulation.path import Path
from service.simulation.places import Spot

Spans = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Stray:
    """A gps fix that is wrong and sure of itself: the one nearest to an instant lands elsewhere."""

    at_s: float
    spot: Spot
    claimed_m: float


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a tag behaves. All spans are half-open, in seconds of the day.

    steady: its errors keep within the circle that it claims, and no fix is lost under the open sky, so that a story
    ends the same way under every seed. phase_s: its gps fixes fall this many seconds after each full minute; exact:
    never one earlier or later. claim_m: the radius that all its gps fixes claim, where a story needs a certain one;
    error_share: its errors are that share of what the claim says. boastful: between tall buildings it claims what it
    would under the open sky.
    beacon: one is plugged in at home; without it nothing but cells tells of the hours there.
    dead: no fix is recorded and nothing is sent. offline: fixes are recorded and sent later.
    """

    steady: bool = False
    phase_s: int = 0
    exact: bool = False
    claim_m: float | None = None
    error_share: float = 1.0
    boastful: bool = False
    beacon: bool = True
    dead: Spans = ()
    offline: Spans = ()
    strays: tuple[Stray, ...] = ()


@dataclass(frozen=True, slots=True)
class Carrying:
    """A tag under way: all that what it records depends on.

    path: where it truly was. recorded_s: from which second until which it records. beacon: where one stands that the
    tag hears among the surroundings "home".
    """

    path: Path
    conduct: Conduct
    recorded_s: tuple[float, float]
    beacon: Spot


class Expected(TypedDict):
    """One incident that must be found. `began_around`: between these instants it began."""

    zone_id: str
    kind: str
    grades: list[str]
    states: list[str]
    suspended: bool
    before_aware: bool
    already_inside: bool
    began_around: list[str]


class ExpectedGap(TypedDict):
    """Time that must be reported as not monitored, for this reason, and overlap these instants."""

    reason: str
    around: list[str]


class Story(TypedDict):
    """What a wearer acts, and what the judgement of the day must say of him: these incidents and no others.

    Judged over the day, with its end as the horizon. not_raised: reasons of which each must be given at least once.
    """

    story: str
    wearer_id: str
    tells: str
    incidents: list[Expected]
    not_raised: list[str]
    unmonitored: list[ExpectedGap]
    events: list[str]


@dataclass(frozen=True, slots=True)
class Act:
    """One wearer's day. path: where he truly was. carried: where the tag truly was, the same unless he parted from it.

    carried_during: the seconds of the day during which the tag's fixes are told here; another act may tell the rest.
    """

    number: int
    day: Day
    wearer: Wearer
    fittings: list[Fitting]
    orders: list[Order]
    tag_id: str
    path: Path
    carried: Path
    conduct: Conduct
    carried_during: tuple[float, float]
    home: Spot
    events: list[Event] = field(default_factory=list)
    story: Story | None = None

    @property
    def carrying(self) -> Carrying:
        """The tag's own day."""
        return Carrying(self.carried, self.conduct, self.day.recorded_s, self.home)


def tag_of(number: int) -> str:
    """Return the tag that a wearer usually has."""
    return f"T-{number:06d}"
