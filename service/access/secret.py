"""Random secrets, of which only a hash is stored: who reads the database can't sign in with what he reads."""

import hashlib
import hmac
import secrets

PREFIX = "cordon_"
RANDOM_BYTES = 32


def new_secret() -> str:
    """Return 256 random bits as text. The prefix lets a scanner find a secret that was published by mistake."""
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def fingerprint(secret: str) -> bytes:
    """Return what is stored and looked up instead of a secret: its SHA-256.

    A plain hash is enough, because 256 random bits can't be guessed. Looking it up in an index tells an observer of the
    time it takes nothing: one who could choose hashes would have to know the secrets that make them.
    """
    return hashlib.sha256(secret.encode()).digest()


def form_key(session_secret: str) -> str:
    """Return what a form must carry to show that one of our own pages, shown in this session, holds it."""
    return hmac.new(session_secret.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_key(claimed: str, session_secret: str) -> bool:
    """Compare in a time that does not depend on how much of it is right."""
    return hmac.compare_digest(claimed.encode(), form_key(session_secret).encode())
