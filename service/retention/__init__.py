"""How long data are kept, what must be kept longer, and the upkeep that erases the rest."""
