"""What a zone's history tells of its versions: up to when each was to hold, and what an emergency put aside."""

from alerts.particulars import Connection
from geofence.instants import FOREVER, Instant, instant
from service.register.written_times import read_instant
from service.register.zones.publishing_checks import emergency_before
from service.register.zones.zone import ZoneRecord, ZoneVersionRecord

# The end that a version had when it was published, before others cut it short, and the change that published it.
FIRST_END = """
SELECT since_version, until
FROM (SELECT since_version, (image ->> 'valid_until')::timestamptz AS until FROM register_past
      WHERE table_name = 'zone_version' AND image ->> 'zone_id' = $1 AND (image ->> 'version')::integer = $2
        AND image ->> 'published_at' IS NOT NULL
      UNION ALL
      SELECT since_version, valid_until FROM zone_version
      WHERE zone_id = $1 AND version = $2 AND published_at IS NOT NULL) AS images
ORDER BY since_version LIMIT 1"""
# When the zone itself was ended after the change $2.
ZONE_ENDS = """
SELECT asked ->> 'at' AS at FROM proposal
WHERE kind = 'zone_end' AND zone_id = $1 AND decision = 'approved' AND register_version > $2"""
# The version that was cut short by the change which took version $2 from draft to published.
PUT_ASIDE = """
SELECT (cut.image ->> 'version')::integer
FROM register_past AS draft JOIN register_past AS cut USING (table_name, until_version)
WHERE table_name = 'zone_version' AND draft.image ->> 'zone_id' = $1 AND (draft.image ->> 'version')::integer = $2
  AND draft.image ->> 'published_at' IS NULL
  AND cut.image ->> 'zone_id' = $1 AND (cut.image ->> 'version')::integer <> $2"""


async def own_end(connection: Connection, zone: ZoneRecord, each: ZoneVersionRecord) -> Instant:
    """Return up to when a published version was to hold whatever follows it, FOREVER if without end.

    As it was drawn, or up to where the zone was ended since. What returns after an emergency was to hold as long as
    that which the emergency put aside.
    """
    emergency = emergency_before(zone, each)
    aside = None if emergency is None else await put_aside(connection, zone, emergency)
    if aside is not None:
        return await own_end(connection, zone, aside)
    first = await connection.fetchrow(FIRST_END, zone.zone_id, each.version)
    if first is None:
        return FOREVER
    ends = [FOREVER if first["until"] is None else instant(first["until"])]
    ended = await connection.fetch(ZONE_ENDS, zone.zone_id, first["since_version"])
    return min([*ends, *(read_instant(row["at"]) for row in ended)])


async def put_aside(connection: Connection, zone: ZoneRecord, emergency: ZoneVersionRecord) -> ZoneVersionRecord | None:
    """Return the version that one put in force in an emergency has cut short, None if it followed on nothing."""
    number = await connection.fetchval(PUT_ASIDE, zone.zone_id, emergency.version)
    return None if number is None else zone.version(number)
