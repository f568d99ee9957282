"""Is anything lost, or doubled, when processes, servers and connections die? On a real broker and a real database."""
