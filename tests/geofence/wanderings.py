"""Wearers who wander in and out of zones with fixes of every kind: raw material for the laws."""

from random import Random

from hypothesis import strategies as st

from geofence.instants import Instant, Interval
from geofence.register import Register
from tests.geofence.town import Fix, Name, at, circle, polygon, register, version, zone

KINDS: tuple[Name, ...] = ("gps", "gps", "gps", "gps", "wifi", "cell", "rf", "unknown")
# Seconds to the next fix: one instant, legs, thresholds met exactly and just missed, silences.
STEPS = (0, 1, 30, 60, 60, 60, 60, 119, 120, 121, 300, 301, 900, 901, 3600)


@st.composite
def wanderings(draw: st.DrawFn, most: int = 40) -> list[Fix]:
    """Return one tag's fixes: mostly small steps around the town, sometimes a jump."""
    found: dict[tuple[int, str], Fix] = {}
    when, east, north = at("10:00"), draw(st.integers(-300, 300)), draw(st.integers(-300, 300))
    for _ in range(draw(st.integers(1, most))):
        when = Instant(when + draw(st.sampled_from(STEPS)) * 1_000_000)
        if draw(st.integers(0, 9)) == 0:
            east, north = draw(st.integers(-9_000, 9_000)), draw(st.integers(-300, 300))
        else:
            east, north = east * 4 // 5 + draw(st.integers(-80, 80)), north * 4 // 5 + draw(st.integers(-80, 80))
        kind = draw(st.sampled_from(KINDS))
        accuracy = draw(st.sampled_from((5, 10, 20, 60) if kind == "gps" else (30, 80, 300, 900)))
        found[when, kind] = Fix(when, float(east), float(north), kind, float(accuracy))
    return list(found.values())


@st.composite
def towns(draw: st.DrawFn) -> Register:
    """Return one to three zones around the cross, sometimes with a suspension or a version that follows."""
    shapes = [
        circle(draw(st.sampled_from((15, 60, 150))), draw(st.integers(-100, 100))),
        version(polygon((-120, -60), (80, -70), (90, 60), (0, 0), (-100, 90)), draw(st.sampled_from((0.0, 20.0)))),
        version(polygon((-300, -4), (300, -4), (300, 4), (-300, 4))),
    ]
    chosen = draw(st.lists(st.sampled_from(range(3)), min_size=1, max_size=3, unique=True))
    suspended = draw(st.booleans())
    return register(
        *(zone(shapes[number], zone_id=f"Z-{number}") for number in chosen),
        suspensions=(Interval(at("10:20"), at("10:50")),) if suspended else (),
    )


def outing(seed: int) -> list[Fix]:
    """Return two hours of one tag, mostly a fix a minute: at home 800 m away, to the town and back, with odd fixes."""
    chance = Random(seed)  # noqa: S311 - a walk, not a secret
    found: dict[tuple[int, str], Fix] = {}
    when, home, east, north = at("10:00"), 800.0, 800.0, 0.0
    for _ in range(120):
        when = Instant(when + chance.choice((60, 60, 60, 60, 60, 59, 120, 121, 0, 300, 901)) * 1_000_000)
        if chance.random() < 0.06:
            home = chance.choice((800.0, -700.0, 100.0, 20.0))
        east, north = home + (east - home) * 0.5 + chance.gauss(0, 30), north * 0.5 + chance.gauss(0, 30)
        jump = 9_000.0 if chance.random() < 0.03 else 0.0
        kind = chance.choice(("gps", "gps", "gps", "gps", "gps", "wifi", "cell", "rf"))
        accuracy = chance.choice((5, 10, 20, 60) if kind == "gps" else (30, 80, 300))
        found[when, kind] = Fix(when, east + jump, north, kind, float(accuracy))  # type: ignore[arg-type]
    return list(found.values())
