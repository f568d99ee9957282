-- TRUNCATE fires no trigger for rows: a register that is emptied so would be lost without a trace. And what was kept of
-- the past is only ever added to.

CREATE FUNCTION refuse_to_empty_the_register() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the register is never emptied: its history would be lost' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION refuse_to_change_the_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of the register never changes' USING ERRCODE = 'restrict_violation';
END $$;

DO $$
DECLARE
    named text;
BEGIN
    FOR named IN
        SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE tgname = 'keeps_what_was' AND relnamespace = 'public'::regnamespace AND relname <> 'notification'
    LOOP
        EXECUTE format('CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON public.%I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_empty_the_register()', named);
    END LOOP;
    FOREACH named IN ARRAY ARRAY['register_change', 'register_past']
    LOOP
        EXECUTE format('CREATE TRIGGER history_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_past()', named);
    END LOOP;
END $$;
