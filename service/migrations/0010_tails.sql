-- What must be known of the end of each tag's track, so that new fixes that can't concern any incident need no judging:
-- nine numbers, packed by ingest/tags.py and explained in geofence/untouched.py. NULL: not known, and then whatever comes
-- next is judged.
ALTER TABLE tag ADD COLUMN tail bytea CHECK (octet_length(tail) = 72);
