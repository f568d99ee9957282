-- Roads, railways and places that an operator loads from open data, set by set: what a drawn zone is compared with.
CREATE TABLE named_place (
    named_place_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source         text NOT NULL,
    name           text NOT NULL,
    -- 'road' and 'rail' are what people travel through on; any other word is a place.
    kind           text NOT NULL,
    footprint      jsonb NOT NULL,
    -- What holds the footprint, in degrees.
    west           double precision NOT NULL,
    south          double precision NOT NULL,
    east           double precision NOT NULL CHECK (east >= west),
    north          double precision NOT NULL CHECK (north >= south)
);
CREATE INDEX named_place_source ON named_place (source);
-- "What lies about here?" is a question of two dimensions: no order of the four columns answers it.
CREATE INDEX named_place_box ON named_place USING gist (box(point(west, south), point(east, north)));
