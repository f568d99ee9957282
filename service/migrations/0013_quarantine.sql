-- When the bytes of a rejection came first: a fix in them may not be recorded far after that, however late it is
-- released. Null for files, of which nobody knows. An element of a released array is a rejection of its own, received
-- with the release; its bytes came with the array.
ALTER TABLE rejection ADD COLUMN checked_at timestamptz;
UPDATE rejection SET checked_at = received_at WHERE origin <> 'file';

CREATE INDEX rejection_tag ON rejection (tag_id, rejection_id) WHERE tag_id IS NOT NULL;
CREATE INDEX rejection_waiting ON rejection (rejection_id) WHERE released_at IS NULL;
