"""The rules by example (`examples/*.md`): what stands there in words, sums and tables is what `judge` answers."""

from itertools import groupby

import pytest

from tests.geofence.examples.arithmetic import holds, sums
from tests.geofence.examples.checking import differences
from tests.geofence.examples.reading import Example, ExampleUnreadable, examples, pages

ALL = [example for page in pages() for example in examples(page.read_text(encoding="utf-8"))]
SOUND = """# R3 Shape

## A fix in the middle

It is `100 - 0 = 100` m deep.

| zone | shape | metres around |
|---|---|---|
| Z-1 | point 0 0 | 100 |

| at | metres east | depth m |
|---|---|---|
| 10:00 | 0 | 100 |
"""


@pytest.mark.parametrize("example", ALL, ids=str)
def test_judge_answers_what_the_example_says(example: Example) -> None:
    assert differences(example) == []


@pytest.mark.parametrize("example", ALL, ids=str)
def test_the_sums_of_an_example_are_right(example: Example) -> None:
    assert [sum_ for sum_ in sums(example.prose) if not holds(sum_)] == []
    assert sums(example.prose)


def test_each_rule_has_examples_in_the_order_of_the_rules() -> None:
    assert [rule for rule, _ in groupby(example.rule for example in ALL)] == [f"R{number}" for number in range(12)]


@pytest.mark.parametrize(
    ("sound", "broken", "complaint"),
    [
        ("| metres east |", "| metres esat |", "not known"),
        ("| zone | shape |", "| zones | shape |", "not known"),
        ("| 10:00 | 0 | 100 |\n", "", "empty"),
        ("|---|---|---|\n| 10:00", "| 10:00", "empty"),
        ("| 10:00 | 0 | 100 |", "| 10:00 | 0 |", "2 cells"),
        ("| depth m |", "| person |", "expects nothing"),
        ("It is `100 - 0 = 100` m deep.", "", "nothing in words"),
        ("# R3 Shape", "R3 Shape", "starts with"),
    ],
)
def test_a_page_that_cannot_be_read_in_full_is_refused(sound: str, broken: str, complaint: str) -> None:
    assert len(examples(SOUND)) == 1
    with pytest.raises(ExampleUnreadable, match=complaint):
        examples(SOUND.replace(sound, broken))


@pytest.mark.parametrize(
    ("sound", "broken"),
    [("| 10:00 | 0 | 100 |", "| 10:00 | 0 | 99.99 |"), ("point 0 0 | 100", "point 0 0 | 101")],
)
def test_an_example_that_is_wrong_fails(sound: str, broken: str) -> None:
    (good,), (bad,) = examples(SOUND), examples(SOUND.replace(sound, broken))
    assert differences(good) == []
    assert len(differences(bad)) == 1


@pytest.mark.parametrize("sum_", ["100 - 80 = 21", "2 / 3 = 0.66", "10:01 + 0:15 = 10:17", "20 < 20", "5 <= 4"])
def test_a_sum_that_is_wrong_is_noticed(sum_: str) -> None:
    assert not holds(sum_)
