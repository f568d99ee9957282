-- Few of very many rejections are contradictions, or were released: those who ask for these alone.
CREATE INDEX rejection_contradiction ON rejection (rejection_id) WHERE contradiction;
CREATE INDEX rejection_released ON rejection (rejection_id) WHERE released_at IS NOT NULL;
