"""Reported fittings that await an administrator: what is asked for already, and what is added."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from alerts.particulars import Connection
from geofence.instants import Instant, Interval, moment
from service.access.actor import Actor
from service.register.fittings.fitting import Fitted

OPEN = """
SELECT asked FROM proposal WHERE decision IS NULL AND kind = 'fitting' AND asked ->> 'tag_id' = ANY($1)"""
PROPOSE = """
INSERT INTO proposal (kind, fitting_id, asked, proposed_by, proposed_role, proposed_at)
SELECT 'fitting', fitting_id, asked, $3, $4, $5 FROM unnest($1::bigint[], $2::jsonb[]) AS said (fitting_id, asked)"""


class Waiting:
    """Fittings as they are proposed."""

    def __init__(self, fittings: Iterable[Fitted] = ()) -> None:
        self._all: set[Fitted] = set()
        self._periods: defaultdict[tuple[str, str, Instant], list[Interval]] = defaultdict(list)
        for fitted in fittings:
            self.add(fitted)

    def __contains__(self, fitted: Fitted) -> bool:
        return fitted in self._all

    def add(self, fitted: Fitted) -> None:
        """Let a fitting wait."""
        self._all.add(fitted)
        self._periods[_beginning(fitted)].append(fitted.during)

    def makes_room(self, standing: Fitted, fitted: Fitted) -> bool:
        """Whether a fitting that stands would no longer be in the way of another if what waits for it were approved."""
        return any(period.meet(fitted.during) is None for period in self._periods.get(_beginning(standing), ()))


async def read_waiting(connection: Connection, tag_ids: Sequence[str]) -> Waiting:
    """Return the open proposals of some tags."""
    rows = await connection.fetch(OPEN, tag_ids)
    return Waiting(Fitted.of(json.loads(row["asked"])) for row in rows)


async def propose_all(
    connection: Connection, proposed: Sequence[tuple[int | None, Fitted]], actor: Actor, now: Instant
) -> None:
    """Write down many fittings as proposals, each with the id of the fitting that it changes, None if it is new."""
    asked = [json.dumps(fitted.written()) for _, fitted in proposed]
    numbers = [fitting_id for fitting_id, _ in proposed]
    await connection.execute(PROPOSE, numbers, asked, actor.holder, actor.role, moment(now))


def _beginning(fitted: Fitted) -> tuple[str, str, Instant]:
    return fitted.tag_id, fitted.wearer_id, fitted.during.start
