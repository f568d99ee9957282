"""Pages for people: signing in, what needs a look now, one incident. They work without any script."""
