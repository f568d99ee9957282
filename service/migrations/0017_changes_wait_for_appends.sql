-- A change of the register waits, just before it is committed, for the appends that are under way, and those to come wait
-- for its commit (ingest/watched.py): so none misses a fitting or a zone, and none waits longer than a commit takes.
CREATE FUNCTION wait_for_appends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('cordon: the register'));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER change_waits_for_appends AFTER INSERT ON register_change
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_for_appends();
