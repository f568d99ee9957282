"""However elements are put together, what is read from the messages is what was read from the elements."""

import json
from collections import defaultdict
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.ids import TagId
from ingest.decode import OBJECT_LIMIT, decode, decode_object
from ingest.fix import Fix
from ingest.parcels import PARCEL_BYTES, parcels
from ingest.reading import ahead_of
from tests.ingest.messages import body, fix_message

MARK = b"\xef\xbb\xbf"
# As deeply as can just be read depends on the stack; far from it on either side, and somewhere near.
DEPTHS = (1, 50, 300, 900, 960, 980, 100_000)


def nested(depth: int) -> bytes:
    return body(fix_message(note=...))[:-1] + b', "note": ' + b"[" * depth + b"]" * depth + b"}"


def elements() -> st.SearchStrategy[bytes]:
    flat = st.builds(
        lambda tag, number, note: body(fix_message(tag_id=tag, position_id=number, note=note)),
        st.sampled_from(["T-1", "T-2", "é"]),
        st.integers(1, 9),
        st.sampled_from(["", "[", "}", "{", "\\", "x" * 20_000, "x" * 60_000, "x" * OBJECT_LIMIT]),
    )
    spread = st.just(json.dumps(fix_message(accuracy_m="none", note={"a": [1]}), indent=1).encode())
    odd = st.sampled_from([b"nonsense", b"[]", b'{"tag_id": NaN}', b'{"a": "\xff"}', *map(nested, DEPTHS)])
    return st.one_of(flat, spread, odd, flat.map(lambda one: MARK + one), flat.map(lambda one: b"\n" + one + b" "))


def read(bodies: Iterable[bytes]) -> dict[TagId, list[Fix]]:
    found = defaultdict(list)
    for one in bodies:
        decoded = decode(one, "cordon", None)
        assert not decoded.rejections
        for fix in decoded.fixes:
            found[fix.tag_id].append(fix)
    return found


@given(st.lists(elements(), max_size=12))
def test_nothing_is_lost_changed_or_turned_round(sent: list[bytes]) -> None:
    good = [(fix.tag_id, one) for one in sent if isinstance(fix := decode_object(one, "cordon", ahead_of(None)), Fix)]
    messages = parcels(good)
    assert repr(read(one.value for one in messages)) == repr(read(element for _, element in good))
    for one in messages:
        assert len(one.value) <= PARCEL_BYTES
        assert read([one.value]).keys() == {one.key.decode()}


def test_a_burst_of_one_tag_is_few_messages_and_one_fix_is_as_it_came() -> None:
    burst = [(TagId("T-1"), body(fix_message(position_id=number))) for number in range(1440)]
    assert len(parcels(burst)) == -(-sum(len(one) + 1 for _, one in burst) // PARCEL_BYTES)
    [alone] = parcels(burst[:1], (("content-type", b"x"),))
    assert (alone.value, alone.headers) == (burst[0][1], (("content-type", b"x"),))


@pytest.mark.parametrize("odd", [MARK + body(fix_message()), nested(900)])
def test_what_would_spoil_its_neighbours_travels_alone_and_in_its_place(odd: bytes) -> None:
    plain = body(fix_message())
    sent = [(TagId("T-000123"), one) for one in (plain, plain, odd, plain, plain)]
    pair = b"[" + plain + b"," + plain + b"]"
    assert [one.value for one in parcels(sent)] == [pair, odd, pair]
