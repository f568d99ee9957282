-- Stands in for the migration that adds these columns in earnest; it is dropped when the two meet.
ALTER TABLE wearer ADD COLUMN home jsonb;
ALTER TABLE zone ADD COLUMN premises jsonb;
