"""What tags report of themselves."""

from service.simulation.day import Day
from service.simulation.document import Event


def event(day: Day, tag_id: str, kind: str, from_s: float, until_s: float | None) -> Event:
    """Return a tag event. until_s None: until the tag's next fix."""
    return {
        "event_id": f"E-{tag_id}-{kind}-{round(from_s)}",
        "tag_id": tag_id,
        "occurred_at": day.printed(from_s),
        "ended_at": None if until_s is None else day.printed(until_s),
        "kind": kind,
        "detail": "",
    }
