"""Could this be an address to which a report is sent? Only its form is looked at."""

import re
from urllib.parse import SplitResult, urlsplit

LONGEST = 500

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_PRINTED = re.compile("[\x21-\x7e]+")
_HOST = re.compile(r"[A-Za-z0-9.:_-]+")


def fault_of(kind: str, address: str) -> tuple[str, str] | None:
    """Return what is wrong with an address of one of the KINDS, and the remedy; None if nothing. Neither shows it."""
    if len(address) > LONGEST:
        return f"address has {len(address)} characters", f"give at most {LONGEST}"
    return _KINDS[kind](address)


def _email(address: str) -> tuple[str, str] | None:
    local_part, _, domain = address.rpartition("@")
    if not _LOCAL_PART.fullmatch(local_part) or not _DOMAIN.fullmatch(domain):
        return "address is no e-mail address", "give one like name@example.police.uk"
    if len(local_part) > 64 or len(address) > 254:
        return "address is longer than an e-mail address may be", "give another"
    return None


def _sftp(address: str) -> tuple[str, str] | None:
    url = _url(address, "sftp")
    if url is None:
        return "address is no sftp:// URL", "give one like sftp://name@host.example/folder"
    if url.password is not None:
        return "address holds a password", "leave it out: everybody who reads the register would read it"
    if url.query or url.fragment:
        return "address holds ? or #, which mean nothing there", "leave them out"
    return None


def _webhook(address: str) -> tuple[str, str] | None:
    url = _url(address, "https")
    if url is None:
        return "address is no https:// URL", "give one like https://host.example/path"
    if url.username is not None:
        return "address holds a name or a password", "leave it out: what is sent is signed"
    if url.fragment:
        return "address holds #, which is not sent", "leave it out"
    return None


def _url(address: str, scheme: str) -> SplitResult | None:
    """Return a URL of this scheme with a host and, if any, a port; None if it is none."""
    if not _PRINTED.fullmatch(address):
        return None
    try:
        url = urlsplit(address)
        port_is_one = url.port is None or url.port > 0
    except ValueError:
        return None
    if url.scheme != scheme or not url.hostname or not _HOST.fullmatch(url.hostname) or not port_is_one:
        return None
    return url


_KINDS = {"email": _email, "sftp": _sftp, "webhook": _webhook}
KINDS = tuple(_KINDS)
