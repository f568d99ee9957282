-- What the police confirm of a wearer's duty to notify them of name and address, and of each change (Domestic Abuse Act
-- 2021 s.41). Rows are only added: a change is entered when it is known, and once more when its notification is confirmed.
CREATE TABLE notification (
    notification_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id        text NOT NULL REFERENCES court_order,
    what            text NOT NULL CHECK (what IN ('name_and_address', 'change')),
    -- The London day on which name or address changed.
    happened_on     date,
    -- When the police were notified, as they confirm it.
    confirmed_at    timestamptz,
    recorded_by     text NOT NULL,
    role            access_role NOT NULL,
    at              timestamptz NOT NULL,
    since_version   bigint NOT NULL,
    CONSTRAINT notification_change_has_its_day CHECK ((what = 'change') = (happened_on IS NOT NULL)),
    CONSTRAINT notification_of_the_making_is_confirmed CHECK (what = 'change' OR confirmed_at IS NOT NULL),
    -- Each is entered once as known and once as confirmed.
    CONSTRAINT notification_once UNIQUE NULLS NOT DISTINCT (order_id, what, happened_on, confirmed_at)
);
CREATE UNIQUE INDEX notification_confirmed_once ON notification (order_id, what, happened_on) NULLS NOT DISTINCT
    WHERE confirmed_at IS NOT NULL;

CREATE FUNCTION refuse_to_change_what_was_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what the police have recorded never changes: record what is so now' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER notification_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON notification
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_what_was_confirmed();

SELECT keep_history('notification');
