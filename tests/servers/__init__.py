"""Real servers for tests: each is started by the tests themselves and is gone with them."""
