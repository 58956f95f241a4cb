"""Whether a form was sent by our own page, on purpose, and not by another site."""

import hashlib
import hmac
from urllib.parse import urlsplit

FIELD = "csrf"
HEADER = "X-Csrf-Token"


def form_token(cookie: str) -> str:
    """Return the token that belongs to a browser's cookie; it says nothing about the cookie."""
    return hmac.new(cookie.encode(), b"jetkiz form", hashlib.sha256).hexdigest()


def is_ours(cookie: str, token: str, *, origin: str | None, host: str) -> bool:
    """True when the token fits the cookie and the browser names no other site as the sender."""
    if not cookie or not token.isascii():
        return False
    if origin is not None and urlsplit(origin).netloc != host:
        return False
    return hmac.compare_digest(form_token(cookie), token)
