"""What became of the known incidents: laws as properties, the cases that officers will ask about by hand."""

from collections.abc import Iterable
from dataclasses import fields, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.difference import difference
from alerts.reconcile import Changes, reconcile, span
from geofence.ids import IncidentId
from geofence.judgement import Incident
from tests.alerts.incident_values import fix, minute, presence


def nameless(incidents: Iterable[Incident]) -> set[Incident]:
    return {replace(incident, incident_id=IncidentId("")) for incident in incidents}


def applied(changes: Changes, before: Iterable[Incident]) -> dict[IncidentId, Incident]:
    """Return what is known after the changes."""
    known = {incident.incident_id: incident for incident in before}
    gone = [change.before for change in changes.merged] + [change.before for change in changes.withdrawn]
    for incident in gone:
        del known[incident.incident_id]
    for change in changes.changed:
        assert known[change.before.incident_id] == change.before
        known[change.incident.incident_id] = change.incident
    for addition in changes.added:
        assert addition.incident.incident_id not in known, "an identity was used twice"
        known[addition.incident.incident_id] = addition.incident
    return known


@st.composite
def incidents_of_a_day(draw: st.DrawFn) -> list[Incident]:
    """Presences of two zones; those of one zone do not overlap, as R8 makes them."""
    made: list[Incident] = []
    for zone_id in ("Z-1", "Z-2"):
        cuts = sorted(draw(st.sets(st.integers(0, 40), max_size=10)))
        for first, last in zip(cuts[::2], cuts[1::2], strict=False):
            grade = draw(st.sampled_from(["confirmed", "probable"]))
            made.append(presence(range(first, last), zone_id, grade=grade))
    return draw(st.permutations(made))


@st.composite
def known_incidents(draw: st.DrawFn) -> list[Incident]:
    """Incidents of which some are known by an identity that the rules would not give them now."""
    return [
        replace(incident, incident_id=IncidentId(f"known-{number}")) if draw(st.booleans()) else incident
        for number, incident in enumerate(draw(incidents_of_a_day()))
    ]


@given(known_incidents())
def test_a_day_judged_again_to_the_same_end_changes_nothing(incidents: list[Incident]) -> None:
    changes = reconcile(incidents, incidents)
    assert not changes
    assert changes == Changes()


@given(known_incidents(), incidents_of_a_day())
def test_what_was_known_and_the_changes_give_what_is_judged(before: list[Incident], after: list[Incident]) -> None:
    assert nameless(applied(reconcile(before, after), before).values()) == nameless(after)


@given(known_incidents(), incidents_of_a_day(), st.randoms())
def test_the_order_of_incidents_does_not_matter(
    before: list[Incident], after: list[Incident], any_order: Random
) -> None:
    changes = reconcile(before, after)
    any_order.shuffle(before)
    any_order.shuffle(after)
    assert reconcile(before, after) == changes


@given(known_incidents(), incidents_of_a_day())
def test_every_known_identity_still_leads_somewhere(before: list[Incident], after: list[Incident]) -> None:
    changes = reconcile(before, after)
    standing = applied(changes, before)
    withdrawn = {change.before.incident_id for change in changes.withdrawn}
    into = {change.before.incident_id: change.into for change in changes.merged}
    for incident in before:
        assert into.get(incident.incident_id, incident.incident_id) in standing.keys() | withdrawn


@given(known_incidents(), incidents_of_a_day())
def test_what_the_rules_call_an_incident_leads_to_the_one_known(before: list[Incident], after: list[Incident]) -> None:
    changes = reconcile(before, after)
    standing, names = applied(changes, before), dict(changes.names)
    for incident in after:
        known = standing[names.get(incident.incident_id, incident.incident_id)]
        assert nameless([known]) == nameless([incident])


@given(known_incidents(), incidents_of_a_day())
def test_once_reconciled_there_is_nothing_left_to_reconcile(before: list[Incident], after: list[Incident]) -> None:
    known = list(applied(reconcile(before, after), before).values())
    assert not reconcile(known, after)


def test_an_earlier_late_fix_moves_the_beginning_but_not_the_identity() -> None:
    known, now = presence([10, 11]), presence([9, 10, 11])
    assert known.incident_id != now.incident_id
    changes = reconcile([known], [now])
    (change,) = changes.changed
    assert change.incident == replace(now, incident_id=known.incident_id)
    assert change.reason == "beginning earlier; bracket of the beginning changed; 1 fix more"
    assert changes.names == ((now.incident_id, known.incident_id),)
    assert not changes.added


def test_two_incidents_joined_by_a_late_fix_keep_the_one_known_longest() -> None:
    early, late, both = presence([5, 6]), presence([20, 21]), presence([5, 6, 13, 20, 21])
    first_known = {early.incident_id: minute(60), late.incident_id: minute(22)}
    changes = reconcile([early, late], [both], first_known)
    (merge,) = changes.merged
    assert (merge.before, merge.into) == (early, late.incident_id)
    assert changes.changed[0].incident == replace(both, incident_id=late.incident_id)
    assert not changes.added


def test_without_word_of_when_they_became_known_the_earliest_survives_a_merge() -> None:
    early, late, both = presence([5, 6]), presence([20, 21]), presence([5, 6, 13, 20, 21])
    (merge,) = reconcile([late, early], [both]).merged
    assert (merge.before, merge.into) == (late, early.incident_id)


def test_an_incident_parted_by_a_late_fix_outside_lives_on_where_the_rules_still_name_it() -> None:
    whole, short, long = presence(range(10, 40)), presence([10]), presence(range(20, 40))
    changes = reconcile([whole], [long, short])
    assert changes.changed[0].incident == short
    (addition,) = changes.added
    assert addition.incident == long
    assert addition.reason == f"parted from {whole.incident_id}"


def test_an_incident_parted_under_another_name_lives_on_in_its_longest_part() -> None:
    whole = replace(presence(range(10, 40)), incident_id=IncidentId("known-1"))
    short, long = presence([10, 11]), presence(range(20, 40))
    changes = reconcile([whole], [short, long])
    assert changes.changed[0].incident == replace(long, incident_id=whole.incident_id)
    assert changes.added[0].incident == short


def test_incidents_that_only_touch_are_not_taken_for_each_other() -> None:
    first, second = presence([10, 20]), presence([20, 30])
    earlier, later = presence([9, 10, 20]), presence([20, 30, 31])
    changes = reconcile([first, second], [earlier, later])
    assert {change.incident.incident_id for change in changes.changed} == {first.incident_id, second.incident_id}
    assert not changes.merged


def test_an_incident_of_another_zone_or_track_is_another_incident() -> None:
    here = presence([10, 11])
    for elsewhere in (presence([10, 11], "Z-2"), presence([10, 11], tag_id="T-2")):
        changes = reconcile([here], [elsewhere])
        assert [change.before for change in changes.withdrawn] == [here]
        assert [change.incident for change in changes.added] == [elsewhere]


# The identity is not compared, and incidents of two tracks or zones are never the same incident.
COMPARED = [field.name for field in fields(Incident) if field.name not in {"incident_id", "tag_id", "zone_id"}]


@pytest.mark.parametrize("member", COMPARED)
def test_no_member_changes_without_a_word(member: str) -> None:
    before = presence([10, 11])
    other = {
        "kind": "crossing",
        "grade": "possible",
        "state": "open",
        "began_at": minute(9),
        "began_between": (None, minute(10)),
        "ended_at": None,
        "ended_between": (minute(11), None),
        "already_inside": True,
        "suspended": True,
        "before_aware": True,
        "visits": 2,
        "deepest_m": 41.0,
        "p_inside_max": 0.5,
        "fixes": (fix(minute(10), depth_m=1.0), fix(minute(11))),
    }
    after = replace(before, **{member: other.get(member, "another")})  # type: ignore[arg-type]  # any member, by name
    assert difference(before, after)


def test_a_crossing_reaches_from_its_entry_to_its_exit_and_a_run_from_fix_to_fix() -> None:
    run = presence([10, 11], began_at=minute(9.5), ended_at=minute(11.5))
    crossing = presence([10, 11], kind="crossing", began_at=minute(10.2), ended_at=minute(10.8))
    assert span(run) == (minute(10), minute(11))
    assert span(crossing) == (minute(10.2), minute(10.8))
