"""Law: whatever the bytes are, they are answered by findings, each one line; never by an exception."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.register.document import read_register
from tests.service.register.registers import registers
from tests.service.register.samples import SAMPLE, Json, sample, written

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(
        ["2026-10-01T12:00:00Z", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "9999-12-31", "0001-01-01"]
    )
)
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of every value within a document."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(found for step, child in inner for found in places(child, (*path, step)))]


_PLACES = [path for path in places(SAMPLE) if path]


def replaced(register: Json, path: tuple[str | int, ...], value: object) -> Json:
    holder: Any = register
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return register


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(data: bytes) -> None:
    checked = read_register(data)
    assert (checked.document is None) == bool(checked.faults)


@given(_ANYTHING)
def test_any_json_is_answered(value: object) -> None:
    checked = read_register(json.dumps(value).encode())
    assert (checked.document is None) == bool(checked.faults)


@given(st.lists(st.tuples(st.sampled_from(_PLACES), _ANYTHING), min_size=1, max_size=3))
def test_anything_anywhere_in_a_register_is_answered_in_lines(
    changes: list[tuple[tuple[str | int, ...], object]],
) -> None:
    register = sample()
    for path, value in sorted(changes, key=lambda change: -len(change[0])):
        register = replaced(register, path, value)
    checked = read_register(written(register))
    assert (checked.document is None) == bool(checked.faults)
    for finding in checked.findings:
        assert len(str(finding).splitlines()) == 1
    if checked.document is not None:
        checked.document.register()


@given(registers())
def test_a_register_without_a_fault_is_read(register: Json) -> None:
    assert read_register(written(register)).faults == ()
