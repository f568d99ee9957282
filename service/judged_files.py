"""What do these files come to, judged under these rules? Read once, also where memory holds only a part of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from geofence.instants import SECOND_US, Instant, Interval, printed
from geofence.judge import ZoneUnreadable, judge
from geofence.judgement import Judgement
from geofence.register import Register
from geofence.rules import Rules
from geofence.shares import Shares, shares, together
from geofence.tracks import TagEvent
from ingest.event_file import read_events
from ingest.files import counted_in, fixes_of
from ingest.fix import Profile
from ingest.lines import FileUnreadable, file_name
from ingest.set_aside import NoRoom
from ingest.shared_fixes import Apart, SharedFixes
from service.progress import shown
from service.refusal import Refused
from service.register.findings import Finding

# So many that a share of 200 million fixes is smaller than what is held while they are read.
SHARES = 128


@dataclass(frozen=True, slots=True)
class Files:
    """What to judge. fixes None: standard input. start, until None: as the first and the last fix have it.

    in_memory: how many fixes are held at once. More of them wait on disk, in shares that are judged one by one.
    """

    register_file: Path
    register: Register
    register_warnings: Sequence[Finding]
    fixes: Path | None
    profile: Profile
    events: Path | None
    start: Instant | None
    until: Instant | None
    in_memory: int


@dataclass(frozen=True, slots=True)
class JudgedFiles:
    """The judgement under each of the rules, and what became of the lines (as of `ingest.files.FileFixes`)."""

    judgements: tuple[Judgement, ...]
    counts: dict[str, int]
    rejections: list[dict[str, object]]


def judge_files(files: Files, rules: Sequence[Rules]) -> JudgedFiles:
    """Judge files under each of the rules.

    1. Read the register into shares that can be judged apart, the events, and all the fixes.
    2. Refuse a file without a fix to judge, and a range that is none.
    3. Judge share by share: everything at once if the fixes fit in memory. The answer is the same.

    Raises Refused.
    """
    # Of a file that fits in memory nobody asks how the register would be parted.
    parted = cache(partial(shares, files.register, SHARES))
    apart = Apart(files.in_memory, SHARES, lambda tag_id: parted().share_of(tag_id))
    try:
        with shown() as stage:
            events = read_events(files.events) if files.events else []
            with fixes_of(files.fixes, files.profile, stage("Reading fixes", None), apart) as fixes:
                _refuse_nonsense(files, fixes)
                between = _between(files, fixes)
                judged = stage("Judging", fixes.parts if fixes.parts > 1 else None)
                found: list[list[Judgement]] = []
                of_share = _events_by_share(events, parted()) if fixes.parts > 1 else {}
                for share, tracks in fixes.shares():
                    register = files.register if share is None else parted().registers[share]
                    own = replace(tracks, events=events if share is None else of_share[share])
                    found.append([judge(own, register, one, between, between.end) for one in rules])
                    judged(1)
                judgements = tuple(together(column) for column in zip(*found, strict=True))
                return JudgedFiles(judgements, fixes.counts, fixes.rejections)
    except ZoneUnreadable as unreadable:
        raise Refused(f"{files.register_file}: {unreadable}") from unreadable
    except (FileUnreadable, NoRoom) as wrong:
        raise Refused(str(wrong)) from wrong


def _events_by_share(events: Sequence[TagEvent], parted: Shares) -> dict[int, list[TagEvent]]:
    found: dict[int, list[TagEvent]] = defaultdict(list)
    for event in events:
        found[parted.share_of(event.tag_id)].append(event)
    return found


def _refuse_nonsense(files: Files, fixes: SharedFixes) -> None:
    """Refuse a file of which no line is a fix: to call that "no incident" would be silence taken for compliance."""
    lines = fixes.counts["lines"]
    first = fixes.first_refused()
    if first and fixes.recorded_between() is None:
        number, faults = first
        one = counted_in(files.fixes)
        raise Refused(
            f"{file_name(files.fixes)}: none of its {lines:,} {one}s is a fix ({one} {number}: {'; '.join(faults)});"
            " name a file of fixes, and its --profile"
        )


def _between(files: Files, fixes: SharedFixes) -> Interval:
    """Return the range: as the files say, else from the first fix's second to the whole second after the last."""
    recorded = fixes.recorded_between()
    first, last = files.start, files.until
    if first is None or last is None:
        if recorded is None:
            raise Refused(f"{file_name(files.fixes)}: holds no fix to take the range from; give --from and --until")
        first = _whole_second(recorded[0]) if first is None else first
        last = _whole_second(Instant(recorded[1] + SECOND_US)) if last is None else last
    if first < last:
        return Interval(first, last)
    if files.start is None and recorded is not None:
        raise Refused(f"the first fix ({printed(recorded[0])}) is not before --until {printed(last)}; give a later one")
    if files.until is None and recorded is not None:
        raise Refused(f"the last fix ({printed(recorded[1])}) is before --from {printed(first)}; give an earlier one")
    raise Refused(f"--from {printed(first)} is not before --until {printed(last)}; give an earlier one")


def _whole_second(at: Instant) -> Instant:
    return Instant(at - at % SECOND_US)
