-- An event that is reported without an end and later with it is one event, and what contradicts its first report goes to
-- quarantine. Until now each such report stood beside the first: what would be refused today is kept, and read no more.
ALTER TABLE tag_event ADD COLUMN standing boolean NOT NULL DEFAULT true;

WITH compared AS (
    SELECT tag_event_no, ended_at,
           (occurred_at, kind, detail) = (first_value(occurred_at) OVER event, first_value(kind) OVER event,
                                          first_value(detail) OVER event) AS agrees,
           dense_rank() OVER (ORDER BY tag_id, event_id, CASE WHEN event_id IS NULL THEN occurred_at END,
                                       CASE WHEN event_id IS NULL THEN kind END) AS event
    FROM tag_event
    WINDOW event AS (PARTITION BY tag_id, event_id, CASE WHEN event_id IS NULL THEN occurred_at END,
                                  CASE WHEN event_id IS NULL THEN kind END ORDER BY tag_event_no)
), counted AS (
    SELECT tag_event_no, row_number() OVER (PARTITION BY event, ended_at IS NULL ORDER BY tag_event_no) AS number
    FROM compared WHERE agrees
)
UPDATE tag_event SET standing = false
WHERE tag_event_no NOT IN (SELECT tag_event_no FROM counted WHERE number = 1);

ALTER TABLE tag_event DROP CONSTRAINT tag_event_identity;
-- Identity: event_id, or occurred_at and kind where there is none. Told at most once without an end and once with it.
CREATE UNIQUE INDEX tag_event_told ON tag_event
    (tag_id, event_id, (CASE WHEN event_id IS NULL THEN occurred_at END), (CASE WHEN event_id IS NULL THEN kind END),
     (ended_at IS NULL)) NULLS NOT DISTINCT WHERE standing;
