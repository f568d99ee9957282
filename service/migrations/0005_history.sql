-- The register's history: every change is numbered and says who made it, why and by what authority; what it replaced
-- stays readable. Drafts of orders, second persons, proposals, and requests that are answered once.

ALTER TABLE register_state ADD COLUMN changed_at timestamptz NOT NULL DEFAULT '-infinity';

CREATE TABLE register_change (
    register_version bigint PRIMARY KEY,
    -- Never earlier than the change before, whatever the clock does.
    at               timestamptz NOT NULL,
    actor            text NOT NULL,
    role             text NOT NULL,
    what             text NOT NULL,
    reason           text,
    authority        text,
    -- Who asked for it, where somebody else approved.
    proposed_by      text,
    -- What was warned of, and accepted for the reason.
    warnings         text[] NOT NULL DEFAULT '{}',
    CONSTRAINT register_change_warnings_have_a_reason CHECK (cardinality(warnings) = 0 OR reason IS NOT NULL)
);
CREATE INDEX register_change_at ON register_change (at);

-- What of loads is known from before there was a history.
INSERT INTO register_change (register_version, at, actor, role, what, reason, warnings)
SELECT DISTINCT ON (register_version) register_version, at, actor, 'operator', 'register loaded', reason, warnings
FROM register_load WHERE register_version > 0 ORDER BY register_version, at;
UPDATE register_state SET changed_at = coalesce((SELECT max(at) FROM register_change), '-infinity');

-- Every image of a row that was replaced or removed, and the changes between which it held.
CREATE TABLE register_past (
    past_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name    text NOT NULL,
    image         jsonb NOT NULL,
    since_version bigint NOT NULL,
    until_version bigint NOT NULL CHECK (until_version > since_version)
);
CREATE INDEX register_past_held ON register_past (table_name, until_version);
CREATE INDEX register_past_order ON register_past ((image ->> 'order_id'));
CREATE INDEX register_past_prohibition ON register_past ((image ->> 'prohibition_id'));
CREATE INDEX register_past_zone ON register_past ((image ->> 'zone_id'));
CREATE INDEX register_past_wearer ON register_past ((image ->> 'wearer_id'));

-- The number of the change that this transaction is making. Whoever changes rows without saying why is written down by
-- the name of his database account.
CREATE FUNCTION change_in_hand() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    said text := current_setting('cordon.register_version', true);
    number bigint;
    moment timestamptz;
BEGIN
    IF said <> '' THEN
        RETURN said::bigint;
    END IF;
    UPDATE public.register_state SET version = version + 1, changed_at = greatest(changed_at, clock_timestamp())
    RETURNING version, changed_at INTO number, moment;
    INSERT INTO public.register_change (register_version, at, actor, role, what)
    VALUES (number, moment, session_user, 'database', 'changed by hand');
    PERFORM set_config('cordon.register_version', number::text, true);
    RETURN number;
END $$;

CREATE FUNCTION keep_what_was() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NULL;
        END IF;
    END IF;
    number := public.change_in_hand();
    IF TG_OP <> 'INSERT' THEN
        IF OLD.since_version < number THEN
            INSERT INTO public.register_past (table_name, image, since_version, until_version)
            VALUES (TG_TABLE_NAME, to_jsonb(OLD), OLD.since_version, number);
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    NEW.since_version := number;
    RETURN NEW;
END $$;

-- A wearer's home (GeoJSON), against which a draft zone is checked.
ALTER TABLE wearer ADD COLUMN home jsonb;

-- False: it turned out that this tag never was on this wearer. The row stays, so that what was found under it is withdrawn.
ALTER TABLE fitting ADD COLUMN standing boolean NOT NULL DEFAULT true;
ALTER TABLE fitting DROP CONSTRAINT fitting_one_wearer_at_a_time;
ALTER TABLE fitting ADD CONSTRAINT fitting_one_wearer_at_a_time
    EXCLUDE USING gist (tag_id WITH =, tstzrange(fitted_at, removed_at) WITH &&) WHERE (standing);

-- An order is entered as a draft and has no effect until a second person publishes it. emergency_until: one person alone
-- has put it in force, up to then at the latest unless a second one confirms.
ALTER TABLE court_order
    ADD COLUMN drawn_by        text NOT NULL DEFAULT 'file',
    ADD COLUMN drawn_at        timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN published_by    text,
    ADD COLUMN published_at    timestamptz,
    ADD COLUMN emergency_until timestamptz,
    -- By the court, before the end that it gave the order when it made it.
    ADD COLUMN discharged_at   timestamptz;
UPDATE court_order SET published_by = 'register load', published_at = now();
ALTER TABLE court_order
    ALTER COLUMN drawn_by DROP DEFAULT,
    ALTER COLUMN drawn_at DROP DEFAULT,
    ADD CONSTRAINT court_order_published_whole CHECK ((published_by IS NULL) = (published_at IS NULL)),
    ADD CONSTRAINT court_order_second_person CHECK (published_by <> drawn_by OR emergency_until IS NOT NULL),
    ADD CONSTRAINT court_order_emergency_is_short
        CHECK (emergency_until <= published_at + interval '24 hours' AND emergency_until > published_at);

-- Lists come in pages, in the order in which Python sorts too.
CREATE INDEX court_order_page ON court_order (order_id COLLATE "C");
CREATE INDEX wearer_page ON wearer (wearer_id COLLATE "C");

-- The premises that a drawn area protects, if they were given: the design check warns of an area centred on them.
ALTER TABLE zone ADD COLUMN premises jsonb;

-- withdrawn_at: published, and then found never to have been right; it judges nothing, from its first instant on.
ALTER TABLE zone_version
    ADD COLUMN emergency_until timestamptz,
    ADD COLUMN withdrawn_at    timestamptz,
    -- What drawing it warned of that the shape itself no longer shows, such as a coarse grid reference.
    ADD COLUMN warnings        text[] NOT NULL DEFAULT '{}',
    -- The version after whose emergency this one comes back: the shape, and the two people, of what was put aside.
    ADD COLUMN returns_after   integer,
    DROP CONSTRAINT zone_version_check1,
    DROP CONSTRAINT zone_version_published_do_not_overlap,
    ADD CONSTRAINT zone_version_second_person CHECK (published_by <> drawn_by OR emergency_until IS NOT NULL),
    ADD CONSTRAINT zone_version_emergency_is_short
        CHECK (emergency_until <= published_at + interval '24 hours' AND emergency_until > published_at),
    ADD CONSTRAINT zone_version_withdrawn_was_published CHECK (withdrawn_at IS NULL OR published_at IS NOT NULL),
    ADD CONSTRAINT zone_version_published_do_not_overlap
        EXCLUDE USING gist (zone_id WITH =, tstzrange(valid_from, least(valid_until, emergency_until)) WITH &&)
        WHERE (published_at IS NOT NULL AND withdrawn_at IS NULL AND valid_from < coalesce(emergency_until, 'infinity'));

CREATE FUNCTION published_zones_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a published zone version is never removed: withdraw it' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.zone_id, NEW.version, NEW.footprint, NEW.distance_m, NEW.drawn_by, NEW.drawn_at, NEW.returns_after)
        IS DISTINCT FROM
       (OLD.zone_id, OLD.version, OLD.footprint, OLD.distance_m, OLD.drawn_by, OLD.drawn_at, OLD.returns_after)
        OR NEW.published_at IS NULL
    THEN
        RAISE EXCEPTION 'a published zone version never changes: draw another' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- What somebody asks for and somebody else must approve. `asked`: the request, as its kind reads it.
CREATE TABLE proposal (
    proposal_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind             text NOT NULL,
    order_id         text REFERENCES court_order,
    zone_id          text REFERENCES zone,
    force            text REFERENCES force,
    fitting_id       bigint REFERENCES fitting,
    wearer_id        text REFERENCES wearer,
    asked            jsonb NOT NULL,
    reason           text,
    authority        text,
    proposed_by      text NOT NULL,
    proposed_role    text NOT NULL,
    proposed_at      timestamptz NOT NULL,
    decision         text CHECK (decision IN ('approved', 'rejected', 'withdrawn')),
    decided_by       text,
    decided_at       timestamptz,
    decision_reason  text,
    register_version bigint REFERENCES register_change,
    CONSTRAINT proposal_second_person CHECK (decision <> 'approved' OR decided_by <> proposed_by),
    CONSTRAINT proposal_decided_whole CHECK
        ((decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_at IS NULL)),
    CONSTRAINT proposal_approved_made_a_change CHECK ((decision = 'approved') = (register_version IS NOT NULL))
);
CREATE INDEX proposal_open ON proposal (proposal_id) WHERE decision IS NULL;
CREATE INDEX proposal_order ON proposal (order_id) WHERE order_id IS NOT NULL;

-- Requests that came with an Idempotency-Key: sent again, they are answered again and nothing happens twice.
CREATE TABLE answered_request (
    role           access_role NOT NULL,
    holder         text NOT NULL,
    key            text NOT NULL,
    request_sha256 bytea NOT NULL,
    answered_at    timestamptz NOT NULL,
    status         smallint NOT NULL,
    headers        jsonb NOT NULL,
    body           bytea NOT NULL,
    PRIMARY KEY (role, holder, key)
);
CREATE INDEX answered_request_at ON answered_request (answered_at);

-- The register as it was: the schema `past` shows each table as it stood at the change that `cordon.as_of` numbers.
CREATE SCHEMA past;
CREATE FUNCTION past.as_of() RETURNS bigint LANGUAGE sql STABLE AS
    $$ SELECT current_setting('cordon.as_of')::bigint $$;

-- Gives a table its history. Once more after each change of the table's columns: they are added at its view's end.
CREATE FUNCTION keep_history(named text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TRIGGER IF EXISTS keeps_what_was ON public.%I', named);
    -- The name decides the order: what is forbidden is forbidden before it is kept.
    EXECUTE format('CREATE TRIGGER keeps_what_was BEFORE INSERT OR UPDATE OR DELETE ON public.%I '
                   'FOR EACH ROW EXECUTE FUNCTION public.keep_what_was()', named);
    EXECUTE format('CREATE OR REPLACE VIEW past.%1$I AS '
                   'SELECT * FROM public.%1$I WHERE since_version <= past.as_of() '
                   'UNION ALL SELECT (jsonb_populate_record(NULL::public.%1$I, image)).* FROM public.register_past '
                   'WHERE table_name = %1$L AND since_version <= past.as_of() AND until_version > past.as_of()', named);
END $$;

DO $$
DECLARE
    named text;
    now_version bigint := (SELECT version FROM register_state);
BEGIN
    FOREACH named IN ARRAY ARRAY['force', 'force_recipient', 'wearer', 'fitting', 'court_order', 'suspension',
                                 'prohibition', 'zone', 'zone_version']
    LOOP
        -- Of what was there before, it is known only that it is there now.
        EXECUTE format('ALTER TABLE %I ADD COLUMN since_version bigint NOT NULL DEFAULT %s', named, now_version);
        EXECUTE format('ALTER TABLE %I ALTER COLUMN since_version DROP DEFAULT', named);
        PERFORM keep_history(named);
    END LOOP;
END $$;
CREATE TRIGGER forbids_change BEFORE UPDATE OR DELETE ON zone_version
    FOR EACH ROW EXECUTE FUNCTION published_zones_stay();
