"""Many messages at once are read as each of them is alone."""

from hypothesis import given
from hypothesis import strategies as st

from geofence.instants import Instant
from ingest.batch import Batch
from ingest.decode import decode
from ingest.fix import Profile
from tests.ingest.messages import RECEIVED, body, fix_message, mdss_message
from tests.ingest.test_decode import _finite, messages, profiles, receipts

objects = messages.map(lambda message: body(message if _finite(message) else fix_message()))
bodies = st.one_of(
    st.builds(lambda number: body(fix_message(position_id=number)), st.integers(0, 9)),
    st.builds(lambda number: body(mdss_message(position_id=number)), st.integers(0, 9)),
    objects,
    st.lists(objects, max_size=3).map(lambda some: b"[" + b",".join(some) + b"]"),
    st.sampled_from([b"", b"{", b"[]", b'{"tag_id": "\\u0000"}', "\u00e9".encode("latin-1")]),
)


@given(st.lists(bodies, max_size=5), profiles, receipts)
def test_a_batch_holds_what_its_messages_hold(sent: list[bytes], profile: Profile, received_at: Instant | None) -> None:
    batch = Batch("kafka", received_at)
    batch.add_messages(sent, profile, str)
    alone = [decode(message, profile, received_at, str(number)) for number, message in enumerate(sent)]
    # Not a number equals nothing: fixes are compared as they are printed.
    assert [repr(fix) for fix in batch.fixes] == [repr(fix) for one in alone for fix in one.fixes]
    rejections = [one.rejection for one in batch.quarantine]
    assert sorted(map(repr, rejections)) == sorted(repr(rejection) for one in alone for rejection in one.rejections)


def test_what_contradicts_is_handed_back_with_its_own_bytes_and_place() -> None:
    first, second = body(fix_message(position_id=1)), body(fix_message(position_id=2))
    batch = Batch("kafka", RECEIVED)
    batch.add_messages(
        [b"nonsense", b"[" + first + b", " + second + b"]"], "cordon", lambda index: f"tag-fixes/0/{index}"
    )
    batch.add_objects([body(mdss_message(position_id=3))], "mdss", lambda index: f"line {index}")
    found = [batch.rejected(row, ("why",)) for row in range(3)]
    assert [(one.rejection.place, one.profile) for one in found] == [
        ("tag-fixes/0/1/0", "cordon"),
        ("tag-fixes/0/1/1", "cordon"),
        ("line 0", "mdss"),
    ]
    assert [one.rejection.body for one in found[:2]] == [first, second]
