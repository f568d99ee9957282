"""What a proposal about a zone would do: end it, withdraw a version that never was right, name it otherwise."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from alerts.particulars import Connection
from geofence.ids import WearerId, ZoneId
from geofence.instants import FOREVER, Instant, moment, printed
from service.register.as_written import Json
from service.register.changes import ask_for_judging
from service.register.entry import Entry
from service.register.findings import Finding, Findings
from service.register.forces import is_force
from service.register.proposals import Asked, Effect
from service.register.refusals import Conflict, Faulty
from service.register.row_writing import update
from service.register.zones.past import own_end, put_aside
from service.register.zones.publishing_checks import emergency_before, returns_after
from service.register.zones.publishing_steps import key_of
from service.register.zones.zone import LARGEST_VERSION, ZoneRecord, ZoneVersionRecord, read_zone


async def effect_of_zone_end(connection: Connection, asked: Asked) -> Effect:
    """{"at"}: no version of the zone holds from then on. Raises NoSuch, Conflict if none would, Faulty."""
    zone, entry = await _begun(connection, asked)
    at = entry.instant("at")
    _refuse_faults(entry)
    if not any(each.during is not None and at < each.during.end for each in zone.versions):
        raise Conflict(f"no version of zone {zone.zone_id} holds after that")
    # Those too of which an emergency is over: confirmed later on, they would hold again.
    standing = [each for each in zone.versions if each.state in {"published", "emergency"}]
    never = [each for each in standing if each.valid_from >= at]
    ended = [each for each in standing if each.valid_from < at < each.end]

    async def write(connection: Connection, _proposed_by: str, _approved_by: str, now: Instant) -> None:
        for each in ended:
            await update(connection, "zone_version", key_of(zone, each), {"valid_until": moment(at)})
        await _withdraw(connection, zone, never, now)
        await ask_for_judging(connection, {WearerId(zone.wearer_id): at}, "zone ended", now)

    numbers = {each.version for each in never}
    after = [each for each in zone.versions if each.version not in numbers]
    ends = {each.version: at for each in ended}
    return Effect(zone.etag, _told(zone, zone.versions, {}), _told(zone, after, ends), (), write)


async def effect_of_withdrawal(connection: Connection, asked: Asked) -> Effect:
    """{"version"}: a published version never was right; what was found by it is withdrawn. Raises as above."""
    zone, entry = await _begun(connection, asked)
    number = entry.whole_number("version", LARGEST_VERSION)
    _refuse_faults(entry)
    wrong = zone.version(number)
    if wrong.state in {"draft", "withdrawn"}:
        remedy = "a draft: discard it" if wrong.state == "draft" else "withdrawn already"
        raise Conflict(f"version {number} is {remedy}")
    # What was to return after it does not: what was there before was never to go.
    gone = [wrong, *(each for each in zone.versions if returns_after(each, wrong))]
    before = await _held_before(connection, zone, wrong, gone)
    warnings = [] if before is not None else [_nothing_instead(zone)]
    for each in zone.versions:
        emergency = None if each in gone or each.during is None else emergency_before(zone, each)
        if emergency is not None and await put_aside(connection, zone, emergency) == wrong:
            warnings.append(_same_again(zone, each))

    async def write(connection: Connection, _proposed_by: str, _approved_by: str, now: Instant) -> None:
        await _withdraw(connection, zone, gone, now)
        if before is not None:
            until = None if before.until == FOREVER else moment(before.until)
            await update(connection, "zone_version", key_of(zone, before.version), {"valid_until": until})
        await ask_for_judging(connection, {WearerId(zone.wearer_id): wrong.valid_from}, "zone version withdrawn", now)

    left = [each for each in zone.versions if each not in gone]
    ends = {} if before is None else {before.version.version: before.until}
    return Effect(zone.etag, _told(zone, zone.versions, {}), _told(zone, left, ends), warnings, write)


async def effect_on_zone_details(connection: Connection, asked: Asked) -> Effect:
    """{"label", "responding_force"}: how a zone is called, and who besides its force receives its incidents."""
    zone, entry = await _begun(connection, asked)
    if all(each.state == "draft" for each in zone.versions):  # it may be discarded, and a proposal stays
        raise Conflict(f"zone {zone.zone_id} has drafts only: discard it, and draw it anew")
    changed: dict[str, object] = {}
    if entry.has("label"):
        changed["label"] = entry.optional_text("label") or ""
    if entry.has("responding_force"):
        code = changed["responding_force"] = entry.optional_identity("responding_force")
        if code and not await is_force(connection, code):
            entry.fault("responding_force is not in the register", "give the code of a force", "responding_force")
    _refuse_faults(entry)
    before = {"zone_id": zone.zone_id, "label": zone.label, "responding_force": zone.responding_force}
    if before == {**before, **changed}:
        raise Conflict("that is how the zone is already")

    async def write(connection: Connection, _proposed_by: str, _approved_by: str, _now: Instant) -> None:
        await update(connection, "zone", {"zone_id": zone.zone_id}, changed)

    return Effect(zone.etag, before, {**before, **changed}, (), write)


class _Before(NamedTuple):
    """The version that another one cut short, and up to when it would hold otherwise."""

    version: ZoneVersionRecord
    until: Instant


async def _held_before(
    connection: Connection, zone: ZoneRecord, wrong: ZoneVersionRecord, gone: Sequence[ZoneVersionRecord]
) -> _Before | None:
    """Return what holds again when a version is withdrawn, None if it cut nothing short."""
    others = [each for each in zone.versions if each.during is not None and each not in gone]
    for each in others:
        if each.during is None or not each.during.end == each.end == wrong.valid_from:
            continue
        # As long as nobody has confirmed it, what returns after its emergency is not in its way.
        ways = [other for other in others if each.state != "emergency" or not returns_after(other, each)]
        later = min((other.valid_from for other in ways if other.valid_from >= wrong.valid_from), default=FOREVER)
        until = min(later, await own_end(connection, zone, each))
        return _Before(each, until) if until > wrong.valid_from else None
    return None


def _nothing_instead(zone: ZoneRecord) -> Finding:
    return Finding(
        "warning",
        f"zone {zone.zone_id}",
        "nothing takes the version's place: its time is not monitored, or not protected at all",
        "draw what should have held, if anything should",
    )


def _same_again(zone: ZoneRecord, each: ZoneVersionRecord) -> Finding:
    return Finding(
        "warning",
        f"zone {zone.zone_id}, version {each.version}",
        "is of the same shape: it brings the version back after an emergency",
        f"withdraw version {each.version} too, if its shape is wrong",
    )


async def _begun(connection: Connection, asked: Asked) -> tuple[ZoneRecord, Entry]:
    zone = await read_zone(connection, ZoneId(asked.target.zone_id or ""))
    return zone, Entry(asked.asked, asked.kind.replace("_", " "), Findings(), shows=False)


def _refuse_faults(entry: Entry) -> None:
    entry.close()
    if entry.findings.found:
        raise Faulty(entry.findings.found)


async def _withdraw(connection: Connection, zone: ZoneRecord, versions: list[ZoneVersionRecord], now: Instant) -> None:
    for each in versions:
        await update(connection, "zone_version", key_of(zone, each), {"withdrawn_at": moment(now)})


def _told(zone: ZoneRecord, versions: Sequence[ZoneVersionRecord], ends: Mapping[int, Instant]) -> Json:
    """Return when each version holds. Without shapes: those who read proposals need not read where somebody lives."""
    told = []
    for each in versions:
        if each.during is not None:
            emergency_until = FOREVER if each.emergency_until is None else each.emergency_until
            until = min(ends.get(each.version, each.during.end), emergency_until)
            row = {"version": each.version, "valid_from": printed(each.valid_from)}
            told.append({**row, "valid_until": None if until == FOREVER else printed(until)})
    return {"zone_id": zone.zone_id, "versions": told}
