"""Bytes become fixes or rejections that name every fault, and never anything else."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.instants import MINUTE_US, Instant
from geofence.tracks import Mechanism
from ingest.decode import ARRAY_LIMIT, OBJECT_LIMIT, Decoded, decode, decode_object, elements
from ingest.fix import Fix, Profile
from ingest.json_text import parse
from ingest.reading import ahead_of, read_members
from tests.ingest.messages import RECEIVED, RECORDED, body, fix_message, mdss_message

DAY_US = 24 * 60 * MINUTE_US


def one_fix(message: bytes, profile: Profile = "cordon", received_at: Instant | None = RECEIVED) -> Fix:
    decoded = decode(message, profile, received_at)
    assert decoded.rejections == []
    (fix,) = decoded.fixes
    return fix


def faults(message: bytes, profile: Profile = "cordon", received_at: Instant | None = RECEIVED) -> list[str]:
    decoded = decode(message, profile, received_at)
    assert decoded.fixes == []
    (rejection,) = decoded.rejections
    assert rejection.body == message
    return list(rejection.faults)


def test_the_example_of_the_contract_is_read_as_it_stands() -> None:
    assert one_fix(body(fix_message())) == Fix(
        tag_id="T-000123",  # type: ignore[arg-type] # an id is text
        recorded_at=RECORDED,
        latitude_deg=51.3712,
        longitude_deg=-0.1021,
        position_id="8812345",
        uploaded_at=Instant(RECORDED + 351_000_000),
        accuracy_m=8.0,
        accuracy_confidence=0.95,
        mechanism=Mechanism.GPS,
        satellites=9,
        hdop=1.1,
        speed_kmh=3.5,
        heading_deg=271.0,
        person_id=None,
        clock_suspect=False,
    )


def test_a_fix_needs_no_more_than_the_four_required_members() -> None:
    fix = one_fix(b'{"tag_id": "T", "recorded_at": "2026-11-20T18:02:11Z", "latitude": 51, "longitude": 0}')
    assert (fix.position_id, fix.uploaded_at, fix.mechanism, fix.satellites) == (None, None, Mechanism.UNKNOWN, None)
    assert math.isnan(fix.accuracy_m)
    assert math.isnan(fix.accuracy_confidence)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"tag_id": ...}, ["tag_id: is missing"]),
        ({"tag_id": None}, ["tag_id: is missing"]),
        ({"tag_id": ""}, ["tag_id: is empty"]),
        ({"tag_id": 7}, ["tag_id: expected text, got a number"]),
        ({"tag_id": "T" * 201}, ["tag_id: 201 characters is over 200"]),
        ({"tag_id": "T\0"}, ["tag_id: holds a character that can't be stored (NUL or half a surrogate pair)"]),
        ({"tag_id": "\ud800"}, ["tag_id: holds a character that can't be stored (NUL or half a surrogate pair)"]),
        ({"position_id": 1.5}, ["position_id: expected text or a whole number"]),
        ({"position_id": True}, ["position_id: expected text or a whole number, got true or false"]),
        ({"position_id": [1]}, ["position_id: expected text or a whole number, got an array"]),
        ({"position_id": 10**250}, ["position_id: 201 characters is over 200"]),
        ({"latitude": 91.2}, ["latitude: 91.2 is over 90"]),
        ({"latitude": -91}, ["latitude: -91 is under -90"]),
        ({"latitude": "51.4"}, ["latitude: expected a number, got text"]),
        ({"latitude": True}, ["latitude: expected a number, got true or false"]),
        ({"latitude": None}, ["latitude: is missing"]),
        ({"longitude": 180.5}, ["longitude: 180.5 is over 180"]),
        ({"longitude": -(10**400)}, ["longitude: is not finite"]),
        ({"latitude": 0, "longitude": -0.0}, ["latitude, longitude: both are exactly 0"]),
        ({"recorded_at": "2026-11-20T18:02:11"}, ["recorded_at: has no offset from UTC; write it with Z or +00:00"]),
        ({"recorded_at": "yesterday"}, ["recorded_at: expected a time like 2026-11-20T18:02:11Z"]),
        ({"recorded_at": "2026-02-30T18:02:11Z"}, ["recorded_at: there is no such time"]),
        ({"recorded_at": "9999-12-31T23:59:59-12:00"}, ["recorded_at: there is no such time"]),
        ({"uploaded_at": "0001-01-01T00:00:00+12:00"}, ["uploaded_at: there is no such time"]),
        ({"recorded_at": 1795197731}, ["recorded_at: expected a time like 2026-11-20T18:02:11Z, got a number"]),
        ({"recorded_at": "1999-12-31T23:59:59Z"}, ["recorded_at: 1999-12-31T23:59:59Z is before 2000"]),
        ({"uploaded_at": "2026-11-20T18:02:11"}, ["uploaded_at: has no offset from UTC; write it with Z or +00:00"]),
        ({"accuracy_m": "8.0"}, ["accuracy_m: expected a number, got text"]),
        ({"accuracy_m": [8]}, ["accuracy_m: expected a number, got an array"]),
        ({"mechanism": 1}, ["mechanism: expected text, got a number"]),
        ({"satellites": 9.5}, ["satellites: expected a whole number, got a number"]),
        ({"satellites": 2**31}, ["satellites: 2147483648 is over 2147483647"]),
        ({"speed_kmh": "NaN"}, ["speed_kmh: expected a number, got text"]),
        ({"hdop": {}}, ["hdop: expected a number, got an object"]),
    ],
)
def test_a_fault_names_its_member_and_the_limit(changes: dict[str, object], expected: list[str]) -> None:
    assert faults(body(fix_message(**changes))) == expected


def test_every_fault_of_a_message_is_named_at_once() -> None:
    message = body({"latitude": 91.2, "longitude": "west", "recorded_at": "1999-01-01T00:00:00Z", "satellites": "nine"})
    assert faults(message) == [
        "tag_id: is missing",
        "latitude: 91.2 is over 90",
        "longitude: expected a number, got text",
        "satellites: expected a whole number, got text",
        "recorded_at: 1999-01-01T00:00:00Z is before 2000",
    ]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (b"", "message: not JSON: Expecting value at character 0"),
        (b"nonsense", "message: not JSON: Expecting value at character 0"),
        (b'{"tag_id": "T"', "message: not JSON: Expecting ',' delimiter at character 14"),
        (b"{} {}", "message: not JSON: Extra data at character 3"),
        (b'{"latitude": NaN}', "message: not JSON: a bare NaN is not JSON"),
        (b'{"x": -Infinity}', "message: not JSON: a bare -Infinity is not JSON"),
        (b'{"x": "\xff"}', "message: not JSON: not UTF-8 at byte 7"),
        (b'{"x": "\xed\xa0\x80"}', "message: not JSON: not UTF-8 at byte 7"),
        ('{"tag_id": "T"}'.encode("utf-16"), "message: not JSON: not UTF-8 at byte 0"),
        (b'{"x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}", "message: not JSON: nested too deeply to be read"),
        (b"null", "message: not an object"),
        (b'"text"', "message: not an object"),
        (b"8", "message: not an object"),
    ],
)
def test_what_is_no_json_object_is_refused_whole(message: bytes, expected: str) -> None:
    assert faults(message) == [expected]


def test_broken_text_in_a_member_that_nobody_reads_is_refused_too() -> None:
    message = body(fix_message()).replace(b"{", b'{"unknown": "\xff", ', 1)
    assert faults(message) == ["message: not JSON: not UTF-8 at byte 13"]


def test_an_object_may_have_64_kib_and_not_a_byte_more() -> None:
    message = body(fix_message(unknown=""))
    largest = message.replace(b'"unknown": "', b'"unknown": "' + b"x" * (OBJECT_LIMIT - len(message)))
    assert len(largest) == 65_536
    assert one_fix(largest).tag_id == "T-000123"
    assert faults(largest + b" ") == ["message: 65537 bytes is over 65536"]


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("null", math.nan),
        ("1e999", math.nan),
        ("-1e999", math.nan),
        ("9" * 400, math.nan),
        ("9" * 5000, math.nan),
        ('"NaN"', math.nan),
        ('"Infinity"', math.nan),
        ("0", 0.0),
        ("-3.5", -3.5),
        ("1e-999", 0.0),
    ],
)
def test_accuracy_that_is_not_finite_is_unknown_and_any_other_is_kept_as_claimed(value: str, stored: float) -> None:
    message = body(fix_message()).replace(b'"accuracy_m": 8.0', f'"accuracy_m": {value}'.encode())
    assert one_fix(message).accuracy_m == pytest.approx(stored, nan_ok=True, abs=0)


def test_accuracy_claimed_with_a_confidence_that_is_not_finite_is_unknown() -> None:
    fix = one_fix(body(fix_message()).replace(b"0.95", b"1e999"))
    assert math.isnan(fix.accuracy_m)
    assert math.isnan(fix.accuracy_confidence)


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"position_id": 8812345}, "position_id", "8812345"),
        ({"position_id": -5}, "position_id", "-5"),
        ({"position_id": 8812345.0}, "position_id", "8812345"),
        ({"position_id": 10**150}, "position_id", "1" + "0" * 150),
        ({"position_id": ""}, "position_id", None),
        ({"position_id": None}, "position_id", None),
        ({"position_id": "pos \u00fc"}, "position_id", "pos \u00fc"),
        ({"mechanism": "galileo"}, "mechanism", Mechanism.UNKNOWN),
        ({"mechanism": None}, "mechanism", Mechanism.UNKNOWN),
        ({"mechanism": "wifi"}, "mechanism", Mechanism.WIFI),
        ({"mechanism": "rf"}, "mechanism", Mechanism.RF),
        ({"mechanism": "cell"}, "mechanism", Mechanism.CELL),
        ({"satellites": 9.0}, "satellites", 9),
        ({"hdop": None}, "hdop", None),
        ({"unknown": {"latitude": 99}}, "latitude_deg", 51.3712),
        ({"recorded_at": "2026-11-20T19:02:11+01:00"}, "recorded_at", RECORDED),
        ({"recorded_at": "2026-11-20t18:02:11z"}, "recorded_at", RECORDED),
        ({"recorded_at": "2026-11-20 18:02:11-00:00"}, "recorded_at", RECORDED),
        ({"recorded_at": "2026-11-20T18:02:11.25Z"}, "recorded_at", RECORDED + 250_000),
        ({"recorded_at": "2026-11-20T18:02:11.9999999Z"}, "recorded_at", RECORDED + 999_999),
        ({"recorded_at": "2026-11-20T18:02:11." + "9" * 60 + "Z"}, "recorded_at", RECORDED + 999_999),
        ({"recorded_at": "2000-01-01T00:00:00Z"}, "recorded_at", 946_684_800_000_000),
        ({"uploaded_at": "1970-01-01T00:00:00Z"}, "uploaded_at", 0),
        ({"uploaded_at": None}, "uploaded_at", None),
        ({"latitude": 90, "longitude": -180}, "latitude_deg", 90.0),
        ({"latitude": 0, "longitude": 0.1}, "latitude_deg", 0.0),
    ],
)
def test_what_is_unusual_but_allowed_is_read(changes: dict[str, object], field: str, value: object) -> None:
    assert getattr(one_fix(body(fix_message(**changes))), field) == value


def test_of_a_member_named_twice_the_last_counts() -> None:
    message = body(fix_message()).replace(b"{", b'{"latitude": "north", "tag_id": "T-9", ', 1)
    assert one_fix(message).latitude_deg == 51.3712
    assert one_fix(message).tag_id == "T-000123"


def test_a_byte_order_mark_is_ignored() -> None:
    assert one_fix(b"\xef\xbb\xbf" + body(fix_message())).recorded_at == RECORDED
    assert len(decode(b"\xef\xbb\xbf" + body([fix_message(), {}]), "cordon", None).fixes) == 1


@pytest.mark.parametrize(
    ("ahead_us", "suspect"), [(5 * MINUTE_US, False), (5 * MINUTE_US + 1, True), (DAY_US, True), (-DAY_US, False)]
)
def test_a_tag_whose_clock_is_over_five_minutes_ahead_is_suspect(ahead_us: int, suspect: bool) -> None:
    assert one_fix(body(fix_message()), received_at=Instant(RECORDED - ahead_us)).clock_suspect is suspect


def test_a_fix_over_24_hours_ahead_is_refused_unless_it_comes_from_a_file() -> None:
    received_at = Instant(RECORDED - DAY_US - 1)
    expected = ["recorded_at: 2026-11-20T18:02:11Z is over 24 h after it was received"]
    assert faults(body(fix_message()), received_at=received_at) == expected
    assert one_fix(body(fix_message()), received_at=None).clock_suspect is False


def test_the_columns_of_an_mdss_feed_mean_the_same_position() -> None:
    fix = one_fix(body(mdss_message()), "mdss")
    assert fix.person_id == "77"
    native = one_fix(body(fix_message()))
    assert [getattr(fix, name) for name in Fix.__struct_fields__ if name != "person_id"] == [
        getattr(native, name) for name in Fix.__struct_fields__ if name != "person_id"
    ]


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"position_gps_date": "2026-11-20T18:02:11"}, "recorded_at", RECORDED),
        ({"position_gps_date": "2026-11-20 18:02:11.5"}, "recorded_at", RECORDED + 500_000),
        ({"position_gps_date": "2026-11-20 19:02:11+01:00"}, "recorded_at", RECORDED),
        ({"position_gps_date": "2026-11-20 19:02:11+01"}, "recorded_at", RECORDED),
        ({"position_gps_date": "2026-11-20T18:02:11Z"}, "recorded_at", RECORDED),
        ({"device_id": 123}, "tag_id", "123"),
        ({"person_id": "P-9"}, "person_id", "P-9"),
        ({"person_id": None}, "person_id", None),
        ({"position_lbs": 4}, "mechanism", Mechanism.RF),
        ({"position_lbs": 5}, "mechanism", Mechanism.CELL),
        ({"position_lbs": 6.0}, "mechanism", Mechanism.WIFI),
        ({"position_lbs": 3}, "mechanism", Mechanism.UNKNOWN),
        ({"position_lbs": None}, "mechanism", Mechanism.UNKNOWN),
        ({"position_geometry": {"broken": [1]}}, "recorded_at", RECORDED),
    ],
)
def test_an_mdss_column_is_read(changes: dict[str, object], field: str, value: object) -> None:
    assert getattr(one_fix(body(mdss_message(**changes)), "mdss"), field) == value


def test_faults_of_an_mdss_message_name_its_own_columns() -> None:
    message = body(mdss_message(device_id=..., position_latitude=91, position_gps_date="soon", position_lbs="gps"))
    assert faults(message, "mdss") == [
        "device_id: is missing",
        "position_gps_date: expected a time like 2026-11-20T18:02:11Z",
        "position_latitude: 91 is over 90",
        "position_lbs: expected a whole number, got text",
    ]


def test_a_rejection_names_its_tag_if_that_can_be_read() -> None:
    tags: list[object] = ["T-1", 7, "", "\0", None, []]
    bodies = [body(fix_message(tag_id=tag, latitude=91)) for tag in tags]
    assert [decode(one, "cordon", None).rejections[0].tag_id for one in bodies] == ["T-1", "7", None, None, None, None]


@pytest.mark.parametrize(
    "bad",
    [
        b"{}",
        b"7",
        b"[]",
        b'{"latitude": NaN}',
        b'{"x": "\xff"}',
        b'{"x": "' + b"y" * 70_000 + b'"}',
        b'{"x": ' + b"[" * 500 + b"]" * 500 + b"}",
    ],
)
def test_an_array_with_one_bad_element_keeps_the_others(bad: bytes) -> None:
    good = [body(fix_message(position_id=number)) for number in range(3)]
    message = b" [ " + b" , ".join([good[0], bad, good[1], good[2]]) + b" ] "
    decoded = decode(message, "cordon", RECEIVED, "tag-fixes/0/7")
    assert [fix.position_id for fix in decoded.fixes] == ["0", "1", "2"]
    assert [(one.place, one.body) for one in decoded.rejections] == [("tag-fixes/0/7/1", bad)]
    assert decoded.indices is not None
    assert [elements(message)[index] for index in decoded.indices] == good
    assert decoded.elements == 4


def test_the_place_of_an_element_is_its_index_where_the_message_has_no_place() -> None:
    decoded = decode(b"[{}, {}]", "cordon", None)
    assert [one.place for one in decoded.rejections] == ["0", "1"]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (b"[{}, {}", "message: not JSON: expected a comma or the array's end at character 7"),
        (b"[{} {}]", "message: not JSON: expected a comma or the array's end at character 4"),
        (b"[{},]", "message: not JSON: Expecting value at character 4"),
        (b"[{}] x", "message: not JSON: something follows the array at character 4"),
        (b"[nonsense]", "message: not JSON: Expecting value at character 1"),
        (b"[" * 30_000, "message: not JSON: nested too deeply to be read"),
        (b"[" + b"1," * 10_000 + b"1]", "message: more than 10000 elements; send smaller arrays"),
        (b"[" + b"NaN," * 10_000 + b"1]", "message: more than 10000 elements; send smaller arrays"),
    ],
)
def test_an_array_that_can_not_be_split_is_refused_whole(message: bytes, expected: str) -> None:
    assert faults(message) == [expected]


def test_an_array_over_16_mib_is_refused_whole() -> None:
    message = b"[" + b" " * ARRAY_LIMIT + b"]"
    assert faults(message) == [f"message: {len(message)} bytes is over {ARRAY_LIMIT}; send smaller arrays"]


def test_an_empty_array_holds_nothing() -> None:
    assert decode(b"[ ]", "cordon", None) == Decoded([], [], range(0))


def test_ten_thousand_elements_are_one_message() -> None:
    message = body([fix_message(position_id=number) for number in range(10_000)])
    assert len(message) > OBJECT_LIMIT
    assert decode(message, "cordon", None).elements == 10_000


numbers = st.one_of(
    st.floats(), st.integers(), st.sampled_from([91.2, -0.0, 0, 10**400, 2**31, 1.5, True, 51.3, -0.1, 1795197731])
)
scalars = st.one_of(
    st.none(), st.booleans(), numbers, st.text(max_size=8), st.sampled_from(["NaN", "gps", "\ud800", "\0", "T-1"])
)
times = st.one_of(scalars, st.datetimes().map(lambda at: at.isoformat() + "Z"), st.datetimes().map(str))
members = st.sampled_from([*fix_message(), *mdss_message(), "other"])
messages = st.builds(
    lambda base, changes: base | changes,
    st.sampled_from([{}, fix_message(), mdss_message()]),
    st.dictionaries(members, times | st.sampled_from([[], {}, [[8]], {"latitude": 1}]), max_size=4),
)
profiles = st.sampled_from(["cordon", "mdss"])
receipts = st.sampled_from([None, RECEIVED, Instant(0)])


def all_accounted_for(message: bytes, profile: Profile, received_at: Instant | None) -> Decoded:
    decoded = decode(message, profile, received_at, "p")
    assert all(one.faults and one.body for one in decoded.rejections if message)
    if decoded.indices is None:
        assert decoded.elements == 1
    else:
        rejected = {int(one.place.removeprefix("p/")) for one in decoded.rejections}
        assert sorted([*decoded.indices, *rejected]) == list(range(decoded.elements))
    return decoded


@given(st.binary(max_size=300), profiles, receipts)
def test_any_bytes_are_fixes_or_rejections(message: bytes, profile: Profile, received_at: Instant | None) -> None:
    all_accounted_for(message, profile, received_at)


@given(st.lists(messages, max_size=4), profiles, receipts)
def test_every_element_of_an_array_is_accounted_for(
    elements: list[dict[str, object]], profile: Profile, received_at: Instant | None
) -> None:
    decoded = all_accounted_for(body(elements), profile, received_at)
    assert decoded.elements == len(elements)


@given(st.sampled_from([fix_message(), [fix_message(), {}], mdss_message()]).map(body), st.data(), profiles, receipts)
def test_a_broken_message_is_still_fixes_or_rejections(
    message: bytes, data: st.DataObject, profile: Profile, received_at: Instant | None
) -> None:
    at = data.draw(st.integers(0, len(message)))
    broken = message[:at] + data.draw(st.binary(max_size=4)) + message[at + data.draw(st.integers(0, 9)) :]
    all_accounted_for(broken, profile, received_at)


@given(messages, profiles, receipts)
def test_the_quick_and_the_careful_reader_agree(
    message: dict[str, object], profile: Profile, received_at: Instant | None
) -> None:
    text = json.dumps(message, allow_nan=False, default=str) if _finite(message) else json.dumps(fix_message())
    ahead = ahead_of(received_at)
    raw = parse(text.encode("utf-8"))
    assert isinstance(raw, dict)
    careful = read_members(raw, profile, ahead)
    quick = decode_object(text.encode("utf-8"), profile, ahead)
    assert repr(quick if isinstance(quick, Fix) else quick.faults) == repr(careful)


def _finite(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(("depth", "readable"), [(498, True), (499, True), (500, False), (900, False)])
@pytest.mark.parametrize("frames", [0, 300])
def test_how_deep_a_message_may_be_nested_does_not_depend_on_who_reads_it(
    depth: int, readable: bool, frames: int
) -> None:
    message = body(fix_message()).replace(b"{", b'{"deep": ' + b"[" * depth + b"]" * depth + b", ", 1)

    def read(below: int) -> Decoded:
        return read(below - 1) if below else decode(message, "cordon", None)

    assert len(read(frames).fixes) == readable
