"""Lines come out sorted, however many there are and whatever quarter of an hour they belong to."""

from hypothesis import given
from hypothesis import strategies as st

from service.simulation.messages import Line
from service.simulation.upload_order import _CHUNK, in_upload_order

LINES = st.lists(st.builds(Line, st.integers(-2000, 200_000), st.integers(1, 9), st.integers(-9, 9), st.binary()))


# Each example makes a temporary folder; how long that takes is the disk's affair.
@given(LINES)
def test_lines_come_out_sorted(lines: list[Line]) -> None:
    assert list(in_upload_order(lines)) == [line.body for line in sorted(lines)]


def test_more_lines_of_one_quarter_than_are_kept_together_come_out_sorted() -> None:
    lines = [Line(number * 7 % 900, 1, number, b"%d" % number) for number in range(3 * _CHUNK + 17)]
    assert list(in_upload_order(lines)) == [line.body for line in sorted(lines)]
