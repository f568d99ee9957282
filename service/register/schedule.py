"""Weekly schedules: from a register file, and to and from the JSON in which the database keeps them."""

from datetime import time
from typing import TypedDict, cast

from geofence.register import DAYS, Day, Window
from service.register.entry import Entry
from service.register.json_text import described

_DAYS_FORM = f"write days of {', '.join(DAYS)}"
_BY_NAME: dict[object, Day] = {day: day for day in DAYS}

WindowJson = TypedDict("WindowJson", {"days": list[str], "from": str, "until": str})


def read_schedule(entry: Entry) -> tuple[Window, ...] | None:
    """Read the member `schedule`: None (always), or its windows."""
    written = entry.value("schedule")
    if written is None:
        return None
    if written == []:
        entry.fault("schedule has no windows", "give a window, or null for always")
    return tuple(_window(inner) for inner in entry.entries("schedule"))


def stored(schedule: tuple[Window, ...] | None) -> list[WindowJson] | None:
    """Return a schedule as a register file writes it."""
    if schedule is None:
        return None
    return [
        {"days": list(window.days), "from": _hhmm(window.start), "until": _hhmm(window.until)} for window in schedule
    ]


def restored(windows: list[WindowJson] | None) -> tuple[Window, ...] | None:
    """Return the schedule of which `stored` made these windows."""
    if windows is None:
        return None
    return tuple(
        Window(
            days=tuple(cast("list[Day]", window["days"])),
            start=time.fromisoformat(window["from"]),
            until=time.fromisoformat(window["until"]),
        )
        for window in windows
    )


def _window(entry: Entry) -> Window:
    window = Window(days=_days(entry), start=entry.local_time("from"), until=entry.local_time("until"))
    entry.close()
    return window


def _days(entry: Entry) -> tuple[Day, ...]:
    written = entry.value("days")
    if written is None or written == []:
        entry.fault("has no days", _DAYS_FORM)
        return ()
    if not isinstance(written, list):
        entry.fault(f"days is {described(written)}", _DAYS_FORM)
        return ()
    for day in written:
        if not isinstance(day, str):
            entry.fault(f"days holds {described(day)}", _DAYS_FORM)
        elif day not in _BY_NAME:
            entry.fault(f"days holds {entry.shown(day)}", _DAYS_FORM)
    return tuple(_BY_NAME[day] for day in written if isinstance(day, str) and day in _BY_NAME)


def _hhmm(at: time) -> str:
    return f"{at:%H:%M}"
