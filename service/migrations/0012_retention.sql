-- How long each class of data is kept, what must be kept longer, and what was erased.

-- Each row is somebody's decision; the latest of a class holds. days NULL: kept until somebody decides otherwise.
CREATE TABLE retention_period (
    retention_period_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    class  text NOT NULL,
    days   integer CHECK (days > 0),
    set_by text NOT NULL,
    set_at timestamptz NOT NULL
);

-- What a court, a coroner or a solicitor has asked to be kept: of one wearer or one tag, recorded in [starts_at, ends_at).
CREATE TABLE legal_hold (
    legal_hold_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    wearer_id   text REFERENCES wearer,
    tag_id      text,
    starts_at   timestamptz NOT NULL DEFAULT '-infinity',
    ends_at     timestamptz NOT NULL DEFAULT 'infinity' CHECK (ends_at > starts_at),
    reason      text NOT NULL,
    authority   text NOT NULL,
    placed_by   text NOT NULL,
    placed_at   timestamptz NOT NULL,
    lifted_by   text,
    lifted_at   timestamptz,
    lift_reason text,
    CONSTRAINT legal_hold_of_one CHECK ((wearer_id IS NULL) <> (tag_id IS NULL)),
    CONSTRAINT legal_hold_lifted_whole
        CHECK ((lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lift_reason IS NULL))
);

CREATE FUNCTION holds_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL
           AND (to_jsonb(NEW) - ARRAY['lifted_by', 'lifted_at', 'lift_reason'])
             = (to_jsonb(OLD) - ARRAY['lifted_by', 'lifted_at', 'lift_reason'])
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a hold never changes: lift it, and place another' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER hold_never_changes BEFORE UPDATE OR DELETE ON legal_hold FOR EACH ROW EXECUTE FUNCTION holds_stay();
CREATE TRIGGER holds_are_never_emptied BEFORE TRUNCATE ON legal_hold FOR EACH STATEMENT EXECUTE FUNCTION holds_stay();

-- What holds keep, tag by tag. A day more on either side, so that what is kept can be judged as it was. Of a wearer, also
-- what was recorded while the register had him wear the tag and then was corrected: that may be what is asked about.
CREATE VIEW held_stretch AS
SELECT tag_id, starts_at - interval '1 day' AS starts_at, ends_at + interval '1 day' AS ends_at
FROM legal_hold WHERE lifted_at IS NULL AND tag_id IS NOT NULL
UNION ALL
SELECT said.tag_id, greatest(fitted_at, hold.starts_at - interval '1 day'),
       least(coalesce(removed_at, 'infinity'), hold.ends_at + interval '1 day')
FROM legal_hold AS hold
CROSS JOIN LATERAL (
    SELECT tag_id, fitted_at, removed_at FROM fitting WHERE fitting.wearer_id = hold.wearer_id
    UNION ALL
    SELECT image ->> 'tag_id', (image ->> 'fitted_at')::timestamptz, (image ->> 'removed_at')::timestamptz
    FROM register_past WHERE table_name = 'fitting' AND image ->> 'wearer_id' = hold.wearer_id
) AS said
WHERE lifted_at IS NULL AND fitted_at < hold.ends_at + interval '1 day'
  AND coalesce(removed_at, 'infinity') > hold.starts_at - interval '1 day';

-- What of a tag's fixes outlives their period: what is held; what an incident that stands rests on, with so much on either
-- side that judging it again gives the same (an incident's parts are at most 60 min apart); and the last fix of a tag that
-- is worn, by which an incident whose track was lost is known to be over.
CREATE VIEW kept_stretch AS
SELECT tag_id, starts_at, ends_at FROM held_stretch
UNION ALL
SELECT tag_id, first_at - interval '2 hours', last_at + interval '2 hours' FROM incident WHERE standing
UNION ALL
SELECT tag_id, newest_at, newest_at + interval '1 microsecond' FROM tag JOIN fitting USING (tag_id)
WHERE standing AND removed_at IS NULL AND newest_at >= fitted_at;
CREATE INDEX incident_tag ON incident (tag_id, last_at);
CREATE INDEX incident_merged ON incident (merged_into) WHERE merged_into IS NOT NULL;

-- Fixes that were erased because their tag was on nobody: how many, and the SHA-256 of what they said, so that it can be
-- shown later what they were. A row for each time that fixes of a tag's day (in UTC) were erased.
CREATE TABLE erased_fixes (
    erased_fixes_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tag_id    text NOT NULL,
    day       date NOT NULL,
    fixes     integer NOT NULL CHECK (fixes > 0),
    sha256    bytea NOT NULL CHECK (length(sha256) = 32),
    erased_at timestamptz NOT NULL
);
CREATE INDEX erased_fixes_day ON erased_fixes (tag_id, day);

-- How much was ever erased of each class; written with the erasure.
CREATE TABLE erased_total (
    class  text PRIMARY KEY,
    erased bigint NOT NULL,
    at     timestamptz NOT NULL
);

-- The last hour for which everything that was due was erased, and when that was done.
CREATE TABLE retention_run (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    hour     timestamptz,
    done_at  timestamptz
);
INSERT INTO retention_run DEFAULT VALUES;

-- What grows in the order of its instants is found by them at next to no cost.
CREATE INDEX rejection_received ON rejection USING brin (received_at);
CREATE INDEX tag_event_occurred ON tag_event USING brin (occurred_at);
CREATE INDEX audit_at ON audit USING brin (at);
