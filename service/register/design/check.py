"""The design check of a draft: read, then look into it in a thread, so that nothing else waits."""

import asyncio

from alerts.particulars import Connection, RegisterReader
from geofence.ids import ZoneId
from geofence.instants import Instant
from geofence.rules import Rules
from service.register.design.answer import DesignCheck
from service.register.design.findings import design_findings
from service.register.design.read import read_surroundings


async def check_design(
    connection: Connection, registers: RegisterReader, rules: Rules, zone_id: ZoneId, version: int, *, now: Instant
) -> DesignCheck:
    """Return what is to be known of a version of a zone before it is approved. Nothing is written.

    1. In one transaction (or within the caller's) read the draft, its surroundings and the wearer's last 30 days.
    2. Look into them in a thread: judging 30 days takes up to a second.
    Raises NoSuchZone if there is no such version of such a zone.
    """
    async with connection.transaction():
        draft, around = await read_surroundings(connection, registers, zone_id, version, now)
    return await asyncio.to_thread(design_findings, draft, around, rules)
