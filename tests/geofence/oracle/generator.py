"""Hard small cases from a seed: everything happens at instants that other things hang on."""

import math
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import cast

from geofence.ids import OrderId, ProhibitionId, TagId, WearerId, ZoneId
from geofence.instants import FOREVER, SECOND_US, Instant, Interval, instant, moment
from geofence.register import DAYS, Day, Fitting, Order, Prohibition, Register, Window, Zone, ZoneVersion
from geofence.rules import Rules
from geofence.tracks import EventKind, Mechanism, TagEvent
from tests.geofence.oracle.force import LONDON
from tests.geofence.oracle.margins import PLANES_PART_M, WIDE_PLANES_PART_M
from tests.geofence.oracle.places import TOWNS, Town, beyond, footprint, place, placed
from tests.geofence.oracle.scenario import Row, Scenario

DAYS_OF_INTEREST = (
    datetime(2026, 11, 20, tzinfo=UTC),
    datetime(2026, 10, 25, tzinfo=UTC),
    datetime(2026, 3, 29, tzinfo=UTC),
)
HOURS_BEFORE_AND_AFTER_MIN = (-90, -30, 0, 0, 600, 1020)
DRIVING = ("pass", "pass", "pass", "near", "near", "out", "edge", "inside")
LOITERING = ("edge", "edge", "edge", "inside", "near")
ROAMING = ("inside", "inside", "edge", "edge", "near", "near", "near", "pass", "out", "far", "away")
COMING_AND_GOING = ("inside", "near", "near", "out")
PAUSES_S = (
    0,
    1,
    10,
    20,
    29,
    30,
    30,
    30,
    31,
    60,
    60,
    60,
    60,
    60,
    90,
    120,
    120,
    121,
    180,
    240,
    300,
    300,
    301,
    600,
    840,
    900,
    901,
    1800,
    3600,
    3601,
)
THRESHOLDS_S = (60, 60, 120, 240, 299, 300, 301, 600, 900, 900, 901, 1800, 3600, 3601)
WAITING_S = (60, 600, 840, 900, 900, 900)
MECHANISMS = (
    (Mechanism.GPS,) * 6 + (Mechanism.CELL, Mechanism.CELL, Mechanism.WIFI, Mechanism.RF, Mechanism.UNKNOWN),
    (Mechanism.GPS,) * 8 + (Mechanism.CELL,),
    (Mechanism.GPS, Mechanism.WIFI),
    (Mechanism.CELL, Mechanism.CELL, Mechanism.RF, Mechanism.GPS),
    (Mechanism.GPS,),
)
ACCURACIES_M = (
    3.0,
    5.0,
    6.5,
    8.0,
    8.0,
    8.0,
    12.0,
    12.0,
    20.0,
    35.0,
    60.0,
    120.0,
    250.0,
    250.001,
    400.0,
    1500.0,
    0.0,
    -1.0,
    math.nan,
    math.inf,
)
CONFIDENCES = (math.nan,) * 8 + (0.95, 0.95, 0.68, 0.5, 0.99, 0.0, 1.0, 1.2, -0.3, math.inf)
SPANS_S = (0, 0, 0, 60, 120, 300, 900, 960, 3600)
KINDS: tuple[EventKind, ...] = (
    "strap", "case", "battery_low", "battery_dead", "charging",
    "jamming", "shielding", "power_off", "no_network", "other",
)  # fmt: skip


def scenario(seed: int) -> Scenario:
    """Return the scenario of a seed."""
    return Maker(Random(seed)).scenario()  # noqa: S311 - the same cases from the same seed, nothing secret


class Maker:
    """Draws one scenario: shapes first, then fixes around them, then whatever begins or ends, at instants of fixes."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.town: Town = random.choice(TOWNS)
        self.origin = random.choice(DAYS_OF_INTEREST) + timedelta(minutes=random.choice(HOURS_BEFORE_AND_AFTER_MIN))
        self.wide = self.chance(0.05)
        self.shapes = [self.drawn() for _ in range(random.randrange(1, 5))]
        self.rows: list[Row] = []
        self.times: list[Instant] = []
        self.hot: list[Instant] = []

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def drawn(self) -> ZoneVersion:
        """Return a shape, as a version whose life is decided later."""
        shape, distance = footprint(self.random, self.wide)
        return ZoneVersion(1, Instant(0), FOREVER, placed(self.random, shape, self.town), distance)

    def scenario(self) -> Scenario:
        """Return the whole scenario."""
        tags = [TagId(f"T-{i}") for i in range(self.random.choice((1, 1, 2, 3)))]
        for tag in tags:
            self.walk(tag)
        # A tag that is never heard of may be worn all the same, and report of itself.
        known = [*tags, TagId("T-9")] if self.chance(0.2) else tags
        register = self.register(known)
        first, last = self.times[0], self.times[-1]
        whole = (Instant(first - 3600 * SECOND_US), Instant(last + SECOND_US))
        cut = (self.some_time(), last), (self.some_time(), self.some_time())
        start, end = sorted(whole if self.chance(0.6) else self.random.choice(cut))
        end = Instant(end + self.random.choice((0, SECOND_US, 900 * SECOND_US, 7200 * SECOND_US)))
        end = max(end, Instant(start + SECOND_US))
        horizon = self.random.choice(
            (end, end, Instant(last + 10_000 * SECOND_US), self.some_time(), Instant(end + 3600 * SECOND_US))
        )
        rows = list({row.identity: row for row in self.rows}.values())
        self.random.shuffle(rows)
        part_m = WIDE_PLANES_PART_M if self.wide else PLANES_PART_M
        return Scenario(tuple(rows), self.events(known), register, self.rules(), Interval(start, end), horizon, part_m)

    def rules(self) -> Rules:
        """Return the default thresholds, now and then others."""
        if self.chance(0.9):
            return Rules()
        choose = self.random.choice
        return Rules(
            inside_p=choose((0.95, 0.9, 0.8)),
            likely_p=choose((0.5, 0.4)),
            plausible_speed_m_s=choose((70.0, 40.0)),
            leg_s=choose((120.0, 61.0, 60.0)),
            silence_s=choose((900.0, 600.0)),
            join_s=choose((300.0, 240.0)),
            join_unbroken_s=choose((3600.0, 1200.0)),
            assumed_r95_gps_m=choose((30.0, 80.0)),
            floor_r95_gps_m=choose((5.0, 10.0)),
            confirmed_apart_s=choose((30.0, 60.0)),
            probable_p=choose((0.68, 0.6)),
            probable_fixes=choose((3, 2)),
            usable_r95_m=choose((250.0, 100.0)),
            far_away_m=choose((5000.0, 1000.0)),
            monitored_gap_s=choose((300.0, 120.0)),
        )

    def walk(self, tag: TagId) -> None:
        """Add a tag's fixes: moods that last, pauses that thresholds are made of."""
        random = self.random
        at = (
            instant(self.origin)
            + random.choice((0, 0, 30, 60)) * SECOND_US
            + random.choice((0,) * 18 + (250_000, 1_234))
        )
        mechanisms = random.choice(MECHANISMS)
        good = random.choice((0.0, 0.3, 0.7, 0.95, 1.0))
        lasting = random.choice((0.3, 0.6, 0.85))
        pauses = random.choice((PAUSES_S, PAUSES_S, (60,), (30, 60, 60, 120), (0, 0, 30, 60), THRESHOLDS_S, WAITING_S))
        moods = random.choice((ROAMING, ROAMING, DRIVING, LOITERING, LOITERING, COMING_AND_GOING))
        shape, mood = random.choice(self.shapes), random.choice(LOITERING)
        spot = place(random, shape, mood)
        numbered = self.chance(0.6)
        for number in range(random.choice((3, 8, 15, 20, 30, 45, 60))):
            if not self.chance(lasting):
                shape, mood = random.choice((shape, random.choice(self.shapes))), random.choice(moods)
            if mood == "pass":
                spot = beyond(shape, spot)
            elif self.chance(0.8):
                spot = place(random, shape, mood)
            self.rows.append(
                self.row(tag, Instant(at), random.choice(mechanisms), spot, good, number if numbered else None)
            )
            at += random.choice(pauses) * SECOND_US
        self.times = sorted({row.at for row in self.rows})
        self.hot = [random.choice(self.times) for _ in range(3)]

    def row(
        self, tag: TagId, at: Instant, mechanism: Mechanism, spot: tuple[float, float], good: float, number: int | None
    ) -> Row:
        """Return one fix."""
        random = self.random
        fine = self.chance(good)
        return Row(
            tag_id=tag,
            at=at,
            mechanism=mechanism,
            longitude_deg=spot[0],
            latitude_deg=spot[1],
            accuracy_m=random.choice((4.0, 8.0, 12.0)) if fine else random.choice(ACCURACIES_M),
            confidence=math.nan if fine else random.choice(CONFIDENCES),
            position_id=None if number is None or self.chance(0.1) else f"{random.choice('ab')}{number}",
            person_id=random.choice((None, None, None, "PP-0", "PP-1")),
            clock_suspect=self.chance(0.05),
        )

    def some_time(self) -> Instant:
        """Return an instant on which something may hang: a fix's, one a threshold away, or one shared with others."""
        if self.chance(0.3):
            return self.random.choice(self.hot)
        at = self.random.choice(self.times)
        away = self.random.choice((0, 0, 0, 1, 30, 60, 300, 900, 3600)) * SECOND_US
        return Instant(at + self.random.choice((-1, 1)) * away)

    def some_span(self) -> Interval:
        """Return an interval that begins and ends at such instants."""
        a, b = sorted((self.some_time(), self.some_time()))
        return Interval(a, max(b, Instant(a + self.random.choice((30, 60, 1800)) * SECOND_US)))

    def life(self, short: float) -> Interval:
        """Return an interval that mostly holds all of the data, and may be cut."""
        long_ago = Instant(self.times[0] - self.random.choice((1, 30)) * 86_400 * SECOND_US)
        start = self.some_time() if self.chance(short) else long_ago
        end = (
            self.some_time()
            if self.chance(short)
            else self.random.choice((FOREVER, Instant(self.times[-1] + 86_400 * SECOND_US)))
        )
        return Interval(start, end) if start < end else Interval(start, FOREVER)

    def register(self, tags: list[TagId]) -> Register:
        """Return who wears what, and which orders bind them."""
        wearers = [WearerId(f"W-{i}") for i in range(self.random.choice((1, 1, 2)))]
        fittings = [f for tag in tags for f in self.fittings(tag, wearers)]
        orders: list[Order] = []
        for wearer in wearers:
            for _ in range(self.random.choice((1, 1, 2))):
                orders.append(self.order(wearer, len(orders)))
        known = {w: f"PP-{i}" for i, w in enumerate(wearers) if self.chance(0.5)}
        return Register(tuple(fittings), tuple(orders), known)

    def fittings(self, tag: TagId, wearers: list[WearerId]) -> list[Fitting]:
        """Return who wears a tag: mostly one wearer, sometimes it is passed on."""
        life = self.life(0.1)
        if self.chance(0.7):
            return [Fitting(tag, self.random.choice(wearers), *life)]
        handed = self.some_time()
        again = Instant(handed + self.random.choice(SPANS_S) * SECOND_US)
        first = Fitting(tag, self.random.choice(wearers), Instant(min(life.start, handed - 60 * SECOND_US)), handed)
        return [first, Fitting(tag, self.random.choice(wearers), again)]

    def order(self, wearer: WearerId, number: int) -> Order:
        """Return an order."""
        life = self.life(0.05)
        suspensions = tuple(self.some_span() for _ in range(self.random.choice((0, 0, 0, 1, 2))))
        monitoring = None if self.chance(0.03) else self.life(0.05)
        aware = self.random.choice((None, None, None, None, self.some_time(), FOREVER, Instant(life.start)))
        count = self.random.choice((1, 1, 2))
        prohibitions = tuple(self.prohibition(f"{number}-{i}") for i in range(count))
        return Order(OrderId(f"O-{number}"), wearer, life, monitoring, prohibitions, suspensions, aware)

    def prohibition(self, name: str) -> Prohibition:
        """Return a clause with its zones and schedule."""
        zones = tuple(self.zone(f"{name}-{i}") for i in range(self.random.choice((0, 1, 1, 1, 1, 2, 2))))
        schedule = self.schedule() if self.chance(0.3) else None
        return Prohibition(ProhibitionId(f"P-{name}"), self.life(0.05), zones, schedule, self.chance(0.5))

    def zone(self, name: str) -> Zone:
        """Return a zone with versions that follow on each other or leave gaps."""
        life = self.life(0.1)
        cuts = sorted({self.some_time() for _ in range(self.random.choice((0, 0, 1, 2, 3)))})
        cuts = [c for c in cuts if life.start < c < life.end]
        edges = [life.start, *cuts, life.end]
        versions = []
        for number, (start, end) in enumerate(pairwise(edges), 1):
            shape = self.random.choice(self.shapes)
            late = Instant(start + (self.random.choice(SPANS_S) * SECOND_US if number > 1 else 0))
            if late < end:
                versions.append(ZoneVersion(number, late, end, shape.footprint, shape.distance_m))
        return Zone(ZoneId(f"Z-{name}"), tuple(versions))

    def schedule(self) -> tuple[Window, ...]:
        """Return weekly windows whose hours are those of the fixes."""
        windows = []
        for _ in range(self.random.choice((1, 1, 2, 3))):
            days = self.random.sample(DAYS, self.random.choice((1, 3, 7, 7)))
            start, until = self.local_time(), self.local_time()
            windows.append(Window(cast(tuple[Day, ...], tuple(days)), start, start if self.chance(0.1) else until))
        return tuple(windows)

    def local_time(self) -> time:
        """Return a local time at which something happens, or one that clocks show twice or never."""
        if self.chance(0.2):
            return self.random.choice((time(0, 0), time(1, 0), time(1, 30), time(2, 0), time(1, 45), time(23, 59)))
        shown = moment(self.some_time()).astimezone(LONDON)
        return time(shown.hour, shown.minute)

    def events(self, tags: list[TagId]) -> tuple[TagEvent, ...]:
        """Return tag events with and without ends."""
        found = []
        for _ in range(self.random.choice((0, 0, 1, 3))):
            start, end = self.some_span()
            found.append(
                TagEvent(self.random.choice(tags), start, None if self.chance(0.5) else end, self.random.choice(KINDS))
            )
        return tuple(found)
