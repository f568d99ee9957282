"""Orders: entered, published by a second person, varied, corrected, suspended, ended; and their history."""
