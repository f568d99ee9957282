"""How a command ends when it can't do its work: one line that names the file, the place and the remedy, and exit 2."""


class Refused(Exception):
    """Wrong use or unreadable input. The message is one line; nothing was written."""
