-- The history to be read: every image that a row of the register ever had, as one view, and the indexes to find them by.

-- Shows the images of every table that has a history. Once more whenever a table is given one.
-- key: the columns by which its row is known. since_version, until_version: the changes between which the image held
-- (NULL: it holds now). The other columns say what the row belongs to, where its table has such a column.
CREATE FUNCTION show_images() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    kept      record;
    belonging text[] := ARRAY['order_id', 'prohibition_id', 'zone_id', 'wearer_id', 'fitting_id'];
    whose     text;
    parts     text[] := '{}';
BEGIN
    FOR kept IN
        SELECT relname AS named, pg_class.oid AS relation,
               string_agg(format('%1$L, %1$I', attname), ', ' ORDER BY attnum) AS key,
               string_agg(format('%1$L, image -> %1$L', attname), ', ' ORDER BY attnum) AS past_key
        FROM pg_class
        JOIN pg_trigger ON tgrelid = pg_class.oid AND tgname = 'keeps_what_was'
        JOIN pg_index ON indrelid = pg_class.oid AND indisprimary
        JOIN pg_attribute ON attrelid = pg_class.oid AND attnum = ANY (indkey)
        WHERE relnamespace = 'public'::regnamespace
        GROUP BY relname, pg_class.oid ORDER BY relname
    LOOP
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON public.%I (since_version)', kept.named || '_since', kept.named);
        SELECT string_agg(CASE WHEN attname IS NULL THEN 'NULL' ELSE format('%I', attname) END
                          || CASE wanted WHEN 'fitting_id' THEN '::bigint' ELSE '::text' END, ', ' ORDER BY place)
        INTO whose
        FROM unnest(belonging) WITH ORDINALITY AS columns (wanted, place)
        LEFT JOIN pg_attribute ON attrelid = kept.relation AND attname = wanted AND NOT attisdropped;
        parts := parts
            || format('SELECT %1$L::text, jsonb_build_object(%2$s), to_jsonb(%3$I), since_version, NULL::bigint, %4$s '
                      'FROM public.%3$I', kept.named, kept.key, kept.named, whose)
            || format('SELECT table_name, jsonb_build_object(%2$s), image, since_version, until_version, '
                      'image ->> ''order_id'', image ->> ''prohibition_id'', image ->> ''zone_id'', '
                      'image ->> ''wearer_id'', (image ->> ''fitting_id'')::bigint '
                      'FROM public.register_past WHERE table_name = %1$L', kept.named, kept.past_key);
    END LOOP;
    EXECUTE 'CREATE OR REPLACE VIEW public.register_image (table_name, key, image, since_version, until_version, '
            || array_to_string(belonging, ', ') || ') AS ' || array_to_string(parts, ' UNION ALL ');
END $$;
SELECT show_images();

CREATE INDEX register_past_since ON register_past (since_version);
CREATE INDEX register_past_until ON register_past (until_version);
CREATE INDEX register_past_fitting ON register_past (((image ->> 'fitting_id')::bigint));
