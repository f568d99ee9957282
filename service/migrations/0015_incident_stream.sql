-- The history of incidents is read while it is written, by whoever remembers the last history_id that he saw.

-- What a merged incident became part of, as it was said then: the incident itself may have moved on since.
ALTER TABLE incident_history
    ADD COLUMN merged_into text REFERENCES incident,
    ADD CHECK (merged_into IS NULL OR what = 'merged');
UPDATE incident_history SET merged_into = substring(reason FROM '^joined with (\S+) \(') WHERE what = 'merged';

-- A history_id is given before the commit. Without more, a reader could see 8 and go on from there, and 7, which another
-- transaction commits a moment later, would be lost to him. So from its first line of history to the end of its commit a
-- transaction keeps all others from being given an id: ids become visible in their order.
-- The lock is taken before the statement's first row, so before any id; it is let go after the commit can be seen.
CREATE FUNCTION write_history_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('cordon: history of incidents'));
    PERFORM pg_notify('incident_history', '');  -- heard once a transaction, when it has committed
    RETURN NULL;
END $$;
CREATE TRIGGER is_written_in_turn BEFORE INSERT ON incident_history
    FOR EACH STATEMENT EXECUTE FUNCTION write_history_in_turn();
