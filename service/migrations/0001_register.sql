-- The register: forces, wearers, fittings, orders, prohibitions, zones. Shapes are GeoJSON; there is no PostGIS.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Advanced by every change of the register, in the transaction that makes it.
CREATE TABLE register_state (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version     bigint NOT NULL DEFAULT 0
);
INSERT INTO register_state DEFAULT VALUES;

-- Every file that was loaded: who answers for it, why its warnings were accepted, and which bytes it was.
CREATE TABLE register_load (
    register_load_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at               timestamptz NOT NULL,
    actor            text NOT NULL,
    reason           text,
    warnings         text[] NOT NULL,
    sha256           text NOT NULL,
    register_version bigint NOT NULL,
    CHECK (cardinality(warnings) = 0 OR reason IS NOT NULL)
);

CREATE TABLE force (
    code        text PRIMARY KEY,
    name        text,
    -- When it was entered here: no report is due for days before.
    known_from  timestamptz NOT NULL DEFAULT '-infinity'
);

CREATE TABLE force_recipient (
    force       text NOT NULL REFERENCES force,
    position    integer NOT NULL,
    kind        text NOT NULL,
    address     text NOT NULL,
    PRIMARY KEY (force, position)
);

CREATE TABLE wearer (
    wearer_id          text PRIMARY KEY,
    name               text NOT NULL,
    date_of_birth      date,
    pnc_id             text,
    provider_person_id text,
    home_area          text
);

-- One tag on one wearer at a time.
CREATE TABLE fitting (
    fitting_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tag_id      text NOT NULL,
    wearer_id   text NOT NULL REFERENCES wearer,
    fitted_at   timestamptz NOT NULL,
    removed_at  timestamptz CHECK (removed_at > fitted_at),
    CONSTRAINT fitting_one_wearer_at_a_time
        EXCLUDE USING gist (tag_id WITH =, tstzrange(fitted_at, removed_at) WITH &&)
);
CREATE INDEX fitting_wearer ON fitting (wearer_id);

CREATE TABLE court_order (
    order_id               text PRIMARY KEY,
    kind                   text NOT NULL,
    reference              text NOT NULL,
    court                  text,
    force                  text NOT NULL REFERENCES force,
    wearer_id              text NOT NULL REFERENCES wearer,
    made_on                date NOT NULL,
    without_notice         boolean NOT NULL DEFAULT false,
    aware_from             timestamptz,
    effective_from         timestamptz NOT NULL,
    ends                   jsonb NOT NULL,
    monitoring_from        timestamptz,
    monitoring_until       timestamptz CHECK (monitoring_until > monitoring_from),
    monitoring_extended_by text,
    immediate_alert        jsonb,
    CHECK ((monitoring_from IS NULL) = (monitoring_until IS NULL))
);
CREATE INDEX court_order_wearer ON court_order (wearer_id);
CREATE INDEX court_order_force ON court_order (force);

CREATE TABLE suspension (
    suspension_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id      text NOT NULL REFERENCES court_order,
    starts_at     timestamptz NOT NULL,
    ends_at       timestamptz NOT NULL CHECK (ends_at > starts_at),
    reason        text NOT NULL,
    authority     text NOT NULL
);
CREATE INDEX suspension_order ON suspension (order_id);

CREATE TABLE prohibition (
    prohibition_id    text PRIMARY KEY,
    order_id          text NOT NULL REFERENCES court_order,
    clause            text NOT NULL,
    wording           text NOT NULL,
    starts_at         timestamptz NOT NULL,
    ends_at           timestamptz CHECK (ends_at > starts_at),
    needs_zone        boolean NOT NULL DEFAULT false,
    address_protected boolean NOT NULL DEFAULT false,
    schedule          jsonb
);
CREATE INDEX prohibition_order ON prohibition (order_id);

CREATE TABLE zone (
    zone_id          text PRIMARY KEY,
    prohibition_id   text NOT NULL REFERENCES prohibition,
    label            text NOT NULL DEFAULT '',
    responding_force text REFERENCES force
);
CREATE INDEX zone_prohibition ON zone (prohibition_id);

-- A version is drawn as a draft and judges nothing until a second person publishes it. Published versions never change shape.
CREATE TABLE zone_version (
    zone_id      text NOT NULL REFERENCES zone,
    version      integer NOT NULL CHECK (version > 0),
    valid_from   timestamptz NOT NULL,
    valid_until  timestamptz CHECK (valid_until > valid_from),
    footprint    jsonb NOT NULL,
    distance_m   double precision NOT NULL CHECK (distance_m >= 0),
    drawn_by     text NOT NULL,
    drawn_at     timestamptz NOT NULL,
    published_by text CHECK (published_by <> drawn_by),
    published_at timestamptz,
    PRIMARY KEY (zone_id, version),
    CHECK ((published_by IS NULL) = (published_at IS NULL)),
    CONSTRAINT zone_version_published_do_not_overlap
        EXCLUDE USING gist (zone_id WITH =, tstzrange(valid_from, valid_until) WITH &&) WHERE (published_at IS NOT NULL)
);
