"""A simulated day of many wearers: register, fixes, tag events and the truth, the same for the same arguments."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from service.simulation.day import Day
from service.simulation.document import Event, Force, Register
from service.simulation.faults import FaultRates
from service.simulation.messages import NUMBERS_FOR_EACH_WEARER, Profile, lines
from service.simulation.orders import MPS, SURREY
from service.simulation.truth import Counts, Truth, counted, true_day
from service.simulation.upload_order import in_upload_order
from service.simulation.wearer_day import WearerDay, wearer_day

FORCES: list[Force] = [
    {
        "code": MPS,
        "name": "Metropolitan Police Service",
        "recipients": [{"kind": "email", "address": "duty.croydon@met.example"}],
    },
    {"code": SURREY, "name": "Surrey Police", "recipients": [{"kind": "email", "address": "duty@surrey.example"}]},
]


@dataclass(frozen=True)
class Simulation:
    """A day of so many wearers. A wearer's day does not depend on how many others there are.

    It is a recipe: every member makes the wearers one after the other, so that memory does not grow with their fixes.
    """

    wearers: int
    date: date
    seed: int = 1
    rates: FaultRates = field(default_factory=FaultRates)

    @cached_property
    def day(self) -> Day:
        """The report day."""
        return Day(self.date)

    def days(self) -> Iterator[WearerDay]:
        """Yield each wearer's day, from wearer 1 on."""
        for number in range(1, self.wearers + 1):
            yield wearer_day(self.day, number, self.seed, self.rates)

    @cached_property
    def register(self) -> Register:
        """The members of the register file."""
        register: Register = {"forces": FORCES, "wearers": [], "fittings": [], "orders": []}
        for wearer in self.days():
            enter(register, wearer)
        return register

    @cached_property
    def events(self) -> list[Event]:
        """Tag events in order of occurrence."""
        return in_order([event for wearer in self.days() for event in wearer.act.events])

    @cached_property
    def truth(self) -> Truth:
        """What truly happened. Of many wearers it is large: `files.write` never holds it whole."""
        days = list(self.days())
        return {
            "day": self.date.isoformat(),
            "starts_at": self.day.printed(0),
            "length_s": self.day.length_s,
            "seed": self.seed,
            "stories": [wearer.act.story for wearer in days if wearer.act.story is not None],
            "counts": total([counted(wearer) for wearer in days]),
            "wearers": [true_day(wearer, first_position_id(wearer)) for wearer in days],
        }

    def lines(self, profile: Profile = "cordon") -> Iterator[bytes]:
        """Yield the messages, each a line without its newline, in order of upload."""
        return in_upload_order(
            line for wearer in self.days() for line in lines(wearer.act, wearer.fixes, wearer.messages, profile)
        )


def simulate(wearers: int, day: date, seed: int = 1, rates: FaultRates | None = None) -> Simulation:
    """Return the simulated London day of so many wearers around Croydon. Same arguments, same bytes.

    rates: how many messages are doubled, contradicted or spoilt; `faults.NO_FAULTS` for none.
    Raises ValueError if `wearers` is not positive.
    """
    if wearers < 1:
        raise ValueError(f"{wearers} wearers: simulate at least one")
    return Simulation(wearers, day, seed, FaultRates() if rates is None else rates)


def enter(register: Register, wearer: WearerDay) -> None:
    """Enter a wearer into the register."""
    register["wearers"].append(wearer.act.wearer)
    register["fittings"] += wearer.act.fittings
    register["orders"] += wearer.act.orders


def in_order(events: list[Event]) -> list[Event]:
    """Return tag events in order of occurrence."""
    return sorted(events, key=lambda event: (event["occurred_at"], event["event_id"]))


def total(counts: list[Counts]) -> Counts:
    """Return the sum of what wearers add to the file of fixes."""
    whole: Counts = {"lines": 0, "fixes": 0, "duplicates": 0, "contradictions": 0, "malformed": 0, "unassigned": 0}
    for count in counts:
        whole = {
            "lines": whole["lines"] + count["lines"],
            "fixes": whole["fixes"] + count["fixes"],
            "duplicates": whole["duplicates"] + count["duplicates"],
            "contradictions": whole["contradictions"] + count["contradictions"],
            "malformed": whole["malformed"] + count["malformed"],
            "unassigned": whole["unassigned"] + count["unassigned"],
        }
    return whole


def first_position_id(wearer: WearerDay) -> int:
    """Return the position_id of the first fix of a wearer's day; the others count on from it."""
    return wearer.act.number * NUMBERS_FOR_EACH_WEARER
