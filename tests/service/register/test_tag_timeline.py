"""Laws of where a tag is, held against the slow way of asking all its fittings."""

from hypothesis import given
from hypothesis import strategies as st

from geofence.ids import TagId, WearerId
from geofence.instants import Instant, Interval
from service.register.fittings.corrections import adds_only
from service.register.fittings.fitting import Fitted, FittingRecord, in_the_way
from service.register.fittings.timeline import Timeline
from service.register.fittings.writing import first_changed

wearers = st.sampled_from([WearerId("W-1"), WearerId("W-2")])
periods = st.tuples(st.integers(0, 20), st.integers(1, 8)).map(
    lambda drawn: Interval(Instant(drawn[0]), Instant(sum(drawn)))
)
fitted = st.builds(Fitted, st.just(TagId("T-1")), wearers, periods)


def timeline_of(wanted: list[Fitted]) -> tuple[Timeline, list[FittingRecord]]:
    """Let those stand that find room, as they come."""
    timeline, standing = Timeline(), list[FittingRecord]()
    for number, each in enumerate(wanted, start=1):
        if in_the_way(each, standing) is None:
            standing.append(FittingRecord(number, each, standing=True, since_version=1))
            timeline.put(standing[-1])
    return timeline, standing


@given(st.lists(fitted, max_size=12), fitted)
def test_a_look_at_the_neighbours_finds_all_that_is_in_the_way(wanted: list[Fitted], asked: Fitted) -> None:
    timeline, standing = timeline_of(wanted)
    expected = {
        record.fitting_id
        for record in standing
        if record.fitted.during.meet(asked.during) is not None and not record.fitted.begins_as(asked)
    }
    assert {record.fitting_id for record in timeline.in_the_way(asked)} == expected
    own = [record for record in standing if record.fitted.begins_as(asked)]
    assert timeline.own(asked) == (own[0] if own else None)
    assert {record.fitting_id for record in Timeline(standing).in_the_way(asked)} == expected


@given(periods, periods)
def test_up_to_the_first_change_both_periods_hold_alike_and_there_they_do_not(
    before: Interval, after: Interval
) -> None:
    def holds(period: Interval, at: int) -> bool:
        return period.start <= at < period.end

    differing = [at for at in range(30) if holds(before, at) != holds(after, at)]
    if differing:
        assert first_changed(before, after) == differing[0]
    gone = [at for at in range(30) if holds(before, at) and not holds(after, at)]
    assert adds_only(before, after) == (not gone)
