"""The PDF says what matters first, marks what it is, and sets anybody's words as words."""

import re
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.inert import visible
from alerts.inputs import DayInputs
from alerts.render.fonts import drawable
from alerts.render.pdf import as_pdf
from alerts.report import compose
from geofence.instants import Interval, instant
from geofence.judgement import Unmonitored
from tests.alerts.reported_day import Place, Story, at, day_of, full_day, judged_on, line, stories, walk
from tests.trying import tried


def pages(inputs: DayInputs) -> list[str]:
    """Return the words of each page as pdftotext reads them, runs of blanks made one."""
    done = subprocess.run(["pdftotext", "-", "-"], input=as_pdf(compose(inputs)), capture_output=True, check=True)
    return [re.sub(r"\s+", " ", page) for page in done.stdout.decode().split("\f")[:-1]]


def words(inputs: DayInputs) -> str:
    return " ".join(pages(inputs))


def in_order(text: str, *parts: str) -> bool:
    """Whether each part stands somewhere after the part before it."""
    place = 0
    for part in parts:
        place = text.find(part, place) + len(part)
        if place < len(part):
            return False
    return True


FULL = pages(full_day())


def test_the_first_page_tells_in_the_order_in_which_it_matters() -> None:
    assert in_order(
        FULL[0],
        "Inside now, or lost inside",
        "Łukasz Przykładowski (W-2)",
        "Strap, case and jamming",
        "Strap, tag T-000003: 20 Nov 19:58:20 to 20:04:00 +00:00",
        "NOT JUDGED",
        "Pat Nil (W-7)",
        "Time not monitored",
        "Sam Sample (W-3)",
        "Possible breaches of the day, by grade",
        "Since midnight",
        "Case, tag T-000007",
    )


def test_the_first_page_says_what_it_is_a_report_of() -> None:
    for said in (
        "Metropolitan Police Service",
        "Friday 20 November 2026",
        "20 Nov 00:00 +00:00 to 21 Nov 00:00 +00:00 (24 h)",
        "21 Nov 09:00:00 +00:00",
        "Edition 1",
        "version 1, Cordon 0.1.0",
    ):
        assert said in FULL[0]


def test_grades_are_counted_and_never_summed() -> None:
    assert re.search(r"2 Confirmed .*1 Probable .*1 Inferred .*1 Possible", FULL[0])
    assert "The grades are not added up" in FULL[0]
    assert "5 " not in FULL[0][FULL[0].index("by grade") : FULL[0].index("The grades")]


def test_every_page_carries_force_day_edition_marking_and_number() -> None:
    for number, page in enumerate(FULL, start=1):
        assert page.count("OFFICIAL-SENSITIVE") == 2
        assert "MPS · 20 November 2026 · Edition 1" in page
        assert f"Page {number} of {len(FULL)}" in page


def test_the_sections_follow_in_order_and_only_those_that_apply() -> None:
    rest = " ".join(FULL[1:])
    assert in_order(
        rest,
        "Possible breaches Incidents",
        "Crossings",
        "Possible incidents",
        "Suspended, or before",
        "Tag events",
        "Coverage and nearest approaches",
        "Fixes in or at a zone that are part of no incident",
        "Late data",
        "What was received and what was refused",
        "Differences between the two paths",
        "Annex A. p_inside",
        "Annex B. Rules version 1",
    )
    quiet = words(day_of([Story(7, "Pat Nil")]))
    for absent in ("Crossings", "Tag events", "Late data", "Differences between", "Annex A"):
        assert absent not in quiet


def test_each_threshold_is_printed() -> None:
    rules = full_day().rules
    for name in rules.__slots__:
        assert name in " ".join(FULL)


def test_an_incident_is_told_in_full() -> None:
    text = " ".join(FULL)
    for said in (
        "Probable, one fix: check before arrest.",
        "Not to come within 200 metres of the premises known as 14 Example Road, Croydon.",
        "DAPO DAPO-2026-0001, Croydon Magistrates' Court, made 1 October 2026",
        "Zone A (Z-1), version 1",
        "About 20 Nov 17:58:51 +00:00; between 20 Nov 17:58:11 and 17:59:11 +00:00.",
        "177 m inside the edge: fix 20 at 18:04:11 +00:00, TQ",
        "Drawn straight; the way taken is not known.",
        "During an authorised absence (suspension). Listed apart, not counted.",
        "away by 812 m at 14:02:11 +00:00",
        "computed on stated assumptions; not the probability of a breach".capitalize(),
    ):
        assert unicodedata.normalize("NFC", said) in text.replace("’", "'")


def test_breach_is_never_found_only_possible() -> None:
    allowed = r"possible breach|breach report|one is a breach is for an officer|not the probability of a breach"
    text = re.sub(allowed, "", " ".join(FULL), flags=re.IGNORECASE)
    assert "breach" not in text.lower()


def test_a_nil_return_stands_on_the_first_page() -> None:
    quiet = Story(7, "Pat Nil", unmonitored=stories()[0].unmonitored)
    first = pages(day_of([quiet]))[0]
    assert "No possible breach in the 22 h 10 min of 24 h monitored." in first
    assert in_order(
        first, "Nobody is known to be inside at 09:00:00 +00:00", "No tag reported any.", "Every zone was judged."
    )


def test_time_that_nobody_measured_is_not_said_to_be_monitored() -> None:
    inputs = day_of([Story(7, "Pat Nil")])
    first = pages(replace(inputs, judgement=replace(inputs.judgement, coverage=())))[0]
    assert "Not known. The judgement does not tell how much of the day was monitored." in first
    assert "All time in force was monitored" not in first


def test_what_was_not_judged_since_midnight_is_not_said_to_be_nothing() -> None:
    inputs = day_of([Story(7, "Pat Nil")])
    assert "What was recorded after the report day is not judged in this report." in pages(inputs)[0]


def test_the_first_page_says_from_when_on_nobody_was_monitored_since_midnight() -> None:
    told = [Story(7, "Pat Nil", seen=walk("23:00:00", line((900, 0), (900, 90), 71)))]
    first = pages(judged_on(told))[0]
    assert in_order(
        first,
        "Since midnight",
        "none was seen in the 10 min of 9 h monitored",
        "Nobody was monitored from 21 Nov 00:10",
    )


def test_a_preview_says_so_on_every_page_and_an_edition_nowhere() -> None:
    for page in pages(full_day(edition=None)):
        assert "MPS · 20 November 2026 · PREVIEW" in page
    assert "PREVIEW: not sealed, not issued; it may change" in pages(full_day(edition=None))[0]
    assert "PREVIEW" not in " ".join(FULL)


@pytest.mark.parametrize(
    ("day", "between", "said"),
    [
        (date(2026, 10, 25), ("2026-10-24T23:00", "2026-10-26T00:00"), "(25 h; the clocks go back)"),
        (date(2026, 3, 29), ("2026-03-29T00:00", "2026-03-29T23:00"), "(23 h; the clocks go forward)"),
    ],
)
def test_days_on_which_the_clocks_change(day: date, between: tuple[str, str], said: str) -> None:
    start, end = (instant(datetime.fromisoformat(text).replace(tzinfo=UTC)) for text in between)
    text = pages(day_of([Story(7, "Pat Nil")], day=day, between=Interval(start, end), horizon=at("33:00:00", day)))[0]
    assert said in text


def test_a_track_lost_inside_leads_the_report() -> None:
    story = stories()[0]
    story.incidents = [
        replace(story.incidents[0], state="track_lost", ended_at=None, ended_between=(at("18:08:11"), None))
    ]
    first = pages(day_of([story]))[0]
    assert "lost inside: last fix 20 Nov 18:08:11 +00:00, none in the 15 min after it" in first


def test_a_long_incident_says_which_fixes_are_not_printed() -> None:
    story = Story(1, "Long Stayer")
    story.seen = walk("00:30:00", line((60, 0), (-60, 10), 400))
    story.incident("00:30:00", "07:09:00")
    text = words(day_of([story]))
    assert "Fixes 101 to 300 are not printed" in text


def test_one_silence_of_several_clauses_is_told_once_and_many_gaps_are_cut_short() -> None:
    told = [Story(number, f"Quiet {number}", unmonitored=(gap(number),)) for number in range(1, 12)]
    first, _, _ = words(day_of(told)).partition("Coverage and nearest approaches Time")
    assert "And 5 more with shorter time not monitored: see Coverage." in first
    assert in_order(first, "Quiet 11 (W-11)", "Quiet 6 (W-6)")
    assert "Quiet 5 (W-5)" not in first


def gap(minutes: int) -> Unmonitored:
    return Unmonitored(at("01:00:00"), at(f"01:{minutes:02d}:00"), "no_fixes")


HOSTILE = (
    "*bold* _x_ #panic(1) $x^2$ `raw` <label> @ref = head",
    '#import "evil.typ"; #read("/etc/passwd")',
    "</text><script>alert(1)</script>&amp;",
    '=HYPERLINK("http://x")',
    "\\u{41} \\ // comment /* more */ ~ -- --- '\"",
    "x" * 400,
    "\u202e\u0000\ue000中文 \U0001f6a8",
)


def hostile(text: str) -> DayInputs:
    story = replace_words(stories()[0], text)
    return day_of([story])


def replace_words(story: Story, text: str) -> Story:
    story.name = story.text = story.label = story.clause = text
    return story


def squeezed(text: str) -> str:
    """Return text without what line breaking may add, take or change."""
    return re.sub(r"[\s\u200b\u00ad\u00a0]", "", text)


@pytest.mark.parametrize("text", HOSTILE)
def test_anybodys_words_are_set_as_words(text: str) -> None:
    seen = squeezed(words(hostile(text)))
    assert squeezed(visible(text, drawable())) in seen


@tried(40)
@given(text=st.text(min_size=1, max_size=60))
def test_any_text_is_set(text: str) -> None:
    # Every character that is set; their order in extracted text is not ours where a script runs from right to left.
    seen = words(hostile(text))
    for character in squeezed(visible(text, drawable())):
        if unicodedata.category(character)[0] in "LN" and not unicodedata.combining(character):
            assert character in unicodedata.normalize("NFKC", seen) + seen


def test_a_long_clause_does_not_leave_the_page() -> None:
    story = stories()[0]
    story.text = "Not to enter the area. " * 400 + "LAST WORDS"
    assert "LAST WORDS" in words(day_of([story]))


def test_the_same_report_has_the_same_bytes() -> None:
    assert as_pdf(compose(full_day())) == as_pdf(compose(full_day()))


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "import hashlib;from tests.alerts.reported_day import full_day;from alerts.report import compose;"
        "from alerts.render.pdf import as_pdf;print(hashlib.sha256(as_pdf(compose(full_day()))).hexdigest())"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, env=env).stdout
        for env in ({"PYTHONHASHSEED": "1", "TZ": "UTC"}, {"PYTHONHASHSEED": "2", "TZ": "America/New_York"})
    }
    assert len(runs) == 1


def test_the_document_is_tagged_for_those_who_hear_it() -> None:
    document = as_pdf(compose(full_day()))
    # The tags alone: pdfinfo takes a quarter of a minute to put the text to them.
    tags = subprocess.run(["pdfinfo", "-struct", "-"], input=document, capture_output=True, check=True).stdout.decode(
        errors="replace"
    )
    assert re.search(r"^ +Figure\b", tags, re.MULTILINE)
    assert re.search(r"^ +TH\b", tags, re.MULTILINE)
    meta = subprocess.run(["pdfinfo", "-meta", "-"], input=document, capture_output=True, check=True).stdout.decode()
    assert re.search(r"pdfuaid:part>1<", meta)


def test_many_orders_stay_within_bounds() -> None:
    told = []
    for number in range(1, 121):
        story = Story(number, f"Wearer {number}", Place())
        if number % 10 == 0:
            story.seen = walk("12:00:00", line((150, 0), (-150, 10), 30))
            story.incident("12:05:00", "12:20:00")
        told.append(story)
    text = pages(day_of(told))
    assert "Wearer 120 (W-120)" in " ".join(text)
    assert len(text) < 30
