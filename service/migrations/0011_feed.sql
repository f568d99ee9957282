-- How well the feed is: what arrived when and how late, which tags give cause for doubt, and which silences were told.

-- last_at: when something was last taken; what is refused tells nothing of how fresh a feed is.
-- recorded_late, uploaded_late: the hour's new fixes by how long after it was recorded, and uploaded, each was received:
-- under 1, 5 and 15 min, 1, 6 and 24 h, and over.
ALTER TABLE arrival
    ADD COLUMN last_at       timestamptz,
    ADD COLUMN recorded_late bigint[] NOT NULL DEFAULT '{0,0,0,0,0,0,0}',
    ADD COLUMN uploaded_late bigint[] NOT NULL DEFAULT '{0,0,0,0,0,0,0}';
UPDATE arrival SET last_at = hour WHERE messages > rejected;
CREATE INDEX arrival_latest ON arrival (origin, hour DESC) WHERE last_at IS NOT NULL;

-- Whom the provider named as wearing a tag, by when its fixes were recorded. Forgotten when it is not repeated for a day.
CREATE TABLE named_person (
    tag_id    text NOT NULL,
    person_id text NOT NULL,
    first_at  timestamptz NOT NULL,
    last_at   timestamptz NOT NULL,
    fixes     bigint NOT NULL,
    PRIMARY KEY (tag_id, person_id)
) WITH (fillfactor = 50); -- last_at moves with every batch, as newest_at of its tag does; no index may hold it

-- Tags whose clock was ahead of ours, by when their fixes were received. Forgotten when it does not recur for a day.
CREATE TABLE suspect_clock (
    tag_id   text PRIMARY KEY,
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL,
    fixes    bigint NOT NULL
) WITH (fillfactor = 50);

-- Silences of a feed that were told, so that of many processes one tells each. since: when it was last heard of.
CREATE TABLE feed_silence (
    origin  text NOT NULL,
    since   timestamptz NOT NULL,
    told_at timestamptz NOT NULL,
    over_at timestamptz,
    PRIMARY KEY (origin, since)
);

CREATE INDEX rejection_latest ON rejection (received_at, rejection_id);
CREATE INDEX to_judge_parked ON to_judge (fitting_id) WHERE reason = 'judging failed before';
