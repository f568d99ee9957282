"""Can an id stand in an address of the interface, such as `/v1/orders/{order_id}`?"""

import re

# A slash parts the path, whether it is escaped or not; the others no parameter of a path takes.
_NOT_IN_A_PATH = re.compile(r"[/\x00-\x1f\x7f]")
_DOTS = (".", "..")  # a client takes them for folders
_SUFFIX = ".geojson"  # asks for the shape


def addressing_fault(identity: str) -> str | None:
    """Return why nobody could ever read what has this id, None if it can be read.

    >>> addressing_fault("DAPO/2026/1")
    'holds a slash or a control character'
    >>> addressing_fault("DAPO-2026-1")
    """
    if _NOT_IN_A_PATH.search(identity):
        return "holds a slash or a control character"
    if identity in _DOTS or identity.endswith(_SUFFIX):
        return f"is a dot, two dots, or ends in {_SUFFIX}"
    return None
