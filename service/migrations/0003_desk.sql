-- Incidents: derived from the ledger by the desk, which alone writes these tables.
CREATE TABLE incident (
    incident_id    text PRIMARY KEY,
    fitting_id     bigint NOT NULL,
    tag_id         text NOT NULL,
    wearer_id      text NOT NULL,
    order_id       text NOT NULL,
    prohibition_id text NOT NULL,
    zone_id        text NOT NULL,
    force          text NOT NULL,
    kind           text NOT NULL,
    grade          text NOT NULL,
    state          text NOT NULL,
    began_at       timestamptz NOT NULL,
    began_after    timestamptz,
    began_before   timestamptz,
    ended_at       timestamptz,
    ended_after    timestamptz,
    ended_before   timestamptz,
    already_inside boolean NOT NULL,
    suspended      boolean NOT NULL,
    before_aware   boolean NOT NULL,
    visits         integer NOT NULL,
    deepest_m      double precision NOT NULL,
    p_inside_max   double precision NOT NULL,
    -- From R1's "first fix or entry" to its "last fix or exit".
    first_at       timestamptz NOT NULL,
    last_at        timestamptz NOT NULL,
    -- False once it was withdrawn, or merged into another.
    standing       boolean NOT NULL DEFAULT true,
    merged_into    text REFERENCES incident,
    detected_at    timestamptz NOT NULL,
    changed_at     timestamptz NOT NULL,
    rules_version  integer NOT NULL,
    CHECK (merged_into IS NULL OR NOT standing)
);
CREATE INDEX incident_track ON incident (fitting_id, last_at);
CREATE INDEX incident_force ON incident (force, began_at, incident_id);
CREATE INDEX incident_wearer ON incident (wearer_id, began_at);

-- What the rules came to call an incident that is known by an older identity: its first fix has changed since.
CREATE TABLE incident_name (
    name        text PRIMARY KEY,
    incident_id text NOT NULL REFERENCES incident
);

-- Every fix of an incident's track from its first part to its last.
CREATE TABLE incident_fix (
    incident_id      text NOT NULL REFERENCES incident,
    recorded_at      timestamptz NOT NULL,
    position_id      text,
    mechanism        text NOT NULL,
    r95_m            double precision NOT NULL,
    accuracy_assumed boolean NOT NULL,
    depth_m          double precision NOT NULL,
    p_inside         double precision NOT NULL,
    verdict          text NOT NULL,
    zone_version     integer NOT NULL,
    implausible      boolean NOT NULL,
    longitude_deg    double precision NOT NULL,
    latitude_deg     double precision NOT NULL,
    CONSTRAINT incident_fix_identity UNIQUE NULLS NOT DISTINCT (incident_id, recorded_at, position_id, mechanism)
);

-- Every change of an incident, in the order in which it became known. Also what the live stream reads.
CREATE TABLE incident_history (
    history_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id text NOT NULL REFERENCES incident,
    changed_at  timestamptz NOT NULL,
    what        text NOT NULL CHECK (what IN ('added', 'changed', 'merged', 'withdrawn')),
    reason      text NOT NULL,
    incident    jsonb NOT NULL
);
CREATE INDEX incident_history_incident ON incident_history (incident_id);

-- Issued reports. An edition never changes: the archive holds its files by the hash of their content.
CREATE TABLE edition (
    force        text NOT NULL REFERENCES force,
    day          date NOT NULL,
    edition      integer NOT NULL CHECK (edition > 0),
    horizon      timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    issued_at    timestamptz NOT NULL,
    files        jsonb NOT NULL,
    PRIMARY KEY (force, day, edition)
);

CREATE FUNCTION refuse_to_change_what_was_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an issued edition never changes: issue a supplement' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER edition_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON edition
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_what_was_issued();

-- A report that is due: leased by one process at a time, so that no run is lost and none happens twice.
CREATE TABLE report_due (
    force        text NOT NULL REFERENCES force,
    day          date NOT NULL,
    seal_at      timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    -- Later than seal_at after a failure.
    not_before   timestamptz NOT NULL,
    leased_until timestamptz,
    leased_by    text,
    attempts     integer NOT NULL DEFAULT 0,
    last_fault   text,
    issued_at    timestamptz,
    PRIMARY KEY (force, day)
);
CREATE INDEX report_due_open ON report_due (not_before) WHERE issued_at IS NULL;
