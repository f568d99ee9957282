"""Does a judgement say of a story's wearer what the truth file says it must? Takes judgement.json's members."""

from datetime import datetime
from typing import Any

from service.simulation.act import Expected, ExpectedGap, Story

Json = dict[str, Any]


def unmet(story: Story, judgement: Json) -> list[str]:
    """Return what a judgement does not say as the story has it, a line each; nothing if it tells the whole story."""
    wearer = story["wearer_id"]
    found = [incident for incident in judgement["incidents"] if incident["wearer_id"] == wearer]
    missing = [wanted for wanted in story["incidents"] if not any(_is(wanted, incident) for incident in found)]
    surplus = [incident for incident in found if not any(_is(wanted, incident) for wanted in story["incidents"])]
    reasons = {fix["reason"] for fix in judgement["not_raised"] if fix["wearer_id"] == wearer}
    gaps = [gap for row in judgement["coverage"] if row["wearer_id"] == wearer for gap in row["unmonitored"]]
    unseen = [reason for reason in story["not_raised"] if reason not in reasons]
    unreported = [wanted for wanted in story["unmonitored"] if not any(_fits(wanted, gap) for gap in gaps)]
    return [
        *(f"{story['story']}: not found: {wanted}" for wanted in missing),
        *(f"{story['story']}: not meant: {incident | {'fixes': len(incident['fixes'])}}" for incident in surplus),
        *(f"{story['story']}: no fix was not raised as {reason}" for reason in unseen),
        *(f"{story['story']}: not reported as unmonitored: {wanted}" for wanted in unreported),
    ]


def _is(wanted: Expected, incident: Json) -> bool:
    earliest, latest = map(datetime.fromisoformat, wanted["began_around"])
    flags = ("zone_id", "kind", "suspended", "before_aware", "already_inside")
    return (
        all(incident[name] == value for name, value in wanted.items() if name in flags)
        and incident["grade"] in wanted["grades"]
        and incident["state"] in wanted["states"]
        and earliest <= datetime.fromisoformat(incident["began_at"]) <= latest
    )


def _fits(wanted: ExpectedGap, gap: Json) -> bool:
    start, end = map(datetime.fromisoformat, wanted["around"])
    return (
        gap["reason"] == wanted["reason"]
        and datetime.fromisoformat(gap["from"]) < end
        and datetime.fromisoformat(gap["until"]) > start
    )
