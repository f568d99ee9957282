"""Orders: entered as drafts, published, and changed by what a second person approves."""
