"""When a zone was in force on the day: worked out from the register's own text, independently of the rules' code."""

from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from service.simulation.day import Day
from service.simulation.document import Order, Prohibition, Window

_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class InForce(NamedTuple):
    """An interval `[from_s, until_s)` in which a prohibition bit, wholly suspended or not, before awareness or not."""

    from_s: float
    until_s: float
    suspended: bool
    before_aware: bool


def in_force(day: Day, order: Order, prohibition: Prohibition) -> list[InForce]:
    """Return the intervals of the day in which a prohibition was in force, zones aside, in order of time."""
    starts = [
        0.0,
        *(day.read(text) for text in (order["effective_from"], order["monitoring"]["from"], prohibition["from"])),
    ]
    ends = [float(day.length_s), day.read(order["monitoring"]["until"])]
    ends += [day.read(text) for text in (order["ends"].get("at"), prohibition["until"]) if text is not None]
    whole = max(starts), min(ends)
    suspended = [(day.read(span["from"]), day.read(span["until"])) for span in order["suspensions"]]
    unaware_until = _unaware_until(day, order)
    cuts = [unaware_until, *(edge for span in suspended for edge in span)]
    pieces = []
    for opening, closing in openings(day, prohibition["schedule"]):
        start, end = max(opening, whole[0]), min(closing, whole[1])
        edges = [start, *sorted(cut for cut in cuts if start < cut < end), end]
        pieces += [
            InForce(a, b, any(s <= a < e for s, e in suspended), a < unaware_until) for a, b in pairwise(edges) if a < b
        ]
    return pieces


def openings(day: Day, schedule: list[Window] | None) -> list[tuple[float, float]]:
    """Return the seconds of the day at which a schedule is open, as separate spans; windows that meet are one.

    A window that opens the day before may reach into this one. None opens or closes between 01:00 and 02:00 here.
    """
    if schedule is None:
        return [(0.0, float(day.length_s))]
    spans = []
    for window in schedule:
        days_on = 1 if window["until"] <= window["from"] else 0
        for opens_on in (-1, 0):
            if _NAMES[(day.date + timedelta(days=opens_on)).weekday()] in window["days"]:
                opening = day.second(window["from"], opens_on)
                closing = day.second(window["until"], opens_on + days_on)
                spans.append((max(0.0, opening), min(float(day.length_s), closing)))
    joined: list[tuple[float, float]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _unaware_until(day: Day, order: Order) -> float:
    if order["aware_from"] is not None:
        return day.read(order["aware_from"])
    return float("inf") if order["without_notice"] else float("-inf")
