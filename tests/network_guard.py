"""No test talks to the network: only 127.0.0.1, ::1 and sockets that are files are allowed."""

import ipaddress
import socket
import sys

ADDRESSED = {"socket.connect", "socket.sendto"}
SOCKET_EVENTS = {*ADDRESSED, "socket.getaddrinfo"}
LOCAL_NAMES = {"", "localhost", "0.0.0.0", "::"}  # noqa: S104 -- names to compare, nothing is bound


class NetworkForbiddenError(RuntimeError):
    """A test tried to leave this machine; use a server on 127.0.0.1 instead."""


def close_the_network() -> None:
    """Refuse other machines for the rest of this process; an audit hook cannot be taken back."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event not in SOCKET_EVENTS:
        return
    if event in ADDRESSED:
        connection, address = arguments[0], arguments[1]
        internet = getattr(connection, "family", None) in (socket.AF_INET, socket.AF_INET6)
        host = address[0] if internet and isinstance(address, tuple) else None
    else:
        host = arguments[0]
    if not is_local(host):
        message = f"Tests may only talk to 127.0.0.1, not to {host!r}."
        raise NetworkForbiddenError(message)


def is_local(host: object) -> bool:
    """Whether this host is the machine itself; None stands for a socket that is a file."""
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False
