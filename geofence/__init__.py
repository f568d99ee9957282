"""The rules. Pure, synchronous and deterministic: arrays in, judgement out. No clock, no network, no database."""
