"""An event is told once, or once more with its end; whatever the order, it is the same event."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.events import ReportedEvent, decode_events
from ingest.told import ToldEvents, identity
from tests.ingest.messages import RECORDED, body, event_message

END, OTHER_END = "2026-11-20T18:12:11Z", "2026-11-20T18:13:11Z"


def report(**changes: object) -> ReportedEvent:
    (reported,) = decode_events(body(event_message(**changes))).events
    return reported


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        ({}, {}, False),
        ({}, {"ended_at": END}, True),
        ({"ended_at": END}, {}, False),
        ({"ended_at": END}, {"ended_at": END}, False),
        ({"ended_at": END}, {"ended_at": OTHER_END}, ("ended_at",)),
        ({}, {"detail": "cut"}, ("detail",)),
        ({}, {"detail": "cut", "ended_at": END}, ("detail",)),
        ({"ended_at": END}, {"kind": "case"}, ("kind",)),
        (
            {"ended_at": END},
            {"occurred_at": "2026-11-20T18:02:12Z", "ended_at": OTHER_END, "kind": "case", "detail": "cut"},
            ("occurred_at", "ended_at", "kind", "detail"),
        ),
        ({}, {"event_id": "e-2"}, True),
        ({}, {"event_id": None}, True),
        ({}, {"tag_id": "T-2", "kind": "case"}, True),
        ({"event_id": None}, {"event_id": None}, False),
        ({"event_id": None}, {"event_id": None, "ended_at": END}, True),
        ({"event_id": None}, {"event_id": None, "kind": "case"}, True),
        ({"event_id": None}, {"event_id": None, "occurred_at": "2026-11-20T18:02:12Z"}, True),
        ({"event_id": None}, {"event_id": None, "detail": "cut"}, ("detail",)),
    ],
)
def test_a_second_report_is_new_or_the_same_or_a_contradiction(
    first: dict[str, object], second: dict[str, object], taken: bool | tuple[str, ...]
) -> None:
    told = ToldEvents([(report(**first), "the first")])
    expected = taken
    if isinstance(taken, tuple):
        expected = tuple(f"{field}: differs from what the first says of this event" for field in taken)
    assert told.take(report(**second), "the second") == expected


def test_a_second_end_is_compared_with_the_report_that_told_the_first() -> None:
    told = ToldEvents([(report(), "line 1"), (report(ended_at=END), "line 2")])
    faults = ("ended_at: differs from what line 2 says of this event",)
    assert told.take(report(ended_at=OTHER_END), "line 3") == faults
    assert [event.ended_at for event in told.events()] == [RECORDED + 600_000_000]


ids = st.sampled_from(["e-1", "e-2", None])
agreeing = st.lists(
    st.builds(lambda event_id, ended: report(event_id=event_id, ended_at=ended), ids, st.sampled_from([None, END]))
)
any_reports = st.lists(
    st.builds(
        lambda event_id, ended, kind: report(event_id=event_id, ended_at=ended, kind=kind),
        ids,
        st.sampled_from([None, END, OTHER_END]),
        st.sampled_from(["strap", "case"]),
    )
)


@given(agreeing, st.randoms())
def test_reports_that_agree_tell_the_same_events_in_any_order(reports: list[ReportedEvent], chance: Random) -> None:
    told, again = ToldEvents(), ToldEvents()
    shuffled = list(reports)
    chance.shuffle(shuffled)
    assert all(isinstance(told.take(one, ""), bool) for one in reports)
    assert all(isinstance(again.take(one, ""), bool) for one in shuffled)
    assert sorted(told.events(), key=repr) == sorted(again.events(), key=repr)


@given(any_reports)
def test_what_was_accepted_tells_the_same_events_as_all(reports: list[ReportedEvent]) -> None:
    told = ToldEvents()
    accepted = [(one, "") for one in reports if told.take(one, "") is True]
    assert sorted(ToldEvents(reversed(accepted)).events(), key=repr) == sorted(told.events(), key=repr)
    assert len(told.events()) == len({identity(one) for one in reports})
