"""What a browser may load, keep and tell others when it shows one of our pages."""

from collections.abc import Mapping
from typing import Final

# No script or style inside a page: what somebody types can never become a program.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
OVER_HTTPS: Final = {"Strict-Transport-Security": "max-age=31536000"}
# Names and homework: nothing between the school and the browser may keep a copy.
NOT_KEPT: Final = "private, no-store"


def headers_for(*, secure: bool) -> Mapping[str, str]:
    """Return the headers of every answer."""
    return {**ALWAYS, **OVER_HTTPS} if secure else ALWAYS
