"""The sentences about the time since midnight. Where nobody was monitored, that nothing was seen says nothing."""

from alerts.report.sentences import caveats, monitored_of
from alerts.report.values import Report, Since
from alerts.report.wording import dated_clock, dated_span, duration


def since_nil_return(report: Report) -> str | None:
    """Return the sentence of a time since midnight that was monitored throughout and holds nothing, else None."""
    since = report.since_midnight
    found = report.since or report.went_on or report.events_since or report.not_judged
    if since is None or found or not since.monitored_throughout:
        return None
    monitored, due = monitored_of(since.coverage)
    if due == 0:
        said = "No possible breach: no monitored prohibition was in force."
    else:
        said = f"No possible breach in the {duration(monitored)} of {duration(due)} monitored."
    return f"{said}{caveats(report, since.coverage)} {last_fix(since)}"


def none_seen(report: Report, since: Since) -> str:
    """Return that no incident began, and of how much time that speaks."""
    monitored, due = monitored_of(since.coverage)
    until = dated_clock(since.between.end)
    if not since.coverage_known:
        said = f"none was seen; how much of the time up to {until} was monitored is not known."
    elif due == 0:
        said = f"none: no monitored prohibition was in force up to {until}."
    elif monitored == 0:
        said = f"none was seen, but none of the {duration(due)} in force up to {until} was monitored."
    else:
        said = f"none was seen in the {duration(monitored)} of {duration(due)} monitored up to {until}."
    return said + caveats(report, since.coverage)


def monitored_time(report: Report, since: Since) -> str:
    """Return how much of the time was monitored."""
    monitored, due = monitored_of(since.coverage)
    until = dated_clock(since.between.end)
    if not since.coverage_known:
        said = f"not known up to {until}."
    elif due == 0:
        said = f"no monitored prohibition was in force up to {until}."
    else:
        said = f"{duration(monitored) if monitored else 'nothing'} of the {duration(due)} in force up to {until}."
    return said + caveats(report, since.coverage)


def last_fix(since: Since) -> str:
    """Return when the last fix of any tag was recorded."""
    if since.last_fix_at is None:
        return "No tag sent a fix."
    return f"The last fix of any tag was recorded {dated_clock(since.last_fix_at)}."


def silence(since: Since) -> str | None:
    """Return from when to when nobody was monitored, and since when no tag has sent anything; None if some did."""
    if since.silent is None:
        return None
    last = "" if since.last_fix_at is None else f" The last was recorded {dated_clock(since.last_fix_at)}."
    return f"from {dated_span(*since.silent, seconds=False)}: no fixes of any tag.{last}"
