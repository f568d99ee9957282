-- The ledger: fixes as reported, never changed; what could not be read; where reading stands; what is to be judged.
CREATE TABLE tag (
    tag_no           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tag_id           text NOT NULL UNIQUE,
    -- No fix of this tag is recorded later: a newer one cannot be a duplicate.
    newest_at        timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50); -- newest_at moves with every batch: room for the row's next version on the same page

CREATE TABLE fix (
    tag_no              integer NOT NULL,
    recorded_at         timestamptz NOT NULL,
    received_at         timestamptz NOT NULL,
    uploaded_at         timestamptz,
    longitude_deg       double precision NOT NULL,
    latitude_deg        double precision NOT NULL,
    accuracy_m          double precision,
    accuracy_confidence double precision,
    hdop                double precision,
    speed_kmh           double precision,
    heading_deg         double precision,
    satellites          integer,
    mechanism           smallint NOT NULL,
    clock_suspect       boolean NOT NULL,
    position_id         text,
    person_id           text
) PARTITION BY RANGE (recorded_at);

CREATE TABLE fix_other_days PARTITION OF fix DEFAULT;

-- Identity: position_id, or the mechanism where there is none. Also the way in which a track is read.
CREATE UNIQUE INDEX fix_identity ON fix
    (tag_no, recorded_at, position_id, (CASE WHEN position_id IS NULL THEN mechanism END)) NULLS NOT DISTINCT;
CREATE INDEX fix_recorded ON fix USING brin (recorded_at);

CREATE TABLE tag_event (
    tag_event_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id     text,
    tag_id       text NOT NULL,
    occurred_at  timestamptz NOT NULL,
    ended_at     timestamptz,
    kind         text NOT NULL,
    detail       text NOT NULL DEFAULT '',
    received_at  timestamptz NOT NULL,
    -- An event reported again with its end is another row: nothing in the ledger is ever changed.
    CONSTRAINT tag_event_identity UNIQUE NULLS NOT DISTINCT (tag_id, event_id, occurred_at, ended_at, kind)
);

-- Quarantine: a message that is no fix, with its bytes and every fault. `place` says where in its origin it stood.
CREATE TABLE rejection (
    rejection_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin        text NOT NULL CHECK (origin IN ('kafka', 'https', 'file')),
    place         text NOT NULL,
    profile       text NOT NULL,
    received_at   timestamptz NOT NULL,
    faults        text[] NOT NULL,
    contradiction boolean NOT NULL,
    tag_id        text,
    body          bytea NOT NULL,
    body_sha256   bytea NOT NULL,
    released_at   timestamptz,
    CONSTRAINT rejection_once UNIQUE (origin, place, body_sha256)
);

-- The processes that read from Kafka. One that has not been heard of until `alive_until` is gone.
CREATE TABLE kafka_reader (
    reader      text PRIMARY KEY,
    alive_until timestamptz NOT NULL
);

-- Where reading of each Kafka partition stands, and who may advance it: each owner under an epoch of its own.
CREATE TABLE kafka_position (
    topic        text NOT NULL,
    partition    integer NOT NULL,
    next_offset  bigint NOT NULL DEFAULT 0,
    epoch        bigint NOT NULL DEFAULT 0,
    owner        text,
    leased_until timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (topic, partition)
);

-- What arrived in each hour, by origin.
CREATE TABLE arrival (
    hour           timestamptz NOT NULL,
    origin         text NOT NULL,
    messages       bigint NOT NULL DEFAULT 0,
    fixes          bigint NOT NULL DEFAULT 0,
    duplicates     bigint NOT NULL DEFAULT 0,
    contradictions bigint NOT NULL DEFAULT 0,
    rejected       bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (hour, origin)
);

-- The work list: judge this fitting's track again from `since` on, not before `not_before`. Rows are only added and deleted.
CREATE TABLE to_judge (
    to_judge_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fitting_id  bigint NOT NULL,
    since       timestamptz NOT NULL,
    not_before  timestamptz NOT NULL,
    reason      text NOT NULL,
    added_at    timestamptz NOT NULL
);
CREATE INDEX to_judge_due ON to_judge (not_before);
CREATE INDEX to_judge_track ON to_judge (fitting_id);
