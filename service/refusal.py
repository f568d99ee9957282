"""How a command ends when it can't do its work: one line that names the place and the remedy, and exit 2."""


class Refused(Exception):
    """Wrong use, unreadable input, or something missing that the work needs. The message says why and what to do."""
